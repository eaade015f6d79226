"""The rules on bodies, on made-up episodes: no dataset records bodies yet."""

from __future__ import annotations

import numpy as np
import pytest

from bench.scoring.bodies import Bodies
from bench.scoring.labels import grasp_missed, object_displaced, object_lost
from tests.support.sizes import check_sizes
from tests.support.traces import one_gripper

RULES = [grasp_missed.RULE, object_lost.RULE, object_displaced.RULE]
START, GOAL = np.array([0.2, 0.0, 0.02]), np.array([0.2, 0.3, 0.02])


def tool(time: np.ndarray) -> np.ndarray:
    """(N, 1, 3) above the start until 5 s, then to the goal until 10 s, then away."""
    way = np.clip((time - 5) / 5, 0, 1)[:, None]
    path = START + way * (GOAL - START) + np.array([0, 0, 0.03])
    away = np.clip((time - 12) / 2, 0, 1)[:, None] * np.array([0, 0, 0.4])
    return (path + away)[:, None]


def carried(time: np.ndarray, take: float = 5.0, leave: float = 12.0) -> np.ndarray:
    """(N, 1, 3) a body that goes with the tool between two times and lies still else."""
    path = tool(time)[:, 0] - np.array([0, 0, 0.03])
    first, last = np.searchsorted(time, [take, leave])
    path[:first], path[last:] = path[first], path[last]
    return path[:, None]


@pytest.fixture
def carrying(trace_of, time, waves):
    def make(reference: np.ndarray, predicted: np.ndarray, **fields):
        arms = tool(time)
        bodies = Bodies(("cube",), reference, predicted, arms, arms)
        return trace_of(time, waves, waves, bodies=bodies, **fields)

    return make


def found(trace) -> dict[str, list]:
    labels = {rule.name: rule.apply(trace, {}) for rule in RULES}
    return {name: each for name, each in labels.items() if each}


def test_a_body_that_goes_the_same_way_has_no_label(carrying, time) -> None:
    both = carried(time)
    assert found(carrying(both, both)) == {}
    assert found(carrying(both, both + 0.01)) == {}


def test_a_missed_grasp(carrying, time) -> None:
    left = np.broadcast_to(START, (len(time), 1, 3))
    labels = found(carrying(carried(time), left))
    assert list(labels) == ["grasp_missed", "object_displaced"]
    (label,) = labels["grasp_missed"]
    assert label.joints == ("joint_0", "joint_1")
    assert label.numbers["body"] == 0
    assert label.numbers["reference_time"] == pytest.approx(7, abs=0.8)
    assert label.interval == pytest.approx((5.3, 12.3), abs=0.4)
    assert labels["object_displaced"][0].numbers["distance"] == pytest.approx(0.3, abs=0.01)
    assert check_sizes(object_displaced.RULE, carrying(carried(time), left)) == 1


def test_the_gripper_is_named_where_there_is_one(carrying, time) -> None:
    left = np.broadcast_to(START, (len(time), 1, 3))
    others = one_gripper(np.zeros((len(time), 1)))
    labels = found(carrying(carried(time), left, others=others))
    assert labels["grasp_missed"][0].joints == ("gripper",)


def test_a_lost_body(carrying, time) -> None:
    labels = found(carrying(carried(time), carried(time, leave=7.5)))
    assert list(labels) == ["object_lost", "object_displaced"]
    (label,) = labels["object_lost"]
    assert label.numbers["early"] == pytest.approx(3, abs=1.6)
    assert label.interval[1] == pytest.approx(12.3, abs=0.4)


def test_a_body_that_is_put_down_elsewhere(carrying, time) -> None:
    shifted = carried(time)
    shifted[time > 12.5] += np.array([0.04, 0.0, 0.0])
    labels = found(carrying(carried(time), shifted))
    assert list(labels) == ["object_displaced"]
    assert labels["object_displaced"][0].numbers["distance"] == pytest.approx(0.04)


def test_a_body_that_nobody_touches_has_no_label(carrying, time) -> None:
    still = np.broadcast_to(START, (len(time), 1, 3))
    assert found(carrying(still, still)) == {}


def test_without_bodies_there_is_nothing_to_find(trace_of, time, waves) -> None:
    assert found(trace_of(time, waves, waves)) == {}


def test_rows_of_weight_zero_do_not_count(carrying, time) -> None:
    left = np.broadcast_to(START, (len(time), 1, 3))
    weights = np.where(time < 4, 0.02, 0.0)
    assert found(carrying(carried(time), left, weights=weights)) == {}
