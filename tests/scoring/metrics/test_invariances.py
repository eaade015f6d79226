"""What every metric declares not to change with, tried on a bimanual robot; and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench.io.store import Episodes
from bench.kinematics.robot import Arm, Robot, Transform
from bench.scoring.metrics.metric import INVARIANCES
from bench.scoring.metrics.registry import METRICS
from tests.support.scenes import Scene, joint, scene, with_signals

Change = Callable[[Scene], Scene]


def _both(given: Scene, change: Callable[[np.ndarray], np.ndarray]) -> Scene:
    parts = (with_signals(part, change) for part in (given.reference, given.entry))
    return replace(given, reference=next(parts), entry=next(parts))


def _resampled(episodes: Episodes, clock: Callable[[np.ndarray], np.ndarray]) -> Episodes:
    """The episodes on another clock, linear between their rows."""
    found: dict[str, list[np.ndarray]] = {name: [] for name in episodes.signals}
    for number in range(len(episodes)):
        time = episodes.signal("time", number)
        new = clock(time)
        for name in episodes.signals:
            values = episodes.signal(name, number)
            if name == "time":
                found[name].append(new)
            elif values.dtype == bool:
                found[name].append(values[np.searchsorted(time, new, side="right") - 1])
            else:
                flat = values.reshape(len(values), -1)
                columns = [np.interp(new, time, column) for column in flat.T]
                found[name].append(np.stack(columns, axis=1).reshape(len(new), *values.shape[1:]))
    start = np.concatenate([[0], np.cumsum([len(part) for part in found["time"]])])
    signals = {name: np.concatenate(parts) for name, parts in found.items()}
    return Episodes(episodes.info, start.astype(np.int64), signals)


def _finer(time: np.ndarray) -> np.ndarray:
    return np.sort(np.concatenate([time, time[:-1] + np.diff(time) / 3]))


def _finer_at_first(time: np.ndarray) -> np.ndarray:
    half = time[: len(time) // 2]
    middle = [half[:-1] + share * np.diff(half) for share in (0.25, 0.5, 0.75)]
    return np.sort(np.concatenate([time, *middle]))


def entry_rows(given: Scene) -> Scene:
    return replace(given, entry=_resampled(given.entry, _finer))


def clock_refinement(given: Scene) -> Scene:
    parts = [_resampled(part, _finer_at_first) for part in (given.reference, given.entry)]
    return replace(given, reference=parts[0], entry=parts[1])


def time_shift(given: Scene, by: float = 123.4) -> Scene:
    def later(episodes: Episodes) -> Episodes:
        return replace(
            episodes, signals={**episodes.signals, "time": episodes.signals["time"] + by}
        )

    return replace(given, reference=later(given.reference), entry=later(given.entry))


def _reordered(given: Scene, robot: Robot) -> Scene:
    order = [given.robot.joint_names.index(name) for name in robot.joint_names]
    moved = _both(given, lambda values: values[..., order])

    def described(episodes: Episodes) -> Episodes:
        units = tuple(given.reference.info.units[k] for k in order)
        return replace(episodes, info=replace(episodes.info, joints=robot.joint_names, units=units))

    return replace(
        moved, robot=robot, reference=described(moved.reference), entry=described(moved.entry)
    )


def joint_order(given: Scene) -> Scene:
    """The columns of both stores in another order; the chain itself keeps its order."""
    order = np.random.default_rng(0).permutation(len(given.robot.joint_names))
    moved = _both(given, lambda values: values[..., order])

    def described(episodes: Episodes) -> Episodes:
        info = episodes.info
        names = tuple(info.joints[k] for k in order)
        units = tuple(info.units[k] for k in order)
        return replace(episodes, info=replace(info, joints=names, units=units))

    return replace(moved, reference=described(moved.reference), entry=described(moved.entry))


def arm_order(given: Scene) -> Scene:
    return _reordered(given, replace(given.robot, arms=given.robot.arms[::-1]))


def _with_arms(given: Scene, change: Callable[[Arm], Arm]) -> Scene:
    return replace(given, robot=replace(given.robot, arms=tuple(map(change, given.robot.arms))))


def _negative(pose: Transform) -> Transform:
    return Transform(pose.xyz, tuple(-part for part in pose.quaternion))


def quaternion_sign(given: Scene) -> Scene:
    return _with_arms(
        given,
        lambda arm: replace(
            arm,
            mount=_negative(arm.mount),
            tool=_negative(arm.tool),
            joints=tuple(replace(j, origin=_negative(j.origin)) for j in arm.joints),
        ),
    )


def base_frame(given: Scene) -> Scene:
    elsewhere = Transform((1.0, -2.0, 0.5), (0.5, -0.5, 0.5, 0.5))
    return _with_arms(given, lambda arm: replace(arm, mount=elsewhere))


def tool_turn(given: Scene) -> Scene:
    turn = (0.6, 0.0, 0.8, 0.0)
    return _with_arms(given, lambda arm: replace(arm, tool=Transform(arm.tool.xyz, turn)))


def _column(given: Scene, name: str) -> int:
    return given.robot.joint_names.index(name)


def _on(column: int, change: Callable[[np.ndarray], np.ndarray]):
    def changed(values: np.ndarray) -> np.ndarray:
        values = values.copy()
        values[..., column] = change(values[..., column])
        return values

    return changed


def joint_zero(given: Scene) -> Scene:
    return _both(given, _on(_column(given, "left_b"), lambda q: q + 0.7))


def joint_sign(given: Scene) -> Scene:
    return _both(given, _on(_column(given, "left_b"), np.negative))


def whole_turns(given: Scene) -> Scene:
    """The entry two turns on, the reference one back, some executions on turns of their own."""
    column = _column(given, "left_c")
    on = with_signals(given.entry, _on(column, lambda q: q + 4 * np.pi))
    samples = on.signals["samples"].copy()
    samples[:, 1, column] -= 6 * np.pi
    samples[:, 2, column] += 2 * np.pi
    back = with_signals(given.reference, _on(column, lambda q: q - 2 * np.pi))
    return replace(
        given, reference=back, entry=replace(on, signals={**on.signals, "samples": samples})
    )


def constant_error(given: Scene) -> Scene:
    """Small ones, and one of nearly half a turn where a joint is continuous."""
    off = np.linspace(0.01, 0.02, len(given.robot.joint_names))
    off[_column(given, "left_c")] = 3.1
    return replace(given, entry=with_signals(given.entry, lambda values: values + off))


def scale_of_ranges(given: Scene) -> Scene:
    def wider(arm: Arm) -> Arm:
        joints = tuple(replace(j, range=2.5 * j.range) for j in arm.joints)
        grippers = tuple(replace(j, range=2.5 * j.range) for j in arm.grippers)
        return replace(arm, joints=joints, grippers=grippers)

    return _with_arms(given, wider)


def still_joints(given: Scene) -> Scene:
    """Each arm gets a joint where its base stands, at rest at 0 in reference and entry."""

    def longer(arm: Arm) -> Arm:
        still = joint(f"{arm.name}_still", origin=Transform())
        weight = 1 / (len(arm.joints) + len(arm.grippers) + 1)
        joints = tuple(replace(j, weight=weight) for j in (still, *arm.joints))
        grippers = tuple(replace(j, weight=weight) for j in arm.grippers)
        return replace(arm, joints=joints, grippers=grippers)

    longer_robot = _with_arms(given, longer).robot
    names, units = longer_robot.joint_names, longer_robot.units
    places = [
        given.robot.joint_names.index(n) if n in given.robot.joint_names else -1 for n in names
    ]

    def wider(values: np.ndarray) -> np.ndarray:
        grown = values[..., places].copy()
        grown[..., [k for k, place in enumerate(places) if place < 0]] = 0.0
        return grown

    moved = _both(given, wider)

    def described(episodes: Episodes) -> Episodes:
        return replace(episodes, info=replace(episodes.info, joints=names, units=units))

    return replace(
        moved,
        robot=longer_robot,
        reference=described(moved.reference),
        entry=described(moved.entry),
    )


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        entry_rows,
        clock_refinement,
        time_shift,
        joint_order,
        arm_order,
        quaternion_sign,
        base_frame,
        tool_turn,
        joint_zero,
        joint_sign,
        whole_turns,
        constant_error,
        scale_of_ranges,
        still_joints,
    )
}

CHANGES_WITH = {
    "joint_rmse": {"constant_error", "still_joints"},
    "joint_rmse_moving": {"constant_error"},
    "joint_rmse_centred": {"still_joints"},
    "rmse_norm_rms": {"constant_error", "scale_of_ranges", "still_joints"},
    "rmse_weighted": {"constant_error", "still_joints"},
    "gripper_rmse": {"constant_error", "scale_of_ranges"},
    "position_rmse": {"constant_error", "joint_zero", "joint_sign"},
    "orientation_rmse": {"constant_error", "joint_zero", "joint_sign"},
    "crps": {"constant_error", "still_joints"},
    "energy_score": {"constant_error", "scale_of_ranges"},
    "band_coverage": {"constant_error", "still_joints"},
    "event_timing": {"constant_error"},
}


@pytest.fixture(scope="module")
def given() -> Scene:
    return scene()


@pytest.fixture(scope="module")
def before(given: Scene) -> dict[str, float | None]:
    return given.values()


def test_every_invariance_is_tried() -> None:
    assert CHANGES.keys() == INVARIANCES.keys()


def test_the_scene_has_every_metric(before: dict[str, float | None]) -> None:
    assert [name for name, value in before.items() if value is None] == []


@pytest.mark.parametrize("name", CHANGES)
def test_metrics_keep_what_they_declare(
    name: str, given: Scene, before: dict[str, float | None]
) -> None:
    after = CHANGES[name](given).values()
    close = 0.01 if name == "clock_refinement" else 1e-6
    declared = [metric.name for metric in METRICS if name in metric.invariant]
    assert declared
    for metric in declared:
        assert after[metric] == pytest.approx(before[metric], rel=close, abs=1e-9), metric


@pytest.mark.parametrize("metric", CHANGES_WITH)
def test_metrics_change_with_what_they_do_not_declare(
    metric: str, given: Scene, before: dict[str, float | None]
) -> None:
    for name in CHANGES_WITH[metric]:
        after = CHANGES[name](given).values()[metric]
        assert after != pytest.approx(before[metric], rel=1e-4), name
