"""Scoring a stepper on the track sync."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.guard.record.guarding import guard_record
from bench.guard.record.known import known_of
from bench.io.documents import Document, file_hash, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.stepper import CORRECTIONS, Reset
from bench.io.stepper_process import Limits, Stepper
from bench.io.workspace import AllowList, DatasetPaths, Workspace
from bench.scoring.result import ScoreSettings
from bench.scoring.score import robot_of
from bench.scoring.sync.drive import drive
from bench.scoring.sync.episode import Recording, recordings
from bench.scoring.sync.naive import naive_predictions
from bench.scoring.sync.result import (
    SyncSubject,
    driven_numbers,
    episode_document,
    make_sync_result,
    numbers,
)
from bench.scoring.truth import dataset_head, open_truth, robot_hash

Progress = Callable[[int, int], None]
"""Told how many s of recordings are done, and of how many."""


@dataclass(frozen=True)
class Entrant:
    """Whose stepper it is, and how it is started.

    Attributes:
        name: of the entry.
        lab: who made it.
        method: how it predicts, in one line.
        command: program and arguments.
        pipeline: whether it is the pipeline's own, of a twin that lies there.
        record: the lab's provenance.json; None if it gives none.
    """

    name: str
    lab: str
    method: str
    command: Sequence[str] = field(repr=False)
    pipeline: bool
    record: Path | None = None


def score_sync(
    workspace: Workspace, paths: DatasetPaths, entrant: Entrant, progress: Progress
) -> Document:
    """Drive a stepper through every reference episode, once for each correction that it can do.

    Args:
        workspace: the checkout.
        paths: the dataset.
        entrant: the stepper.
        progress: told how far it is.

    Returns:
        The result.

    Raises:
        ProblemsError: the truth is not that of the lock, a twin is missing, or the stepper does
            not keep to the protocol.
    """
    params = workspace.params()
    settings, limits = ScoreSettings.of(params), Limits.of(params)
    may_read = workspace.allowed("sync")
    may_read(paths.part("holdout_truth"))
    may_read(paths.lock)
    delay = _delay(paths, params["score"]["naive"], may_read)
    twin = _twin(paths, entrant.name, may_read) if entrant.pipeline else None
    record = _record(paths, entrant, may_read)
    truth, lock = open_truth(paths)
    episodes = recordings(truth, robot_of(workspace, paths))
    corrections, found = _driven(entrant, limits, episodes, progress)
    documents = [
        episode_document(
            episode,
            {name: by_id[episode.id] for name, by_id in found.items() if by_id},
            _naive(episode, delay),
        )
        if len(episode.origins.targets)
        else episode_document(episode, {}, {})
        for episode in episodes
    ]
    head = {"name": entrant.name, "lab": entrant.lab, "method": entrant.method, "twin": twin}
    status = "pipeline" if entrant.pipeline else "self-scored"
    findings = [finding.document() for finding in guard_record(record, known_of(paths))]
    subject = SyncSubject(
        head, status, dataset_head(paths, lock), robot_hash(paths), corrections, findings
    )
    return make_sync_result(subject, documents, settings)


def _driven(
    entrant: Entrant, limits: Limits, episodes: Sequence[Recording], progress: Progress
) -> tuple[tuple[str, ...], dict[str, dict[str, Document]]]:
    """The corrections that the stepper can do; by correction and episode, its numbers."""
    aimed = [episode for episode in episodes if len(episode.origins.targets)]
    with Stepper(entrant.command, limits, entrant.name) as stepper:
        first = episodes[0]
        opening = Reset(
            first.joints,
            first.units,
            float(first.time[0]),
            first.q[0],
            first.command[0],
            first.dq_start,
        )
        can = stepper.reset(opening, f"episode {first.id}").corrects
        corrections = tuple(name for name in CORRECTIONS if name in can)
        found: dict[str, dict[str, Document]] = {name: {} for name in corrections}
        total = len(corrections) * sum(_length(episode) for episode in aimed)
        done = 0.0
        for name in corrections:
            for episode in aimed:
                driven = drive(stepper, episode, name)
                found[name][episode.id] = driven_numbers(episode, driven)
                done += _length(episode)
                progress(round(done), round(total))
    return corrections, found


def _length(episode: Recording) -> float:
    return float(episode.time[-1] - episode.time[0])


def _naive(episode: Recording, delay: float) -> dict[str, Document]:
    predicted = naive_predictions(episode, delay)
    return {name: numbers(episode, values) for name, values in predicted.items()}


def _delay(paths: DatasetPaths, naive: str, may_read: AllowList) -> float:
    """s, of the delayed echo that the pipeline fitted on calibration."""
    place = may_read(paths.twin(naive) / "twin.json")
    _check_made(paths, naive)
    parameters = read_document(place, "twin")["parameters"]
    delays = [p["value"] for p in parameters if p["name"] == "delay"]
    if not delays:
        raise ProblemsError([Problem("missing_parameter", str(place), "a delay", "none")])
    return float(delays[0])


def _twin(paths: DatasetPaths, name: str, may_read: AllowList) -> str:
    place = may_read(paths.twin(name) / "twin.json")
    _check_made(paths, name)
    return file_hash(place)


def _record(paths: DatasetPaths, entrant: Entrant, may_read: AllowList) -> Document | None:
    """What the stepper was made from, as its lab says; None if it does not say."""
    place = entrant.record
    if entrant.pipeline:
        place = may_read(paths.twin(entrant.name) / "provenance.json")
    return None if place is None else read_document(place, "provenance")


def _check_made(paths: DatasetPaths, name: str) -> None:
    place = paths.twin(name) / "twin.json"
    if not place.is_file():
        expected = f"a twin; make it with: dvc repro reconstruct@{paths.name}-{name}"
        raise ProblemsError([Problem("not_made", str(place), expected, "none")])
