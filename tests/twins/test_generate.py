from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import numpy as np
import pytest

from bench.datasets.ingest import ingest
from bench.datasets.layout import load_layout
from bench.datasets.readers.counts import CountsLog, read_counts, write_counts
from bench.datasets.split import inputs_of
from bench.io.documents import dump
from bench.io.workspace import Workspace
from bench.kinematics.robot import load_robot
from bench.twins.generate import generate, session, stream, true_parameters
from bench.twins.motions import MOTIONS
from bench.twins.simulation.kind import KIND
from bench.twins.twin import Parameter, Twin

SEED = 1


def quiet(_done: int, _of: int) -> None:
    pass


@pytest.fixture(scope="module")
def committed(repository: Path) -> CountsLog:
    return read_counts(repository / "datasets" / "so101-synth" / "counts.npz")


@pytest.fixture(scope="module")
def generated(repository: Path) -> CountsLog:
    return generate(repository / "robots" / "so101", SEED, quiet)


@pytest.mark.slow
def test_the_committed_log_can_be_generated(committed: CountsLog, generated: CountsLog) -> None:
    """Clock and commands equal; 99.9 % of the positions within a count, for other machines."""
    assert generated.joints == committed.joints
    far = total = 0
    for came, expected in zip(generated.runs, committed.runs, strict=True):
        assert (came.motion, came.run) == (expected.motion, expected.run)
        assert np.array_equal(came.time, expected.time)
        assert np.array_equal(came.command, expected.command)
        far += int((np.abs(came.position - expected.position) > 1).sum())
        total += came.position.size
    assert far <= total / 1000


@pytest.mark.slow
def test_the_same_bytes_twice(repository: Path, generated: CountsLog, tmp_path: Path) -> None:
    again = generate(repository / "robots" / "so101", SEED, quiet)
    for name, log in (("one", generated), ("two", again)):
        write_counts(tmp_path / name, log)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_it_stays_small(repository: Path) -> None:
    assert (repository / "datasets" / "so101-synth" / "counts.npz").stat().st_size < 300_000


def test_every_motion_has_two_runs_of_the_same_commands(committed: CountsLog) -> None:
    motions = [run.motion for run in committed.runs if run.run == "run-a"]
    assert len(motions) == len(set(motions)) == 24
    assert [run.motion for run in committed.runs if run.run == "run-b"] == motions
    first, second = committed.runs[:24], committed.runs[24:]
    for a, b in zip(first, second, strict=True):
        assert np.array_equal(a.command, b.command)
        assert not np.array_equal(a.time, b.time)
        assert not np.array_equal(a.position, b.position)


def test_the_clock_resembles_a_recorder(committed: CountsLog) -> None:
    interval = np.concatenate([np.diff(run.time) for run in committed.runs])
    assert interval.min() >= 20_005
    assert interval.max() < 20_800
    assert 20_055 < np.median(interval) < 20_063
    assert 0.001 < np.mean(interval > 20_100) < 0.01
    assert all(1 <= run.time[0] <= 25 for run in committed.runs)


def test_positions_stay_within_the_robot(committed: CountsLog) -> None:
    step = np.array([joint.position_step for joint in committed.joints])
    assert step[:5] == pytest.approx(2 * np.pi / 4096, rel=1e-15)
    for run in committed.runs:
        away = np.abs(run.position - run.command * 1e-6 / step) * step
        assert away[:, :5].max() < 0.8
        assert away.mean() < 0.15


def test_two_runs_differ_by_three_to_six_milliradians(committed: CountsLog) -> None:
    first, second = committed.runs[:24], committed.runs[24:]
    step = committed.joints[0].position_step
    each = [
        np.sqrt(((a.position - b.position)[:, :5] ** 2).mean(axis=0)) * step
        for a, b in zip(first, second, strict=True)
    ]
    assert 3e-3 < np.mean(each) < 6e-3


def test_the_parameters_beside_the_log_are_those_it_was_made_with(repository: Path) -> None:
    path = repository / "datasets" / "so101-synth" / "true_parameters.json"
    assert path.read_text() == dump(true_parameters(SEED))


