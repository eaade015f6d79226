from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.scoring.labels.registry import RULES, labels_of
from bench.scoring.labels.stall_missed import RULE
from tests.oracles import so101_logs

JAMS = ((43.2, 44.1), (52.0, 52.9), (60.3, 62.2), (69.2, 71.1))


def jammed(
    time: np.ndarray, at: float = 0.3, delay: float = 0.05
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Command, free motion after it and motion with a stop at `at` rad, (N, 1) each."""
    command = 0.6 * np.sin(time)[:, None]
    free = 0.6 * np.sin(time - delay)[:, None]
    return command, free, np.minimum(free, at)


def test_a_planted_stall_is_labelled_with_its_interval(trace_of, time) -> None:
    command, free, stopped = jammed(time)
    found = RULE.apply(trace_of(time, stopped, free, command=command), {})
    away = (command - stopped)[:, 0] >= 0.1
    starts = time[1:][away[1:] & ~away[:-1]]
    assert len(found) == len(starts) == 4
    for label, start in zip(found, starts, strict=True):
        assert (label.name, label.joints) == ("stall_missed", ("joint_0",))
        assert label.interval[0] == pytest.approx(start, abs=0.1)
        assert label.numbers["position"] == pytest.approx(0.3)
    for label in found[:3]:  # the fourth is cut off by the end of the episode
        assert label.interval[1] > label.interval[0] + 1.5
        assert label.numbers["entry_distance"] == pytest.approx(0.3, abs=0.01)
        assert label.numbers["command_distance"] == pytest.approx(0.3, abs=0.01)
        assert label.numbers["reference_travel"] < 0.01
    assert 0.9 < sum(label.strength for label in found) <= 1


def test_both_directions_are_seen(trace_of, time) -> None:
    command, free, stopped = jammed(time)
    there = RULE.apply(trace_of(time, stopped, free, command=command), {})
    mirrored = RULE.apply(trace_of(time, -stopped, -free, command=-command), {})
    assert [label.interval for label in mirrored] == [label.interval for label in there]
    assert mirrored[0].numbers["position"] == -there[0].numbers["position"]


def test_current_is_told_where_it_was_measured(trace_of, time) -> None:
    command, free, stopped = jammed(time)
    current = 5.0 + 100 * (free - stopped)
    label = RULE.apply(trace_of(time, stopped, free, command=command, current=current), {})[0]
    assert label.numbers["current"] == pytest.approx(35, abs=0.1)
    assert label.numbers["current_median"] == pytest.approx(5)


def test_an_entry_that_stalls_too_misses_nothing(trace_of, time) -> None:
    command, _, stopped = jammed(time)
    assert RULE.apply(trace_of(time, stopped, stopped + 0.01, command=command), {}) == []


def test_an_entry_that_is_far_away_but_stands_misses_nothing(trace_of, time) -> None:
    command, _, stopped = jammed(time)
    assert RULE.apply(trace_of(time, stopped, stopped + 0.3, command=command), {}) == []


def test_an_entry_on_the_other_side_of_the_command_misses_nothing(trace_of, time) -> None:
    command, free, stopped = jammed(time)
    assert RULE.apply(trace_of(time, stopped, 2 * stopped - free, command=command), {}) == []


def test_free_motion_after_the_command_has_none(trace_of, time) -> None:
    command, free, _ = jammed(time, delay=0.3)
    assert np.abs(command - free).max() > 0.15
    assert RULE.apply(trace_of(time, free, command, command=command), {}) == []


def test_a_slow_creep_that_both_make_is_none(trace_of, time) -> None:
    creep = 0.05 * time[:, None]
    trace = trace_of(time, creep, creep + 0.2, command=creep + 0.2)
    assert RULE.apply(trace, {}) == []


def test_rest_away_from_a_constant_command_is_none(trace_of, time) -> None:
    rest = np.full((len(time), 1), 0.4)
    trace = trace_of(time, rest, rest + 0.2, command=rest + 0.2)
    assert RULE.apply(trace, {}) == []


def test_a_short_stop_is_none(trace_of, time) -> None:
    command = np.where(time > 5, 0.5, 0.0)[:, None]
    reference = np.interp(time, [5.2, 5.3], [0.0, 0.5])[:, None]
    predicted = np.interp(time, [5.0, 5.1], [0.0, 0.5])[:, None]
    trace = trace_of(time, reference, predicted, command=command)
    assert RULE.apply(trace, {}) == []
    (label,) = RULE.apply(trace, {"duration": 0.1})
    assert label.interval == pytest.approx((5.02, 5.15), abs=0.05)


def test_rows_of_weight_zero_do_not_count(trace_of, time) -> None:
    command, free, stopped = jammed(time)
    weights = np.where((command - stopped)[:, 0] > 0.05, 0.0, 0.02)
    trace = trace_of(time, stopped, free, command=command, weights=weights)
    assert RULE.apply(trace, {}) == []


def test_a_joint_without_limits_may_cross_the_turn(trace_of, time) -> None:
    command, free, stopped = jammed(time)
    shift = np.pi - 0.3  # the joint stands at the seam

    def wrapped(angle: np.ndarray) -> np.ndarray:
        return (angle + shift + np.pi) % (2 * np.pi) - np.pi

    trace = trace_of(
        time,
        wrapped(stopped),
        free + shift,
        command=wrapped(command),
        error=free - stopped,
        limits=np.array([[-np.inf, np.inf]]),
    )
    plain = RULE.apply(trace_of(time, stopped, free, command=command), {})
    assert [label.interval for label in RULE.apply(trace, {})] == [x.interval for x in plain]


@pytest.mark.recordings
@pytest.mark.parametrize("entry", ["run-b", "delayed echo"])
def test_the_four_jams_of_the_wrist_roll_are_found(mirror: Path, trace_of, entry) -> None:
    motion = "single_joint_wrist_roll"
    log = so101_logs.read_log(mirror, "run-a", motion)
    predicted = _prediction(mirror, entry, motion, log)
    found = RULE.apply(_trace(trace_of, log, predicted), {})
    assert [label.joints for label in found] == [("wrist_roll",)] * 4
    for label, jam in zip(found, JAMS, strict=True):
        assert label.interval == pytest.approx(jam, abs=0.25)
    positions = [label.numbers["position"] for label in found]
    assert positions == pytest.approx([-1.023, -1.023, -1.034, -1.034], abs=1e-3)
    distances = [label.numbers["command_distance"] for label in found]
    assert distances == pytest.approx([0.177, 0.177, 0.566, 0.566], abs=1e-3)


@pytest.mark.recordings
@pytest.mark.parametrize("entry", ["run-a", "delayed echo"])
def test_run_b_has_no_jam(mirror: Path, trace_of, entry) -> None:
    motion = "single_joint_wrist_roll"
    log = so101_logs.read_log(mirror, "run-b", motion)
    predicted = _prediction(mirror, entry, motion, log)
    assert RULE.apply(_trace(trace_of, log, predicted), {}) == []


@pytest.mark.recordings
@pytest.mark.slow
@pytest.mark.parametrize(
    ("entry", "offsets"), [("run-b", {}), ("delayed echo", {"elbow_flex": 9, "shoulder_lift": 1})]
)
def test_labels_on_calibration_and_validation(mirror: Path, trace_of, entry, offsets) -> None:
    found = []
    for motion in so101_logs.CALIBRATION + so101_logs.VALIDATION:
        log = so101_logs.read_log(mirror, "run-a", motion)
        predicted = _prediction(mirror, entry, motion, log)
        if predicted is not None:
            found += labels_of(_trace(trace_of, log, predicted), {})
    counts = {rule.name: sum(label.name == rule.name for label in found) for rule in RULES}
    known = {"offset": sum(offsets.values()), "lag": 0, "stall_missed": 4, "unstable": 0}
    clean = ("stall_false", "overshoot", "noise", "divergence", "saturation", "gain")
    assert {name: counts[name] for name in (*known, *clean)} == known | dict.fromkeys(clean, 0)
    if entry == "run-b":
        assert sum(counts.values()) == 4
    for joint, number in offsets.items():
        mine = [x for x in found if x.name == "offset" and x.joints == (joint,)]
        assert len(mine) == number
        assert all(label.numbers["mean_error"] < 0 for label in mine)


def _prediction(mirror: Path, entry: str, motion: str, log: so101_logs.Log) -> np.ndarray | None:
    if entry == "delayed echo":
        return np.column_stack([np.interp(log.time - 0.108, log.time, x) for x in log.q_command.T])
    other = so101_logs.read_log(mirror, entry, motion)
    return other.q if so101_logs.same_commands(log, other) else None


def _trace(trace_of, log: so101_logs.Log, predicted: np.ndarray):
    weights = np.gradient(log.time)
    weights[0] = 0
    arm = slice(0, so101_logs.ARM)
    return trace_of(
        log.time,
        log.q[:, arm],
        predicted[:, arm],
        command=log.q_command[:, arm],
        joints=so101_logs.JOINTS[arm],
        weights=weights,
    )
