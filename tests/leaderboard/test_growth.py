"""The logs of a working tree against a commit, in a repository made for it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.io.problems import ProblemsError
from bench.leaderboard.growth import Growth, check_growth
from tests.support.command import twinbench

LOG = "leaderboards/made/attempts.jsonl"


def _line(number: int, entry: str = "", headline: float = 0.01) -> str:
    attempt = {
        "schema": "twinbench/attempt/1",
        "number": number,
        "event": "scored",
        "entry": entry or f"entry-{number}",
        "lab": "A Lab",
        "hash": "a" * 64,
        "predictions": "b" * 64,
        "holdout": "c" * 64,
        "scorer": "2",
        "headline": headline,
    }
    return json.dumps(attempt)


FOUR = [_line(n) for n in range(1, 5)]


def _git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=tests", "-c", "user.email=tests@example.org")
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


def _write(root: Path, lines: Sequence[str], log: str = LOG) -> None:
    (root / log).parent.mkdir(parents=True, exist_ok=True)
    (root / log).write_text("".join(f"{line}\n" for line in lines))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout whose last commit has four lines."""
    _git(tmp_path, "init", "-q")
    (tmp_path / "datasets").mkdir()
    (tmp_path / "params.yaml").write_text("")
    _write(tmp_path, FOUR[:3])
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-qm", "three")
    _write(tmp_path, FOUR)
    _git(tmp_path, "commit", "-qam", "four")
    return tmp_path


def _problems(root: Path, against: str = "HEAD") -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        check_growth(root, against)
    return str(raised.value).replace(LOG, "LOG").split("\n")


def test_a_log_that_has_grown_is_as_it_should_be(root: Path) -> None:
    assert check_growth(root, "HEAD") == [Growth(LOG, 4, 0)]
    assert check_growth(root, "HEAD~1") == [Growth(LOG, 4, 1)]
    _write(root, [*FOUR, _line(5), _line(6)])
    _write(root, [_line(1)], "leaderboards/new/attempts.jsonl")
    assert check_growth(root, "HEAD") == [
        Growth(LOG, 6, 2),
        Growth("leaderboards/new/attempts.jsonl", 1, 1),
    ]


def test_a_line_that_is_gone_is_a_problem(root: Path) -> None:
    _write(root, [FOUR[0], FOUR[1], FOUR[3]])
    assert _problems(root) == [
        "attempt_number: LOG line 3: expected the number 3, came 4",
        "attempt_removed: LOG line 3: expected scored 'entry-3' of 'A Lab' as in HEAD, came none",
    ]


def test_the_last_line_that_is_gone_is_a_problem(root: Path) -> None:
    _write(root, FOUR[:3])
    assert _problems(root) == [
        "attempt_removed: LOG line 4: expected scored 'entry-4' of 'A Lab' as in HEAD, came none"
    ]
    assert check_growth(root, "HEAD~1") == [Growth(LOG, 3, 0)]


def test_a_log_that_is_gone_is_a_problem_for_each_line(root: Path) -> None:
    (root / LOG).unlink()
    assert _problems(root) == [
        f"attempt_removed: LOG line {n}: expected scored 'entry-{n}' of 'A Lab' as in HEAD, "
        "came none"
        for n in range(1, 5)
    ]


def test_a_line_that_was_changed_is_a_problem(root: Path) -> None:
    _write(root, [FOUR[0], _line(2, headline=0.009), *FOUR[2:], _line(5)])
    assert _problems(root) == [
        "attempt_changed: LOG line 2: expected headline 0.01 as in HEAD, came headline 0.009"
    ]


def test_a_line_changed_in_its_form_alone_is_a_problem(root: Path) -> None:
    _write(root, [*FOUR[:3], FOUR[3].replace(": ", ":")])
    (problem,) = _problems(root)
    assert problem.startswith("attempt_changed: LOG line 4: expected ")


def test_lines_in_another_order_are_a_problem(root: Path) -> None:
    _write(root, [FOUR[0], FOUR[2], FOUR[1], FOUR[3]])
    moved = [line for line in _problems(root) if not line.startswith("attempt_number")]
    assert moved == [
        "attempt_moved: LOG line 3: expected scored 'entry-3' of 'A Lab' as in HEAD, came it in "
        "line 2"
    ]


def test_lines_in_another_order_numbered_on_are_a_problem(root: Path) -> None:
    _write(root, [FOUR[0], _line(2, "entry-3"), _line(3, "entry-2"), FOUR[3]])
    assert _problems(root) == [
        'attempt_changed: LOG line 2: expected entry "entry-2" as in HEAD, came entry "entry-3"',
        'attempt_changed: LOG line 3: expected entry "entry-3" as in HEAD, came entry "entry-2"',
    ]


def test_a_line_put_between_others_is_a_problem(root: Path) -> None:
    _write(root, [*FOUR[:2], _line(3, "late"), *FOUR[2:]])
    assert _problems(root) == [
        "attempt_inserted: LOG line 3: expected new lines after the 4 of HEAD, came scored 'late' "
        "of 'A Lab'",
        "attempt_number: LOG line 4: expected the number 4, came 3",
        "attempt_number: LOG line 5: expected the number 5, came 4",
    ]


def test_a_line_twice_is_a_problem(root: Path) -> None:
    _write(root, [*FOUR, FOUR[3]])
    assert _problems(root) == ["attempt_number: LOG line 5: expected the number 5, came 4"]


def test_a_torn_line_is_a_problem(root: Path) -> None:
    place = root / LOG
    place.write_text(place.read_text() + _line(5)[:40])
    assert {line.split(":")[0] for line in _problems(root)} == {"attempt_torn", "not_json"}
    place.write_text("".join(f"{line}\n" for line in FOUR) + _line(5))
    assert _problems(root) == ["attempt_torn: LOG line 5: expected a line end, came none"]


@pytest.mark.parametrize("name", ["nowhere", "--all", "HEAD:datasets", ""])
def test_what_is_no_commit_is_a_problem(root: Path, name: str) -> None:
    assert _problems(root, name) == [
        f"no_commit: --against: expected a commit that git knows in this checkout, came {name!r}"
    ]


def test_outside_a_repository_there_is_no_commit(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="no_commit"):
        check_growth(tmp_path, "HEAD")


def test_the_verb_says_how_the_logs_have_grown(root: Path) -> None:
    done = twinbench(root, "attempts", "check", "--against", "HEAD~1")
    assert (done.returncode, done.stdout) == (0, f"{LOG}: 4 lines, 1 more than in HEAD~1\n")
    _write(root, FOUR[:3])
    done = twinbench(root, "attempts", "check")
    assert done.returncode == 1
    assert done.stderr == (
        f"attempt_removed: {LOG} line 4: expected scored 'entry-4' of 'A Lab' as in HEAD, "
        "came none\n1 problem(s)\n"
    )


def test_a_log_that_is_not_utf8_or_no_file_is_a_problem(root: Path) -> None:
    place = root / LOG
    place.write_bytes(place.read_bytes() + '{"lab":"Universität"}\n'.encode("latin-1"))
    assert _problems(root) == [
        f"not_utf8: {root}/LOG line 5: expected UTF-8 text, came byte 17 is not"
    ]
    place.unlink()
    os.mkfifo(place)
    assert _problems(root) == [
        f"not_a_file: {root}/LOG: expected a plain file, came a pipe, socket or device"
    ]
