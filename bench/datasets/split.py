"""The split: groups first, then an assignment, then four stores that keep the truth apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, StoreInfo

FITTED = ("calibration", "validation")
PARTS = (*FITTED, "holdout_inputs", "holdout_truth")


@dataclass(frozen=True)
class Parts:
    """A dataset's episodes, taken apart.

    Attributes:
        calibration: to fit on.
        validation: to choose on.
        holdout_inputs: what a participant sees of the holdout.
        holdout_truth: what was measured there, with the repeats.
    """

    calibration: Episodes
    validation: Episodes
    holdout_inputs: Episodes
    holdout_truth: Episodes

    def items(self) -> list[tuple[str, Episodes]]:
        """The parts with their names."""
        return [(name, getattr(self, name)) for name in PARTS]


def split(episodes: Episodes, rule: Document) -> Parts:
    """Take the episodes of a dataset apart as its `split.json` says.

    Raises:
        ProblemsError: a motion without a place, in two places, or that was not recorded; a
            group that the assignment tears apart.
    """
    place = _assignment(episodes, rule)
    grouped = replace(episodes, info=_grouped(episodes, rule))
    members = {
        part: [i for i, e in enumerate(grouped.info.episodes) if place[e.motion] == part]
        for part in ("calibration", "validation", "holdout")
    }
    truth = grouped.select(members["holdout"], "holdout_truth")
    return Parts(
        calibration=grouped.select(members["calibration"], "calibration"),
        validation=grouped.select(members["validation"], "validation"),
        holdout_inputs=inputs_of(truth),
        holdout_truth=truth,
    )


def _assignment(episodes: Episodes, rule: Document) -> Mapping[str, str]:
    """Part of each motion."""
    recorded = {episode.motion for episode in episodes.info.episodes}
    problems = []
    place: dict[str, str] = {}
    for part, motions in rule["assignment"].items():
        for motion in motions:
            if motion in place:
                came = f"{place[motion]} and {part}"
                problems.append(
                    Problem("assigned_twice", f"split.json: {motion}", "one part", came)
                )
            if motion not in recorded:
                where = f"split.json: {motion}"
                problems.append(Problem("not_recorded", where, "a recorded motion", "none"))
            place[motion] = part
    problems += [
        Problem("not_assigned", f"split.json: {motion}", "a part for every motion", "none")
        for motion in sorted(recorded - place.keys())
    ]
    for group in rule["groups"]:
        parts = sorted({place[motion] for motion in group["motions"] if motion in place})
        if len(parts) > 1:
            where = f"split.json: group {group['name']}"
            problems.append(Problem("group_torn", where, "one part", " and ".join(parts)))
    if problems:
        raise ProblemsError(problems)
    return place


def _grouped(episodes: Episodes, rule: Document) -> StoreInfo:
    group = {motion: g["name"] for g in rule["groups"] for motion in g["motions"]}
    return replace(
        episodes.info,
        episodes=tuple(
            replace(episode, group=group.get(episode.motion, episode.motion))
            for episode in episodes.info.episodes
        ),
    )


def inputs_of(truth: Episodes) -> Episodes:
    """What a participant may see: clock, commands, and the measured state at row 0."""
    references = [i for i, e in enumerate(truth.info.episodes) if e.role == "reference"]
    shown = held_commands(truth.select(references, "holdout_inputs"))
    first = shown.start[:-1]
    names = [n for n in ("time", "q_command", "q_command_valid") if n in shown.signals]
    signals = {name: shown.signals[name] for name in names}
    units = {name: shown.info.signals[name] for name in names}
    for name in ("q", "dq"):
        if name in shown.signals:
            signals[f"{name}_start"] = shown.signals[name][first]
            units[f"{name}_start"] = shown.info.signals[name]
    return Episodes(replace(shown.info, signals=units), shown.start, signals)


def held_commands(episodes: Episodes) -> Episodes:
    """The episodes with the last valid command in the place of masked ones.

    Raises:
        ProblemsError: an episode begins with a masked command: nothing could be held.
    """
    if "q_command_valid" not in episodes.signals:
        return episodes
    held = episodes.signals["q_command"][_last_valid(episodes)]
    return replace(episodes, signals={**episodes.signals, "q_command": held})


def _last_valid(shown: Episodes) -> NDArray[np.intp]:
    """For each row the last row of its episode whose command is valid, itself if it is.

    Raises:
        ProblemsError: an episode begins with a masked command: nothing could be held.
    """
    valid = shown.signals["q_command_valid"]
    first = shown.start[:-1]
    if not valid[first].all():
        problems = [
            Problem("masked_start", shown.info.episodes[i].id, "a valid command at row 0", "none")
            for i in np.flatnonzero(~valid[first])
        ]
        raise ProblemsError(problems)
    held: NDArray[np.intp] = np.maximum.accumulate(np.where(valid, np.arange(len(valid)), 0))
    return held


def lock_of(parts: Parts) -> Document:
    """`holdout.lock.json`: what the holdout is, by content."""
    truth, inputs = parts.holdout_truth, parts.holdout_inputs
    shown = dict(zip(inputs.index, inputs.hashes(), strict=True))
    episodes = [
        {**record, "inputs_hash": shown.get(record["id"])} for record in locked_episodes(truth)
    ]
    return {
        "schema": "twinbench/holdout_lock/1",
        "dataset": truth.info.dataset,
        "root": lock_root(episodes),
        "episodes": episodes,
    }


def locked_episodes(truth: Episodes) -> list[Document]:
    """What the lock says of each episode of the truth."""
    return [
        {
            "id": episode.id,
            "group": episode.group,
            "role": episode.role,
            "rows": int(truth.start[i + 1] - truth.start[i]),
            "hash": content,
        }
        for i, (episode, content) in enumerate(
            zip(truth.info.episodes, truth.hashes(), strict=True)
        )
    ]


def lock_root(episodes: Sequence[Document]) -> str:
    """The name of a holdout: SHA-256 of its records as sorted lines.

    A line holds id, group, role, rows, hash and inputs_hash (`-` where there is none), with one
    space between them.
    """
    fields = ("id", "group", "role", "rows", "hash", "inputs_hash")
    lines = (" ".join(str(e[f]) if e[f] is not None else "-" for f in fields) for e in episodes)
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
