"""The log of everything that was scored on a holdout; it only grows.

One JSON object a line, schema `attempt`. No clock: the history of the repository dates it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.entries.texts import identity_problems, look, text_problems
from bench.io.documents import Document, check, parse, read_plain
from bench.io.problems import Problem, ProblemsError


def read_log(path: Path) -> str:
    """The log as it is written; empty if there is no log yet.

    Raises:
        ProblemsError: it is no plain file, too large, or every line that is not UTF-8.
    """
    if not path.exists():
        return ""
    data = read_plain(path, "a log of attempts")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ProblemsError(_not_utf8(path, data)) from None


def _not_utf8(path: Path, data: bytes) -> Iterator[Problem]:
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            where, came = f"{path} line {number}", f"byte {error.start} is not"
            yield Problem("not_utf8", where, "UTF-8 text", came)


def log_lines(text: str) -> list[str]:
    """The lines of a log's text, without their ends.

    A line ends at a newline alone: JSON lets a text hold other characters that part lines.
    """
    return text.removesuffix("\n").split("\n") if text else []


def read_attempts(path: Path) -> list[Document]:
    """Every line of the log; none if there is no log yet.

    Raises:
        ProblemsError: the log cannot be read (see `read_log`), or every line that is no attempt.
    """
    attempts: list[Document] = []
    problems: list[Problem] = []
    for number, line in enumerate(log_lines(read_log(path)), 1):
        where = f"{path} line {number}"
        try:
            attempts.append(_checked(parse(line, where), where))
        except ProblemsError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemsError(problems)
    return attempts


def _checked(attempt: Any, where: str) -> Document:
    """An attempt whose texts are those that an entry may have."""
    checked = check(attempt, "attempt", where)
    problems = [*text_problems(checked, where), *identity_problems(checked, where)]
    if problems:
        raise ProblemsError(problems)
    return checked


def attempt_of(result: Document, event: str = "scored") -> Document:
    """What the log says of a result; its number is given when it is logged.

    Args:
        result: a full one, or of a sealed holdout its released form.
        event: what happened.
    """
    return {
        "event": event,
        "entry": result["entry"]["name"],
        "lab": result["entry"]["lab"],
        "hash": result["entry"]["hash"],
        "predictions": result["entry"]["predictions"],
        "holdout": result["dataset"]["holdout"],
        "scorer": result["scorer"]["version"],
        "headline": result["metrics"]["joint_rmse"]["value"],
    }


def logged(attempts: Iterable[Document], new: Document) -> list[Document]:
    """The log with `new` at its end; unchanged if it would only repeat what stands there.

    The same predictions scored again by the same scorer for the same lab repeat the entry's last
    line, unless that took the entry off the board.

    Raises:
        ProblemsError: `new` is no attempt, or has a text that no entry may have.
    """
    log = list(attempts)
    own = [a for a in log if a["entry"] == new["entry"] and a["holdout"] == new["holdout"]]
    if own and _repeats(own[-1], new):
        return log
    number = {"schema": "twinbench/attempt/1", "number": len(log) + 1}
    return [*log, _checked({**number, **new}, "attempt")]


def _repeats(last: Document, new: Document) -> bool:
    known = {"scored": ("scored", "recomputed")}.get(new["event"], (new["event"],))
    same = all(last[key] == new[key] for key in ("lab", "predictions", "scorer"))
    return same and last["event"] in known


def attempts_text(attempts: Iterable[Document]) -> str:
    """The log as it is written."""
    return "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in attempts)


def count_by_lab(attempts: Iterable[Document], holdout: str) -> Mapping[str, int]:
    """How many different predictions each lab has had scored on this holdout.

    Labs whose names look alike (`look`) are one, under the name that stands first in the log.
    """
    labs: dict[str, str] = {}
    scored: set[tuple[str, str | None]] = set()
    for each in attempts:
        if each["holdout"] == holdout and each["event"] == "scored":
            labs.setdefault(look(each["lab"]), each["lab"])
            scored.add((look(each["lab"]), each["predictions"]))
    counted = Counter(labs[lab] for lab, _ in scored)
    return dict(sorted(counted.items()))


def check_limit(attempts: Iterable[Document], new: Document, limit: int | None) -> None:
    """Refuse an attempt over a lab's limit; predictions that were scored before are none.

    Args:
        attempts: the log.
        new: with `lab`, `predictions` and `holdout` of what is to be scored.
        limit: how many different predictions a lab may have scored; None for any number.

    Raises:
        ProblemsError: the lab has had as many scored.
    """
    own = {
        each["predictions"]
        for each in attempts
        if each["event"] == "scored"
        and each["holdout"] == new["holdout"]
        and look(each["lab"]) == look(new["lab"])
    }
    if limit is not None and len(own) >= limit and new["predictions"] not in own:
        expected = f"at most {limit} attempt(s) of a lab on this holdout"
        came = f"one more of {new['lab']!r}, after {len(own)}"
        raise ProblemsError([Problem("attempts_exceeded", "entry.json: lab", expected, came)])
