"""The split: groups, parts, what participants see, what the lock says."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.split import inputs_of, lock_of, lock_root, split
from bench.io.problems import ProblemsError
from tests.support.episodes import make_episodes

MOTIONS = ("a", "b", "c", "d", "e", "f")


def rule(**assignment: list[str]) -> dict[str, Any]:
    """A listed split with one group of two holdout motions."""
    parts = {"calibration": ["a", "b"], "validation": ["c"], "holdout": ["d", "e", "f"]}
    return {
        "assignment": {**parts, **assignment},
        "groups": [{"name": "twins", "motions": ["d", "e"]}],
    }


def test_parts_hold_what_the_rule_says() -> None:
    parts = split(make_episodes(MOTIONS), rule())
    seen = {name: {e.id for e in episodes.info.episodes} for name, episodes in parts.items()}
    assert seen["calibration"] == {"a.run-a", "a.run-b", "b.run-a", "b.run-b"}
    assert seen["validation"] == {"c.run-a", "c.run-b"}
    assert seen["holdout_inputs"] == {"d.run-a", "e.run-a", "f.run-a"}
    assert seen["holdout_truth"] == {f"{m}.{r}" for m in "def" for r in ("run-a", "run-b")}


def test_groups_are_named_or_the_motion_itself() -> None:
    parts = split(make_episodes(MOTIONS), rule())
    groups = {e.motion: e.group for e in parts.holdout_truth.info.episodes}
    assert groups == {"d": "twins", "e": "twins", "f": "f"}


def test_inputs_show_commands_and_the_first_state_alone() -> None:
    parts = split(make_episodes(MOTIONS), rule())
    inputs, truth = parts.holdout_inputs, parts.holdout_truth
    assert set(inputs.signals) == {"time", "q_command", "q_start", "dq_start"}
    for number, episode in enumerate(inputs.info.episodes):
        measured = truth.index[episode.id]
        for name in ("time", "q_command"):
            shown, known = inputs.signal(name, number), truth.signal(name, measured)
            np.testing.assert_array_equal(shown, known)
        for name in ("q", "dq"):
            first = truth.signal(name, measured)[0]
            np.testing.assert_array_equal(inputs.signal(f"{name}_start", number), first)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(0, 5))
def test_inputs_do_not_depend_on_what_was_measured_later(seed: int, joint: int) -> None:
    """The guard's first wall: no measured value after row 0 reaches a participant."""
    truth = split(make_episodes(MOTIONS), rule()).holdout_truth
    q = truth.signals["q"].copy()
    later = np.ones(len(q), dtype=bool)
    later[truth.start[:-1]] = False
    q[later, joint] = np.random.default_rng(seed).normal(size=later.sum())
    changed = type(truth)(truth.info, truth.start, {**truth.signals, "q": q})
    assert inputs_of(changed).hashes() == inputs_of(truth).hashes()


def test_the_lock_names_truth_and_inputs_by_content() -> None:
    parts = split(make_episodes(MOTIONS), rule())
    lock = lock_of(parts)
    assert [e["id"] for e in lock["episodes"]] == list(parts.holdout_truth.index)
    assert [e["hash"] for e in lock["episodes"]] == list(parts.holdout_truth.hashes())
    shown = {e["id"]: e["inputs_hash"] for e in lock["episodes"]}
    assert shown["d.run-a"] == parts.holdout_inputs.hashes()[0]
    assert shown["d.run-b"] is None


def test_the_root_covers_every_field_of_every_record() -> None:
    episodes = lock_of(split(make_episodes(MOTIONS), rule()))["episodes"]
    lines = sorted(
        f"{e['id']} {e['group']} {e['role']} {e['rows']} {e['hash']} {e['inputs_hash'] or '-'}"
        for e in episodes
    )
    assert lock_root(episodes) == hashlib.sha256("\n".join(lines).encode()).hexdigest()
    for field in ("id", "group", "role", "rows", "hash", "inputs_hash"):
        changed = [{**episodes[0], field: "x"}, *episodes[1:]]
        assert lock_root(changed) != lock_root(episodes), field
    assert lock_root(episodes[::-1]) == lock_root(episodes)


