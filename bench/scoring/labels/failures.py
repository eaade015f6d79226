"""What one side does wrong by itself: the robot, or the entry, against its command alone.

A label holds an entry against the robot, so it cannot say what the robot itself fails in. Here the
same rules hold one side against its command: each side is looked at as if it predicted a joint that
does what it is told. What the robot and the entry show of it can then be counted side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels import event_extra, event_missed, oscillation, overshoot, stall_false
from bench.scoring.labels.label import Label, Rule
from bench.scoring.speeds import Speeds
from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Others

Floats = NDArray[np.float64]
Side = Literal["reference", "entry"]

SIDES: tuple[Side, ...] = ("reference", "entry")

FAILURES: Mapping[str, Rule] = {
    "stall": stall_false.RULE,
    "overshoot": overshoot.RULE,
    "oscillation": oscillation.RULE,
    "event_missed": event_missed.RULE,
    "event_extra": event_extra.RULE,
}
"""Failures that a side can show by itself, and the rules that find them against the command.

Of what is left out, the command is no measure: every arm is late and off by something, sags, goes
at a speed of its own and is measured with noise.
"""


@dataclass(frozen=True)
class Failure:
    """One failure of one side in one episode.

    Attributes:
        name: which, of `FAILURES`.
        side: whose.
        label: where and when, as the rule found it against the command.
    """

    name: str
    side: Side
    label: Label


def failures_of(trace: EpisodeTrace, settings: Mapping[str, Mapping[str, object]]) -> list[Failure]:
    """What the robot and what the entry do wrong in an episode, each against the command.

    Args:
        trace: the episode.
        settings: thresholds of the rules that differ from their defaults.

    Raises:
        UnknownNameError: the settings name a threshold that does not exist.
        ProblemsError: a threshold is not a positive finite number.
    """
    if not trace.is_scored:
        return []
    sides = ((side, against_command(trace, side)) for side in SIDES)
    return [
        Failure(name, side, label)
        for side, alone in sides
        for name, rule in FAILURES.items()
        for label in rule.apply(alone, settings.get(rule.name, {}))
    ]


def against_command(trace: EpisodeTrace, side: Side) -> EpisodeTrace:
    """The episode as if one side predicted a robot that is where its command is."""
    turned = trace.turned
    shown = turned.reference if side == "reference" else turned.predicted
    command = _known(turned.command, shown)
    error = shown - command
    if trace.endless.any():
        shorter = error - 2 * np.pi * np.ceil(error / (2 * np.pi) - 0.5)
        error = np.where(trace.endless, shorter, error)
    alone = replace(
        trace,
        reference=command,
        predicted=shown,
        command=command,
        error=error,
        others=_others(trace.others, side),
        samples=None,
        action_error=None,
        current=None,
        bodies=None,
    )
    own = trace.speeds["reference" if side == "reference" else "predicted"]
    return alone.going({"reference": Speeds(trace.time, command), "predicted": own})


def _others(others: Others, side: Side) -> Others:
    shown = others.reference if side == "reference" else others.predicted
    command = _known(others.command, shown)
    return replace(others, reference=command, predicted=shown, error=shown - command)


def _known(command: Floats, shown: Floats) -> Floats:
    """The command; on masked rows without one, which no rule reads, the position."""
    known = np.isfinite(command)
    return command if known.all() else np.where(known, command, shown)
