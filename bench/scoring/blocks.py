"""Scoring in blocks of episodes: memory stays flat, and any number of workers gives the same bytes.

A `Job` names stores on disk and which episodes of one belong to which of the other. It is cut into
blocks of consecutive episodes, by their rows alone. A block is scored by itself, from the stores,
by a pure function of the job and the block; so a pool of processes, or an engine on many machines,
runs the same blocks and hands back the same records.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.io.store import Episodes, open_episodes
from bench.kinematics.robot import Robot
from bench.scoring.alignment import NEEDED, traces
from bench.scoring.guarding import Looked, looked_at
from bench.scoring.record import EpisodeRecord, record_of
from bench.scoring.signature import signed_sums
from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Declared
from bench.scoring.traces import TraceRows, rows_of

BLOCK_VALUES = 2**18
"""Predicted positions in a block: of all rows, joints and executions."""

Progress = Callable[[int, int], None]
"""Told how many episodes are scored, and of how many."""


@dataclass(frozen=True)
class Job:
    """What is scored against what.

    Attributes:
        reference: the store with the measured episodes.
        measured: (E,) positions in it of the episodes that are scored.
        prediction: the store with the predicted episodes; may be the same.
        predicted: (E,) positions in it of the episodes that predict them.
        robot: the robot.
        declared: what the dataset declares.
        labels: thresholds of label rules that differ from their defaults.
        shift: (J,) added to the predicted positions, in the joints' units; None for nothing.
        by_row: whether row k predicts row k: the prediction then takes the reference's times.
        keep_rows: whether the errors of every row are handed back.
        guarded: whether the guard looks at the prediction.
        repeats: (E,) positions of each episode's further runs in `reference`, for the guard.
    """

    reference: Path
    measured: tuple[int, ...]
    prediction: Path
    predicted: tuple[int, ...]
    robot: Robot
    declared: Declared = field(default_factory=Declared)
    labels: Document = field(default_factory=dict)
    shift: tuple[float, ...] | None = None
    by_row: bool = False
    keep_rows: bool = False
    guarded: bool = False
    repeats: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Stores:
    """The two stores of a job, opened; their signals stay on disk."""

    reference: Episodes
    prediction: Episodes

    @classmethod
    def of(cls, job: Job) -> Stores:
        """Open them."""
        allowed = frozenset({"holdout_truth", "entry", "calibration", "validation", "all"})
        reference = open_episodes(job.reference, allowed=allowed)  # type: ignore[arg-type]
        if job.prediction == job.reference:
            return cls(reference, reference)
        return cls(reference, open_episodes(job.prediction, allowed=allowed))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Scored:
    """A block's outcome.

    Attributes:
        records: one an episode.
        rows: the errors of their rows, if kept.
        looks: what the guard keeps of each episode, if it looks.
        sums: (J, K) of `signature.signed_sums` over the episodes, if the guard looks.
    """

    records: tuple[EpisodeRecord, ...]
    rows: TraceRows | None
    looks: tuple[Looked, ...] = ()
    sums: NDArray[np.float64] | None = None


def plan(rows: Sequence[int], values_per_row: int) -> list[range]:
    """Cut consecutive episodes into blocks of at most `BLOCK_VALUES` values, or of one episode.

    Args:
        rows: (E,) rows of each episode.
        values_per_row: joints, times executions.
    """
    blocks, first, held = [], 0, 0
    for number, length in enumerate(rows):
        values = length * values_per_row
        if number > first and held + values > BLOCK_VALUES:
            blocks.append(range(first, number))
            first, held = number, 0
        held += values
    if first < len(rows):
        blocks.append(range(first, len(rows)))
    return blocks


def score_block(job: Job, stores: Stores, block: range) -> Scored:
    """Score some episodes of a job: a pure function of what the stores hold.

    Args:
        job: the job.
        stores: its stores.
        block: which of its episodes.
    """
    records, rows, looks, sums = [], [], [], []
    for number, trace in zip(block, _traces(job, stores, block), strict=True):
        records.append(record_of(trace, job.labels))
        if job.keep_rows:
            rows.append(rows_of(trace))
        if job.guarded:
            looks.append(_look(job, stores, number, trace))
            sums.append(signed_sums(trace))
    return Scored(
        tuple(records),
        TraceRows.joined(rows) if job.keep_rows else None,
        tuple(looks),
        np.sum(sums, axis=0) if sums else None,
    )


def look_at_block(job: Job, stores: Stores, block: range) -> tuple[Looked, ...]:
    """What the guard keeps of some episodes of a job, without scoring them."""
    return tuple(
        _look(job, stores, number, trace)
        for number, trace in zip(block, _traces(job, stores, block), strict=True)
    )


def _look(job: Job, stores: Stores, number: int, trace: EpisodeTrace) -> Looked:
    """Show the guard an episode of a job, beside the robot's further runs of its motion."""
    runs = []
    for run in job.repeats[number] if job.repeats else ():
        columns = [stores.reference.info.joints.index(name) for name in trace.joints]
        apart = stores.reference.signal("q", run)[:, columns] - trace.reference
        turns = 2 * np.pi * np.round(apart / (2 * np.pi))
        runs.append(np.where(trace.endless, apart - turns, apart))
    simulated = stores.reference.info.kind != "recorded"
    return looked_at(trace, runs, simulated=simulated)


