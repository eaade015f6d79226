"""Which recordings of a dataset were pushed at, and when.

Model and limits come from calibration and validation, in which nobody pushed: the model from
calibration, the limits from what both sustain, calibration with recordings left out of the model.
A recording of these parts is judged by a model and limits that it set nothing of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.datasets.parts import open_part
from bench.disturbance.currents import STATES, CurrentModel, Prepared, fit, prepare
from bench.disturbance.pushes import (
    THRESHOLDS,
    Push,
    Residual,
    beside_level,
    largest,
    limits_of,
    pushes_of,
)
from bench.io.documents import Document, nine_digits
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.store import Episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import Arm, Robot, load_robot
from bench.scoring.labels.label import with_settings

Array = NDArray[np.float64]
Part = Literal["calibration", "validation", "diagnostic"]

PARTS: tuple[Part, ...] = ("calibration", "validation", "diagnostic")
FOLDS = 8
"""Models with recordings left out, at most."""
NEEDED = ("time", "q", "current")


@dataclass(frozen=True)
class Set:
    """The recordings of one part, of one arm.

    Attributes:
        names: ids of the episodes.
        recordings: in the same order.
    """

    names: tuple[str, ...]
    recordings: tuple[Prepared, ...]


@dataclass(frozen=True)
class ArmDetector:
    """Model and limits of one arm.

    Attributes:
        arm: the arm.
        model: of all calibration.
        left_out: by id of a calibration recording, the model without it.
        shown: by id of a calibration or validation recording, what it sustains (4, J).
        settings: every threshold by name.
    """

    arm: Arm
    model: CurrentModel
    left_out: Mapping[str, CurrentModel]
    shown: Mapping[str, Array]
    settings: Mapping[str, float]

    def limits(self, without: str | None = None) -> Array:
        """Limits (4, J) by state and joint, of all recordings or all but one."""
        return limits_of([s for name, s in self.shown.items() if name != without], self.settings)

    def residual(self, name: str, recording: Prepared) -> Residual:
        """What is left of a recording's currents, by the model that does not know it."""
        model = self.left_out.get(name, self.model)
        return Residual(
            time=recording.time,
            value=beside_level(model.residual(recording), self.settings["level"]),
            state=model.states(recording),
            posture=recording.posture,
        )

    def pushes(self, name: str, recording: Prepared) -> list[Push]:
        """The pushes of a recording; one that set limits is held against those of the others."""
        return pushes_of(self.residual(name, recording), self.limits(name), self.settings)


def detector(
    arm: Arm, calibration: Set, validation: Set, settings: Mapping[str, float]
) -> ArmDetector:
    """Fit one arm's model, and set its limits."""
    names, recordings = calibration.names, calibration.recordings
    folds = min(len(names), FOLDS)
    left_out: dict[str, CurrentModel] = {}
    for fold in range(folds):
        model = fit([one for k, one in enumerate(recordings) if k % folds != fold])
        left_out |= dict.fromkeys(names[fold::folds], model)
    own = ArmDetector(arm, fit(recordings), left_out, {}, settings)
    both = zip((*names, *validation.names), (*recordings, *validation.recordings), strict=True)
    shown = {name: largest(own.residual(name, one), settings) for name, one in both}
    return ArmDetector(arm, own.model, left_out, shown, settings)


def detect(
    workspace: Workspace, paths: DatasetPaths, part: Part, chosen: Sequence[str] = ()
) -> Document:
    """The pushes of a part's recordings.

    Args:
        workspace: the checkout; thresholds are those of its `params.yaml`.
        paths: the dataset.
        part: which part of the split.
        chosen: ids of episodes; all of the part if there are none.

    Returns:
        The document that `twinbench pushes --json` prints, floats with nine significant digits.

    Raises:
        UnknownNameError: the part has no episode of a chosen id, or `params.yaml` names a
            threshold that there is not.
        ProblemsError: a store is missing or damaged, records no currents, calibration has fewer
            than two recordings, or a threshold is not a positive finite number.
    """
    params = workspace.params().get("pushes", {})
    settings = with_settings(THRESHOLDS, params, "threshold of pushes", "pushes")
    stores = {one: _open(paths, one) for one in dict.fromkeys((*PARTS[:2], part))}
    info = stores[part].info
    known = [episode.id for episode in info.episodes]
    for name in chosen:
        if name not in known:
            raise UnknownNameError(f"episode of the part {part}", name, known)
    robot = load_robot(workspace.robot_folder(info.robot) / "robot.json")
    _check_joints(robot, stores[part])
    wanted = tuple(dict.fromkeys(chosen or known))
    found: dict[str, list[Document]] = {name: [] for name in wanted}
    limits: dict[str, Document] = {}
    for arm in robot.arms:
        sets = {one: arm_set(store, arm) for one, store in stores.items()}
        own = detector(arm, sets["calibration"], sets["validation"], settings)
        limits |= _limits(own)
        by_name = dict(zip(sets[part].names, sets[part].recordings, strict=True))
        for name in wanted:
            found[name] += [_document(push, arm) for push in own.pushes(name, by_name[name])]
    document: Document = nine_digits(
        {
            "dataset": info.dataset,
            "part": part,
            "unit": _unit(stores[part], robot),
            "thresholds": settings,
            "limits": limits,
            "recordings": [_recording(name, own, settings) for name, own in found.items()],
        }
    )
    return document


