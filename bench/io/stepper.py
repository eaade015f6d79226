"""Messages between a harness and a stepper: a twin as a process, one line of JSON a message.

The harness asks, the stepper answers, in turn. What the messages mean is in `docs/sync.md`; here
they are written and read. What is read comes from outside: it is bounded, and checked completely.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from bench.io.problems import Problem, ProblemsError

Floats = NDArray[np.float64]
Message = dict[str, Any]

SCHEMA = "twinbench/stepper/1"
MAX_LINE = 2**21
"""Bytes of a line, its end included."""
MAX_VALUES = 2**14
"""Values of one signal in a message: rows times joints."""
LARGEST = 1e4
"""Size of a number in a message."""
MAX_NAME = 100
MAX_TEXT = 300
MAIN = "main"
"""The state that is corrected; every other one is a copy of it."""
OWN, HARNESS = "own", "harness"
CORRECTIONS = (HARNESS, OWN)
"""Who corrects: a stepper says which of the two it can do."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a log: from `time` on `command` is in force.

    Attributes:
        time: (N,) s, not falling.
        command: (N, J) in the units of the joints.
    """

    time: Floats
    command: Floats

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.time)

    def part(self, which: slice) -> Rows:
        """Some of them."""
        return Rows(self.time[which], self.command[which])


@dataclass(frozen=True, eq=False)
class Reset:
    """Begin an episode.

    Attributes:
        joints: names of the J joints.
        units: their units.
        time: s, of the first row.
        q: (J,) measured position there.
        command: (J,) command in force from there on.
        dq: (J,) measured velocity there; None where it was not recorded.
    """

    joints: tuple[str, ...]
    units: tuple[str, ...]
    time: float
    q: Floats
    command: Floats
    dq: Floats | None


@dataclass(frozen=True, eq=False)
class Step:
    """Advance the state of that name row by row."""

    state: str
    rows: Rows


@dataclass(frozen=True, eq=False)
class Correct:
    """Advance the main state row by row, and at each row correct it by what was measured.

    Attributes:
        rows: the rows.
        q: (N, J) measured positions.
        gain: (N,) share of the difference by which the position is moved; None where the stepper
            corrects in its own way.
        dq: (N, J) velocity that the state then has; None likewise.
    """

    rows: Rows
    q: Floats
    gain: Floats | None = None
    dq: Floats | None = None


@dataclass(frozen=True)
class Fork:
    """Copy the main state; an earlier copy of that name is replaced."""

    state: str


@dataclass(frozen=True)
class Close:
    """Answer and end."""


Request = Reset | Step | Correct | Fork | Close
OPS: Mapping[type, str] = {
    Reset: "reset",
    Step: "step",
    Correct: "correct",
    Fork: "fork",
    Close: "close",
}


@dataclass(frozen=True)
class Hello:
    """The answer to `reset`.

    Attributes:
        name: of the stepper.
        corrects: which corrections it can do.
    """

    name: str
    corrects: tuple[str, ...]


def most_rows(joints: int) -> int:
    """Rows at most in one message."""
    return max(1, MAX_VALUES // max(1, joints))


def request_line(number: int, request: Request) -> bytes:
    """A request as a line."""
    message: Message = {"id": number, "op": OPS[type(request)]}
    match request:
        case Reset():
            message["schema"] = SCHEMA
            message |= {"joints": request.joints, "units": request.units, "time": request.time}
            message |= {"q": request.q.tolist(), "command": request.command.tolist()}
            message["dq"] = None if request.dq is None else request.dq.tolist()
        case Step():
            message |= {"state": request.state, **_rows(request.rows)}
        case Correct():
            message |= {**_rows(request.rows), "q": request.q.tolist()}
            message["gain"] = None if request.gain is None else request.gain.tolist()
            message["dq"] = None if request.dq is None else request.dq.tolist()
        case Fork():
            message["state"] = request.state
    return _line(message)


def _rows(rows: Rows) -> Message:
    return {"time": rows.time.tolist(), "command": rows.command.tolist()}


def answer_line(number: int | None, answer: Hello | Mapping[str, Floats]) -> bytes:
    """An answer as a line: what `reset` gives, or arrays by name."""
    if isinstance(answer, Hello):
        return _line({"id": number, "name": answer.name, "corrects": answer.corrects})
    return _line({"id": number} | {name: values.tolist() for name, values in answer.items()})


def error_line(number: int | None, text: str) -> bytes:
    """A refusal as a line."""
    return _line({"id": number, "error": text[:MAX_TEXT]})


def _line(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n"


Say = Callable[[str, str, str], NoReturn]
"""Refuses a message: code, what was expected, what came."""


def read_request(line: bytes, joints: int | None) -> tuple[int, Request]:
    """Read a request.

    Args:
        line: the line.
        joints: number of joints; None before the first `reset`.

    Raises:
        ProblemsError: it is none.
    """
    say = refuser("request")
    message = _message(line, say)
    number, op = message.get("id"), message.get("op")
    if type(number) is not int or number < 0:
        say("stepper_request", "a whole number as id", _shown(number))
    if op not in OPS.values():
        say("stepper_request", f"one of the ops {', '.join(OPS.values())}", _shown(op))
    say = refuser(f"request {number}")
    if op == "close":
        _fields(message, ("id", "op"), say)
        return number, Close()
    if op == "reset":
        return number, _reset(message, say)
    if joints is None:
        say("stepper_request", "reset first", str(op))
    if op == "fork":
        _fields(message, ("id", "op", "state"), say)
        return number, Fork(_name(message["state"], say))
    return number, _moved(message, joints, say)


def _reset(message: Message, say: Say) -> Reset:
    _fields(message, ("id", "op", "schema", "joints", "units", "time", "q", "command", "dq"), say)
    if message["schema"] != SCHEMA:
        say("stepper_request", SCHEMA, _shown(message["schema"]))
    names, units = message["joints"], message["units"]
    for texts in (names, units):
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            say("stepper_request", "joints and units as lists of texts", _shown(texts))
    if len(names) != len(units) or not 0 < len(names) <= MAX_VALUES:
        say("stepper_request", "as many units as joints", f"{len(names)} and {len(units)}")
    (time,) = _numbers([message["time"]], (1,), "time", say)
    q, command = (_numbers(message[key], (len(names),), key, say) for key in ("q", "command"))
    dq = message["dq"]
    dq = None if dq is None else _numbers(dq, (len(names),), "dq", say)
    return Reset(tuple(names), tuple(units), float(time), q, command, dq)


def _moved(message: Message, joints: int, say: Say) -> Step | Correct:
    own = ("state",) if message["op"] == "step" else ("q", "gain", "dq")
    _fields(message, ("id", "op", "time", "command", *own), say)
    number = len(message["time"]) if isinstance(message["time"], list) else 0
    if not 0 < number <= most_rows(joints):
        say("stepper_shape", f"time of 1 to {most_rows(joints)} rows", _form(message["time"]))
    time = _numbers(message["time"], (number,), "time", say)
    if (np.diff(time) < 0).any():
        say("stepper_value", "times that do not fall", "times that do")
    rows = Rows(time, _numbers(message["command"], (number, joints), "command", say))
    if message["op"] == "step":
        return Step(_name(message["state"], say), rows)
    q, gain, dq = (message[key] for key in ("q", "gain", "dq"))
    if (gain is None) is not (dq is None):
        say("stepper_request", "both gain and dq, or neither", "one of them")
    return Correct(
        rows,
        _numbers(q, (number, joints), "q", say),
        None if gain is None else _numbers(gain, (number,), "gain", say),
        None if dq is None else _numbers(dq, (number, joints), "dq", say),
    )


def read_answer(line: bytes, number: int, request: Request, where: str) -> Any:
    """Read the answer to a request.

    Args:
        line: the line.
        number: the request's id.
        request: the request.
        where: what names both, for messages.

    Returns:
        A `Hello` for `reset`; positions (N, J) for `step`; positions before and after each
        correction, both (N, J), for `correct`; else None.

    Raises:
        ProblemsError: it is no answer to that request, or a refusal.
    """
    say = refuser(where)
    message = _message(line, say)
    if type(message.get("id")) is not int or message["id"] != number:
        say("stepper_turn", f"the answer with id {number}", f"id {_shown(message.get('id'))}")
    if "error" in message:
        say("stepper_refused", "an answer", f"a refusal: {_shown(message['error'])}")
    match request:
        case Reset():
            return _hello(message, say)
        case Step():
            _fields(message, ("id", "q"), say)
            return _numbers(message["q"], request.rows.command.shape, "q", say)
        case Correct():
            _fields(message, ("id", "before", "after"), say)
            shape = request.q.shape
            return tuple(_numbers(message[key], shape, key, say) for key in ("before", "after"))
        case _:
            _fields(message, ("id",), say)
            return None


def _hello(message: Message, say: Say) -> Hello:
    _fields(message, ("id", "name", "corrects"), say)
    corrects = message["corrects"]
    known = isinstance(corrects, list) and all(one in CORRECTIONS for one in corrects)
    if not known or not corrects or len(set(corrects)) != len(corrects):
        expected = f"corrects with one or both of {', '.join(CORRECTIONS)}"
        say("stepper_answer", expected, _shown(corrects))
    return Hello(_name(message["name"], say), tuple(corrects))


def refuser(where: str) -> Say:
    """What raises a problem at this place."""

    def say(code: str, expected: str, came: str) -> NoReturn:
        raise ProblemsError([Problem(code, where, expected, came)])

    return say


def _message(line: bytes, say: Say) -> Message:
    def pairs(items: list[tuple[str, Any]]) -> Message:
        found = dict(items)
        if len(found) != len(items):
            say("stepper_json", "each key once", "a key twice")
        return found

    def constant(name: str) -> NoReturn:
        say("stepper_value", "finite numbers", name)

    try:
        message = json.loads(line, object_pairs_hook=pairs, parse_constant=constant)
    except ProblemsError:
        raise
    except (ValueError, RecursionError):
        say("stepper_json", "a line of JSON", _shown(line.decode("utf-8", "replace").strip()))
    if not isinstance(message, dict):
        say("stepper_json", "an object", _form(message))
    return message


def _fields(message: Message, names: Sequence[str], say: Say) -> None:
    if message.keys() != set(names):
        say("stepper_fields", ", ".join(names), _shown(", ".join(message)))


def _name(value: Any, say: Say) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME:
        say("stepper_fields", f"a name of 1 to {MAX_NAME} characters", _shown(value))
    return value


def _numbers(value: Any, shape: tuple[int, ...], name: str, say: Say) -> Floats:
    """An array of that shape, of finite numbers that are not huge."""
    rows = value if len(shape) == 2 else [value]
    width = shape[-1]
    if (
        not isinstance(rows, list)
        or (len(shape) == 2 and len(rows) != shape[0])
        or not all(isinstance(row, list) and len(row) == width for row in rows)
    ):
        expected = f"{name} of the shape {' x '.join(map(str, shape))}"
        say("stepper_shape", expected, _form(value))
    if not all(type(one) in (int, float) for row in rows for one in row):
        say("stepper_value", f"numbers in {name}", "something else")
    try:
        values = np.array(value, dtype=np.float64)
    except OverflowError:
        say("stepper_value", f"numbers of at most {LARGEST:g} in {name}", "a larger one")
    if not np.isfinite(values).all():
        say("stepper_value", f"finite numbers in {name}", "an infinite one")
    if (np.abs(values) > LARGEST).any():
        came = f"{values.ravel()[np.abs(values).argmax()]:.9g}"
        say("stepper_value", f"numbers of at most {LARGEST:g} in {name}", came)
    return values


def _form(value: Any) -> str:
    if isinstance(value, list):
        inner = {len(row) for row in value if isinstance(row, list)}
        if len(inner) == 1 and all(isinstance(row, list) for row in value):
            return f"{len(value)} x {inner.pop()}"
        return f"a list of {len(value)}" + (" uneven rows" if inner else "")
    names = {dict: "an object", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    return ascii(text)[1:-1][:120]
