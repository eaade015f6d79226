"""Echoes: a delay and offsets that were put in come out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets.split import inputs_of
from bench.io.store import Episodes
from bench.twins.echo import KIND
from bench.twins.twin import Fit, Parameter, Twin
from tests.support.episodes import JOINTS
from tests.twins.made import delayed, episodes_of, material, silent, sines

ARM, OFFSET = JOINTS[:5], np.array([0.01, -0.02, 0.005, 0.0, -0.015, 0.0])


def fit(repository: Path, calibration: Episodes, **settings: object) -> Fit:
    given = {"delay": "none", "offset": "none", "longest_delay": 0.3, **settings}
    return KIND.fit(material(repository, calibration, calibration, **given), silent)


def rolled(repository: Path, fitted: Fit, measured: Episodes) -> Episodes:
    twin = Twin("echo", "echo", "so101", fitted.parameters, fitted.settings)
    held = material(repository, measured, measured)
    return KIND.rollout(twin, inputs_of(measured), held.robot, held.robot_folder, silent)


def test_the_command_itself_fits_nothing(repository: Path) -> None:
    measured = sines(delayed(0.08))
    fitted = fit(repository, measured)
    assert fitted.parameters == (Parameter("delay", 0.0, "s", "assumed", "no delay"),)
    assert fitted.evaluations == 0
    prediction = rolled(repository, fitted, measured)
    assert prediction.info.split == "entry"
    np.testing.assert_array_equal(prediction.signals["q"], measured.signals["q_command"])
    np.testing.assert_array_equal(prediction.signals["time"], measured.signals["time"])


@pytest.mark.parametrize("milliseconds", [0, 1, 37, 80, 155])
def test_a_whole_number_of_milliseconds_is_recovered(repository: Path, milliseconds: int) -> None:
    measured = sines(delayed(milliseconds / 1000))
    fitted = fit(repository, measured, delay="fitted", longest_delay=0.16)
    assert fitted.parameters == (Parameter("delay", milliseconds / 1000, "s", "fitted"),)
    np.testing.assert_allclose(
        rolled(repository, fitted, measured).signals["q"], measured.signals["q"], rtol=0, atol=1e-12
    )


@pytest.mark.parametrize(("delay", "expected"), [(0.0803, 0.08), (0.0807, 0.081), (0.2, 0.1)])
def test_the_nearest_step_within_the_longest_delay_is_taken(
    repository: Path, delay: float, expected: float
) -> None:
    fitted = fit(repository, sines(delayed(delay)), delay="fitted", longest_delay=0.1)
    assert fitted.parameters[0].value == expected


def test_delay_and_offsets_are_recovered_together(repository: Path) -> None:
    """The gripper is not scored: it keeps its command, and its offset does not count."""
    shift = OFFSET + np.array([0, 0, 0, 0, 0, 0.3])
    measured = sines(lambda time, command: delayed(0.06)(time, command) + shift)
    fitted = fit(repository, measured, delay="fitted", offset="fitted", longest_delay=0.1)
    found = {p.name: p.value for p in fitted.parameters}
    assert list(found) == ["delay", *(f"{joint}.offset" for joint in ARM)]
    assert found["delay"] == 0.06
    assert [found[f"{joint}.offset"] for joint in ARM] == pytest.approx(OFFSET[:5], abs=1e-12)
    assert {(p.unit, p.determined) for p in fitted.parameters[1:]} == {("rad", "fitted")}
    error = rolled(repository, fitted, measured).signals["q"] - measured.signals["q"]
    np.testing.assert_allclose(error[:, :5], 0, atol=1e-12)
    np.testing.assert_allclose(error[:, 5], -0.3, atol=1e-12)


def test_an_offset_is_the_mean_of_the_episodes_not_of_the_rows(repository: Path) -> None:
    still = np.zeros((4, 6))
    measured = episodes_of(
        [
            (np.arange(4) * 0.02, still, still + 0.1),
            (np.arange(2) * 0.02, still[:2], np.array([[0.2] * 6, [0.4] * 6])),
        ]
    )
    fitted = fit(repository, measured, offset="fitted")
    assert [p.value for p in fitted.parameters] == pytest.approx([0.0] + [0.2] * 5, abs=1e-15)


def test_masked_commands_are_not_fitted(repository: Path) -> None:
    still = np.zeros((5, 6))
    command = still.copy()
    command[2] = 1000.0
    measured = episodes_of([(np.arange(5) * 0.02, command, still + 0.1)])
    valid = {"q_command_valid": np.array([True, True, False, True, True])}
    masked = replace(measured, signals={**measured.signals, **valid})
    found = fit(repository, masked, offset="fitted").parameters
    assert [p.value for p in found] == pytest.approx([0.0] + [0.1] * 5, abs=1e-12)


def test_only_reference_runs_are_fitted(repository: Path) -> None:
    late, later = sines(delayed(0.03), (150,)), sines(delayed(0.09), (150,))
    tracks = [
        tuple(one.signals[name] for name in ("time", "q_command", "q"))
        for one in (late, later, later)
    ]
    measured = episodes_of(tracks, ("reference", "repeat", "other"))
    assert fit(repository, measured, delay="fitted").parameters[0].value == 0.03


def test_before_the_first_row_its_command_is_held(repository: Path) -> None:
    time = np.array([0.0, 0.1, 0.3, 0.4])
    command = np.array([1.0, 2.0, 4.0, 0.0])[:, None] * np.ones(6)
    measured = episodes_of([(time, command, command), (time[:2], command[:2] + 7, command[:2])])
    twin = Fit(
        (Parameter("delay", 0.15, "s", "fitted"), Parameter("gripper.offset", 9, "1", "")), {}
    )
    q = rolled(repository, twin, measured).signals["q"]
    # At 0.3 s the command of 0.15 s: a quarter of the way from 2 to 4; no row sees another episode.
    np.testing.assert_allclose(q[:, 0], [1, 1, 2.5, 3.5, 8, 8], rtol=1e-14)
    np.testing.assert_allclose(q[:, 5], q[:, 0] + 9, rtol=1e-14)


def test_progress_ends_at_the_end(repository: Path) -> None:
    steps: list[tuple[int, int]] = []
    measured = sines(delayed(0.002), (50,))
    given = material(
        repository, measured, measured, delay="fitted", offset="none", longest_delay=0.004
    )
    KIND.fit(given, lambda *step: steps.append(step))
    assert steps == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