def _open(paths: DatasetPaths, part: Part) -> Episodes:
    """A part's store, if it has what is needed."""
    episodes, place = open_part(paths, part), paths.part(part)
    problems = []
    missing = [name for name in NEEDED if name not in episodes.info.signals]
    if missing:
        expected = "recorded currents of the motors (the signals time, q, current)"
        came = "signals " + ", ".join(episodes.info.signals)
        problems.append(Problem("no_currents", str(place), expected, came))
    elif part == "calibration" and not (episodes.signals["current"][:] < 0).any():
        expected = "currents with a sign, which tells the way of the torque"
        problems.append(Problem("no_sign", str(place), expected, "none below 0"))
    if part == "calibration" and len(episodes) < 2:
        expected = "two recordings, so that one can be left out"
        problems.append(Problem("too_few", str(place), expected, str(len(episodes))))
    if problems:
        raise ProblemsError(problems)
    return episodes


def _check_joints(robot: Robot, episodes: Episodes) -> None:
    wanted = [joint.name for arm in robot.arms for joint in arm.chain_joints]
    missing = [name for name in wanted if name not in episodes.info.joints]
    if missing:
        where, expected = f"dataset {episodes.info.dataset}", f"the joints {', '.join(wanted)}"
        raise ProblemsError([Problem("joints", where, expected, f"none of {', '.join(missing)}")])


def arm_set(episodes: Episodes, arm: Arm) -> Set:
    """The recordings of one arm, on the even clock."""
    names = tuple(episode.id for episode in episodes.info.episodes)
    return Set(names, tuple(_prepared(episodes, number, arm) for number in range(len(episodes))))


def _prepared(episodes: Episodes, number: int, arm: Arm) -> Prepared:
    columns = [episodes.info.joints.index(joint.name) for joint in arm.chain_joints]
    time = episodes.signal("time", number)
    q, current = (episodes.signal(name, number)[:, columns] for name in ("q", "current"))
    endless = [joint.type == "continuous" for joint in arm.chain_joints]
    q = np.where(endless, np.unwrap(q, axis=0), q)
    if "dq" in episodes.info.signals:
        dq = episodes.signal("dq", number)[:, columns]
    else:
        dq = np.gradient(q, time, axis=0) if len(time) > 1 else np.zeros_like(q)
    return prepare(arm, time, q, dq, current)


def _unit(episodes: Episodes, robot: Robot) -> str:
    """The unit of the currents; of several, all of them."""
    units = episodes.info.signals["current"]
    wanted = {joint.name for arm in robot.arms for joint in arm.chain_joints}
    if len(units) > 1:
        units = tuple(
            unit for unit, joint in zip(units, episodes.info.joints, strict=True) if joint in wanted
        )
    return ", ".join(dict.fromkeys(units))


def _limits(own: ArmDetector) -> dict[str, Document]:
    """By joint the limits in its states; null where nothing is known."""
    table = own.limits()
    return {
        joint.name: {
            state: float(value) if np.isfinite(value) else None
            for state, value in zip(STATES, table[:, column], strict=True)
        }
        for column, joint in enumerate(own.arm.chain_joints)
    }


def _document(push: Push, arm: Arm) -> Document:
    names = [joint.name for joint in arm.chain_joints]
    return {
        "interval": list(push.interval),
        "arm": arm.name,
        "joints": [names[column] for column in push.joints],
        "peak": push.peak,
        "ratio": push.ratio,
    }


def _recording(name: str, pushes: Sequence[Document], settings: Mapping[str, float]) -> Document:
    inside = sorted(pushes, key=lambda push: (push["interval"], push["arm"]))
    clear = any(push["ratio"] > settings["verdict"] for push in inside)
    return {"id": name, "verdict": "disturbed" if clear else "undisturbed", "pushes": inside}


def lines(document: Document) -> Iterator[str]:
    """The document for people: a line a recording, and a line a push."""
    for recording in document["recordings"]:
        number = len(recording["pushes"])
        most = max((push["ratio"] for push in recording["pushes"]), default=None)
        told = f", up to {most:.2f} times the limit" if most else ""
        counted = "no push" if number == 0 else "1 push" if number == 1 else f"{number} pushes"
        yield f"{recording['id']}: {recording['verdict']}: {counted}{told}"
        for push in recording["pushes"]:
            first, last = push["interval"]
            peak = f"{push['peak']:+.2f} {document['unit']}, {push['ratio']:.2f} times the limit"
            yield f"  {first:.2f} to {last:.2f} s  {', '.join(push['joints'])}: {peak}"
