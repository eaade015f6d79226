"""The truth's small motion in an entry: planted shares, shifts and noise, and none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.guard.comparison import Comparison
from bench.guard.entry_checks.small_motion import _remainder, _weights, judge, look
from bench.guard.finding import Finding
from tests.guard.entry_checks.made import STEP, comparison


def _found(*episodes: Comparison) -> list[Finding]:
    return judge([look(one) for one in episodes])[1]


def _entry(plant) -> list[Finding]:  # type: ignore[no-untyped-def]
    return _found(*(comparison(seed, plant=plant) for seed in range(4)))


def test_the_remainder_is_what_a_cubic_does_not_foretell() -> None:
    rng = np.random.default_rng(1)
    time = np.cumsum(rng.uniform(0.01, 0.03, 60))
    values = rng.standard_normal((60, 2))
    found = _remainder(_weights(time), values.T).T
    for row in range(2, 58):
        near = [row - 2, row - 1, row + 1, row + 2]
        unit = np.zeros(5)
        for column in range(2):
            fit = np.polyfit(time[near] - time[row], values[near, column], 3)
            left = values[row, column] - fit[-1]
            # The size that independent noise would keep: each weight from a fit to one row alone.
            for place, at in enumerate(near):
                alone = [float(other == at) for other in near]
                unit[place] = np.polyfit(time[near] - time[row], alone, 3)[-1]
            assert found[row - 2, column] == pytest.approx(left / np.sqrt(1 + (unit**2).sum()))


def test_honest_entries_have_none_of_it() -> None:
    assert _entry(None) == []
    assert _entry(lambda _, twin: np.round(twin / STEP) * STEP) == []
    noise = np.random.default_rng(3).standard_normal((1200, 5))
    assert _entry(lambda _, twin: twin + 1e-3 * noise) == []


def test_noise_in_one_episode_alone_is_no_finding() -> None:
    noise = np.random.default_rng(4).standard_normal((1200, 5))
    noisy = comparison(0, plant=lambda _, twin: twin + 5e-3 * noise)
    assert _found(noisy, *(comparison(seed) for seed in range(1, 5))) == []


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.01])
def test_a_share_of_the_truth_is_found_however_small(share: float) -> None:
    (found,) = _entry(lambda truth, twin: share * truth + (1 - share) * twin)
    assert (found.code, found.certainty) == ("truth_in_entry", "likely")
    assert found.evidence["entry"]["all"] > 0.9
    assert set(found.evidence["joints"]) == {f"j{i}" for i in range(5)}


def test_under_noise_of_its_own_the_slope_tells() -> None:
    noise = np.random.default_rng(5).standard_normal((1200, 5))
    (found,) = _entry(lambda truth, _: truth + 3e-3 * noise)
    assert found.certainty == "likely"
    assert set(found.evidence) == {"slopes"}
    # In a slope of nearly 1 there are five standard errors less.
    assert all(0.1 < slope < 1.1 for slope in found.evidence["slopes"].values())


@pytest.mark.parametrize("rows", [-3, -1, 1, 3])
def test_a_shift_of_a_few_rows_hides_nothing(rows: int) -> None:
    (found,) = _entry(lambda truth, _: np.roll(truth, rows, axis=0))
    assert found.evidence["entry"]["all"] > 0.8


def test_one_episode_and_one_stretch_are_named() -> None:
    others = [comparison(seed) for seed in range(1, 9)]
    mixed = comparison(0, plant=lambda truth, twin: 0.3 * truth + 0.7 * twin)
    (found,) = _found(mixed, *others)
    assert list(found.evidence["episodes"]) == ["m0.run-a"]

    def stretch(truth: np.ndarray, twin: np.ndarray) -> np.ndarray:
        result = twin.copy()
        result[400:800] = 0.3 * truth[400:800] + 0.7 * twin[400:800]
        return result

    part = comparison(0, plant=stretch)
    (found,) = _found(part, *others)
    assert set(found.evidence) == {"stretches"}
    for name in found.evidence["stretches"]:
        start, end = (float(word) for word in (name.split()[1], name.split()[3]))
        assert start >= part.time[400] - 3
        assert end <= part.time[800] + 3


def test_a_robot_that_jerks_as_its_commands_is_no_copy() -> None:
    """Both follow the same steps of the command; the remainder there is large and shared."""

    def stepped(seed: int) -> Comparison:
        made = comparison(seed)
        steps = np.zeros_like(made.command)
        steps[::40] = 0.05
        jumps = np.cumsum(steps, axis=0)
        return replace(
            made,
            command=made.command + jumps,
            reference=made.reference + jumps,
            predicted=made.predicted + jumps,
        )

    assert _found(*(stepped(seed) for seed in range(4))) == []


def test_short_episodes_rests_and_masks_say_nothing() -> None:
    assert look(comparison(1, rows=11)) is None
    assert judge([None]) == (0, [])
    base = comparison(2, plant=lambda truth, _: truth)
    still = np.zeros_like(base.reference)
    assert _found(replace(base, reference=still, predicted=still, command=still)) == []
    assert _found(replace(base, scored=np.zeros(len(base.time), dtype=bool))) == []


def test_what_is_kept_of_an_episode_does_not_grow_with_its_rows() -> None:
    short, long = (look(comparison(3, rows=rows)) for rows in (400, 4000))
    assert short is not None
    assert long is not None
    assert short.sums.xy.shape == long.sums.xy.shape == (5, 7)
    assert len(long.windows) == 0
