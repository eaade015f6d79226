"""The kind as `reconstruct` calls it, on short recordings of a robot that is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.io.documents import check_schema
from bench.io.problems import ProblemsError
from bench.io.store import Episodes
from bench.kinematics.robot import load_robot
from bench.twins.identification.kind import KIND, SETTINGS
from bench.twins.identification.papers import NORMAL
from bench.twins.twin import Fit, Material
from tests.twins.identification import made

SHORT: dict[str, Any] = {
    "servo": "bam-m1",
    "delay": 0.01,
    "step": 0.004,
    "friction": {"breakaway_per_coulomb": 1.8, "stribeck": 0.1, "presliding": 0.0015},
    "free": {
        "kp": {"spread": 0.35},
        "damping_per_kp": {"spread": 0.3},
        "coulomb_per_kp": {"spread": 1.0},
        "offset": {"spread": 0.01},
    },
    "steps": 4,
    "looks": 5,
}


@pytest.fixture(scope="module")
def material(repository: Path) -> Material:
    folder = repository / "robots" / "so101"
    urdf = folder / "robot.urdf"
    robot = load_robot(folder / "robot.json")
    calibration = made.recorded(urdf, motions=4, rows=150, noise=5e-4)
    # Only the joints that move are scored: the others could not be fitted.
    arm = robot.arms[0]
    joints = tuple(
        replace(joint, scored=joint.scored and joint.name in made.MOVED) for joint in arm.joints
    )
    robot = replace(robot, arms=(replace(arm, joints=joints),))
    split = replace(calibration.info, split="validation")
    validation = replace(calibration, info=split).select([0, 1], "validation")
    return Material(calibration, validation, robot, folder, SHORT, 1)


@pytest.fixture(scope="module")
def fit(material: Material) -> Fit:
    return KIND.fit(material, lambda _done, _total: None)


def test_the_settings_fit_their_schema() -> None:
    check_schema(SHORT, SETTINGS, "here")


def test_parameters_are_found_and_say_how_well(fit: Fit) -> None:
    parameters = {parameter.name: parameter for parameter in fit.parameters}
    elbow = parameters["elbow_flex.damping_per_kp"]
    assert elbow.value == pytest.approx(0.07, rel=0.1)
    assert elbow.determined == "fitted"
    assert elbow.interval is not None
    assert elbow.interval[0] < elbow.value < elbow.interval[1]
    assert elbow.standard_error > 0
    assert elbow.prior == pytest.approx(0.60766 / 8.898831)
    assert elbow.prior_source.startswith("https://")
    assert parameters["gripper.kp"].determined == "published"
    assert parameters["elbow_flex.stribeck"].determined == "assumed"
    assert parameters["elbow_flex.frictionloss"].value == 0.0


def test_ranges_have_the_value_in_the_middle(fit: Fit) -> None:
    values = {parameter.name: parameter for parameter in fit.parameters}
    for each in fit.residual_ranges:
        own = values[each.parameter]
        assert each.low < own.value < each.high
        # At most what the parameter may vary by itself, in four groups: 1 + 4 of its variance.
        assert each.high - each.low < 2 * NORMAL * 5**0.5 * own.standard_error * 1.1
        assert each.distribution == "normal"


def test_figures_hold_fit_left_out_and_validation(fit: Fit) -> None:
    calibration, validation = fit.figures["calibration"], fit.figures["validation"]
    assert calibration["episodes"] == 4
    assert 5e-4 < calibration["headline"] < 4e-3  # noise, and an armature that is not free
    assert calibration["left_out"] >= 0.9 * calibration["headline"]
    assert validation["by_motion"].keys() == {"m0", "m1"}
    assert fit.evaluations == 5 + 1
    assert "other_session" not in fit.figures  # there are no repeats


def test_the_same_fit_twice_is_the_same(material: Material, fit: Fit) -> None:
    assert KIND.fit(material, lambda _done, _total: None) == fit


def test_progress_rises_to_its_end(material: Material) -> None:
    told: list[tuple[int, int]] = []
    few = replace(material, settings={**SHORT, "steps": 1})
    KIND.fit(few, lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_joint_that_never_moves_is_a_problem_and_no_fit(material: Material) -> None:
    episodes = material.calibration
    still = {name: signal.copy() for name, signal in episodes.signals.items()}
    for name in ("q", "q_command"):
        still[name][:, 2] = 0.3
    resting = replace(material, calibration=replace(episodes, signals=still))
    with pytest.raises(ProblemsError, match="joint_never_moves: calibration: elbow_flex"):
        KIND.fit(resting, lambda _done, _total: None)


def test_motions_that_calibration_lacks_are_a_problem(material: Material) -> None:
    named = replace(material, settings={**SHORT, "motions": ["m0", "waltz"]})
    with pytest.raises(ProblemsError) as caught:
        KIND.fit(named, lambda _done, _total: None)
    assert str(caught.value) == (
        "unknown_motion: settings/motions: expected motions of calibration, came waltz"
    )


def test_another_session_gets_new_zeros_and_delays_alone(material: Material) -> None:
    shifted = {**material.calibration.signals, "q": material.calibration.signals["q"] + 0.02}
    infos = material.calibration.info.episodes
    later = tuple(replace(each, run="b", role="repeat", id=f"{each.motion}.b") for each in infos)
    again = replace(
        material.calibration,
        info=replace(material.calibration.info, episodes=later),
        signals=shifted,
    )
    both = joined(material.calibration, again)
    split = replace(both.info, split="validation")
    seen = replace(material, calibration=both, validation=replace(both, info=split))
    fit = KIND.fit(seen, lambda _done, _total: None)
    other = fit.figures["other_session"]
    assert {name.rsplit(".", 1)[1] for name in other["refitted"]} == {"offset"}
    assert other["headline"] < 3e-3  # 20 mrad of new zeros are found
    assert fit.evaluations == 5 + 2


def joined(one: Episodes, other: Episodes) -> Episodes:
    infos = one.info.episodes + other.info.episodes
    signals = {n: np.concatenate([one.signals[n], other.signals[n]]) for n in one.signals}
    start = np.concatenate([one.start, one.start[-1] + other.start[1:]])
    return Episodes(replace(one.info, episodes=infos), start, signals)
