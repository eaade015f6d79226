"""Labels that a robot has against its own further runs: how many, and what thresholds allow fewer.

A further run with the same commands is as good a prediction as there is. A label that it has is
false, unless the robot did something else in one of the two runs. Calibration and validation alone
are looked at: thresholds are never set by the holdout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.formulas.tails import Tail, tail_of
from bench.io.documents import Document, nine_digits
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, open_episodes
from bench.io.store_info import Split
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import Robot
from bench.scoring.alignment import NEEDED, traces
from bench.scoring.labels.label import Label, Rule, Size
from bench.scoring.labels.registry import RULES, labels_of, thresholds
from bench.scoring.result import ScoreSettings
from bench.scoring.score import declared, robot_of
from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Declared

PARTS: tuple[Split, ...] = ("calibration", "validation")
LOWER = 50
"""By what a threshold on size is divided, so that the labels below it are seen as well."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Labelling:
    """What labels depend on beside the recordings.

    Attributes:
        robot: the robot.
        declared: what the dataset declares.
        thresholds: those that differ from their defaults, by rule and name.
    """

    robot: Robot
    declared: Declared
    thresholds: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Pair:
    """Two runs of one motion with the same commands.

    Attributes:
        part: the episodes of a part.
        reference: position of the reference run.
        repeat: position of the further run, which predicts it row by row.
    """

    part: Episodes
    reference: int
    repeat: int

    def trace(self, labelling: Labelling) -> EpisodeTrace:
        """The further run as a prediction of the reference run."""
        has = self.part.signals
        wanted = [name for name in NEEDED if name in has]
        reference = self.part.select([self.reference], "holdout_truth", wanted)
        again = self.part.select([self.repeat], "entry", ["q"])
        (own,), (theirs,) = reference.info.episodes, again.info.episodes
        info = replace(again.info, episodes=(replace(own, run=theirs.run),))
        signals = {"q": again.signals["q"], "time": reference.signals["time"]}
        predicted = Episodes(info, reference.start, signals)
        (trace,) = traces(predicted, reference, labelling.robot, labelling.declared)
        return trace


@dataclass
class _Seen:
    """What was found so far: time compared in s, labels, and sizes by rule."""

    seconds: float
    labels: list[tuple[Label, str]]
    sizes: dict[str, list[float]]


def false_labels(
    workspace: Workspace, paths: DatasetPaths, an_hour: float, told: Progress
) -> Document:
    """Label the further runs of calibration and validation, and say which thresholds to set.

    Args:
        workspace: the checkout; thresholds are those of its `params.yaml`.
        paths: the dataset.
        an_hour: labels an hour that all rules with a tail together may have, as fitted.
        told: is told how many pairs are done, and of how many.

    Returns:
        The document that `twinbench thresholds --json` prints, floats with nine digits.

    Raises:
        ProblemsError: a store is missing or damaged, no motion has a further run with the same
            commands, or a threshold is not a positive finite number.
        UnknownNameError: `params.yaml` names a rule or a threshold that does not exist.
    """
    settings = ScoreSettings.of(workspace.params())
    parts = [open_episodes(paths.part(one), allowed=frozenset({one})) for one in PARTS]
    known = declared(paths.document(), settings.seed)
    labelling = Labelling(robot_of(workspace, paths), known, settings.labels)
    return {"dataset": paths.name, **of_repeats(parts, labelling, an_hour, told)}


def of_repeats(
    parts: Sequence[Episodes], labelling: Labelling, an_hour: float, told: Progress
) -> Document:
    """The same of parts that are open."""
    pairs = [pair for part in parts for pair in pairs_of(part)]
    seen = _looked_at(pairs, labelling, told)
    if not seen.seconds:
        motions = len({one.motion for part in parts for one in part.info.episodes})
        where = " and ".join(part.info.split for part in parts)
        expected = "a motion with a further run that had the same, known commands"
        raise ProblemsError([Problem("no_repeats", where, expected, f"none in {motions} motions")])
    document: Document = nine_digits(
        {
            "parts": [part.info.split for part in parts],
            "pairs": len(pairs),
            "hours": seen.seconds / 3600,
            "labels": [_label(label, run) for label, run in seen.labels],
            **_rules(seen, labelling.thresholds, an_hour),
        }
    )
    return document


