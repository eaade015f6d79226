from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.datasets.layout import Layout
from bench.datasets.split import Parts, inputs_of, split
from bench.guard.checks import inputs
from bench.guard.finding import Finding
from bench.io.store import Episodes
from tests.support.episodes import make_episodes

MOTIONS = ("a", "b", "c", "d")
RULE = {
    "assignment": {"calibration": ["a"], "validation": ["b"], "holdout": ["c", "d"]},
    "groups": [],
}
LAYOUT = Layout((tuple(range(5)),), np.zeros(6))
"""Five joints of a chain and a gripper."""
ROWS = {"c.run-a": 46, "d.run-a": 49}


def run(parts: Parts) -> tuple[int, list[Finding]]:
    return inputs.check(LAYOUT).run(parts)


def leaking(episode: str, rows: slice, joints: slice = slice(None), lag: int = 1) -> Episodes:
    """Recordings in which one's command is, in these rows, what was measured `lag` rows before."""
    episodes = make_episodes(MOTIONS)
    own = episodes.rows(episodes.index[episode])
    command = episodes.signals["q_command"].copy()
    stretch = slice(own.start + rows.start, own.start + rows.stop)
    measured = episodes.signals["q"][stretch.start - lag : stretch.stop - lag]
    command[stretch, joints] = measured[:, joints]
    return replace(episodes, signals={**episodes.signals, "q_command": command})


def masked(episodes: Episodes, episode: str, rows: slice) -> Episodes:
    valid = np.ones(int(episodes.start[-1]), dtype=bool)
    valid[episodes.rows(episodes.index[episode])][rows] = False
    units = {**episodes.info.signals, "q_command_valid": ("1",)}
    signals = {**episodes.signals, "q_command_valid": valid}
    return replace(episodes, info=replace(episodes.info, signals=units), signals=signals)


def evidence(parts: Parts) -> list[dict[str, object]]:
    _, findings = run(parts)
    assert {(f.code, f.certainty) for f in findings} <= {("inputs_reveal_truth", "certain")}
    return [dict(finding.evidence) for finding in findings]


def test_a_clean_split_says_how_many_rows_were_looked_at() -> None:
    assert run(split(make_episodes(MOTIONS), RULE)) == (sum(ROWS.values()), [])


def test_a_planted_leak_is_told_with_its_episode_rows_and_share() -> None:
    found = evidence(split(leaking("d.run-a", slice(10, 30)), RULE))
    assert found == [{"episodes": {"d.run-a": 20}, "rows": 20, "share": 20 / sum(ROWS.values())}]


@pytest.mark.parametrize("lag", [-5, -1, 0, 3, 5])
@pytest.mark.parametrize("decimals", [None, 4, 3])
def test_an_arm_that_copies_late_or_early_or_rounded_beside_its_gripper(
    lag: int, decimals: int | None
) -> None:
    episodes = leaking("d.run-a", slice(10, 40), slice(0, 5), lag)
    if decimals:
        own = episodes.rows(episodes.index["d.run-a"])
        rows = slice(own.start + 10, own.start + 40)
        command = episodes.signals["q_command"]
        command[rows, :5] = np.round(command[rows, :5], decimals)
    assert evidence(split(episodes, RULE))[0]["episodes"] == {"d.run-a": 30}


def test_a_gripper_whose_commands_are_what_was_measured_before() -> None:
    parts = split(leaking("d.run-a", slice(10, 40), slice(5, 6), 2), RULE)
    assert evidence(parts)[0]["episodes"] == {"d.run-a": 30}


def test_masked_rows_reveal_nothing() -> None:
    leak = slice(10, 30)
    parts = split(masked(leaking("d.run-a", leak), "d.run-a", leak), RULE)
    assert run(parts) == (sum(ROWS.values()) - 20, [])


def test_rows_that_the_mask_forgot_are_found() -> None:
    """Beside masked copies a row without an equal in the log is told as well."""
    episodes = leaking("d.run-a", slice(10, 30))
    own = episodes.rows(episodes.index["d.run-a"])
    command = episodes.signals["q_command"].copy()
    command[own.start + 20] = command[own.start + 18 : own.start + 22].mean(axis=0)
    lost = replace(episodes, signals={**episodes.signals, "q_command": command})
    whole = masked(lost, "d.run-a", slice(10, 20))
    whole.signals["q_command_valid"][own][21:30] = False
    assert evidence(split(whole, RULE))[0]["episodes"] == {"d.run-a": 1}


def test_a_leak_in_the_inputs_alone_is_found() -> None:
    parts = split(make_episodes(MOTIONS), RULE)
    shown = parts.holdout_inputs
    command = shown.signals["q_command"].copy()
    command[5:9] = parts.holdout_truth.signals["q"][5:9]
    planted = replace(shown, signals={**shown.signals, "q_command": command})
    (found,) = evidence(replace(parts, holdout_inputs=planted))
    assert found["episodes"] == {"c.run-a": 4}


def test_fitted_parts_may_hold_what_they_like() -> None:
    assert evidence(split(leaking("a.run-a", slice(10, 30)), RULE)) == []
    parts = split(leaking("d.run-b", slice(10, 30)), RULE)
    assert evidence(replace(parts, holdout_inputs=inputs_of(parts.holdout_truth))) == []
