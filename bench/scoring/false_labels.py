"""Labels that a robot has against its own further runs: how many, and what thresholds allow fewer.

A further run with the same commands is as good a prediction as there is. A label that it has is
false, unless the robot did something else in one of the two runs. Calibration and validation alone
are looked at: thresholds are never set by the holdout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

import numpy as np

from bench.datasets.parts import open_part
from bench.formulas.tails import Tail, tail_of
from bench.io.documents import Document, nine_digits
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.store import Episodes
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
"""By what the default of a threshold on size is divided, so that smaller labels are seen too."""
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
    """Two runs of one motion with the same commands, as ingestion found.

    Attributes:
        part: the episodes of a part.
        reference: position of the reference run.
        repeat: position of the further run, which predicts it row by row.
    """

    part: Episodes
    reference: int
    repeat: int

    @property
    def name(self) -> str:
        """Id of the reference run."""
        return self.part.info.episodes[self.reference].id

    @property
    def run(self) -> str:
        """Run of the further one."""
        return self.part.info.episodes[self.repeat].run

    def trace(self, labelling: Labelling) -> EpisodeTrace:
        """The further run as a prediction of the reference run."""
        wanted = [name for name in NEEDED if name in self.part.signals]
        reference = self.part.select([self.reference], "holdout_truth", wanted)
        again = self.part.select([self.repeat], "entry", ["q"])
        bad = int((~np.isfinite(again.signals["q"])).any(axis=1).sum())
        if bad:
            where, came = f"{self.name} by {self.run}: q", f"none in {bad} rows"
            raise ProblemsError([Problem("not_finite", where, "a finite number", came)])
        signals = {"q": again.signals["q"], "time": reference.signals["time"]}
        predicted = Episodes(again.info, reference.start, signals)
        (trace,) = traces(predicted, reference, labelling.robot, labelling.declared)
        return trace


@dataclass
class _Seen:
    """What was found so far.

    Attributes:
        seconds: by motion the scored time of each of its further runs, s.
        labels: with the run that was labelled.
        sizes: of each rule with a size, by motion the largest label that a far lower threshold
            gives: labels of one motion come of one cause, and count once.
    """

    seconds: dict[str, list[float]]
    labels: list[tuple[Label, str]]
    sizes: dict[str, dict[str, float]]


def false_labels(
    workspace: Workspace,
    paths: DatasetPaths,
    an_hour: float,
    told: Progress,
    left_out: Sequence[str] = (),
) -> Document:
    """Label the further runs of calibration and validation, and say which thresholds to set.

    Args:
        workspace: the checkout; thresholds are those of its `params.yaml`.
        paths: the dataset.
        an_hour: motions with a false label an hour that all rules with a size may have, as fitted
            and added up over the rules; more than 0.
        told: is told how many further runs are done, and of how many.
        left_out: ids of reference runs that are not looked at, as something else happened there.

    Returns:
        The document that `twinbench thresholds --json` prints, floats with nine digits.

    Raises:
        ProblemsError: a store is missing or damaged, no motion has a further run, a threshold is
            not a positive finite number, or a recording has a value that is not finite.
        UnknownNameError: `params.yaml` names a rule or a threshold that does not exist, or what is
            left out is no reference run with a further one.
    """
    settings = ScoreSettings.of(workspace.params())
    parts = [open_part(paths, one) for one in PARTS]
    known = declared(paths.document(), settings.seed)
    labelling = Labelling(robot_of(workspace, paths), known, settings.labels)
    return {"dataset": paths.name, **of_repeats(parts, labelling, an_hour, told, left_out)}


def of_repeats(
    parts: Sequence[Episodes],
    labelling: Labelling,
    an_hour: float,
    told: Progress,
    left_out: Sequence[str] = (),
) -> Document:
    """The same of parts that are open."""
    pairs = [pair for part in parts for pair in pairs_of(part)]
    names = sorted({pair.name for pair in pairs})
    for name in left_out:
        if name not in names:
            raise UnknownNameError("episode with a further run", name, names)
    seen = _looked_at([pair for pair in pairs if pair.name not in left_out], labelling, told)
    # A motion counts once, however often it was run again: in its labels, and in its time.
    hours = sum(sum(own) / len(own) for own in seen.seconds.values()) / 3600
    if not hours:
        where = " and ".join(part.info.split for part in parts)
        motions = len({one.motion for part in parts for one in part.info.episodes})
        expected = "a motion with a further run that had the same commands, not left out"
        raise ProblemsError([Problem("no_repeats", where, expected, f"none in {motions} motions")])
    document: Document = nine_digits(
        {
            "parts": [part.info.split for part in parts],
            "left_out": list(dict.fromkeys(left_out)),
            "runs": sum(pair.name not in left_out for pair in pairs),
            "hours": hours,
            "labels": [_label(label, run) for label, run in seen.labels],
            **_rules(seen, hours, labelling.thresholds, an_hour),
        }
    )
    return document


def pairs_of(part: Episodes) -> Iterator[Pair]:
    """Every further run of a part with its reference run."""
    episodes = part.info.episodes
    first = {one.motion: k for k, one in enumerate(episodes) if one.role == "reference"}
    for k, one in enumerate(episodes):
        if one.role == "repeat" and one.motion in first:
            yield Pair(part, first[one.motion], k)


def _looked_at(pairs: Sequence[Pair], labelling: Labelling, told: Progress) -> _Seen:
    seen = _Seen({}, [], {rule.name: {} for rule in RULES if rule.size is not None})
    for done, pair in enumerate(pairs):
        told(done, len(pairs))
        trace = pair.trace(labelling)
        seen.seconds.setdefault(pair.name, []).append(float(trace.weights.sum()))
        seen.labels += [(label, pair.run) for label in labels_of(trace, labelling.thresholds)]
        for rule in RULES:
            if rule.size is None:
                continue
            sizes = _sizes(rule, rule.size, trace, labelling.thresholds.get(rule.name, {}))
            if sizes:
                own = seen.sizes[rule.name]
                own[pair.name] = max(*sizes, own.get(pair.name, 0.0))
    told(len(pairs), len(pairs))
    return seen


def _sizes(
    rule: Rule, size: Size, trace: EpisodeTrace, settings: Mapping[str, object]
) -> list[float]:
    """Sizes of the labels that a threshold far below the rule's own gives."""
    low = rule.thresholds[size.threshold].default / LOWER
    found = rule.apply(trace, {**settings, size.threshold: low})
    return [abs(label.numbers[size.number]) for label in found]


