"""Entries that predict nearly the same: which one is told, and how near they have to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.io.documents import Document, check, nine_digits
from bench.leaderboard.alike import ALIKE, RESCALED, alike
from bench.leaderboard.board import board
from bench.leaderboard.rendering import csv_text, markdown
from bench.leaderboard.terminal import terminal
from bench.leaderboard.terms import Terms
from tests.leaderboard.made import NONE, SETTINGS, names, result

ERROR = 0.01


def _entry(name: str, sums: np.ndarray, **fields: Any) -> Document:
    made = result(name, dict.fromkeys(names(8), ERROR), **fields)
    names_of_joints = [f"j{number}" for number in range(len(sums))]
    joints = {name: {**NONE, "value": ERROR, "unit": "rad"} for name in names_of_joints}
    signature = dict(zip(names_of_joints, sums.tolist(), strict=True))
    return {**made, "joints": joints, "signature": signature}


def _sums(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((6, 16))


def _apart(share: float, seed: int = 2) -> np.ndarray:
    """A difference of so much of the error, in every joint."""
    step = np.random.default_rng(seed).choice([-1.0, 1.0], (6, 16))
    return share * ERROR * step


def _log(*entries: Document) -> list[Document]:
    return [
        {
            "event": "scored",
            "entry": e["entry"]["name"],
            "predictions": e["entry"]["predictions"],
            "lab": e["entry"]["lab"],
            "holdout": e["dataset"]["holdout"],
        }
        for e in entries
    ]


def test_the_later_one_is_told_and_how_near_it_is() -> None:
    first = _entry("first", _sums())
    second = _entry("second", _sums() + _apart(0.5 * ALIKE))
    for results in ([first, second], [second, first]):
        found = alike(results, _log(first, second))
        assert list(found) == ["second"]
        (finding,) = found["second"]
        assert (finding["code"], finding["certainty"]) == ("entries_alike", "likely")
        assert finding["evidence"]["entry"] == "first"
        assert finding["evidence"]["difference"] == pytest.approx(0.5 * ALIKE, rel=1e-6)
    assert list(alike([first, second], _log(second, first))) == ["first"]


def test_where_the_log_does_not_say_both_are_told() -> None:
    first, second = _entry("first", _sums()), _entry("second", _sums())
    assert set(alike([first, second], [])) == {"first", "second"}
    assert set(alike([first, second], _log(first))) == {"first", "second"}


def test_the_limit_is_where_it_is_said_to_be() -> None:
    first = _entry("first", _sums())
    for share, found in ((0.99, ["second"]), (1.01, [])):
        second = _entry("second", _sums() + _apart(share * ALIKE))
        assert list(alike([first, second], _log(first, second))) == found


def test_a_factor_hides_nothing_but_an_offset_is_a_difference() -> None:
    first = _entry("first", _sums())
    scaled = _entry("scaled", 1.02 * _sums() + _apart(0.5 * RESCALED))
    (finding,) = alike([first, scaled], _log(first, scaled))["scaled"]
    assert finding["evidence"]["difference"] > ALIKE
    assert finding["evidence"]["rescaled"] == pytest.approx(0.5 * RESCALED, rel=0.1)
    moved = _entry("moved", _sums() + _apart(0.03))
    assert alike([first, moved], _log(first, moved)) == {}


def test_one_hash_is_enough_and_results_without_sums_are_left_alone() -> None:
    first, second = (result(name, dict.fromkeys(names(8), ERROR)) for name in ("first", "second"))
    assert alike([first, second], _log(first, second)) == {}
    second["entry"]["predictions"] = first["entry"]["predictions"]
    (finding,) = alike([first, second], _log(first, second))["second"]
    assert finding["evidence"]["same_predictions"]
    assert finding["evidence"]["difference"] == 0.0


def test_of_many_copies_each_has_one_finding() -> None:
    entries = [_entry(f"copy-{number}", _sums()) for number in range(6)]
    found = alike(entries, _log(*entries))
    assert list(found) == [f"copy-{number}" for number in range(1, 6)]
    assert [found[name][0]["evidence"]["others"] for name in found] == [0, 1, 2, 3, 4]
    assert {found[name][0]["evidence"]["entry"] for name in found} == {"copy-0"}


def test_the_row_is_ranked_and_marked_in_every_form() -> None:
    rng = np.random.default_rng(3)
    values = [dict(zip(names(12), rng.lognormal(-4, 0.2, 12).tolist(), strict=True)) for _ in "abc"]
    sums = [_sums(1), _sums(1) + _apart(1e-4), _sums(9)]
    results = [
        {**result(name, one), **{k: _entry(name, each)[k] for k in ("joints", "signature")}}
        for name, one, each in zip(("first", "second", "naive"), values, sums, strict=True)
    ]
    made = check(
        nine_digits(board(results, [], _attempts(results), SETTINGS, Terms())),
        "leaderboard",
        "board",
    )
    marked = {row["entry"]: [f["code"] for f in row["findings"]] for row in made["rows"]}
    assert marked == {"first": [], "second": ["entries_alike"], "naive": []}
    assert {row["entry"] for row in made["rows"] if row["rank"]} == {"first", "second", "naive"}
    assert "likely entries_alike" in csv_text(made)
    for text in (markdown(made).replace("\\_", "_"), *(terminal(made, w) for w in (70, 200))):
        told = " ".join(text.split())
        assert "likely entries_alike (docs/guard.md#entries_alike)" in told.replace("\\", "")


def _attempts(results: list[Document]) -> list[Document]:
    return [{**line, "number": n, "scorer": "2"} for n, line in enumerate(_log(*results), 1)]
