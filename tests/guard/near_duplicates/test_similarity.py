from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.guard.near_duplicates.index import candidates
from bench.guard.near_duplicates.motion import resampled, windows_of
from bench.guard.near_duplicates.similarity import similarity, stretched, time_scales
from tests.guard.near_duplicates.motions import plainly, quicker, wandering


def test_time_scales_reach_from_half_to_double_in_steps_of_three_percent() -> None:
    scales = time_scales()
    assert 0.5 <= scales[0] < 0.515
    assert 1.94 < scales[-1] <= 2.0
    np.testing.assert_allclose(scales[1:] / scales[:-1], 1.03)
    assert 1.0 in scales


@pytest.mark.parametrize("scale", [0.5, 0.77, 1.0, 1.31, 2.0])
def test_stretched_is_interpolation_joint_by_joint(scale: float) -> None:
    motion = wandering(np.random.default_rng(1), 90, 3)
    np.testing.assert_allclose(stretched(motion, scale), quicker(motion, scale), atol=1e-12)


def test_resampled_takes_means_over_fifths_of_a_second() -> None:
    rng = np.random.default_rng(2)
    time = np.cumsum(rng.uniform(0.005, 0.03, 2000))
    q = np.stack([np.sin(time), 0.3 * time], axis=1)
    fine = np.linspace(time[0], time[-1], 400_001)
    values = np.stack([np.interp(fine, time, joint) for joint in q.T], axis=1)
    found = resampled(time, q)
    assert len(found) == int((time[-1] - time[0]) / 0.2)
    for number in (0, 7, len(found) - 1):
        within = (fine >= time[0] + 0.2 * number) & (fine < time[0] + 0.2 * (number + 1))
        np.testing.assert_allclose(found[number], values[within].mean(axis=0), atol=2e-4)


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 3, 6]), st.sampled_from([0.6, 1.0, 1.7]))
@example(94315162, 1, 0.6)  # the shift in common lies before the first stretch
def test_similarity_is_what_the_definition_says(seed: int, joints: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    motion = wandering(rng, 100, joints)
    other = np.concatenate([wandering(rng, 30, joints), quicker(motion[20:80], scale)])
    other += rng.normal(0, 0.004, other.shape)
    scales = time_scales()[:: int(rng.integers(3, 8))]
    found = similarity(windows_of(motion), other, scales)
    assert found.share == pytest.approx(plainly(motion, other, scales))


def altered(rng: np.random.Generator, motion: np.ndarray) -> np.ndarray:
    """The motion as it may come back: a part, slower or quicker, with noise, one joint another."""
    first = int(rng.integers(0, len(motion) // 3))
    part = quicker(motion[first : first + 2 * len(motion) // 3], float(rng.uniform(0.55, 1.8)))
    part = part + rng.normal(0, rng.uniform(0, 0.006), part.shape)
    if part.shape[1] > 1 and rng.random() < 0.5:
        joint = int(rng.integers(part.shape[1]))
        part[:, joint] = wandering(rng, len(part), 1)[:, 0]
    return np.concatenate([wandering(rng, int(rng.integers(5, 40)), motion.shape[1]), part])


@settings(max_examples=20)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([1, 2, 3, 6, 7]),
    st.sampled_from([0.1, 0.3, 0.7]),
    st.sampled_from([0.2, 0.8]),
)
def test_the_index_loses_no_pair(seed: int, joints: int, least: float, pause: float) -> None:
    rng = np.random.default_rng(seed)
    motions = [wandering(rng, int(rng.integers(30, 160)), joints, pause) for _ in range(5)]
    others = [altered(rng, motion) for motion in motions]
    others += [wandering(rng, int(rng.integers(10, 160)), joints, pause) for _ in range(5)]
    windows = [windows_of(motion) for motion in motions]
    found = {(each.query, each.other): each.scales for each in candidates(windows, others, least)}
    for query, own in enumerate(windows):
        for number, other in enumerate(others):
            whole = similarity(own, other, time_scales(), least)
            share = round(whole.share * len(own))
            if whole.share == 0 or share < least * len(own) - 1e-9:
                continue
            assert (query, number) in found
            assert similarity(own, other, found[query, number], least) == whole


def test_the_index_leaves_out_most_pairs_that_have_nothing_in_common() -> None:
    rng = np.random.default_rng(3)
    motions = [wandering(rng, 150, 6) for _ in range(20)]
    others = [wandering(rng, 150, 6) for _ in range(20)]
    found = list(candidates([windows_of(motion) for motion in motions], others, 0.3))
    assert len(found) < 0.1 * len(motions) * len(others)


def test_many_motions_are_searched_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    motions = [wandering(rng, 100, 4) for _ in range(6)]
    others = [*[wandering(rng, 100, 4) for _ in range(6)], *motions]
    windows = [windows_of(motion) for motion in motions]
    at_once = list(candidates(windows, others, 0.5))
    monkeypatch.setattr("bench.guard.near_duplicates.index.SAMPLES", 250)
    by_portion = list(candidates(windows, others, 0.5))

    def pairs(found: list) -> list[tuple[int, int, tuple[float, ...]]]:
        return sorted((each.query, each.other, tuple(each.scales)) for each in found)

    assert pairs(by_portion) == pairs(at_once)
    assert {(i, i + 6) for i in range(6)} <= {(each.query, each.other) for each in at_once}


def test_motions_without_a_moving_window_are_like_nothing() -> None:
    still = np.zeros((100, 6)) + np.random.default_rng(5).normal(0, 0.002, (100, 6))
    short = wandering(np.random.default_rng(6), 39, 6)
    other = wandering(np.random.default_rng(7), 200, 6)
    windows = [windows_of(still), windows_of(short)]
    assert [len(each) for each in windows] == [0, 0]
    assert list(candidates(windows, [other, still, short], 0.3)) == []
    assert similarity(windows[0], other, time_scales()).share == 0
