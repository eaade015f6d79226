"""Rows of the truth in an entry, against a slow count of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.guard.comparison import Comparison
from bench.guard.entry_checks.equal_rows import ARM_CHANGES, JOINT_CHANGES, judge, look
from tests.guard.entry_checks.made import STEP, comparison


def _codes(*episodes: Comparison) -> list[tuple[str, str]]:
    return [(f.code, f.certainty) for f in judge([look(one) for one in episodes])[1]]


def _longest(truth: np.ndarray, predicted: np.ndarray, time: np.ndarray, apart: float) -> int:
    """Most changes of the truth in a stretch of equal rows, row by row."""
    best = changes = 0
    last = None
    for row in range(1, len(time)):
        if np.abs(truth[row] - predicted[row]).max() > 5.01e-7:
            continue
        if last is not None and time[row] - time[last] <= apart:
            changes += bool(np.abs(truth[row] - truth[last]).max() > 5.01e-7)
        else:
            changes = 0
        last, best = row, max(best, changes)
    return best


def test_an_honest_entry_has_none() -> None:
    assert _codes(comparison(1), comparison(2)) == []
    rounded = comparison(3, plant=lambda _, twin: np.round((twin - 3e-3) / STEP) * STEP)
    assert np.any(np.abs(rounded.error) < 1e-9)
    assert _codes(rounded) == []


def test_every_row_is_certain_with_episode_arm_and_interval() -> None:
    copy = comparison(4, plant=lambda truth, _: truth)
    looked_at, (found,) = judge([look(copy), look(comparison(5))])
    assert looked_at == 2 * 1199
    assert (found.code, found.certainty) == ("rows_of_truth", "certain")
    assert found.evidence["episodes_in_all"] == 1
    told = {one["equal"]: one for one in found.evidence["episodes"]["m4.run-a"]}
    expected = _longest(copy.reference, copy.predicted, copy.time, 0.1)
    assert told["arm"]["changes"] == expected
    assert told["arm"]["from"] == copy.time[1]
    assert told["arm"]["to"] == copy.time[-1]


@pytest.mark.parametrize("every", [2, 3])
def test_thinned_rows_are_found(every: int) -> None:
    def thinned(truth: np.ndarray, twin: np.ndarray) -> np.ndarray:
        found = twin.copy()
        found[::every] = truth[::every]
        return found

    copy = comparison(6, plant=thinned)
    (found,) = judge([look(copy)])[1]
    (told,) = found.evidence["episodes"]["m6.run-a"]
    assert told["changes"] == _longest(copy.reference, copy.predicted, copy.time, 0.1)


def test_the_limit_is_where_it_is_said_to_be() -> None:
    """So many changes of a truth that changes in every row."""
    base = comparison(7)
    truth = base.reference + STEP * np.arange(len(base.time))[:, None]
    for changes, found in ((ARM_CHANGES - 1, []), (ARM_CHANGES, [("rows_of_truth", "certain")])):
        predicted = truth + 5e-3
        predicted[100 : 101 + changes] = truth[100 : 101 + changes]
        episode = replace(base, reference=truth, predicted=predicted, error=predicted - truth)
        assert _codes(episode) == found


def test_one_joint_needs_more() -> None:
    def one_joint(truth: np.ndarray, twin: np.ndarray) -> np.ndarray:
        found = twin.copy()
        found[:, 2] = truth[:, 2]
        return found

    copy = comparison(8, plant=one_joint)
    (found,) = judge([look(copy)])[1]
    (told,) = found.evidence["episodes"]["m8.run-a"]
    assert told["equal"] == "j2"
    assert told["changes"] >= JOINT_CHANGES
    assert _codes(copy) == [("rows_of_truth", "certain")]


def test_of_a_simulated_robot_equal_rows_prove_something_if_it_does_not_repeat_itself() -> None:
    copy = replace(comparison(11, plant=lambda truth, _: truth), simulated=True)
    again = comparison(11, plant=lambda _, twin: np.round((twin - 3e-3) / STEP) * STEP)
    assert _codes(copy) == [("rows_of_truth", "likely")]
    assert _codes(replace(copy, repeats=(again.error,))) == [("rows_of_truth", "certain")]
    assert _codes(replace(copy, repeats=(copy.error,))) == [("rows_of_truth", "likely")]


def test_rows_that_are_given_or_masked_do_not_count() -> None:
    copy = comparison(9, plant=lambda truth, _: truth)
    assert _codes(replace(copy, scored=np.zeros(len(copy.time), dtype=bool))) == []


def test_a_rest_proves_nothing() -> None:
    base = comparison(10)
    still = np.full_like(base.reference, 0.25)
    assert _codes(replace(base, reference=still, predicted=still, error=still - still)) == []
