"""The verb `score`: an entry held against the truth of its holdout."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.entries.check import STORE
from bench.entries.entry import Entry, predictions_hash
from bench.guard.record.guarding import guard_record
from bench.guard.record.known import known_of
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import Robot, load_robot
from bench.scoring.blocks import Job, Progress, Stores, score_blocks
from bench.scoring.columns import Columns, angles, joint_problems, others
from bench.scoring.events import EventRule
from bench.scoring.guarding import Looked, judged
from bench.scoring.record import EpisodeRecord
from bench.scoring.result import Guarded, ScoreSettings, Subject, make_result
from bench.scoring.trace_records import Declared
from bench.scoring.traces import TraceWriter
from bench.scoring.truth import (
    dataset_head,
    further_runs,
    open_truth,
    positions,
    robot_hash,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Computing:
    """How a score is computed; none of it changes a number.

    Attributes:
        workers: processes.
        progress: told how many episodes are scored, and of how many.
        rows: an empty folder that gets the errors of every row; None to keep none.
    """

    workers: int = 1
    progress: Progress | None = None
    rows: Path | None = None


def score(
    workspace: Workspace,
    paths: DatasetPaths,
    entry: Entry,
    status: str,
    computing: Computing | None = None,
    settings: ScoreSettings | None = None,
) -> Document:
    """Score a checked entry.

    Args:
        workspace: the checkout.
        paths: the dataset.
        entry: the entry, from `checked_entry`.
        status: who computes: `pipeline`, `self-scored` or `recomputed`.
        computing: with how many processes, and what is kept.
        settings: resampling and thresholds; default: those of `params.yaml`.

    Returns:
        The result.

    Raises:
        ProblemsError: the truth is not that of the lock, or the entry lies nowhere.
    """
    truth, lock = open_truth(paths)
    settings = settings or ScoreSettings.of(workspace.params())
    keep_rows = computing is not None and computing.rows is not None
    job = replace(
        job_of(workspace, paths, entry, truth, settings.seed),
        labels=dict(settings.labels),
        keep_rows=keep_rows,
    )
    fields = ("name", "lab", "method", "track", "licence", "contact")
    head = {
        **{key: entry.document[key] for key in fields},
        **{key: entry.document.get(key) for key in ("url", "description")},
        "hash": entry.hash,
        "predictions": predictions_hash(entry.episodes),
    }
    record = entry.documents.get("provenance")
    errors = None if record is None else record["errors"]
    findings = [finding.document() for finding in guard_record(record, known_of(paths))]
    traces = paths.traces(entry.document["name"])
    heading = Heading(head, status, lock, traces, errors, findings)
    return scored(workspace, paths, job, heading, settings, computing)


def job_of(
    workspace: Workspace, paths: DatasetPaths, entry: Entry, truth: Episodes, seed: int
) -> Job:
    """What an entry is compared with, episode by episode, under the eyes of the guard.

    Raises:
        ProblemsError: the entry lies nowhere.
    """
    if entry.place is None:
        came = "one in memory"
        raise ProblemsError([Problem("not_stored", "entry", "an entry in a folder", came)])
    measured = positions(truth, "reference")
    ids = [truth.info.episodes[i].id for i in measured]
    return Job(
        reference=paths.part("holdout_truth"),
        measured=measured,
        prediction=entry.place / STORE,
        predicted=tuple(entry.episodes.index[name] for name in ids),
        robot=robot_of(workspace, paths),
        declared=declared(paths.document(), seed),
        guarded=True,
        repeats=further_runs(truth),
    )


@dataclass(frozen=True)
class Heading:
    """What a result says beside its numbers.

    Attributes:
        entry: what the entry says of itself.
        status: who computes.
        lock: the holdout's lock.
        traces: where the errors of every row belong.
        errors: of the entry's provenance record, rad; None if it has none.
        findings: of the guard.
    """

    entry: Document
    status: str
    lock: Document
    traces: Path
    errors: Document | None = None
    findings: Sequence[Document] = ()


def scored(
    workspace: Workspace,
    paths: DatasetPaths,
    job: Job,
    heading: Heading,
    settings: ScoreSettings,
    computing: Computing | None = None,
) -> Document:
    """Score a job and make the result of it.

    Args:
        workspace: the checkout.
        paths: the dataset.
        job: what is scored against what.
        heading: what the result says beside its numbers.
        settings: resampling and thresholds.
        computing: with how many processes, and what is kept.

    Raises:
        ProblemsError: recordings, robot and declarations do not fit.
    """
    computing = computing or Computing()
    stores = Stores.of(job)
    problems = [*joint_problems(job.robot, stores.reference.info), *_event_problems(job)]
    if problems:
        raise ProblemsError(problems)
    compared = [f(job.robot, stores.reference.info, stores.prediction.info) for f in _BOTH]
    head = dataset_head(paths, heading.lock)
    writer = None
    if computing.rows is not None:
        info = _trace_info(job, stores.reference, compared, heading, head)
        lengths = np.diff(stores.reference.start)[list(job.measured)]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        writer = TraceWriter(computing.rows, info, start)
    records: list[EpisodeRecord] = []
    looks: list[Looked] = []
    sums = []
    for _, outcome in score_blocks(job, computing.workers, computing.progress, stores):
        records += outcome.records
        looks += outcome.looks
        if outcome.sums is not None:
            sums.append(outcome.sums)
        if writer is not None and outcome.rows is not None:
            writer.append(outcome.rows)
    if writer is not None:
        writer.close()
    subject = Subject(
        entry=heading.entry,
        status=heading.status,
        dataset=head,
        robot_hash=robot_hash(paths),
        units=_units(compared),
        episodes=len(positions(stores.reference, "reference")),
        traces=workspace.relative(heading.traces),
        errors=heading.errors,
        findings=heading.findings,
    )
    guarded = _guarded(looks, sums, compared[0].names, records) if job.guarded else None
    return make_result(subject, records, settings, guarded)


def _guarded(
    looks: Sequence[Looked],
    sums: Sequence[Floats],
    joints: Sequence[str],
    records: Sequence[EpisodeRecord],
) -> Guarded:
    """What the guard says of an entry, and what tells it from others."""
    checks, findings = judged(looks)
    rows = sum(record.document["rows_scored"] for record in records)
    signature = np.sum(sums, axis=0) / math.sqrt(max(rows, 1))
    named = dict(zip(joints, signature.tolist(), strict=True))
    return Guarded(checks, [finding.document() for finding in findings], named)


_BOTH = (angles, others)


def _event_problems(job: Job) -> Iterator[Problem]:
    """A level is passed again at every turn of a joint that turns without end."""
    endless = {j.name for j in job.robot.logged_joints if j.type == "continuous"}
    for event in job.declared.events:
        if event.joint in endless:
            where = f"dataset.json: event {event.name}"
            yield Problem("event_joint", where, "a joint with limits", event.joint)


def _units(compared: Sequence[Columns]) -> Mapping[str, str]:
    return {joint.name: str(joint.unit) for columns in compared for joint in columns.joints}


def _trace_info(
    job: Job, truth: Episodes, compared: Sequence[Columns], heading: Heading, head: Document
) -> Document:
    episodes = [truth.info.episodes[i] for i in job.measured]
    return {
        "schema": "twinbench/traces/1",
        "dataset": head["name"],
        "entry": heading.entry["name"],
        "holdout": head["holdout"],
        "predictions": heading.entry["predictions"],
        "arms": [arm.name for arm in job.robot.arms],
        "joints": [
            {"name": joint.name, "arm": arm, "unit": joint.unit, "scored": joint.scored}
            for columns in compared
            for joint, arm in zip(columns.joints, columns.arm_of, strict=True)
        ],
        "episodes": [{"id": episode.id, "group": episode.group} for episode in episodes],
    }


def robot_of(workspace: Workspace, paths: DatasetPaths) -> Robot:
    """The robot of a dataset."""
    return load_robot(workspace.robot_folder(paths.document()["robot"]) / "robot.json")


def declared(dataset: Document, seed: int) -> Declared:
    """What `dataset.json` declares for scoring: events and measurement noise."""
    return Declared(
        events=tuple(EventRule(**event) for event in dataset.get("events", ())),
        noise=dataset.get("measurement_noise", {}),
        seed=seed,
    )
