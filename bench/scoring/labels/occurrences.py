"""Events of reference and entry, paired more widely than metrics do, for the rules on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.formulas.events import crossings, match
from bench.scoring.events import EventMatch, EventRule
from bench.scoring.labels.label import Label, Threshold
from bench.scoring.labels.signals import energy, scored_interval, share
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]

WITHIN = Threshold(
    1.0,
    "s",
    "chosen: events of one name further apart than this are not the same one, and one so near to "
    "an end of the episode may have its partner beyond it",
)


@dataclass(frozen=True)
class Occurrences:
    """The events of one name.

    Attributes:
        name: of the event.
        joint: whose position makes it.
        arm: the joint's.
        tolerance: s, as declared.
        reference: (R,) s.
        predicted: (P,) s.
        pairs: (M, 2) places of those that belong together.
        missed: (K,) s, the reference's events that the entry does not even come near.
        extra: (L,) s, the entry's events that the robot does not come near.
    """

    name: str
    joint: str
    arm: str
    tolerance: float
    reference: Floats
    predicted: Floats
    pairs: NDArray[np.intp]
    missed: Floats
    extra: Floats


def occurrences(trace: EpisodeTrace, within: float) -> list[Occurrences]:
    """The events of every declared name, paired if they are at most `within` s apart."""
    if not trace.declared.events or not trace.is_scored:
        return []
    rules = {rule.name: rule for rule in trace.declared.events}
    return [_paired(trace, rules[event.name], event, within) for event in trace.events]


def _paired(trace: EpisodeTrace, rule: EventRule, event: EventMatch, within: float) -> Occurrences:
    # What the declared tolerance pairs stays paired; the wider one only looks at the rest.
    free = [
        np.setdiff1d(np.arange(len(times)), event.pairs[:, k])
        for k, times in enumerate((event.reference, event.predicted))
    ]
    wider = match(event.reference[free[0]], event.predicted[free[1]], within)
    more = np.stack([free[0][wider[:, 0]], free[1][wider[:, 1]]], axis=1)
    pairs = np.concatenate([event.pairs, more]).astype(np.intp)
    missed = np.delete(event.reference, pairs[:, 0])
    extra = np.delete(event.predicted, pairs[:, 1])
    if len(missed) or len(extra):
        reference, predicted = trace.positions(rule.joint) or (np.zeros(0), np.zeros(0))
        missed = _nowhere(missed, trace, predicted, rule, within)
        extra = _nowhere(extra, trace, reference, rule, within)
    arms = dict(zip(trace.joints, trace.arm_of, strict=True))
    arms |= dict(zip(trace.others.names, trace.others.arm_of, strict=True))
    return Occurrences(
        event.name,
        rule.joint,
        arms[rule.joint],
        rule.tolerance,
        event.reference,
        event.predicted,
        pairs,
        missed,
        extra,
    )


def _nowhere(
    times: Floats, trace: EpisodeTrace, signal: Floats, rule: EventRule, within: float
) -> Floats:
    """Those of some times near which a signal does not pass the level at all.

    A signal that turns just around the edge of the hysteresis makes an event or not by a hair; one
    that passes the level did nearly the same.
    """
    passed = crossings(trace.time, signal, trace.scored, rule.level, 0.0, rule.way)
    near = np.abs(times[:, None] - passed[None, :]) <= within
    first, last = scored_interval(trace)
    inside = (times >= first + within) & (times <= last - within)
    return times[~near.any(axis=1) & inside]


def alone_labels(
    trace: EpisodeTrace, name: str, alone: Iterable[tuple[Occurrences, Floats]]
) -> list[Label]:
    """One label for each of the times at which an event has no partner."""
    return [
        event_label(trace, name, event.joint, event.arm, (at, at), {"time": at})
        for event, times in alone
        for at in times.tolist()
    ]


def event_label(
    trace: EpisodeTrace,
    name: str,
    joint: str,
    arm: str,
    interval: tuple[float, float],
    numbers: dict[str, float],
) -> Label:
    """A label of some events; its strength is that of the joint's error in the interval."""
    strength = 0.0
    if joint in trace.joints:
        column = trace.joints.index(joint)
        begin, end = np.searchsorted(trace.time, interval)
        part = energy(trace, [column], slice(int(begin), int(end) + 1))
        strength = share(part, trace, trace.columns_of[arm])
    first, last = scored_interval(trace)
    within = (min(max(interval[0], first), last), min(max(interval[1], first), last))
    return Label(name, trace.id, arm, (joint,), within, strength, numbers)
