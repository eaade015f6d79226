from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from bench.datasets.ingest import ingest
from bench.datasets.layout import load_layout
from bench.datasets.split import inputs_of, split
from bench.io.documents import read_document
from bench.io.store import Episodes
from bench.io.workspace import Workspace
from bench.kinematics.robot import Robot, load_robot
from bench.twins.kinds import kind
from bench.twins.simulation.kind import KIND
from bench.twins.twin import Fit, Material, Parameter, Twin


def quiet(done: int, of: int) -> None:
    assert done <= of


def parts_of(repository: Path, name: str, raw: Path) -> tuple[Episodes, Episodes, Episodes]:
    paths = Workspace(repository).dataset(name)
    rule = read_document(paths.folder / "split.json", "split")
    parts = split(ingest(paths.document(), raw, load_layout(paths), quiet), rule)
    return parts.calibration, parts.validation, parts.holdout_truth


@pytest.fixture(scope="module")
def synth(repository: Path) -> tuple[Episodes, Episodes, Episodes]:
    return parts_of(repository, "so101-synth", repository / "datasets" / "so101-synth")


@pytest.fixture(scope="module")
def robot(repository: Path) -> Robot:
    return load_robot(repository / "robots" / "so101" / "robot.json")


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    return repository / "robots" / "so101"


def nominal(
    calibration: Episodes, validation: Episodes, robot: Robot, folder: Path, servo: str
) -> tuple[Fit, Twin]:
    material = Material(calibration, validation, robot, folder, {"servo": servo}, 1)
    fit = KIND.fit(material, quiet)
    return fit, Twin("nominal", "mujoco", "so101", fit.parameters, fit.settings)


@pytest.fixture(scope="module")
def twin(synth: tuple[Episodes, Episodes, Episodes], robot: Robot, folder: Path) -> Twin:
    return nominal(synth[0], synth[1], robot, folder, "B")[1]


@pytest.fixture(scope="module")
def few(synth: tuple[Episodes, Episodes, Episodes]) -> Episodes:
    return inputs_of(synth[2].select([0, 3, 7], "holdout_truth"))


def test_it_is_registered() -> None:
    assert kind("mujoco") is KIND


def test_a_fit_only_takes_what_is_published(
    synth: tuple[Episodes, Episodes, Episodes], robot: Robot, folder: Path
) -> None:
    fit, _ = nominal(synth[0], synth[1], robot, folder, "A")
    assert len(fit.parameters) == 42
    assert {p.determined for p in fit.parameters} == {"published"}
    assert fit.evaluations == 0
    assert dict(fit.settings) == {"servo": "A", "step": 0.002}


def test_an_entry_on_the_clock_of_the_inputs(
    few: Episodes, twin: Twin, robot: Robot, folder: Path
) -> None:
    told: list[tuple[int, int]] = []
    came = KIND.rollout(twin, few, robot, folder, lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert came.info.split == "entry"
    assert sorted(came.signals) == ["failed_at", "q", "time"]
    assert came.signals["time"].tobytes() == few.signals["time"].tobytes()
    assert came.signals["failed_at"].tolist() == [np.inf] * 3
    q = came.signals["q"]
    assert q.shape == few.signals["q_command"].shape
    assert (np.round(q, 9) == q).all()
    assert np.abs(q[came.start[:-1]] - few.signals["q_start"]).max() <= 5.1e-10
    assert ((q[:, 5] > -0.1) & (q[:, 5] < 1.1)).all()  # the gripper is a fraction again
    assert np.abs(q - few.signals["q_command"]).max() < 0.6


def test_the_same_bytes_for_any_number_of_threads_and_any_order(
    few: Episodes, twin: Twin, robot: Robot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = KIND.rollout(twin, few, robot, folder, quiet)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    one = KIND.rollout(twin, few, robot, folder, quiet)
    assert one.signals["q"].tobytes() == many.signals["q"].tobytes()
    turned = KIND.rollout(twin, few.select([2, 0], "holdout_inputs"), robot, folder, quiet)
    assert turned.signal("q", 0).tobytes() == many.signal("q", 2).tobytes()
    assert turned.signal("q", 1).tobytes() == many.signal("q", 0).tobytes()


def test_a_simulation_that_breaks_says_when(
    few: Episodes, twin: Twin, robot: Robot, folder: Path
) -> None:
    wild = {"wrist_roll.kp": 1e9, "wrist_roll.force_min": -1e12, "wrist_roll.force_max": 1e12}
    parameters = tuple(
        Parameter(p.name, wild.get(p.name, p.value), p.unit, "assumed") for p in twin.parameters
    )
    came = KIND.rollout(Twin("wild", "mujoco", "so101", parameters), few, robot, folder, quiet)
    failed_at, q = came.signals["failed_at"], came.signals["q"]
    assert np.isfinite(q).all()
    assert np.abs(q).max() < 1e3
    assert np.isfinite(failed_at).all()
    for number in range(len(came)):
        after = came.signal("time", number) >= failed_at[number]
        held = came.signal("q", number)[after]
        assert after.any()
        assert (held == held[0]).all()


def test_an_interrupt_is_passed_on(few: Episodes, twin: Twin, robot: Robot, folder: Path) -> None:
    def interrupted(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        KIND.rollout(twin, few, robot, folder, interrupted)


@pytest.fixture(scope="module")
def sage(repository: Path, mirror: Path) -> tuple[Episodes, Episodes, Episodes]:
    return parts_of(repository, "so101-sage", mirror)


@pytest.mark.recordings
@pytest.mark.slow
@pytest.mark.parametrize(
    ("servo", "figures"), [("A", (32.6, 30.8, 28.0)), ("B", (24.9, 24.9, 22.1))]
)
def test_the_published_figures_of_the_nominal_twins(
    sage: tuple[Episodes, Episodes, Episodes],
    robot: Robot,
    folder: Path,
    servo: str,
    figures: tuple[float, float, float],
) -> None:
    """Mean over motions and arm joints of the RMSE of run-a, mrad: calibration, all, holdout.

    The figures were computed on the MJCF of the SO-101 by another program.
    """
    twin = nominal(sage[0], sage[1], robot, folder, servo)[1]
    for part, figure in zip(sage, figures, strict=True):
        runs = [i for i, e in enumerate(part.info.episodes) if e.run == "run-a"]
        measured = part.select(runs, "all")
        came = KIND.rollout(twin, inputs_of(measured), robot, folder, quiet)
        error = (came.signals["q"] - measured.signals["q"])[:, :5]
        each = [np.sqrt((error[measured.rows(i)] ** 2).mean(axis=0)) for i in range(len(measured))]
        assert 1e3 * np.mean(each) == pytest.approx(figure, rel=0.02)
