"""From probabilities and estimates to causes, sets of causes, or `undetermined`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.attribution.estimation import COMMON, Estimate, common_factor, likeness
from bench.attribution.hypothesis import Hypothesis, hypothesis
from bench.twins.twin import Twin

Outside = Literal["yes", "no", "unknown"]
Verdict = Literal["cause", "set", "undetermined"]

CERTAIN = 0.5
"""A cause or set that is less probable is `undetermined`: others together are more so."""
MENTIONED = 0.05
"""Causes that are less probable are not listed."""
ALIKE = 0.98
"""Cosine of two effects from which no error of an episode tells one number from the other.

Of an error that two such numbers explain, the wrong one leaves at most 4 % of what the right one
explains, which is what another execution of the same motion leaves, too.
"""
EXPLAINS = 0.3
"""A number that is estimated anew has to explain so much of the error to be its cause."""
ERRORS = 2.0
"""Standard errors that an estimate has to be outside a range by."""


@dataclass(frozen=True)
class Member:
    """One hypothesis of a cause.

    Attributes:
        hypothesis: which.
        joints: that it is about; empty for the whole robot.
        outside: whether its estimate is outside the twin's residual range.
        estimate: None where it was not estimated.
    """

    hypothesis: Hypothesis
    joints: tuple[str, ...]
    outside: Outside
    estimate: Estimate | None


@dataclass(frozen=True)
class Cause:
    """What may be behind an episode's error: one member, or several that look the same."""

    members: tuple[Member, ...]
    probability: float


@dataclass(frozen=True)
class Conclusion:
    """What attribution says of one episode.

    Attributes:
        verdict: whether the first cause is one, a set, or too uncertain.
        causes: the most probable first.
        reason: why nothing is determined; empty otherwise.
    """

    verdict: Verdict
    causes: tuple[Cause, ...]
    reason: str = ""


def find(
    probabilities: Mapping[str, float],
    estimates: Mapping[str, Estimate],
    twin: Twin | None,
    joint: str,
    grippers: Sequence[str],
    *,
    labels: Collection[str],
) -> Conclusion:
    """Say what the causes of an episode's error are.

    Args:
        probabilities: by hypothesis.
        estimates: by hypothesis; nothing without a twin.
        twin: the entry's, with its residual ranges; None without.
        joint: the suspect.
        grippers: names of the gripper's joints.
        labels: names of those that the episode has.
    """
    ordered = sorted(probabilities, key=lambda name: (-probabilities[name], name))
    causes = []
    taken: set[str] = set()
    for name in ordered:
        if name in taken:
            continue
        names = [name, *(n for n in inseparable(name, estimates) if n not in taken)]
        total = sum(probabilities[n] for n in names)
        if total < MENTIONED:
            continue
        taken |= set(names)
        members = tuple(_member(n, estimates, twin, joint, grippers) for n in names)
        causes.append(Cause(members, total))
    causes.sort(key=lambda cause: -cause.probability)
    first = causes[0]
    reason = _doubt(first, labels)
    if reason:
        return Conclusion("undetermined", tuple(causes), reason)
    return Conclusion("cause" if len(first.members) == 1 else "set", tuple(causes))


def inseparable(name: str, estimates: Mapping[str, Estimate]) -> list[str]:
    """Other hypotheses whose effect on this episode is the same, up to its size.

    A gain whose effect is that of damping, friction and inertia grown by one factor is known only
    together with them: gravity, which would set the scale, does too little here.
    """
    own = estimates.get(name)
    if own is None:
        return []
    found = [
        other
        for other, each in estimates.items()
        if other != name and likeness(own.effect, each.effect) >= ALIKE
    ]
    together = common_factor(estimates) if name == "gain" else None
    if together is not None and likeness(own.effect, together) >= ALIKE:
        found += [other for other in COMMON if other in estimates and other not in found]
    return found


def _doubt(first: Cause, labels: Collection[str]) -> str:
    """Why the first cause does not count as one; empty where it does."""
    if first.probability < CERTAIN:
        return f"no cause is more probable than {CERTAIN:g}"
    estimate = first.members[0].estimate
    if estimate is not None and 1 - estimate.left < EXPLAINS:
        return f"the best number explains less than {EXPLAINS:.0%} of the error"
    shows = first.members[0].hypothesis.shows
    if shows and not set(shows) & set(labels):
        return f"the episode has no label that it would show: {', '.join(shows)}"
    return ""


def _member(
    name: str,
    estimates: Mapping[str, Estimate],
    twin: Twin | None,
    joint: str,
    grippers: Sequence[str],
) -> Member:
    one = hypothesis(name)
    joints = {"joint": (joint,), "gripper": tuple(grippers), "robot": ()}[one.scope]
    estimate = estimates.get(name)
    return Member(one, joints, outside(twin, estimate), estimate)


def outside(twin: Twin | None, estimate: Estimate | None) -> Outside:
    """Whether an estimate lies outside the residual ranges of the numbers that it changes.

    Outside by less than `ERRORS` standard errors is `unknown`, as is a number without a range.
    """
    if twin is None or estimate is None or not estimate.values:
        return "unknown"
    ranges = {each.parameter: each for each in twin.residual_ranges}
    found: list[Outside] = []
    for name, value in estimate.values.items():
        if name not in ranges:
            continue
        own = ranges[name]
        beyond = max(own.low - value, value - own.high)
        moved = abs(value - twin.value(name))
        error = moved * estimate.error / abs(estimate.amount) if estimate.amount else 0.0
        if beyond <= 0:
            found.append("no")
        else:
            found.append("yes" if beyond > ERRORS * error else "unknown")
    if "yes" in found:
        return "yes"
    return "unknown" if not found or "unknown" in found else "no"
