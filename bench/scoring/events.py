"""Events of an episode: found in reference and entry by the same predicate, and matched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.formulas.events import crossings, match, tau_b

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = Callable[[str], tuple[Floats, Floats] | None]
"""Gives a joint's measured and predicted positions (N,) each; None where one is missing."""


@dataclass(frozen=True)
class EventRule:
    """A predicate on one joint's position, as `dataset.json` declares it.

    Attributes:
        name: what happens.
        joint: whose position is looked at.
        direction: `rising` or `falling`.
        level: where it happens, in the joint's unit.
        hysteresis: width of the band around the level in which nothing changes, in its unit.
        tolerance: how far apart matched events may be, s.
    """

    name: str
    joint: str
    direction: str
    level: float
    hysteresis: float
    tolerance: float

    @property
    def way(self) -> Literal["up", "down"]:
        """The direction in which the level is passed."""
        return "up" if self.direction == "rising" else "down"


@dataclass(frozen=True)
class EventMatch:
    """The events of one name in one episode.

    Attributes:
        name: of the rule.
        reference: (R,) s, when they happened on the robot.
        predicted: (P,) s, when they happen in the entry.
        pairs: (M, 2) places in `reference` and `predicted` of the events that belong together.
    """

    name: str
    reference: Floats
    predicted: Floats
    pairs: NDArray[np.intp]


def find_events(
    rules: Sequence[EventRule], time: Floats, counted: Flags, positions: Positions
) -> tuple[EventMatch, ...]:
    """Find and match the events of every rule.

    Args:
        rules: what to look for.
        time: (N,) s.
        counted: (N,) rows that are scored.
        positions: of a joint.

    Returns:
        One match a rule; none at all where the joint of one is not compared: an entry that leaves
        a joint out shall not score better for it.
    """
    found = []
    for rule in rules:
        both = positions(rule.joint)
        if both is None:
            return ()
        reference, predicted = (
            crossings(time, signal, counted, rule.level, rule.hysteresis, rule.way)
            for signal in both
        )
        pairs = match(reference, predicted, rule.tolerance)
        found.append(EventMatch(rule.name, reference, predicted, pairs))
    return tuple(found)


@dataclass(frozen=True)
class Tally:
    """The events of an episode, all names together.

    Attributes:
        recorded: how many happened on the robot.
        predicted: how many happen in the entry.
        differences: (M,) s, predicted minus recorded time of the matched ones.
        order: Kendall's tau-b of their order; None where it is not defined.
    """

    recorded: int
    predicted: int
    differences: Floats
    order: float | None

    @property
    def matched(self) -> int:
        """How many were matched."""
        return len(self.differences)

    @classmethod
    def of(cls, found: Sequence[EventMatch]) -> Tally:
        """Count them."""
        recorded = np.concatenate([e.reference[e.pairs[:, 0]] for e in found] or [np.zeros(0)])
        predicted = np.concatenate([e.predicted[e.pairs[:, 1]] for e in found] or [np.zeros(0)])
        return cls(
            recorded=sum(len(e.reference) for e in found),
            predicted=sum(len(e.predicted) for e in found),
            differences=predicted - recorded,
            order=tau_b(recorded, predicted),
        )
