"""What every kind of twin shares: the form of a prediction, and the error of a twin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.io.store import Episodes
from bench.kinematics.robot import load_robot
from bench.twins.prediction import error_on, headline, predicted, references, scored_columns
from tests.support.episodes import JOINTS, UNITS, make_episodes
from tests.twins.made import episodes_of


def clocked(*clocks: list[float]) -> Episodes:
    tracks = []
    for clock in clocks:
        still = np.zeros((len(clock), 6))
        tracks.append((np.array(clock, float), still, still))
    return episodes_of(tracks)


def test_the_headline_by_hand() -> None:
    """First episode: row 0 left out, weights 0.5, 1.5 and 1 s over rows 1 to 3."""
    episodes = clocked([0, 1, 2, 4], [0, 1])
    error = np.array([[100.0, 100.0], [2.0, 4.0], [0.0, 0.0], [2.0, 1.0], [9.0, 9.0], [3.0, 5.0]])
    # Joint 1: (0.5·4 + 1·4)/3 = 2; joint 2: (0.5·16 + 1·1)/3 = 3. The second: one row, 3 and 5.
    expected = ((2**0.5 + 3**0.5) / 2 + 4) / 2
    assert headline(error, episodes) == pytest.approx(expected, rel=1e-14)


def test_masked_commands_are_not_scored() -> None:
    """Rows 1 and 3 stand alone, each for the median step."""
    episodes = clocked([0, 1, 2, 4])
    valid = np.array([True, True, False, True])
    masked = replace(episodes, signals={**episodes.signals, "q_command_valid": valid})
    error = np.array([[100.0], [3.0], [100.0], [4.0]])
    assert headline(error, masked) == pytest.approx(12.5**0.5, rel=1e-14)


@settings(max_examples=30)
@given(st.floats(-3, 3), st.lists(st.floats(1e-3, 1), min_size=2, max_size=9), st.integers(2, 5))
def test_a_constant_error_is_the_headline_whatever_the_clock(
    error: float, steps: list[float], joints: int
) -> None:
    clock = np.cumsum(steps).tolist()
    episodes = clocked(clock, clock[:2])
    rows = np.full((len(episodes.signals["time"]), joints), error)
    assert headline(rows, episodes) == pytest.approx(abs(error), rel=1e-12, abs=1e-150)


def test_a_prediction_is_a_set_of_the_split_entry() -> None:
    inputs = make_episodes(("a", "b"), split="holdout_inputs")
    q, failed = inputs.signals["q"] + 1, np.array([np.inf, 0.5, np.inf, np.inf])
    found = predicted(inputs, q, failed)
    assert found.info == replace(
        inputs.info, split="entry", signals={"time": ("s",), "q": UNITS, "failed_at": ("s",)}
    )
    assert set(found.signals) == {"time", "q", "failed_at"}
    for name, values in (("time", inputs.signals["time"]), ("q", q), ("failed_at", failed)):
        np.testing.assert_array_equal(found.signals[name], values)
    np.testing.assert_array_equal(found.start, inputs.start)
    assert set(predicted(inputs, q).signals) == set(predicted(inputs, q).info.signals)
    assert "failed_at" not in predicted(inputs, q).signals


def test_reference_runs_alone_are_references() -> None:
    episodes = make_episodes(("a", "b"), split="validation")
    found = references(episodes)
    assert [e.id for e in found.info.episodes] == ["a.run-a", "b.run-a"]
    assert found.info.split == "validation"
    np.testing.assert_array_equal(found.signal("q", 1), episodes.signal("q", 1))


def test_scored_columns_follow_the_order_of_the_store(repository: Path) -> None:
    robot = load_robot(repository / "robots" / "so101" / "robot.json")
    episodes = make_episodes(("a",))
    assert scored_columns(episodes, robot) == [0, 1, 2, 3, 4]
    turned = replace(episodes, info=replace(episodes.info, joints=JOINTS[::-1]))
    assert scored_columns(turned, robot) == [1, 2, 3, 4, 5]


def test_the_error_of_a_twin_is_over_the_scored_joints_of_the_references(
    repository: Path,
) -> None:
    """The twin sees no measured row but the first; repeats and the gripper do not count."""
    robot = load_robot(repository / "robots" / "so101" / "robot.json")
    episodes = make_episodes(("a", "b"))
    measured = episodes.select([0, 1], "all").signals["q"]
    seen: list[set[str]] = []

    def rollout(inputs: Episodes) -> Episodes:
        seen.append(set(inputs.signals))
        return predicted(inputs, measured + np.array([0.1, 0.1, -0.1, 0.2, 0.0, 9.0]))

    assert error_on(episodes, robot, rollout) == pytest.approx(0.1, rel=1e-12)
    assert seen == [{"time", "q_command", "q_start", "dq_start"}]


def test_without_references_there_is_no_error(repository: Path) -> None:
    robot = load_robot(repository / "robots" / "so101" / "robot.json")
    repeats = make_episodes(("a",)).select([1], "validation")
    assert error_on(repeats, robot, lambda inputs: inputs) is None