def test_no_true_parameter_is_published(repository: Path) -> None:
    true = true_parameters(SEED)["parameters"]
    sets = json.loads((repository / "robots" / "so101" / "servos.json").read_text())["sets"]
    published = {
        (f"{joint}.{name}", value)
        for one in sets.values()
        for joint, values in one["joints"].items()
        for name, value in values.items()
        if value != 0
    }
    assert not published & {(p["name"], p["value"]) for p in true}
    for quantity in ("kp", "damping", "frictionloss", "armature", "offset", "delay"):
        values = [p["value"] for p in true if p["name"].endswith(f".{quantity}")]
        assert len(set(values)) == 6
    assert all(0.02 <= p["value"] <= 0.04 for p in true if p["name"].endswith(".delay"))


def test_only_the_second_run_is_recalibrated() -> None:
    assert not session(SEED, 0).shift.any()
    assert (session(SEED, 0).friction == 1).all()
    assert (session(SEED, 1).shift != 0).all()
    assert not np.array_equal(session(2, 1).shift, session(SEED, 1).shift)


def test_a_twin_with_the_true_parameters_predicts_the_log(repository: Path) -> None:
    """Better than a further run of the robot: what is left is friction's history and counting."""
    paths = Workspace(repository).dataset("so101-synth")
    folder, document = paths.folder, paths.document()
    everything = ingest(document, folder, load_layout(paths), quiet)
    measured = everything.select(
        [i for i, e in enumerate(everything.info.episodes) if e.role == "reference"], "all"
    )
    true = json.loads((folder / "true_parameters.json").read_text())
    parameters = tuple(
        Parameter(p["name"], p["value"], p["unit"], "assumed") for p in true["parameters"]
    )
    robot = repository / "robots" / "so101"
    twin = Twin("true", "mujoco", "so101", parameters)
    came = KIND.rollout(twin, inputs_of(measured), load_robot(robot / "robot.json"), robot, quiet)
    error = (came.signals["q"] - measured.signals["q"])[:, :5]
    each = [np.sqrt((error[measured.rows(i)] ** 2).mean(axis=0)) for i in range(24)]
    assert np.mean(each) < 2e-3
    assert np.max(each) < 8e-3


SECRET = bytes(range(32))


def test_each_stream_of_a_secret_seed_begins_at_an_hmac_of_its_path() -> None:
    """So that a clock, which is published, tells nothing of what was measured."""
    digest = hmac.new(SECRET, b"2,0,7", hashlib.sha256).digest()
    expected = np.random.default_rng(int.from_bytes(digest, "big")).random(4)
    assert np.array_equal(stream(SECRET, 2, 0, 7).random(4), expected)
    assert np.array_equal(
        stream(5, 2, 0, 7).random(4), np.random.default_rng((5, 2, 0, 7)).random(4)
    )
    firsts = {
        float(stream(seed, *path).random())
        for seed in (SECRET, SECRET[:31], 5)
        for path in ((1, 0), (1, 1), (2, 0, 7), (4, 0, 7), (20, 7))
    }
    assert len(firsts) == 15


def test_a_secret_seed_draws_clocks_apart(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.twins.generate.MOTIONS", MOTIONS[:1])
    robot = repository / "robots" / "so101"
    public, secret = generate(robot, SEED, quiet), generate(robot, SECRET, quiet)
    for number, run in enumerate(secret.runs):
        slept = stream(SECRET, 4, number, 0).normal(0.0, 9.0, len(run.time))
        interval = np.diff(run.time)
        usual = interval < 20_105  # the others are stalls
        assert np.array_equal(
            interval[usual], np.maximum(20_005, 20_059 + np.rint(slept[1:]))[usual]
        )
    shown = [run.time for run in public.runs]
    drawn = np.random.default_rng((SEED, 2, 0, 0)).normal(0.0, 9.0, len(shown[0]))
    usual = np.diff(shown[0]) < 20_105
    assert np.array_equal(
        np.diff(shown[0])[usual], np.maximum(20_005, 20_059 + np.rint(drawn[1:]))[usual]
    )