def _label(label: Label, run: str) -> Document:
    return {
        "label": label.name,
        "episode": label.episode,
        "run": run,
        "arm": label.arm,
        "joints": list(label.joints),
        "interval": list(label.interval),
        "strength": label.strength,
        "numbers": dict(label.numbers),
    }


def _rules(
    seen: _Seen, hours: float, settings: Mapping[str, Mapping[str, object]], an_hour: float
) -> Document:
    """A record a rule with a size, and what they have added up; null where none has a tail."""
    used = thresholds(settings)
    tails = {name: tail_of(list(sizes.values())) for name, sizes in seen.sizes.items()}
    share = an_hour / max(1, sum(1 for tail in tails.values() if tail.number))
    rules = []
    for rule in RULES:
        if rule.size is None:
            continue
        name, tail = rule.size.threshold, tails[rule.name]
        value: Any = used[rule.name][name]
        record = {"rule": rule.name, "threshold": name, "unit": rule.thresholds[name].unit}
        lowest = max(tail.level(share * hours), *tail.sizes[:1], rule.size.least)
        rules.append({**record, "value": value, **_tail(tail, value, lowest, hours)})
    known = [each for each in rules if each["fitted"] is not None]
    keys = ("fitted", "averaged", "proposed_fitted", "proposed_averaged")
    together = {key: sum(each[key] for each in known) if known else None for key in keys}
    return {"rules": rules, "an_hour": an_hour, "together": together}


def _tail(tail: Tail, value: float, lowest: float, hours: float) -> Document:
    """What is to be expected at the threshold that is used, and at one that is not below lowest."""
    if not tail.number:
        keys = ("largest", "fitted", "averaged", "proposed", "proposed_fitted", "proposed_averaged")
        return {"motions": 0, **dict.fromkeys(keys)}
    proposed = raised(lowest)
    return {
        "motions": len(tail.sizes),
        "largest": float(tail.sizes[0]),
        "fitted": tail.passed(value) / hours,
        "averaged": tail.passed_on_average(value) / hours,
        "proposed": proposed,
        "proposed_fitted": tail.passed(proposed) / hours,
        "proposed_averaged": tail.passed_on_average(proposed) / hours,
    }


def raised(value: float) -> float:
    """The lowest number of two digits that is not below a value, which is more than 0."""
    digits = Decimal(f"{value:.9g}")
    step = Decimal(1).scaleb(digits.adjusted() - 1)
    return float(digits.quantize(step, rounding=ROUND_CEILING))
