"""Messages of a stepper: what is written is read again, and what is not one is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.problems import ProblemsError
from bench.io.stepper import (
    HARNESS,
    MAX_LINE,
    OWN,
    Close,
    Correct,
    Fork,
    Hello,
    Reset,
    Rows,
    Step,
    answer_line,
    error_line,
    most_rows,
    read_answer,
    read_request,
    request_line,
)

ROWS = Rows(np.array([0.02, 0.04]), np.array([[0.1, 0.2], [0.3, 0.4]]))
RESET = Reset(("a", "b"), ("rad", "m"), 0.0, np.zeros(2), np.ones(2), np.full(2, 0.5))
Q = np.array([[1.0, 2.0], [3.0, 4.0]])


def _fields(value):
    """What a message holds, arrays as lists."""
    if hasattr(value, "__dict__"):
        return {name: _fields(inner) for name, inner in vars(value).items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize(
    "request_",
    [
        RESET,
        Step("ahead", ROWS),
        Correct(ROWS, Q),
        Correct(ROWS, Q, np.array([0.2, 0.3]), Q / 3),
        Fork("ahead"),
        Close(),
    ],
    ids=lambda r: type(r).__name__,
)
def test_a_request_that_is_written_is_read_again(request_) -> None:
    line = request_line(7, request_)
    assert line.count(b"\n") == 1
    number, found = read_request(line, 2)
    assert number == 7
    assert type(found) is type(request_)
    assert _fields(found) == _fields(request_)


def test_answers_that_are_written_are_read_again() -> None:
    hello = Hello("mine", (HARNESS, OWN))
    assert read_answer(answer_line(1, hello), 1, RESET, "x") == hello
    assert (read_answer(answer_line(2, {"q": Q}), 2, Step("main", ROWS), "x") == Q).all()
    before, after = read_answer(
        answer_line(3, {"before": Q, "after": 2 * Q}), 3, Correct(ROWS, Q), "x"
    )
    assert (before == Q).all()
    assert (after == 2 * Q).all()
    assert read_answer(answer_line(4, {}), 4, Fork("ahead"), "x") is None


def test_the_largest_message_fits_a_line() -> None:
    for joints in (1, 7, 16384):
        rows = most_rows(joints)
        number = -1234.5678901234567
        values = np.full((rows, joints), number)
        part = Rows(np.full(rows, number), values)
        line = request_line(10**9, Correct(part, values, np.full(rows, number), values))
        assert len(line) < MAX_LINE


ANSWERS = {
    b"": ("stepper_json", "a line of JSON", ""),
    b"hello": ("stepper_json", "a line of JSON", "hello"),
    b"\xff\x00": ("stepper_json", "a line of JSON", "\\ufffd\\x00"),
    b"[1]": ("stepper_json", "an object", "a list of 1"),
    b'{"id":1,"id":1,"q":[[1,2],[3,4]]}': ("stepper_json", "each key once", "a key twice"),
    b'{"id":2,"q":[[1,2],[3,4]]}': ("stepper_turn", "the answer with id 1", "id 2"),
    b'{"q":[[1,2],[3,4]]}': ("stepper_turn", "the answer with id 1", "id null"),
    b'{"id":true,"q":[[1,2],[3,4]]}': ("stepper_turn", "the answer with id 1", "id true"),
    b'{"id":1,"error":"no\\u001b"}': ("stepper_refused", "an answer", "a refusal: no\\x1b"),
    b'{"id":1}': ("stepper_fields", "id, q", "id"),
    b'{"id":1,"q":[[1,2],[3,4]],"x":1}': ("stepper_fields", "id, q", "id, q, x"),
    b'{"id":1,"q":[[1,2]]}': ("stepper_shape", "q of the shape 2 x 2", "1 x 2"),
    b'{"id":1,"q":[[1],[3]]}': ("stepper_shape", "q of the shape 2 x 2", "2 x 1"),
    b'{"id":1,"q":[[1,2],[3]]}': (
        "stepper_shape",
        "q of the shape 2 x 2",
        "a list of 2 uneven rows",
    ),
    b'{"id":1,"q":null}': ("stepper_shape", "q of the shape 2 x 2", "null"),
    b'{"id":1,"q":[[1,NaN],[3,4]]}': ("stepper_value", "finite numbers", "NaN"),
    b'{"id":1,"q":[[1,1e999],[3,4]]}': ("stepper_value", "finite numbers in q", "an infinite one"),
    b'{"id":1,"q":[[1,-2e4],[3,4]]}': (
        "stepper_value",
        "numbers of at most 10000 in q",
        "-20000",
    ),
    b'{"id":1,"q":[[1,true],[3,4]]}': ("stepper_value", "numbers in q", "something else"),
    b'{"id":1,"q":[[1,"2"],[3,4]]}': ("stepper_value", "numbers in q", "something else"),
    b'{"id":1,"q":[[1,%s],[3,4]]}' % (b"9" * 400): (
        "stepper_value",
        "numbers of at most 10000 in q",
        "a larger one",
    ),
}


@pytest.mark.parametrize("line", ANSWERS, ids=lambda line: line[:40].decode("ascii", "replace"))
def test_what_is_no_answer_is_refused(line: bytes) -> None:
    with pytest.raises(ProblemsError) as raised:
        read_answer(line, 1, Step("main", ROWS), "here")
    (problem,) = raised.value.problems
    assert (problem.where, (problem.code, problem.expected, problem.came)) == (
        "here",
        ANSWERS[line],
    )


REQUESTS = {
    '{"id":-1,"op":"close"}': ("stepper_request", "a whole number as id", "-1"),
    '{"id":1,"op":"jump"}': (
        "stepper_request",
        "one of the ops reset, step, correct, fork, close",
        "jump",
    ),
    '{"id":1,"op":"fork","state":""}': (
        "stepper_fields",
        "a name of 1 to 100 characters",
        "",
    ),
    '{"id":1,"op":"step","state":"main","time":[],"command":[]}': (
        "stepper_shape",
        "time of 1 to 8192 rows",
        "a list of 0",
    ),
    '{"id":1,"op":"step","state":"main","time":[2,1],"command":[[0,0],[0,0]]}': (
        "stepper_value",
        "times that do not fall",
        "times that do",
    ),
    '{"id":1,"op":"correct","time":[1],"command":[[0,0]],"q":[[0,0]],"gain":[1],"dq":null}': (
        "stepper_request",
        "both gain and dq, or neither",
        "one of them",
    ),
}


@pytest.mark.parametrize("line", REQUESTS)
def test_what_is_no_request_is_refused(line: str) -> None:
    with pytest.raises(ProblemsError) as raised:
        read_request(line.encode(), 2)
    (problem,) = raised.value.problems
    assert (problem.code, problem.expected, problem.came) == REQUESTS[line]


def test_the_first_request_is_a_reset() -> None:
    with pytest.raises(ProblemsError, match="expected reset first, came fork"):
        read_request(request_line(1, Fork("ahead")), None)


def test_a_refusal_is_short() -> None:
    assert len(json.loads(error_line(None, "x" * 10_000))["error"]) == 300


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_words = st.sampled_from(["id", "op", "q", "time", "state", "command", "gain", "dq", "before"])
_ops = st.sampled_from(["reset", "step", "correct", "fork", "close"])
_messages = st.dictionaries(_words, _json | _ops | st.just(1), max_size=8)


@given(st.binary(max_size=200) | _messages.map(lambda m: json.dumps(m).encode()))
def test_whatever_comes_is_read_or_refused(line: bytes) -> None:
    for read in (
        lambda: read_request(line, 2),
        lambda: read_request(line, None),
        *(
            (lambda r=r: read_answer(line, 1, r, "x"))
            for r in (RESET, Step("main", ROWS), Correct(ROWS, Q), Fork("a"))
        ),
    ):
        try:
            read()
        except ProblemsError as error:
            assert len(error.problems) == 1


def test_nesting_without_end_is_refused() -> None:
    for line in (b"[" * 100_000, b'{"id":1,"q":' + b"[" * 50_000 + b"]" * 50_000 + b"}"):
        with pytest.raises(ProblemsError):
            read_answer(line, 1, Step("main", ROWS), "x")
