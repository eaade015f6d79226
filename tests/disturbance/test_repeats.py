"""What other passes show: against a plain search, and in made-up currents with a wrong model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.disturbance.currents import STATES, STEP, prepare
from bench.disturbance.detect import ArmDetector, Set, detector
from bench.disturbance.pushes import THRESHOLDS, Push, Residual, pushes_of
from bench.disturbance.repeats import AROUND, AS_NEAR, shown_again
from tests.disturbance.arms import planar, pushed, recording

DEFAULTS = {name: threshold.default for name, threshold in THRESHOLDS.items()}
SAME, APART = DEFAULTS["same"], DEFAULTS["level"] / 2
CYCLE = 9.0
"""s, of three moves of 3 s."""


def plainly(position: np.ndarray, value: np.ndarray, row: int) -> np.ndarray:
    """The same by looking at every row after the other."""
    last, shift = len(position) - 1, round(AROUND / STEP)

    def way(k: int) -> np.ndarray:
        return np.array([position[min(max(k + by, 0), last)] for by in (-shift, 0, shift)])

    passes: list[list[tuple[float, int]]] = [[]]
    for k in range(len(position)):
        off = float(np.max(np.abs(way(k) - way(row))))
        if off < SAME:
            passes[-1].append((off, k))
        elif passes[-1]:
            passes.append([])
    far = APART / STEP
    others = [p for p in passes if p and not any(abs(k - row) <= far for _, k in p)]
    others = [p for p in others if not p[0][1] < row < p[-1][1]]
    found = np.zeros(value.shape[1])
    if others:
        for joint in range(value.shape[1]):
            of_each = [
                float(np.median([value[k, joint] for off, k in p if off <= min(p)[0] + AS_NEAR]))
                for p in others
            ]
            again = float(np.median(of_each))
            here = value[row, joint]
            if again * here > 0:
                found[joint] = np.sign(here) * min(abs(again), abs(here))
    return found


def swings(seed: int) -> np.ndarray:
    """Positions (400, 2) of joints that come by the same places, and rest in between."""
    random = np.random.default_rng(seed)
    order = np.cumsum(random.integers(1, 3, 10)) % 3  # never the same place twice in a row
    places = np.array([[-0.4, 0.3], [0.1, -0.5], [0.5, 0.4]])[order]
    steps = np.linspace(0, 9, 400)
    return np.column_stack([np.interp(steps, np.arange(10), column) for column in places.T])


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_it_is_what_a_plain_search_finds(seed: int) -> None:
    position = swings(seed)
    value = np.random.default_rng(seed + 1).standard_normal(position.shape)
    rows = np.arange(0, 400, 17)
    expected = [plainly(position, value, row) for row in rows]
    assert shown_again(position, value, rows, SAME, APART) == pytest.approx(np.array(expected))


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_what_is_left_has_the_sign_of_the_residual_and_is_no_larger(seed: int) -> None:
    position = np.tile(swings(seed), (2, 1))
    value = np.random.default_rng(seed + 1).standard_normal(position.shape)
    left = value - shown_again(position, value, np.arange(800), SAME, APART)
    assert (np.abs(left) <= np.abs(value)).all() and (left * value >= 0).all()
    assert (left != value).any()


def test_the_way_back_is_no_other_pass() -> None:
    up = np.linspace(0, 4, 200)
    position = np.concatenate([up, up[::-1]])[:, None]
    value = np.ones_like(position)
    rows = np.arange(20, 180)  # 0.5 rad/s: half a second is 0.25 rad
    assert not shown_again(position, value, rows, SAME, APART).any()
    twice = np.concatenate([position, position])
    assert shown_again(twice, np.ones_like(twice), rows, SAME, APART) == pytest.approx(1)


def test_one_long_rest_is_one_pass() -> None:
    value = np.ones((500, 2))
    assert not shown_again(np.zeros((500, 2)), value, np.arange(500), SAME, APART).any()


def test_a_push_in_one_of_many_passes_is_left_whole_and_nothing_of_it_in_the_others() -> None:
    position = np.tile(swings(1)[:200], (5, 1))
    value = np.full_like(position, 0.5)
    value[310:330] = 3.0
    rows = np.arange(100, 900)
    left = value[rows] - shown_again(position, value, rows, SAME, APART)
    pushed_at = (rows >= 310) & (rows < 330)
    assert left[pushed_at] == pytest.approx(2.5)
    assert left[~pushed_at] == pytest.approx(0.0)


def two_rests(moved: float) -> tuple[np.ndarray, np.ndarray]:
    """Postures and residuals (800, 1) of two rests in one place, with a push in each.

    Of different moments: 4 s and 7 s after the arm came. The hand moves the joint a little.
    """
    posture = np.concatenate([np.linspace(-1, 0, 100), np.zeros(300)])
    posture = np.concatenate([posture, posture])[:, None]
    posture += 1e-4 * np.random.default_rng(5).standard_normal(posture.shape)
    value = 0.01 * np.random.default_rng(6).standard_normal(posture.shape)
    for start in (200, 675):
        value[start : start + 20] += 3.0
        posture[start : start + 20] += moved
    return posture, value


@pytest.mark.parametrize("moved", [0.0, 0.002, 0.007])
def test_pushes_in_two_rests_do_not_hide_each_other(moved: float) -> None:
    posture, value = two_rests(moved)
    state = np.zeros(value.shape, dtype=np.int8)
    residual = Residual(STEP * np.arange(len(value)), value, state, posture)
    found = pushes_of(residual, np.ones((len(STATES), 1)), DEFAULTS)
    assert [push.interval[0] for push in found] == pytest.approx([200 * STEP, 675 * STEP])


@pytest.mark.parametrize(("seconds", "pushes"), [(3, 0), (1, 2)])
def test_a_pass_is_two_seconds_away_or_more(seconds: int, pushes: int) -> None:
    """A push may last two seconds: nearer by, the other pass may show the same one."""
    rows = round(seconds / STEP)
    turn = 2 * np.pi * np.arange(rows) / rows
    bump = np.zeros((rows, 1))
    bump[rows // 2 :][:5] = 3.0
    posture = np.tile(np.column_stack([np.sin(turn), np.cos(turn)]), (2, 1))
    value = np.tile(bump, (2, 1))
    state = np.zeros(value.shape, dtype=np.int8)
    residual = Residual(STEP * np.arange(len(value)), value, state, posture)
    assert len(pushes_of(residual, np.ones((len(STATES), 1)), DEFAULTS)) == pushes


@pytest.fixture(scope="module")
def own() -> ArmDetector:
    arm = planar()
    sets = [
        Set(tuple(f"{part}{k}" for k in seeds), tuple(prepare(arm, *recording(k)) for k in seeds))
        for part, seeds in (("c", range(4)), ("v", range(4, 8)))
    ]
    return detector(arm, sets[0], sets[1], DEFAULTS)


def held_somewhere(seed: int) -> tuple[np.ndarray, ...]:
    """A recording of an arm that is held where calibration never was: the model is wrong there."""
    time, q, dq, current = recording(seed, 5 * CYCLE, postures=3)
    place = q[np.searchsorted(time, 6.0)]  # in the middle of a move
    current[:, 1] += 3.0 * np.exp(-np.sum(((q - place) / 0.2) ** 2, axis=1))
    return time, q, dq, current


def most(pushes: list[Push]) -> float:
    return max((push.ratio for push in pushes), default=0.0)


@pytest.mark.parametrize("seed", [40, 41, 42])
def test_an_error_of_the_model_that_comes_back_is_no_push(own: ArmDetector, seed: int) -> None:
    again = own.pushes("new", prepare(planar(), *held_somewhere(seed)))
    assert most(again) < DEFAULTS["verdict"]
    narrow = ArmDetector(own.arm, own.model, {}, own.shown, {**DEFAULTS, "same": 0.0})
    alone = narrow.pushes("new", prepare(planar(), *held_somewhere(seed)))
    assert most(alone) > DEFAULTS["verdict"], "without other passes it would be one"


@pytest.mark.parametrize("seed", [40, 41, 42])
def test_a_push_beside_it_is_found_where_it_is_and_nowhere_else(
    own: ArmDetector, seed: int
) -> None:
    time, q, dq, current = held_somewhere(seed)
    current = pushed(time, current, 20.5, 21.4, 0, 3.0)
    found = own.pushes("new", prepare(planar(), time, q, dq, current))
    clear = [push for push in found if push.ratio > DEFAULTS["verdict"]]
    assert [push.interval for push in clear] == [pytest.approx((20.5, 21.4), abs=0.25)]
    assert clear[0].joints[0] == 0
    assert clear[0].peak == pytest.approx(3.0, abs=0.6)
