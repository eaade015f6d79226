from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.scoring.events import EventRule
from bench.scoring.labels import event_extra, event_missed, event_order, event_shifted
from bench.scoring.trace_records import Declared
from tests.support.sizes import check_sizes
from tests.support.traces import one_gripper

RULES = [event_missed.RULE, event_extra.RULE, event_shifted.RULE, event_order.RULE]
OPENS = EventRule("opens", "gripper", "rising", 0.5, 0.1, 0.2)
CLOSES = EventRule("closes", "gripper", "falling", 0.5, 0.1, 0.2)
LIFTS = EventRule("lifts", "joint_0", "rising", 0.0, 0.02, 0.2)


def ramps(time: np.ndarray, *times: float) -> np.ndarray:
    """(N, 1) a gripper that opens and closes in turn, each in 0.2 s around these times."""
    found = np.full(len(time), 0.1)
    for number, at in enumerate(times):
        found += (-1) ** number * 0.8 * np.clip((time - at) / 0.2 + 0.5, 0, 1)
    return found[:, None]


@pytest.fixture
def gripping(trace_of, time):
    """Makes a trace with a gripper, and an arm that moves as well as can be."""

    def make(reference: np.ndarray, predicted: np.ndarray, *events: EventRule, arm=None):
        still = np.full((len(time), 1), -0.5) if arm is None else arm[0]
        moved = still if arm is None else arm[1]
        others = replace(
            one_gripper(predicted - reference), reference=reference, predicted=predicted
        )
        declared = Declared(events=events or (OPENS, CLOSES))
        return trace_of(time, still, moved, others=others, declared=declared)

    return make


def found(trace) -> dict[str, list]:
    labels = {rule.name: rule.apply(trace, {}) for rule in RULES}
    return {name: each for name, each in labels.items() if each}


def test_the_same_events_have_no_label(gripping, time) -> None:
    both = ramps(time, 5, 9, 14)
    assert found(gripping(both, both)) == {}
    assert found(gripping(both, ramps(time, 5.15, 8.9, 14.1))) == {}


def test_a_missed_event(gripping, time) -> None:
    labels = found(gripping(ramps(time, 5, 9), ramps(time)))
    assert list(labels) == ["event_missed"]
    first, second = labels["event_missed"]
    assert first.numbers["time"] == pytest.approx(5, abs=0.05)
    assert second.numbers["time"] == pytest.approx(9, abs=0.05)
    assert first.interval == pytest.approx((5, 5), abs=0.05)
    assert (first.joints, first.arm, first.strength) == (("gripper",), "arm", 0.0)


def test_an_extra_event(gripping, time) -> None:
    labels = found(gripping(ramps(time), ramps(time, 5, 9)))
    assert {name: len(each) for name, each in labels.items()} == {"event_extra": 2}


@pytest.mark.parametrize("shift", [0.3, -0.6, 0.9])
def test_a_shifted_event(gripping, time, shift) -> None:
    labels = found(gripping(ramps(time, 5, 9), ramps(time, 5 + shift, 9)))
    assert list(labels) == ["event_shifted"]
    (label,) = labels["event_shifted"]
    assert label.numbers["time"] == pytest.approx(5, abs=0.05)
    assert label.numbers["shift"] == pytest.approx(shift, abs=0.01)
    assert label.interval[1] - label.interval[0] == pytest.approx(abs(shift), abs=0.01)


def test_further_away_it_is_another_event(gripping, time) -> None:
    labels = found(gripping(ramps(time, 5, 9), ramps(time, 7, 9)))
    assert set(labels) == {"event_missed", "event_extra"}


def test_near_the_ends_nothing_is_missed(gripping, time) -> None:
    assert found(gripping(ramps(time, 19.5), ramps(time))) == {}
    assert found(gripping(ramps(time), ramps(time, 0.6))) == {}


def test_a_turn_at_the_edge_of_the_hysteresis_is_no_event(gripping, time) -> None:
    """One side gets a little beyond the band, the other not quite: both pass the level."""
    wave = 0.5 - np.cos(time)[:, None]
    low, high = 0.5 + 0.049 * (wave - 0.5), 0.5 + 0.051 * (wave - 0.5)
    assert found(gripping(low, high)) == {}
    assert len(gripping(low, high).events[0].predicted) > 1


def test_an_exchanged_order(gripping, time) -> None:
    lift = 0.4 * np.clip((time - 8) / 0.2, -1, 1)[:, None]
    early = 0.4 * np.clip((time - 7.4) / 0.2, -1, 1)[:, None]
    gripper = ramps(time, 7.7)
    trace = gripping(gripper, gripper, OPENS, LIFTS, arm=(lift, early))
    labels = found(trace)
    assert set(labels) == {"event_order", "event_shifted"}
    (label,) = labels["event_order"]
    assert set(label.joints) == {"gripper", "joint_0"}
    assert label.numbers["gap"] == pytest.approx(0.3, abs=0.02)
    assert label.numbers["entry_gap"] == pytest.approx(-0.3, abs=0.02)


def test_strength_is_the_joints_where_it_is_scored(gripping, time) -> None:
    lift = 0.4 * np.clip((time - 8) / 0.2, -1, 1)[:, None]
    late = 0.4 * np.clip((time - 8.5) / 0.2, -1, 1)[:, None]
    trace = gripping(ramps(time), ramps(time), LIFTS, arm=(lift, late))
    (label,) = event_shifted.RULE.apply(trace, {})
    assert label.joints == ("joint_0",)
    assert 0.5 < label.strength <= 1


def test_without_events_there_is_nothing_to_find(trace_of, time, waves) -> None:
    assert found(trace_of(time, waves, waves + 0.3)) == {}


def test_a_shift_is_held_against_the_tolerance_of_its_own_event(gripping, time) -> None:
    slack = replace(OPENS, name="opens_slowly", tolerance=1.0)
    trace = gripping(ramps(time, 5, 9), ramps(time, 5.3, 9.3), OPENS, slack)
    (label,) = event_shifted.RULE.apply(trace, {})
    assert label.numbers["times"] == pytest.approx(1.5, abs=0.01)
    both = event_shifted.RULE.apply(trace, {"times": 0.1})
    assert sorted(x.numbers["times"] for x in both) == pytest.approx([0.3, 1.5], abs=0.01)
    assert check_sizes(event_shifted.RULE, gripping(ramps(time, 5), ramps(time, 5.3), OPENS)) == 1
