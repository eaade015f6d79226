"""One failing episode: its evidence, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.attribution.causes import Conclusion, find
from bench.attribution.classifier import WITH, WITHOUT, Classifier
from bench.attribution.estimation import Estimate, estimates
from bench.attribution.features import Symptom, estimated, traced
from bench.attribution.simulation import simulator
from bench.attribution.suspect import suspect
from bench.attribution.window import window_of
from bench.io.store import Episodes
from bench.kinematics.robot import Robot
from bench.scoring.trace import EpisodeTrace
from bench.twins.kinds import kind
from bench.twins.twin import Twin

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Examined:
    """The evidence of one failing episode.

    Attributes:
        suspect: the joint with most of the error.
        grippers: the gripper's joints.
        labels: names of those that the episode has.
        twin: the entry's; None where it has none that can be simulated here.
        traced: evidence of traces and labels (`TRACED`).
        estimates: of the twin's numbers, by hypothesis; nothing without a twin.
    """

    suspect: str
    grippers: tuple[str, ...]
    labels: tuple[str, ...]
    twin: Twin | None
    traced: Floats
    estimates: Mapping[str, Estimate]

    @property
    def evidence(self) -> Floats:
        """All of it, for the classifier `WITH`; of `WITHOUT` where nothing was estimated."""
        if not self.estimates:
            return self.traced
        return np.concatenate([self.traced, estimated(self.estimates)])

    def without_twin(self) -> Examined:
        """The same if the entry had no twin."""
        return replace(self, twin=None, estimates={})


def examine(
    reference: Episodes,
    trace: EpisodeTrace,
    symptoms: Sequence[Symptom],
    twin: Twin | None,
    robot: Robot,
    robot_folder: Path,
) -> Examined:
    """Collect the evidence of one failing episode.

    Args:
        reference: the one episode, as it was recorded, in memory.
        trace: the same, compared with the entry.
        symptoms: its labels.
        twin: the entry's; None where it has none that can be simulated here.
        robot: the robot.
        robot_folder: folder with `robot.json` and the model that it names.
    """
    joint = trace.joints[suspect(trace)]
    found: dict[str, Estimate] = {}
    if twin is not None:
        window = window_of(trace)
        simulate = simulator(reference, trace, window, robot, robot_folder)
        found = estimates(twin, joint, window, simulate, kind(twin.kind).simulates)
    others = trace.others
    grippers = (name for name, own in zip(others.names, others.is_gripper, strict=True) if own)
    labels = tuple(dict.fromkeys(symptom.name for symptom in symptoms))
    return Examined(joint, tuple(grippers), labels, twin, traced(trace, symptoms), found)


def conclude(
    examined: Examined, regressions: Mapping[str, Classifier]
) -> tuple[Conclusion, dict[str, float]]:
    """The causes, and the probability of every hypothesis.

    Args:
        examined: the evidence.
        regressions: by `WITH` and `WITHOUT`.
    """
    which = regressions[WITH if examined.estimates else WITHOUT]
    probabilities = which.probabilities(examined.evidence)
    conclusion = find(
        probabilities,
        examined.estimates,
        examined.twin,
        examined.suspect,
        examined.grippers,
        labels=examined.labels,
    )
    return conclusion, probabilities
