from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.datasets.split import Parts, split
from bench.guard.checks.commands import run
from bench.io.store import Episodes
from tests.support.episodes import make_episodes

MOTIONS = ("a", "b", "c", "d")
RULE = {
    "assignment": {"calibration": ["a", "b"], "validation": ["c"], "holdout": ["d"]},
    "groups": [],
}


def plant(part: str, command: np.ndarray) -> Parts:
    """A split whose `part` holds, besides, a recording with these commands."""
    episodes = make_episodes(MOTIONS)
    parts = split(episodes, RULE)
    one = episodes.select([episodes.index["d.run-a"]], "all")
    rows = len(command)
    signals = {name: values[:rows] for name, values in one.signals.items()}
    infos = (replace(one.info.episodes[0], id="x.run-a", motion="x", group="x"),)
    planted = Episodes(
        replace(one.info, episodes=infos),
        np.array([0, rows]),
        {**signals, "q": signals["q"] + 0.01, "q_command": command},
    )
    return replace(parts, **{part: planted})


def command() -> np.ndarray:
    episodes = make_episodes(MOTIONS)
    return np.array(episodes.signal("q_command", episodes.index["d.run-a"]))


def test_a_clean_split_says_how_much_was_compared() -> None:
    assert run(split(make_episodes(MOTIONS), RULE)) == (8, [])


@pytest.mark.parametrize("part", ["calibration", "validation"])
def test_the_fitted_episode_and_its_part_are_named(part: str) -> None:
    _, findings = run(plant(part, command()))
    assert [(f.code, f.certainty, dict(f.evidence)) for f in findings] == [
        ("equal_commands", "certain", {"episode": name, "equal_to": [f"{part}: x.run-a"]})
        for name in ("d.run-a", "d.run-b")
    ]


@pytest.mark.parametrize(("change", "found"), [(9e-10, 2), (-9e-10, 2), (1.1e-9, 0), (-1.1e-9, 0)])
def test_commands_within_a_nanoradian_are_equal(change: float, found: int) -> None:
    changed = command()
    changed[17, 3] += change
    assert len(run(plant("calibration", changed))[1]) == found


def test_a_shorter_command_is_another_one() -> None:
    assert run(plant("calibration", command()[:-1]))[1] == []


def with_mask(episodes: Episodes, masked: list[int]) -> Episodes:
    """These rows of every episode are masked."""
    valid = np.ones(int(episodes.start[-1]), dtype=bool)
    for first in episodes.start[:-1]:
        valid[first + np.array(masked)] = False
    units = {**episodes.info.signals, "q_command_valid": ("1",)}
    signals = {**episodes.signals, "q_command_valid": valid}
    return replace(episodes, info=replace(episodes.info, signals=units), signals=signals)


def test_masked_rows_are_not_compared() -> None:
    changed = command()
    changed[[3, 4]] += 0.2
    parts = plant("validation", changed)
    assert run(parts)[1] == []
    one_sided = replace(parts, holdout_truth=with_mask(parts.holdout_truth, [3, 4]))
    assert [f.code for f in run(one_sided)[1]] == ["equal_commands"] * 2
    other_side = replace(parts, validation=with_mask(parts.validation, [3, 4]))
    assert [f.code for f in run(other_side)[1]] == ["equal_commands"] * 2
    too_few = replace(parts, validation=with_mask(parts.validation, [3]))
    assert run(too_few)[1] == []
