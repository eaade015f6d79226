from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from bench.kinematics.forward import forward
from bench.kinematics.robot import Mimic, Robot, load_robot
from bench.kinematics.rotations import to_matrix
from benchmarks import bimanual, chains, scoring, stores, usual

SIZE = bimanual.Size(episodes=3, seconds=4.0)


@pytest.fixture(scope="module")
def robot() -> Robot:
    return bimanual.robot()


@pytest.fixture(scope="module")
def pair(robot: Robot) -> bimanual.Pair:
    return bimanual.make(robot, SIZE, seed=1)


@pytest.fixture
def bench(robot: Robot, pair: bimanual.Pair, tmp_path: Path) -> scoring.Bench:
    return scoring.make(tmp_path, robot, pair)


def test_the_dataset_is_the_same_for_a_seed(robot: Robot, pair: bimanual.Pair) -> None:
    again = bimanual.make(robot, SIZE, seed=1)
    other = bimanual.make(robot, SIZE, seed=2)
    assert pair.reference.hashes() == again.reference.hashes()
    assert pair.prediction.hashes() == again.prediction.hashes()
    assert set(pair.reference.hashes()).isdisjoint(other.reference.hashes())


def test_the_dataset_stays_within_the_limits(robot: Robot, pair: bimanual.Pair) -> None:
    q = pair.reference.signals["q"]
    assert len(robot.arms) == 2
    assert q.shape == (SIZE.rows, len(robot.joint_names))
    for column, joint in zip(q.T, robot.logged_joints, strict=True):
        assert joint.limits is not None
        assert joint.limits.lower is None or column.min() > joint.limits.lower
        assert joint.limits.upper is None or column.max() < joint.limits.upper
        assert column.std() > 0.02 * np.ptp(column)


def test_both_ways_give_the_same_numbers(bench: scoring.Bench) -> None:
    found = scoring.theirs(bench, usual.with_scipy)
    assert len(found) == SIZE.episodes
    scoring.check(scoring.ours(bench), found)
    found["e00001"]["position_rmse"] += 2e-9
    with pytest.raises(AssertionError, match="e00001 position_rmse differs"):
        scoring.check(scoring.ours(bench), found)


def test_evo_gives_the_same_errors(bench: scoring.Bench) -> None:
    pytest.importorskip("evo", reason="evo is not installed")
    scoring.check(scoring.ours(bench), scoring.theirs(bench, usual.with_evo))


@pytest.mark.parametrize("name", ["mico", "mobile-ai", "so101", "ur5"])
def test_every_library_gives_the_same_poses(repository: Path, name: str) -> None:
    arm = load_robot(repository / "robots" / name / "robot.json").arms[-1]
    q = np.random.default_rng(1).uniform(-1.6, 1.6, (50, len(arm.chain_joints)))
    poses = forward(arm, q)
    position, matrix = poses.position, to_matrix(poses.quaternion)
    for whole in (chains.pytorch(arm)(q), chains.matrices(arm)(q)):
        np.testing.assert_allclose(whole[:, :3, 3], position, atol=1e-12)
        np.testing.assert_allclose(whole[:, :3, :3], matrix, atol=1e-12)
    p, r = chains.pinocchio(arm)(q)
    np.testing.assert_allclose(p, position, atol=1e-12)
    np.testing.assert_allclose(r, matrix, atol=1e-12)


def test_a_joint_that_follows_another_is_refused(robot: Robot) -> None:
    arm = robot.arms[0]
    follower = dataclasses.replace(arm.joints[-2], mimic=Mimic(arm.chain_joints[0].name, 1.0, 0.0))
    bent = dataclasses.replace(arm, joints=(*arm.joints[:-2], follower, arm.joints[-1]))
    with pytest.raises(ValueError, match="follows another"):
        chains.folded(bent)


def test_groups_and_files_hold_what_the_store_holds(pair: bimanual.Pair, tmp_path: Path) -> None:
    every, one = stores.measured(tmp_path, pair.reference, rounds=1)
    assert list(every.times) == list(one.times) == [stores.STORE, stores.GROUPS, stores.FILES]


def test_the_scores_of_samples_are_those_of_scoringrules() -> None:
    pytest.importorskip("scoringrules", reason="scoringrules is not installed")
    from benchmarks import samples

    for score, found in samples.ways(rows=20, number=32, joints=3, seed=1).items():
        samples.check(score, found)
