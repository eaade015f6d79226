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