def _traces(job: Job, stores: Stores, block: range) -> Iterator[EpisodeTrace]:
    names = [name for name in NEEDED if name in stores.reference.signals]
    measured = [job.measured[i] for i in block]
    reference = stores.reference.select(measured, "holdout_truth", names)
    prediction = _prediction(job, stores, block, reference)
    return traces(prediction, reference, job.robot, job.declared)


def _prediction(job: Job, stores: Stores, block: range, reference: Episodes) -> Episodes:
    """The predicted episodes, named like those that they predict."""
    wanted = [n for n in ("time", "q", "samples", "failed_at") if n in stores.prediction.signals]
    if not job.by_row and "q_command" in stores.prediction.signals:
        wanted.append("q_command")
    found = stores.prediction.select([job.predicted[i] for i in block], "entry", wanted)
    signals = dict(found.signals)
    if job.shift is not None:
        signals["q"] = signals["q"] + np.array(job.shift)
    if job.by_row:
        signals["time"] = reference.signals["time"]
    named = tuple(
        replace(theirs, run=own.run if job.by_row else theirs.run)
        for own, theirs in zip(found.info.episodes, reference.info.episodes, strict=True)
    )
    return Episodes(replace(found.info, episodes=named), found.start, signals)


def score_blocks(
    job: Job, workers: int = 1, progress: Progress | None = None, stores: Stores | None = None
) -> Iterator[tuple[range, Scored]]:
    """Score a job block by block, in order.

    Args:
        job: the job.
        workers: processes; with 1 everything happens in this one.
        progress: told after every block.
        stores: those of the job, where they are open already.

    Yields:
        Which of the job's episodes, and their outcome.
    """
    stores = stores or Stores.of(job)
    blocks = blocks_of(job, stores)
    done = 0
    with _mapped(job, stores, blocks, workers) as outcomes:
        for block, scored in zip(blocks, outcomes, strict=True):
            yield block, scored
            done += len(block)
            if progress is not None:
                progress(done, len(job.measured))


def blocks_of(job: Job, stores: Stores) -> list[range]:
    """The blocks that a job is cut into."""
    return plan(_rows(stores, job), _values_per_row(stores))


def _rows(stores: Stores, job: Job) -> list[int]:
    """Rows of each episode, of the longer of the two."""
    pairs: list[NDArray[np.int64]] = [
        np.diff(stores.reference.start)[list(job.measured)],
        np.diff(stores.prediction.start)[list(job.predicted)],
    ]
    longest: list[int] = np.maximum(*pairs).tolist()
    return longest


def _values_per_row(stores: Stores) -> int:
    joints = len(stores.prediction.info.joints)
    if "samples" not in stores.prediction.signals:
        return joints
    executions: int = stores.prediction.signal("samples", 0).shape[1]
    return joints * (1 + executions)


@contextmanager
def _mapped(
    job: Job, stores: Stores, blocks: Sequence[range], workers: int
) -> Iterator[Iterator[Scored]]:
    """The outcomes of the blocks in their order, computed here or by a pool of processes."""
    workers = min(workers, len(blocks))
    if workers <= 1:
        yield (score_block(job, stores, block) for block in blocks)
        return
    pool = ProcessPoolExecutor(
        workers, mp_context=_context(), initializer=_start_worker, initargs=(job,)
    )
    try:
        yield _windowed(pool, blocks, 2 * workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _context() -> BaseContext:
    """How workers are started: where it can be, copies of one process that has imported all."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__, "zarr"])
    return context


def _windowed(pool: ProcessPoolExecutor, blocks: Sequence[range], ahead: int) -> Iterator[Scored]:
    """Outcomes in order, with no more than `ahead` blocks begun: memory stays flat."""
    waiting = [pool.submit(_work, block) for block in blocks[:ahead]]
    for number in range(len(blocks)):
        yield waiting.pop(0).result()
        if number + ahead < len(blocks):
            waiting.append(pool.submit(_work, blocks[number + ahead]))


class _Worker:
    """What a worker process keeps between blocks."""

    job: Job
    stores: Stores


def _start_worker(job: Job) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT):  # of the terminal: the parent ends the pool
        signal.signal(number, signal.SIG_IGN)
    _Worker.job, _Worker.stores = job, Stores.of(job)


def _work(block: range) -> Scored:
    return score_block(_Worker.job, _Worker.stores, block)
