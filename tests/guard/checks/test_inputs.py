from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.datasets.split import Parts, inputs_of, split
from bench.guard.checks.inputs import run
from bench.io.store import Episodes
from tests.support.episodes import make_episodes

MOTIONS = ("a", "b", "c", "d")
RULE = {
    "assignment": {"calibration": ["a"], "validation": ["b"], "holdout": ["c", "d"]},
    "groups": [],
}
ROWS = {"c.run-a": 46, "d.run-a": 49}


def leaking(episode: str, rows: slice) -> Episodes:
    """Recordings in which one's command is, in these rows, what was measured in the row before."""
    episodes = make_episodes(MOTIONS)
    own = episodes.rows(episodes.index[episode])
    command = episodes.signals["q_command"].copy()
    stretch = slice(own.start + rows.start, own.start + rows.stop)
    command[stretch] = episodes.signals["q"][stretch.start - 1 : stretch.stop - 1]
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
