from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.twins.motions import MOTIONS, RATE, Motion
from bench.twins.motions.shapes import ease, lines, through, triangle

# Limits of the SO-101's URDF in rad, a margin taken off; the gripper is a fraction.
LOW = np.array([-1.9, -1.7, -1.6, -1.6, -2.7, 0.03])
HIGH = np.array([1.9, 1.7, 1.6, 1.6, 2.8, 0.97])
JUMPS = ("random_steps",)  # steps are what it is about
CORNERS = ("random_steps", "trapezoids", "slow_ramps", "reversals", "zigzag")
A = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
B = (1.0, -0.1, 0.2, 0.0, 0.9, 0.6)
each = pytest.mark.parametrize("motion", MOTIONS, ids=lambda motion: motion.name)


@each
def test_commands_stay_within_the_robot(motion: Motion) -> None:
    command = motion.command()
    assert command.shape == (motion.rows, 6)
    assert 15.5 <= motion.rows / RATE <= 17
    assert (command >= LOW).all()
    assert (command <= HIGH).all()
    assert np.ptp(command, axis=0).max() > 0.15


@each
def test_only_steps_exceed_the_speed_of_the_servo(motion: Motion) -> None:
    speed = np.abs(np.diff(motion.command(), axis=0)).max() * RATE
    assert (speed > 3.3) == (motion.name in JUMPS)


@each
def test_only_corners_and_steps_jerk(motion: Motion) -> None:
    acceleration = np.abs(np.diff(motion.command(), axis=0, n=2)).max() * RATE**2
    # At a corner the difference quotient grows with the rate: it is no acceleration.
    finer = Motion(motion.name, 4 * motion.rows, lambda u: motion.recipe(u / 4)).command()
    quotient = np.abs(np.diff(finer, axis=0, n=2)).max() * (4 * RATE) ** 2 / acceleration
    assert (quotient > 2) == (motion.name in CORNERS)


def test_eight_four_and_twelve_motions_have_their_place(repository: Path) -> None:
    split = json.loads((repository / "datasets" / "so101-synth" / "split.json").read_text())
    parts = split["assignment"]
    assert [len(parts[name]) for name in ("calibration", "validation", "holdout")] == [8, 4, 12]
    names = [motion.name for motion in MOTIONS]
    assert [*parts["calibration"], *parts["validation"], *parts["holdout"]] == names
    assert list(split["reasons"]) == names
    assert split["groups"] == []


def test_calibration_excites_every_joint(repository: Path) -> None:
    split = json.loads((repository / "datasets" / "so101-synth" / "split.json").read_text())
    fitted = [m.command() for m in MOTIONS if m.name in split["assignment"]["calibration"]]
    assert (np.std(np.concatenate(fitted), axis=0) > 0.2).all()
    for joint in range(6):
        assert sum(np.std(command[:, joint]) > 0.05 for command in fitted) >= 5


def windows(motion: Motion, scale: float) -> np.ndarray:
    """All windows of 8 s at 5 Hz of the arm joints, slowed down by `scale`: (windows, 5, 40)."""
    command = motion.command()[:, :5]
    time = scale * np.arange(len(command)) / RATE
    at = np.arange(0, time[-1], 0.2)
    slow = np.stack([np.interp(at, time, column) for column in command.T], axis=1)
    if len(slow) < 40:
        return np.zeros((0, 5, 40))
    return np.lib.stride_tricks.sliding_window_view(slow, 40, axis=0)


@pytest.mark.parametrize("scale", [0.6, 0.8, 1.0, 1.25, 1.6])
def test_no_two_motions_share_a_stretch(scale: float) -> None:
    """A window of one is nowhere in another: some joint is 60 mrad or a quarter of its sd off."""
    for one, other in itertools.permutations(MOTIONS, 2):
        a, b = windows(one, 1.0)[::2], windows(other, scale)[:, None]
        if not len(b):
            continue
        offset = np.abs(a.mean(axis=-1) - b.mean(axis=-1))
        near = np.argwhere((offset < 0.06).all(axis=-1))
        for j, i in near:
            first, second = a[i], b[j, 0]
            centred = (first - first.mean(axis=-1, keepdims=True)) - (
                second - second.mean(axis=-1, keepdims=True)
            )
            rms, sd = np.sqrt((centred**2).mean(axis=-1)), first.std(axis=-1)
            alike = (rms <= np.maximum(0.008, 0.25 * sd)).all() and sd.max() > 0.01
            assert not alike, (one.name, other.name, scale)


def test_the_measure_of_sharing_finds_a_motion_in_itself() -> None:
    a = windows(MOTIONS[0], 1.0)
    assert len(a) > 30
    assert np.array_equal(a[3], windows(MOTIONS[0], 1.0)[3])


@given(st.floats(-2, 3), st.floats(-2, 3))
def test_ease_rises_from_zero_to_one(x: float, y: float) -> None:
    low, high = ease(np.array(sorted([x, y])))
    assert 0 <= low <= high <= 1
    assert ease(np.array([x]))[0] == pytest.approx(1 - ease(np.array([1 - x]))[0], abs=1e-12)


def test_ease_is_flat_at_its_ends() -> None:
    near = ease(np.array([0.0, 1e-3, 1 - 1e-3, 1.0]))
    assert near == pytest.approx([0, 0, 1, 1], abs=2e-8)


def test_paths_pass_their_keys() -> None:
    u = np.array([0.0, 1.0, 1.5, 2.0, 3.0, 9.0])
    keys = [(1.0, A), (2.0, B), (3.0, A)]
    for path in (through(u, keys), lines(u, keys)):
        middle = (np.array(A) + np.array(B)) / 2
        assert path == pytest.approx(np.array([A, A, middle, B, A, A]))


def test_a_triangle_is_straight_between_its_corners() -> None:
    x = np.array([0.0, 0.125, 0.25, 0.5, 0.75, 0.875, 1.0, 1.25])
    assert triangle(x) == pytest.approx([0, 0.5, 1, 0, -1, -0.5, 0, 1])