def test_masked_commands_hold_the_last_valid_one() -> None:
    truth = split(make_episodes(MOTIONS), rule()).holdout_truth
    valid = np.ones(int(truth.start[-1]), dtype=bool)
    first = truth.rows(truth.index["d.run-a"])
    valid[first.start + 3 : first.start + 6] = False
    valid[first.stop - 1] = False
    units = {**truth.info.signals, "q_command_valid": ("1",)}
    masked = replace(
        truth,
        info=replace(truth.info, signals=units),
        signals={**truth.signals, "q_command_valid": valid},
    )
    shown = inputs_of(masked)
    command = truth.signal("q_command", truth.index["d.run-a"])
    seen = shown.signal("q_command", 0)
    for row, source in ((2, 2), (3, 2), (5, 2), (6, 6), (len(command) - 1, len(command) - 2)):
        np.testing.assert_array_equal(seen[row], command[source])
    assert not shown.signal("q_command_valid", 0)[3:6].any()


def test_an_episode_that_begins_masked_holds_its_first_measured_position() -> None:
    truth = split(make_episodes(MOTIONS), rule()).holdout_truth
    valid = np.ones(int(truth.start[-1]), dtype=bool)
    number = truth.index["e.run-a"]
    valid[truth.start[number] : truth.start[number] + 4] = False
    units = {**truth.info.signals, "q_command_valid": ("1",)}
    masked = replace(truth, signals={**truth.signals, "q_command_valid": valid})
    shown = inputs_of(replace(masked, info=replace(truth.info, signals=units)))
    seen = shown.signal("q_command", shown.index["e.run-a"])
    assert (seen[:4] == truth.signal("q", number)[0]).all()
    np.testing.assert_array_equal(seen[4:], truth.signal("q_command", number)[4:])
    np.testing.assert_array_equal(shown.signal("q_command", 0), truth.signal("q_command", 0))


def test_a_diagnostic_pool_stands_apart_and_may_share_groups() -> None:
    groups = [{"name": "twins", "motions": ["c", "d", "e"]}]
    shared = {**rule(holdout=["d", "f"], diagnostic=["e"], validation=["c"]), "groups": groups}
    with pytest.raises(ProblemsError, match="group twins: expected one part, came holdout and val"):
        split(make_episodes(MOTIONS), shared)
    groups[0]["motions"].remove("c")
    parts = split(make_episodes(MOTIONS), shared)
    assert parts.diagnostic is not None
    assert parts.diagnostic.info.split == "diagnostic"
    assert set(parts.diagnostic.index) == {"e.run-a", "e.run-b"}
    assert {e.group for e in parts.diagnostic.info.episodes} == {"twins"}
    assert [name for name, _ in parts.items()][-1] == "diagnostic"
    for name, episodes in parts.items():
        assert name == "diagnostic" or "e" not in {e.motion for e in episodes.info.episodes}
    assert all(not e["id"].startswith("e.") for e in lock_of(parts)["episodes"])


def test_without_a_pool_there_is_no_such_part() -> None:
    parts = split(make_episodes(MOTIONS), rule())
    assert parts.diagnostic is None
    assert "diagnostic" not in dict(parts.items())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"validation": []},
            "not_assigned: split.json: c: expected a part for every motion, came none",
        ),
        (
            {"validation": ["c", "a"]},
            "assigned_twice: split.json: a: expected one part, came calibration and validation",
        ),
        (
            {"validation": ["c", "ghost"]},
            "not_recorded: split.json: ghost: expected a recorded motion, came none",
        ),
        (
            {"diagnostic": ["a"]},
            "assigned_twice: split.json: a: expected one part, came calibration and diagnostic",
        ),
        (
            {"validation": ["c", "d"], "holdout": ["e", "f"]},
            "group_torn: split.json: group twins: expected one part, came holdout and validation",
        ),
    ],
)
def test_a_wrong_rule_is_refused(change: dict[str, list[str]], problem: str) -> None:
    with pytest.raises(ProblemsError) as raised:
        split(make_episodes(MOTIONS), rule(**change))
    assert str(raised.value) == problem
