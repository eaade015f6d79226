"""From logs to one episode store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.datasets.readers.registry import reader
from bench.datasets.recording import Progress, Reader, Recording
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import EpisodeInfo, Episodes, StoreInfo
from bench.io.workspace import DatasetPaths

SAME_COMMAND = 1e-9
"""Largest difference between command rows that count as equal, in the joints' units."""


def ingest(dataset: Document, raw: Path, progress: Progress) -> Episodes:
    """Read the recordings of a dataset.

    Args:
        dataset: the checked `dataset.json`.
        raw: where the raw files lie.
        progress: told of every recording.

    Returns:
        All episodes, reference runs first, motions by name; each its motion's group for now.

    Raises:
        ProblemsError: what is wrong with the logs, by file and line.
    """
    found = reader(dataset["reader"])
    recordings = list(found.read(dataset, raw, progress))
    if not recordings:
        raise ProblemsError([Problem("no_recordings", str(raw), "at least one recording", "none")])
    problems = [p for recording in recordings for p in _problems(recording, dataset)]
    if problems:
        raise ProblemsError(problems)
    episodes = tuple(_info(recording, recordings, dataset) for recording in recordings)
    lengths = [len(recording.signals["time"]) for recording in recordings]
    return Episodes(
        info=_store_info(dataset, found, recordings, episodes),
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        signals={
            name: np.concatenate([recording.signals[name] for recording in recordings])
            for name in recordings[0].signals
        },
    )


def raw_folder(paths: DatasetPaths, dataset: Document) -> Path:
    """Where a dataset's raw files lie: where `fetch` put them, or committed with the dataset."""
    return paths.folder if dataset["raw"] == "committed" else paths.raw


def _problems(recording: Recording, dataset: Document) -> list[Problem]:
    where = f"{recording.motion}.{recording.run}"
    problems = []
    for name, values in recording.signals.items():
        bad = ~np.isfinite(values)
        if bad.any():
            row = int(np.argwhere(bad)[0][0])
            problems.append(Problem("not_finite", f"{where} {name} row {row}", "a number", "none"))
    if recording.signals["q"].shape[1] != len(dataset["joints"]):
        expected = f"{len(dataset['joints'])} joints"
        came = f"{recording.signals['q'].shape[1]}"
        problems.append(Problem("joints", where, expected, came))
    return problems


def _info(recording: Recording, others: list[Recording], dataset: Document) -> EpisodeInfo:
    return EpisodeInfo(
        id=f"{recording.motion}.{recording.run}",
        group=recording.motion,
        motion=recording.motion,
        run=recording.run,
        role=_role(recording, others, dataset),
    )


def _role(recording: Recording, others: list[Recording], dataset: Document) -> str:
    """`reference`, `repeat` of it (equal command rows), or `other` (other commands)."""
    roles = {run["name"]: run["role"] for run in dataset["runs"]}
    if roles[recording.run] == "reference":
        return "reference"
    return (
        "repeat"
        if any(
            roles[other.run] == "reference"
            and other.motion == recording.motion
            and equal_commands(other.signals["q_command"], recording.signals["q_command"])
            for other in others
        )
        else "other"
    )


def equal_commands(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether two recordings (N, J) and (M, J) were commanded the same, row for row."""
    return first.shape == second.shape and bool((np.abs(first - second) <= SAME_COMMAND).all())


def _store_info(
    dataset: Document,
    found: Reader,
    recordings: list[Recording],
    episodes: tuple[EpisodeInfo, ...],
) -> StoreInfo:
    units = tuple(joint["unit"] for joint in dataset["joints"])
    of = {"time": ("s",), "q": units, "q_command": units}
    return StoreInfo(
        dataset=dataset["name"],
        robot=dataset["robot"],
        kind=dataset["kind"],
        split="all",
        joints=tuple(joint["name"] for joint in dataset["joints"]),
        units=units,
        signals={
            name: of[name] if name in of else (found.units[name],) for name in recordings[0].signals
        },
        episodes=episodes,
    )