def pairs_of(part: Episodes) -> Iterator[Pair]:
    """Every further run of a part with its reference run, where both had the same commands."""
    episodes = part.info.episodes
    first = {one.motion: k for k, one in enumerate(episodes) if one.role == "reference"}
    for k, one in enumerate(episodes):
        if one.role == "repeat" and one.motion in first:
            pair = Pair(part, first[one.motion], k)
            if _same_commands(pair):
                yield pair


def _same_commands(pair: Pair) -> bool:
    def same(name: str) -> bool:
        own, theirs = (pair.part.signal(name, k) for k in (pair.reference, pair.repeat))
        return np.array_equal(own, theirs, equal_nan=own.dtype.kind == "f")

    signals = ("q_command", "q_command_valid")
    return all(same(name) for name in signals if name in pair.part.signals)


def _looked_at(pairs: Sequence[Pair], labelling: Labelling, told: Progress) -> _Seen:
    seen = _Seen(0.0, [], {rule.name: [] for rule in RULES if rule.size is not None})
    for done, pair in enumerate(pairs):
        told(done, len(pairs))
        trace = pair.trace(labelling)
        seen.seconds += float(trace.weights.sum())
        run = pair.part.info.episodes[pair.repeat].run
        seen.labels += [(label, run) for label in labels_of(trace, labelling.thresholds)]
        for rule in RULES:
            if rule.size is not None:
                settings = labelling.thresholds.get(rule.name, {})
                seen.sizes[rule.name] += _sizes(rule, rule.size, trace, settings)
    told(len(pairs), len(pairs))
    return seen


def _sizes(
    rule: Rule, size: Size, trace: EpisodeTrace, settings: Mapping[str, object]
) -> list[float]:
    """Sizes of the labels that a far lower threshold gives."""
    value: Any = settings.get(size.threshold, rule.thresholds[size.threshold].default)
    found = rule.apply(trace, {**settings, size.threshold: value / LOWER})
    return [abs(size.of(label, trace)) for label in found]


def _label(label: Label, run: str) -> Document:
    return {
        "name": label.name,
        "episode": label.episode,
        "run": run,
        "arm": label.arm,
        "joints": list(label.joints),
        "interval": list(label.interval),
    }


def _rules(seen: _Seen, settings: Mapping[str, Mapping[str, object]], an_hour: float) -> Document:
    """A record a rule with a size, and what all of them have together."""
    hours, used = seen.seconds / 3600, thresholds(settings)
    tails = {name: tail_of(sizes) for name, sizes in seen.sizes.items()}
    number = sum(1 for tail in tails.values() if tail.number)
    rules = []
    for rule in RULES:
        if rule.size is None:
            continue
        name, tail = rule.size.threshold, tails[rule.name]
        value: Any = used[rule.name][name]
        record = {"rule": rule.name, "threshold": name, "unit": rule.thresholds[name].unit}
        expected = an_hour * hours / max(number, 1)
        proposed = max(tail.level(expected), *tail.sizes[:1], rule.size.least)
        rules.append({**record, "value": value, **_tail(tail, value, proposed, hours)})
    known = [each for each in rules if each["fitted"] is not None]
    keys = ("fitted", "averaged", "proposed_fitted", "proposed_averaged")
    together = {key: sum(each[key] for each in known) for key in keys}
    return {"rules": rules, "an_hour": an_hour, "together": together}


def _tail(tail: Tail, value: float, proposed: float, hours: float) -> Document:
    """What is to be expected beyond the threshold that is used and one that is proposed."""
    if not tail.number:
        keys = ("largest", "fitted", "averaged", "proposed", "proposed_fitted", "proposed_averaged")
        return {"found": 0, **dict.fromkeys(keys)}
    return {
        "found": len(tail.sizes),
        "largest": float(tail.sizes[0]),
        "fitted": tail.passed(value) / hours,
        "averaged": tail.passed_on_average(value) / hours,
        "proposed": proposed,
        "proposed_fitted": tail.passed(proposed) / hours,
        "proposed_averaged": tail.passed_on_average(proposed) / hours,
    }
