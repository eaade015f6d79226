"""What a label is, and what a rule is that gives labels."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.scoring.trace import EpisodeTrace


@dataclass(frozen=True)
class Label:
    """One symptom in one episode.

    Attributes:
        name: of the rule that found it.
        episode: id of the episode.
        arm: name of the arm.
        joints: the arm's joints that show it, in the arm's order.
        interval: from, to, s on the reference's clock.
        strength: share of the arm's weighted, Δ-scaled squared error over the episode that the
            label accounts for, 0 to 1: what the arm's mean rmse_norm² would lose.
        numbers: what the rule measured, by name; the rule says which units.
    """

    name: str
    episode: str
    arm: str
    joints: tuple[str, ...]
    interval: tuple[float, float]
    strength: float
    numbers: Mapping[str, float]


@dataclass(frozen=True)
class Threshold:
    """A number that a rule compares with.

    Attributes:
        default: its value where the settings name no other.
        unit: SI unit, rad, or `1`.
        source: where the default comes from.
    """

    default: float
    unit: str
    source: str


@dataclass(frozen=True)
class Size:
    """What says how large a label is: it is there as long as the threshold is not above its size.

    Attributes:
        threshold: one of the rule's thresholds.
        number: of its labels, in that threshold's unit; of either sign.
        least: a threshold below it would name what is no failure, however well a robot repeats.
    """

    threshold: str
    number: str
    least: float = 0.0


@dataclass(frozen=True)
class Rule:
    """A rule: data around one function.

    Attributes:
        name: snake case; the name of its labels.
        meaning: one line.
        signal: which signals it reads.
        thresholds: by name.
        numbers: unit and meaning of each number that its labels may carry, by name.
        evidence: on which recordings the thresholds were set, and what came out.
        find: gives the labels of an episode; every threshold is given to it by name.
        size: how large its labels are; none of a rule on what happens or does not.
    """

    name: str
    meaning: str
    signal: str
    thresholds: Mapping[str, Threshold]
    numbers: Mapping[str, str]
    evidence: str
    find: Callable[[EpisodeTrace, Mapping[str, float]], list[Label]]
    size: Size | None

    def apply(self, trace: EpisodeTrace, settings: Mapping[str, object]) -> list[Label]:
        """The labels of an episode, with the thresholds that `settings` overrides.

        Raises:
            UnknownNameError: the settings name a threshold that the rule does not have.
            ProblemsError: a threshold is not a positive finite number.
        """
        what, where = f"threshold of the label {self.name}", f"labels/{self.name}"
        return self.find(trace, with_settings(self.thresholds, settings, what, where))


def with_settings(
    thresholds: Mapping[str, Threshold], settings: Mapping[str, object], what: str, where: str
) -> dict[str, float]:
    """The value of every threshold: its default, or what the settings say.

    Args:
        thresholds: by name.
        settings: values that differ, by name.
        what: what a threshold is one of, for the message where a name is unknown.
        where: their place in `params.yaml`, for the message where a value is none.

    Raises:
        UnknownNameError: the settings name a threshold that there is not.
        ProblemsError: a value is not a positive finite number.
    """
    values = {name: threshold.default for name, threshold in thresholds.items()}
    problems = []
    for name, value in settings.items():
        if name not in values:
            raise UnknownNameError(what, name, sorted(values))
        if _positive(value):
            values[name] = float(value)
        else:
            expected, came = "a positive finite number", repr(value)[:60]
            problems.append(Problem("threshold", f"{where}/{name}", expected, came))
    if problems:
        raise ProblemsError(problems)
    return values


def _positive(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 < value <= sys.float_info.max
