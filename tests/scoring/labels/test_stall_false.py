from __future__ import annotations

import numpy as np
import pytest

from bench.scoring.labels import stall_missed
from bench.scoring.labels.stall_false import RULE


def jammed(time: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Command, free motion after it and motion with a stop at 0.3 rad, (N, 1) each."""
    command = 0.6 * np.sin(time)[:, None]
    free = 0.6 * np.sin(time - 0.05)[:, None]
    return command, free, np.minimum(free, 0.3)


def test_it_is_the_mirror_image_of_a_missed_stall(trace_of, time) -> None:
    command, free, stopped = jammed(time)
    false = RULE.apply(trace_of(time, free, stopped, command=command), {})
    missed = stall_missed.RULE.apply(trace_of(time, stopped, free, command=command), {})
    assert len(false) == 4
    for mine, theirs in zip(false, missed, strict=True):
        assert mine.name == "stall_false"
        assert (mine.interval, mine.joints) == (theirs.interval, theirs.joints)
        assert mine.strength == pytest.approx(theirs.strength)
        assert mine.numbers["reference_distance"] == theirs.numbers["entry_distance"]
        assert mine.numbers["entry_travel"] == theirs.numbers["reference_travel"]


def test_a_robot_that_stalls_too_gives_none(trace_of, time) -> None:
    command, _, stopped = jammed(time)
    assert RULE.apply(trace_of(time, stopped, stopped + 0.01, command=command), {}) == []


def test_a_missed_stall_is_no_false_one(trace_of, time) -> None:
    command, free, stopped = jammed(time)
    assert RULE.apply(trace_of(time, stopped, free, command=command), {}) == []


def test_a_joint_that_never_moves_stalls_while_it_is_commanded_away(trace_of, time) -> None:
    command, free, _ = jammed(time)
    dead = np.full_like(free, free[0, 0])
    found = RULE.apply(trace_of(time, free, dead, command=command), {})
    assert len(found) >= 4
    assert all(label.numbers["entry_travel"] == 0 for label in found)
