"""The log of everything that was scored on a holdout; it only grows.

One JSON object a line, schema `attempt`. No clock: the history of the repository dates it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.io.documents import Document, check, parse
from bench.io.problems import Problem, ProblemsError


def read_attempts(path: Path) -> list[Document]:
    """Every line of the log; none if there is no log yet.

    Raises:
        ProblemsError: every line that is no attempt.
    """
    if not path.exists():
        return []
    attempts: list[Document] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{path} line {number}"
        try:
            attempts.append(check(parse(line, where), "attempt", where))
        except ProblemsError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemsError(problems)
    return attempts


def attempt_of(result: Document, event: str = "scored") -> Document:
    """What the log says of a result; its number is given when it is logged."""
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
    """
    log = list(attempts)
    own = [a for a in log if a["entry"] == new["entry"] and a["holdout"] == new["holdout"]]
    if own and _repeats(own[-1], new):
        return log
    number = {"schema": "twinbench/attempt/1", "number": len(log) + 1}
    return [*log, check({**number, **new}, "attempt", "attempt")]


def _repeats(last: Document, new: Document) -> bool:
    known = {"scored": ("scored", "recomputed")}.get(new["event"], (new["event"],))
    same = all(last[key] == new[key] for key in ("lab", "predictions", "scorer"))
    return same and last["event"] in known


def attempts_text(attempts: Iterable[Document]) -> str:
    """The log as it is written."""
    return "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in attempts)


def count_by_lab(attempts: Iterable[Document], holdout: str) -> Mapping[str, int]:
    """How many different predictions each lab has had scored on this holdout."""
    scored = {
        (a["lab"], a["predictions"])
        for a in attempts
        if a["holdout"] == holdout and a["event"] == "scored"
    }
    return dict(sorted(Counter(lab for lab, _ in scored).items()))
