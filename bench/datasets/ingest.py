"""From logs to one episode store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.datasets.layout import Layout, load_layout
from bench.datasets.readers.registry import reader
from bench.datasets.recording import LogWarning, Progress, Reader, Recording
from bench.datasets.revealed import revealed_rows
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, fill_store
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.io.workspace import DatasetPaths

SAME_COMMAND = 1e-9
"""Largest difference between command rows that count as equal, in the joints' units."""


def ingest_dataset(paths: DatasetPaths, progress: Progress) -> Document:
    """Write the store with all episodes of a dataset, and `ingest.json`.

    Returns:
        What stands in `ingest.json`.

    Raises:
        ProblemsError: what is wrong with the logs, or the robot's document; nothing is written
            then.
        UnknownNameError: there is no robot of the dataset's name for it.
    """
    dataset = paths.document()
    layout = load_layout(paths)
    recordings = read_recordings(dataset, raw_folder(paths, dataset), layout, progress)
    episodes = assembled(dataset, recordings)
    record = check(ingest_record(dataset, episodes, recordings), "ingest", "ingest")
    with Transaction() as transaction:
        fill_store(transaction.folder(paths.episodes), episodes)
        transaction.write_text(paths.folder / "ingest.json", dump(record))
    return record


def ingest(dataset: Document, raw: Path, layout: Layout, progress: Progress) -> Episodes:
    """Read the recordings of a dataset.

    Args:
        dataset: the checked `dataset.json`.
        raw: where the raw files lie.
        layout: the arms of its robot and the noise of its joints.
        progress: told of every recording.

    Returns:
        All episodes, reference runs first, motions by name; each its motion's group for now.

    Raises:
        ProblemsError: what is wrong with the logs, by file and line.
    """
    return assembled(dataset, read_recordings(dataset, raw, layout, progress))


def raw_folder(paths: DatasetPaths, dataset: Document) -> Path:
    """Where a dataset's raw files lie: where `fetch` put them, or committed with the dataset."""
    return paths.folder if dataset["raw"] == "committed" else paths.raw


def read_recordings(
    dataset: Document, raw: Path, layout: Layout, progress: Progress
) -> list[Recording]:
    """The recordings of a dataset, checked, commands that give the measurement away masked.

    Raises:
        ProblemsError: what is wrong with the logs, by file and line.
    """
    _check_declared(dataset)
    recordings = list(reader(dataset["reader"]).read(dataset, raw, progress))
    if not recordings:
        raise ProblemsError([Problem("no_recordings", str(raw), "at least one recording", "none")])
    problems = [p for recording in recordings for p in _problems(recording, dataset)]
    if problems:
        raise ProblemsError(problems)
    return _masked(recordings, layout)


def _check_declared(dataset: Document) -> None:
    """What `dataset.json` declares of joints is of joints that it has."""
    known = [joint["name"] for joint in dataset["joints"]]
    declared = [("measurement_noise", name) for name in dataset.get("measurement_noise", {})]
    declared += [(f"events/{e['name']}", e["joint"]) for e in dataset.get("events", [])]
    problems = [
        Problem("joints", f"dataset.json: {place}", "one of " + ", ".join(known), joint)
        for place, joint in declared
        if joint not in known
    ]
    if problems:
        raise ProblemsError(problems)


def _problems(recording: Recording, dataset: Document) -> list[Problem]:
    where = recording.name
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


def _masked(recordings: list[Recording], layout: Layout) -> list[Recording]:
    """The recordings with the rows masked whose command gives the measurement away.

    Where no recording has such rows, none gets the signal `q_command_valid`.
    """
    revealed = [
        revealed_rows(r.signals["time"], r.signals["q_command"], r.signals["q"], layout)
        for r in recordings
    ]
    if not any(rows.any() for rows in revealed):
        return recordings
    return [_mask(recording, rows) for recording, rows in zip(recordings, revealed, strict=True)]


