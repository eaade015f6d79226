from __future__ import annotations

import numpy as np
import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.scoring.events import EventRule
from bench.scoring.labels.failures import FAILURES, SIDES, failures_of
from bench.scoring.labels.registry import RULES
from bench.scoring.trace_records import Declared, Others


def found(trace) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(f.side, f.name, f.label.joints) for f in failures_of(trace, {})]


def wave(time: np.ndarray) -> np.ndarray:
    return (0.6 * np.sin(time))[:, None]


def stopped(time: np.ndarray) -> np.ndarray:
    return np.minimum(wave(time), 0.3)


def stairs(time: np.ndarray) -> np.ndarray:
    return (0.6 * (np.floor(time / 3) % 2))[:, None]


def rung(time: np.ndarray) -> np.ndarray:
    ring = 0.15 * np.exp(-(time % 3) / 0.2) * np.sin(20 * (time % 3)) * (time > 3)
    return stairs(time) + ring[:, None]


def vibrating(time: np.ndarray) -> np.ndarray:
    return wave(time) + 0.02 * np.sin(2 * np.pi * 6 * time)[:, None]


PLANTED = {
    "stall": (wave, stopped),
    "overshoot": (stairs, rung),
    "oscillation": (wave, vibrating),
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("side", SIDES)
def test_a_planted_failure_is_its_sides_alone(trace_of, time, name: str, side: str) -> None:
    does, fails = (signal(time) for signal in PLANTED[name])
    sides = (fails, does) if side == "reference" else (does, fails)
    assert (side, name, ("joint_0",)) in set(found(trace_of(time, *sides, command=does)))
    assert {each[0] for each in found(trace_of(time, *sides, command=does))} == {side}


@pytest.mark.parametrize("name", PLANTED)
def test_a_failure_of_both_is_no_error_of_the_entry(trace_of, time, name: str) -> None:
    does, fails = (signal(time) for signal in PLANTED[name])
    shown = {each[:2] for each in found(trace_of(time, fails, fails, command=does))}
    assert {("reference", name), ("entry", name)} <= shown


def test_what_follows_its_command_does_not_fail(trace_of, time, waves) -> None:
    late = np.stack([np.interp(time - 0.1, time, w) for w in waves.T], axis=1)
    assert found(trace_of(time, late - 0.02, late + 0.02, command=waves)) == []


def gripper(reference: np.ndarray, predicted: np.ndarray, command: np.ndarray) -> Others:
    flag, one = np.array([True]), np.array([1.0])
    signals = (reference, predicted, predicted - reference, command)
    return Others(("hand",), ("arm",), ("fraction",), flag, one, 0 * one, *signals)


def test_events_of_a_gripper_are_held_against_its_command(trace_of, time, waves) -> None:
    opens = (0.5 + 0.4 * np.sin(time - np.pi / 2))[:, None]
    barely = 0.2 + 0.2 * opens
    events = Declared(events=(EventRule("opens", "hand", "rising", 0.5, 0.1, 0.2),))
    others = gripper(barely, opens, opens)
    shown = found(trace_of(time, waves, waves, others=others, declared=events))
    assert set(shown) == {("reference", "event_missed", ("hand",))}
    others = gripper(barely, opens, barely)
    shown = found(trace_of(time, waves, waves, others=others, declared=events))
    assert set(shown) == {("entry", "event_extra", ("hand",))}


def test_masked_rows_without_a_command_are_not_read(trace_of, time) -> None:
    command, stands = wave(time), stopped(time)
    masked = (time > 7) & (time < 9)  # the second of four stalls
    command[masked] = np.nan
    weights = np.where(masked, 0.0, 0.02)
    trace = trace_of(time, stands, wave(time), command=command, weights=weights, masked=masked)
    stalls = [f.label.interval for f in failures_of(trace, {}) if f.name == "stall"]
    assert len(stalls) == 3
    assert all(end < 7 or begin > 9 for begin, end in stalls)


def test_a_joint_without_limits_may_be_turns_away_from_its_command(trace_of, time) -> None:
    command = wave(time) + 2 * np.pi
    endless = np.array([[-np.inf, np.inf]])
    calm = trace_of(time, wave(time), wave(time), command=command, limits=endless)
    assert found(calm) == []
    trace = trace_of(time, stopped(time), wave(time), command=command, limits=endless)
    assert set(found(trace)) == {("reference", "stall", ("joint_0",))}


def test_an_episode_that_is_not_scored_has_none(trace_of, time) -> None:
    weights = np.zeros(len(time))
    assert (
        found(trace_of(time, stopped(time), wave(time), command=wave(time), weights=weights)) == []
    )


def test_thresholds_are_those_of_the_rules(trace_of, time) -> None:
    trace = trace_of(time, stopped(time), wave(time), command=wave(time))
    assert failures_of(trace, {"stall_false": {"distance": 9.0}}) == []
    with pytest.raises(UnknownNameError, match="threshold of the label stall_false"):
        failures_of(trace, {"stall_false": {"reech": 1}})
    with pytest.raises(ProblemsError):
        failures_of(trace, {"stall_false": {"reach": -1}})


def test_every_rule_is_registered() -> None:
    assert {rule.name for rule in FAILURES.values()} <= {rule.name for rule in RULES}
