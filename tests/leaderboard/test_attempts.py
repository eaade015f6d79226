"""The log of attempts: what counts as one, and for whom."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bench.io.documents import Document
from bench.io.problems import ProblemsError
from bench.leaderboard.attempts import (
    attempts_text,
    check_limit,
    count_by_lab,
    logged,
    read_attempts,
)

HOLDOUT = "c" * 64


def _attempt(lab: str, predictions: str, **fields: Any) -> Document:
    made = {"event": "scored", "lab": lab, "predictions": predictions, "holdout": HOLDOUT}
    return {**made, **fields}


@pytest.mark.parametrize(
    "other",
    ["a lab", "A LAB", " A  Lab ", "ALab", "Ａ Ｌａｂ", "A\u00a0Lab", "A\u2003Lab", "A L\u0430b"],
    ids=ascii,
)
def test_labs_whose_names_look_alike_are_one(other: str) -> None:
    log = [_attempt("A Lab", "1"), _attempt(other, "2"), _attempt(other, "1")]
    assert count_by_lab(log, HOLDOUT) == {"A Lab": 2}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Straße", "STRASSE"), ("Å", "A\u030a"), ("ﬁt", "FIT"), ("ϓ", "\u03d2\u0301")],
)
def test_forms_of_one_character_are_one(one: str, other: str) -> None:
    assert count_by_lab([_attempt(one, "1"), _attempt(other, "2")], HOLDOUT) == {one: 2}


def test_labs_whose_names_differ_are_two() -> None:
    log = [_attempt("B Lab", "1"), _attempt("A Lab", "1"), _attempt("A-Lab", "1")]
    assert count_by_lab(log, HOLDOUT) == {"A Lab": 1, "A-Lab": 1, "B Lab": 1}


def test_what_is_no_attempt_is_not_counted() -> None:
    log = [
        _attempt("A Lab", "1"),
        _attempt("A Lab", "1", event="recomputed"),
        _attempt("A Lab", "1", event="withdrawn"),
        _attempt("A Lab", "1"),
        _attempt("A Lab", "2", holdout="d" * 64),
    ]
    assert count_by_lab(log, HOLDOUT) == {"A Lab": 1}


def test_the_attempt_over_the_limit_is_refused() -> None:
    log = [_attempt("A Lab", "1"), _attempt("A LAB", "2"), _attempt("B Lab", "3")]
    check_limit(log, _attempt("a lab", "4"), 3)
    check_limit(log, _attempt("a lab", "4"), None)
    with pytest.raises(ProblemsError) as raised:
        check_limit(log, _attempt("a lab", "4"), 2)
    assert str(raised.value) == (
        "attempts_exceeded: entry.json: lab: expected at most 2 attempt(s) of a lab on this "
        "holdout, came one more of 'a lab', after 2"
    )


def test_what_was_scored_before_is_no_attempt_over_the_limit() -> None:
    log = [_attempt("A Lab", "1"), _attempt("A Lab", "2", holdout="d" * 64)]
    check_limit(log, _attempt("A Lab", "1"), 1)
    check_limit(log, _attempt("B Lab", "2"), 1)
    with pytest.raises(ProblemsError):
        check_limit(log, _attempt("A Lab", "2"), 1)


def _refused(path: Path) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        read_attempts(path)
    return str(raised.value).replace(str(path), "LOG").split("\n")


def test_every_line_that_is_not_utf8_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    path.write_bytes('{}\n{"lab":"Universität"}\n{}\n\xff\n'.encode("latin-1"))
    assert _refused(path) == [
        "not_utf8: LOG line 2: expected UTF-8 text, came byte 17 is not",
        "not_utf8: LOG line 4: expected UTF-8 text, came byte 0 is not",
    ]


def test_a_log_that_may_not_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "attempts.jsonl"
    os.mkfifo(path)
    assert _refused(path) == [
        "not_a_file: LOG: expected a plain file, came a pipe, socket or device"
    ]


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    assert _refused(tmp_path) == ["missing_file: LOG: expected a log of attempts, came a folder"]


def _whole(number: int, lab: str) -> Document:
    fields = {"number": number, "entry": "one", "hash": "a" * 64, "scorer": "2", "headline": 0.01}
    return {"schema": "twinbench/attempt/1", **fields, **_attempt(lab, "b" * 64)}


@pytest.mark.parametrize(
    ("lab", "problem"),
    [
        # It ends no line: the attempt is not parted in two.
        (
            "A\u2028Lab",
            "control_character: LOG line 2: lab: expected one line of text without control "
            "characters, came 'A\\u2028Lab'",
        ),
        (
            "A Lab\ufe0f",
            "misleading_text: LOG line 2: lab: expected a text that looks like what it is, came a "
            "letter or sign that nobody sees in 'A Lab\\ufe0f'",
        ),
        (
            "A L\u0430b",
            "misleading_text: LOG line 2: lab: expected letters of one script in each word, came "
            "'A L\\u0430b'",
        ),
    ],
)
def test_a_text_that_no_entry_may_have_is_none_of_the_log(
    tmp_path: Path, lab: str, problem: str
) -> None:
    path = tmp_path / "attempts.jsonl"
    path.write_text(attempts_text([_whole(1, "A Lab"), _whole(2, lab)]))
    assert _refused(path) == [problem]
    with pytest.raises(ProblemsError) as raised:
        logged([], _whole(1, lab))
    assert str(raised.value) == problem.replace("LOG line 2", "attempt")