def _mask(recording: Recording, rows: NDArray[np.bool_]) -> Recording:
    valid = ~rows & recording.signals.get("q_command_valid", True)
    signals = {**recording.signals, "q_command_valid": valid}
    if not rows.any():
        return replace(recording, signals=signals)
    what = f"the command is a measurement in {rows.sum()} of {len(rows)} rows; masked"
    found = LogWarning("command_is_measurement", recording.name, what)
    return replace(recording, signals=signals, warnings=(*recording.warnings, found))


def assembled(dataset: Document, recordings: Sequence[Recording]) -> Episodes:
    """The recordings of a dataset end to end, with their roles."""
    found = reader(dataset["reader"])
    lengths = [len(recording.signals["time"]) for recording in recordings]
    return Episodes(
        info=_store_info(dataset, found, recordings),
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        signals={
            name: np.concatenate([recording.signals[name] for recording in recordings])
            for name in recordings[0].signals
        },
    )


def ingest_record(
    dataset: Document, episodes: Episodes, recordings: Sequence[Recording]
) -> Document:
    """`ingest.json`: what was read, and what was odd in it."""
    warnings = [warning for recording in recordings for warning in recording.warnings]
    valid = episodes.signals.get("q_command_valid")
    return {
        "schema": "twinbench/ingest/1",
        "dataset": dataset["name"],
        "reader": dataset["reader"],
        "episodes": len(episodes),
        "rows": int(episodes.start[-1]),
        "rows_masked": 0 if valid is None else int((~valid).sum()),
        "counts": dict(sorted(Counter(warning.code for warning in warnings).items())),
        "warnings": [warning.document() for warning in warnings],
    }


def _info(recording: Recording, others: Sequence[Recording], roles: dict[str, str]) -> EpisodeInfo:
    return EpisodeInfo(
        id=recording.name,
        group=recording.motion,
        motion=recording.motion,
        run=recording.run,
        role=_role(recording, others, roles),
    )


def _role(recording: Recording, others: Sequence[Recording], roles: dict[str, str]) -> str:
    """`reference`, `repeat` of it (equal command rows), or `other` (other commands)."""
    if roles[recording.run] == "reference":
        return "reference"
    return (
        "repeat"
        if any(
            roles[other.run] == "reference"
            and other.motion == recording.motion
            and equal_commands(
                other.signals["q_command"],
                recording.signals["q_command"],
                other.signals.get("q_command_valid"),
                recording.signals.get("q_command_valid"),
            )
            for other in others
        )
        else "other"
    )


def equal_commands(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    *masks: NDArray[np.bool_] | None,
) -> bool:
    """Whether two recordings were commanded the same, row for row.

    Args:
        first: (N, J) commands of one.
        second: (M, J) commands of the other.
        masks: (N,) valid rows of either, where it has masked ones: a row that is masked in one
            of them is not compared.

    Returns:
        True if the lengths are equal and every row that is compared, at least one.
    """
    if first.shape != second.shape:
        return False
    equal: NDArray[np.bool_] = np.all(np.abs(first - second) <= SAME_COMMAND, axis=1)
    compared = np.ones(len(equal), dtype=np.bool_)
    for valid in masks:
        compared &= True if valid is None else valid
    return bool(compared.any() and equal[compared].all())


def _store_info(dataset: Document, found: Reader, recordings: Sequence[Recording]) -> StoreInfo:
    units = tuple(joint["unit"] for joint in dataset["joints"])
    known = {"time": ("s",), "q": units, "q_command": units, "q_command_valid": ("1",)}
    roles = {run["name"]: run["role"] for run in dataset["runs"]}
    of = {**known, **found.units}
    return StoreInfo(
        dataset=dataset["name"],
        robot=dataset["robot"],
        kind=dataset["kind"],
        split="all",
        joints=tuple(joint["name"] for joint in dataset["joints"]),
        units=units,
        signals={name: of[name] for name in recordings[0].signals},
        episodes=tuple(_info(recording, recordings, roles) for recording in recordings),
    )
