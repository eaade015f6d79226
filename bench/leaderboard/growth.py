"""Whether the logs of attempts have only grown since a commit, as git knows it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath
from typing import Any

from bench.io.problems import Problem, ProblemsError
from bench.leaderboard.agreement import short
from bench.leaderboard.attempts import log_lines, read_attempts, read_log

LOGS = "leaderboards"
LOG = "attempts.jsonl"


@dataclass(frozen=True)
class Growth:
    """How a log has grown.

    Attributes:
        log: its path from the root.
        lines: how many it has.
        added: how many of them the commit does not have.
    """

    log: str
    lines: int
    added: int


def check_growth(root: Path, against: str) -> list[Growth]:
    """Hold every log of the working tree against the one of a commit.

    Args:
        root: the checkout.
        against: the commit, by any name that git knows.

    Raises:
        ProblemsError: every line of the commit that was removed, changed or moved, every line
            that was put between them, a line that is no attempt or numbered wrongly, a last line
            without its end, a log that cannot be read; or no such commit.
    """
    commit = _commit(root, against)
    names = set(_git(root, "ls-tree", "-r", "-z", "--name-only", commit, "--", LOGS).split("\0"))
    names |= {path.relative_to(root).as_posix() for path in root.glob(f"{LOGS}/*/{LOG}")}
    logs = sorted(name for name in names if PurePosixPath(name).match(f"{LOGS}/*/{LOG}"))
    grown: list[Growth] = []
    problems: list[Problem] = []
    for name in logs:
        before = log_lines(_git(root, "show", f"{commit}:./{name}", missing=""))
        place = root / name
        try:
            text = read_log(place)
        except ProblemsError as error:
            problems += error.problems
            continue
        now = log_lines(text)
        problems += [*growth_problems(name, against, before, now), *_form(name, place, text)]
        grown.append(Growth(name, len(now), len(now) - len(before)))
    if problems:
        raise ProblemsError(problems)
    return grown


def growth_problems(
    log: str, against: str, before: Sequence[str], now: Sequence[str]
) -> Iterator[Problem]:
    """Everything but new lines at the end.

    Args:
        log: its name, for the message.
        against: name of the commit, for the message.
        before: the lines of the commit.
        now: the lines of the working tree.
    """
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for kind, first, end, start, stop in matcher.get_opcodes():
        if kind == "equal":
            continue
        for offset, line in enumerate(before[first:end]):
            where, at = f"{log} line {first + offset + 1}", start + offset
            expected = f"{_said(line)} as in {against}"
            if line in now:
                yield Problem("attempt_moved", where, expected, f"it in line {now.index(line) + 1}")
            elif at < stop and now[at] not in before:
                old, new = _difference(line, now[at])
                yield Problem("attempt_changed", where, f"{old} as in {against}", new)
            else:
                yield Problem("attempt_removed", where, expected, "none")
        if end < len(before):
            for at in range(start + end - first, stop):
                expected = f"new lines after the {len(before)} of {against}"
                if now[at] not in before:
                    where = f"{log} line {at + 1}"
                    yield Problem("attempt_inserted", where, expected, _said(now[at]))


def _form(log: str, place: Path, text: str) -> Iterator[Problem]:
    """Whole lines, each an attempt with its number."""
    if text and not text.endswith("\n"):
        expected, came = "a line end", "none"
        yield Problem("attempt_torn", f"{log} line {len(log_lines(text))}", expected, came)
    try:
        attempts = read_attempts(place)
    except ProblemsError as error:
        yield from error.problems
        return
    for number, attempt in enumerate(attempts, 1):
        if attempt["number"] != number:
            where, came = f"{log} line {number}", f"{attempt['number']}"
            yield Problem("attempt_number", where, f"the number {number}", came)


def _said(line: str) -> str:
    """What a line says, in a few words."""
    fields = _fields(line)
    if fields is None:
        return short(line)
    return f"{fields.get('event')} {fields.get('entry')!r} of {fields.get('lab')!r}"


def _difference(old: str, new: str) -> tuple[str, str]:
    """The fields in which two lines differ, as each has them."""
    mine, theirs = _fields(old), _fields(new)
    if mine is None or theirs is None or mine == theirs:
        return short(old), short(new)
    names = [n for n in {**mine, **theirs} if mine.get(n) != theirs.get(n)]
    first, second = (
        ", ".join(f"{n} {short(one[n])}" if n in one else f"no {n}" for n in names)
        for one in (mine, theirs)
    )
    return first, second


def _fields(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _commit(root: Path, name: str) -> str:
    rev = f"{name}^{{commit}}"
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", rev, missing="")
    if not found:
        expected = "a commit that git knows in this checkout"
        raise ProblemsError([Problem("no_commit", "--against", expected, repr(name))])
    return found.strip()


def _git(root: Path, *words: str, missing: str | None = None) -> str:
    """What git says in the checkout; `missing` if it has not what was asked for."""
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        expected = "git, to read a commit"
        raise ProblemsError([Problem("no_git", "PATH", expected, "none")]) from None
    if done.returncode and missing is None:
        came = short(done.stderr.decode(errors="replace").strip())
        raise ProblemsError([Problem("no_git", str(root), "a checkout that git can read", came)])
    return missing or "" if done.returncode else done.stdout.decode(errors="replace")
