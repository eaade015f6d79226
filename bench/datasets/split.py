"""The split: groups first, then an assignment, then stores that keep the truth apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.io.store_info import StoreInfo

FITTED = ("calibration", "validation")
PARTS = (*FITTED, "holdout_inputs", "holdout_truth", "diagnostic")


@dataclass(frozen=True)
class Parts:
    """A dataset's episodes, taken apart.

    Attributes:
        calibration: to fit on.
        validation: to choose on.
        holdout_inputs: what a participant sees of the holdout.
        holdout_truth: what was measured there, with the repeats.
        diagnostic: a pool that only tests labels, where the dataset has one.
    """

    calibration: Episodes
    validation: Episodes
    holdout_inputs: Episodes
    holdout_truth: Episodes
    diagnostic: Episodes | None = None

    def items(self) -> list[tuple[str, Episodes]]:
        """The parts that there are, with their names."""
        parts: list[tuple[str, Episodes | None]] = [(name, getattr(self, name)) for name in PARTS]
        return [(name, part) for name, part in parts if part is not None]

    def recorded(self) -> list[tuple[str, Episodes]]:
        """The parts that hold measurements: all but the inputs, which are a view of the truth."""
        return [(name, part) for name, part in self.items() if name != "holdout_inputs"]


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
        for part in ("calibration", "validation", "holdout", "diagnostic")
    }
    pool = members["diagnostic"]
    truth = grouped.select(members["holdout"], "holdout_truth")
    return Parts(
        calibration=grouped.select(members["calibration"], "calibration"),
        validation=grouped.select(members["validation"], "validation"),
        holdout_inputs=inputs_of(truth),
        holdout_truth=truth,
        diagnostic=grouped.select(pool, "diagnostic") if pool else None,
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
        parts = sorted({place.get(motion, "diagnostic") for motion in group["motions"]})
        parts = [part for part in parts if part != "diagnostic"]  # it sets no rule
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

    An episode that begins with masked commands, as one that begins at rest may, has no earlier
    one: the position measured at row 0 is held, which is an input in any case.
    """
    if "q_command_valid" not in episodes.signals:
        return episodes
    first = np.repeat(episodes.start[:-1], np.diff(episodes.start))
    valid = episodes.signals["q_command_valid"]
    last = np.maximum.accumulate(np.where(valid, np.arange(len(valid)), first))
    held = np.where(
        valid[last][:, None], episodes.signals["q_command"][last], episodes.signals["q"][first]
    )
    return replace(episodes, signals={**episodes.signals, "q_command": held})


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
