"""The released form of a result: aggregates as they were, and nothing of a single episode."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from bench.io.documents import Document, check, dump, read_document
from bench.leaderboard.released import AGGREGATES, release, release_board
from bench.leaderboard.terms import Terms

BOARD = "leaderboards/so101-synth"
SEALED = Terms(truth_holders=())
"""Of a holdout whose organisers are of no lab."""


@pytest.fixture(params=["command-echo", "randomised"])
def full(request: pytest.FixtureRequest, repository: Path) -> Document:
    return read_document(repository / BOARD / "results" / f"{request.param}.json", "result")


def texts(document: Any) -> list[str]:
    """Every text of a document, names of fields too."""
    if isinstance(document, dict):
        return [*document, *(text for value in document.values() for text in texts(value))]
    if isinstance(document, list):
        return [text for value in document for text in texts(value)]
    return [document] if isinstance(document, str) else []


def numbers(document: Any) -> set[float]:
    """Every number of a document that is no whole one."""
    if isinstance(document, dict):
        return {n for value in document.values() for n in numbers(value)}
    if isinstance(document, list):
        return {n for value in document for n in numbers(value)}
    return {document} if isinstance(document, float) and document % 1 else set()


def held_back(full: Any, released: Any) -> list[str]:
    """The estimates of one group that the released form leaves out; all else has to be equal."""
    if isinstance(full, dict) and full.get("groups") == 1 and full["value"] is not None:
        assert released["value"] is released["low"] is released["high"] is None
        return [released["reason"]]
    if isinstance(full, dict):
        assert list(full) == list(released)
        return [reason for name in full for reason in held_back(full[name], released[name])]
    if isinstance(full, list):
        assert len(full) == len(released)
        pairs = zip(full, released, strict=True)
        return [reason for one, other in pairs for reason in held_back(one, other)]
    assert full == released
    return []


def test_no_number_and_no_name_of_an_episode_is_released(full: Document) -> None:
    released = check(release(full, SEALED), "released", "released")
    own = numbers(full["episodes"]) | numbers(full["labels"])
    assert len(own) > 300
    # Thresholds of the scorer, as 0.5, may be the value of an episode by chance.
    assert not numbers({k: v for k, v in released.items() if k != "scorer"}) & own
    names = {e["id"] for e in full["episodes"]} | {e["group"] for e in full["episodes"]}
    assert not [text for text in texts(released) if any(name in text for name in names)]


def test_aggregates_are_those_of_the_full_result(full: Document) -> None:
    released = release(full, SEALED)
    reasons = held_back(
        {name: full[name] for name in AGGREGATES}, {name: released[name] for name in AGGREGATES}
    )
    assert set(reasons) <= {"not released: fewer than 2 groups"}
    assert released["full"] == hashlib.sha256(dump(full).encode()).hexdigest()


def test_labels_are_counted_by_episode(full: Document) -> None:
    counted: dict[str, set[str]] = {}
    for label in full["labels"]:
        counted.setdefault(label["label"], set()).add(label["episode"])
    labels = {name: len(ids) for name, ids in sorted(counted.items())}
    assert release(full, SEALED)["labels"] == labels


def test_every_field_of_a_result_is_released_or_held_back(full: Document) -> None:
    """A field that results get later must be put on one side by hand."""
    held = {"schema", "episodes", "traces", "labels", "failures", "findings", "errors", "checks"}
    assert set(full) == set(AGGREGATES) | held | {"signature"}


def test_evidence_of_findings_is_held_back(full: Document) -> None:
    finding = {"code": "copied", "certainty": "hint", "evidence": {"episode": "x"}, "anchor": "y"}
    released = release({**full, "findings": [finding]}, SEALED)
    assert released["findings"] == [{"code": "copied", "certainty": "hint"}]


def test_entries_of_key_holders_are_marked(full: Document) -> None:
    holders = ("Another lab", "TwinBench")
    assert release(full, Terms(truth_holders=holders))["opens_truth"] is True
    assert release(full, Terms(truth_holders=holders[:1]))["opens_truth"] is False
    assert release(full, SEALED)["opens_truth"] is False


def test_a_board_without_groups(repository: Path) -> None:
    board = read_document(repository / BOARD / "leaderboard.json", "leaderboard")
    released = check(release_board(board), "leaderboard", "board")
    assert all(row["leave_one_out"] is not None for row in board["rows"])
    assert all(row["leave_one_out"] is None for row in released["rows"])
    changed = {"leave_one_out", "profile"}
    rows, shown = (
        [{k: v for k, v in row.items() if k not in changed} for row in one["rows"]]
        for one in (board, released)
    )
    assert set(held_back(rows, shown)) <= {"not released: fewer than 2 groups"}
    assert released["notes"][:-1] == board["notes"]
    assert released["notes"][-1].startswith("The holdout is sealed: ")
    assert "screwing" in json.dumps(board)
    assert "screwing" not in json.dumps(released["rows"])


def test_a_place_in_one_group_alone_is_held_back(repository: Path) -> None:
    board = read_document(repository / BOARD / "leaderboard.json", "leaderboard")
    item = {"label": "lag", "arm": "arm", "episodes": 3, "share": 0.5, "strength": 0.25}
    wide = {**item, "groups": 2, "joints": {"elbow": 3}}
    narrow = {**wide, "groups": 1}
    board["rows"][0]["profile"] = [wide, narrow]
    released = check(release_board(board), "leaderboard", "board")
    held = {**narrow, "joints": {}, "strength": None}
    assert released["rows"][0]["profile"] == [wide, held]


def test_a_mean_over_one_group_is_held_back(full: Document) -> None:
    alone = {"value": 0.1, "unit": "rad", "low": None, "high": None, "groups": 1, "episodes": 2}
    alone["reason"] = "fewer than 6 groups"
    nothing = {**alone, "value": None, "groups": 0, "reason": "none"}
    some = {**alone, "groups": 2}
    metrics = {**full["metrics"], "lag": alone, "growth": nothing, "coverage": some}
    horizon = {"edges": [0.0, 1.0], "values": [0.25], "episodes": 1}
    divergence = {"verdict": None, "horizon": horizon}
    released = release({**full, "metrics": metrics, "divergence": divergence}, SEALED)
    check(released, "released", "released")
    assert released["metrics"]["lag"] == {
        **alone,
        "value": None,
        "reason": "not released: fewer than 2 groups",
    }
    assert released["metrics"]["growth"] == nothing
    assert released["metrics"]["coverage"] == some
    assert released["divergence"]["horizon"] == {**horizon, "values": [None]}
