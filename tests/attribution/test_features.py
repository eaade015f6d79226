"""Evidence, on errors that are made up."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bench.attribution.changes import KNOBS
from bench.attribution.estimation import Estimate
from bench.attribution.features import ESTIMATED, LABELS, TRACED, Symptom, estimated, traced
from bench.attribution.suspect import shares, suspect
from bench.scoring.labels.registry import RULES
from bench.scoring.trace import EpisodeTrace
from tests.support.traces import make_trace, one_gripper

ROWS = 600
TIME = np.arange(ROWS) * 0.02


def evidence(trace: EpisodeTrace, *symptoms: Symptom) -> dict[str, float]:
    return dict(zip(TRACED, traced(trace, symptoms).tolist(), strict=True))


def error(first: np.ndarray) -> np.ndarray:
    return np.column_stack([first, 1e-4 * np.sin(TIME)])


def test_labels_are_rules() -> None:
    assert set(LABELS) <= {rule.name for rule in RULES}
    assert len(ESTIMATED) == len(KNOBS)


def test_labels_count_where_they_are() -> None:
    trace = make_trace(error(0.1 * np.sin(TIME)))
    found = evidence(
        trace,
        Symptom("stall_false", ("joint_0",), (1.0, 6.0)),
        Symptom("event_shifted", ("gripper",), (2.0, 3.0)),
    )
    assert found["label.stall_false"] == found["label.event_shifted"] == 1
    assert found["label.lag"] == 0
    assert found["stalled"] == found["labelled"] == 0.5
    assert found["late_stall"] == pytest.approx(6.0 / TIME[-1])


def test_the_suspect_has_most_of_the_error() -> None:
    trace = make_trace(np.column_stack([0.01 * np.sin(TIME), 0.03 * np.sin(TIME)]))
    assert suspect(trace) == 1
    assert shares(trace) == pytest.approx([0.1, 0.9], abs=1e-3)
    assert evidence(trace)["elsewhere"] == pytest.approx(-1, abs=0.01)


def test_an_offset_is_a_mean() -> None:
    found = evidence(make_trace(error(0.1 + 0.01 * np.sin(5 * TIME))))
    assert found["beside_mean"] < -2
    assert evidence(make_trace(error(0.1 * np.sin(5 * TIME))))["beside_mean"] > -0.01


def test_a_drift_is_a_trend_and_a_scale_goes_with_the_position() -> None:
    drift = evidence(make_trace(error(0.1 * (TIME / 12) ** 1.5)))
    scale = evidence(make_trace(error(0.1 * np.sin(TIME))))
    assert drift["beside_trend"] < -1.5 < drift["beside_scale"]
    assert scale["beside_scale"] < -1.5 < scale["beside_trend"]


def test_noise_is_rough() -> None:
    noisy = np.random.default_rng(2).normal(0, 0.01, ROWS)
    assert evidence(make_trace(error(noisy)))["smooth"] < -1
    assert evidence(make_trace(error(0.01 * np.sin(TIME))))["smooth"] > -0.01


def test_who_strays_from_the_commands() -> None:
    draw = np.random.default_rng(4)
    other = np.cumsum(draw.normal(0, 0.02, (ROWS, 2)), axis=0)
    found = evidence(make_trace(other))
    assert found["entry_strays"] > -0.5
    assert found["reference_strays"] == pytest.approx(math.log10(0.003))


def test_a_late_gripper_leaves_the_arm_alone() -> None:
    own = one_gripper(np.full((ROWS, 1), 0.3))
    late = evidence(make_trace(error(1e-3 * np.sin(TIME)), others=own))
    assert late["beside_gripper"] < -2
    assert evidence(make_trace(error(0.1 * np.sin(TIME))))["beside_gripper"] == 0


def test_without_any_error_the_evidence_is_finite() -> None:
    still = make_trace(np.zeros((ROWS, 2)), reference=np.zeros((ROWS, 2)))
    assert np.isfinite(traced(still, ())).all()


def test_what_could_not_be_estimated_leaves_everything() -> None:
    one = Estimate("gain", 0.1, {}, 0.01, 0.0, np.zeros(3))
    found = dict(zip(ESTIMATED, estimated({"gain": one}).tolist(), strict=True))
    assert found.pop("left.gain") == pytest.approx(-2)
    assert set(found.values()) == {0.0}


def test_a_masked_row_without_a_command_is_no_straying() -> None:
    trace = make_trace(error(0.01 * np.sin(TIME)))
    command, weights = trace.command.copy(), trace.weights.copy()
    weights[200:220] = 0.0
    whole = evidence(replace(trace, weights=weights))
    command[205] = np.nan
    found = evidence(replace(trace, weights=weights, command=command))
    for name in ("entry_strays", "reference_strays"):
        assert found[name] == whole[name] < -2
