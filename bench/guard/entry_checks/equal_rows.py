"""Rows of an entry that are rows of the truth, to the sixth decimal.

Positions that an encoder counts are equal by chance: a twin that rounds to the encoder's step is
within half a step of the truth now and then, and for long while a joint rests. So what counts is
how often the truth changes while the entry goes with it. Rows in which all joints of an arm are
equal may lie up to 0.1 s apart, so that every second row of a copy is enough. One joint by itself
is equal by chance more often; there the rows have to follow each other.

The numbers are from calibration and validation of all datasets: every twin of the pipeline, as it
is and rounded to the encoder's step, and every further run of the robot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.comparison import Comparison, EntryCheck
from bench.guard.finding import Certainty, Finding

EQUAL = 5e-7 + 1e-9
"""rad: half the sixth decimal, and what a difference in binary may be off."""
APART = 0.1
"""s between two equal rows of an arm that belong together."""
FEWEST_JOINTS = 3
"""An arm with fewer is looked at joint by joint."""
ARM_CHANGES = 20
"""Changes of the truth that an arm goes along with; honest entries: 9 at most."""
JOINT_CHANGES = 120
"""The same for one joint by itself; honest entries: 52 at most."""
LISTED = 20
"""Episodes that the evidence names one by one."""


@dataclass(frozen=True)
class Stretch:
    """The longest stretch of equal rows of an arm or a joint in one episode.

    Attributes:
        what: the arm or the joint.
        changes: of the truth in it.
        start: s.
        end: s.
        enough: changes from which on it is a finding.
    """

    what: str
    changes: int
    start: float
    end: float
    enough: int


@dataclass(frozen=True)
class Look:
    """What is kept of an episode.

    Attributes:
        episode: the episode.
        rows: that were compared.
        stretches: those that are long enough.
        proof: whether nothing but a copy can have them.
    """

    episode: str
    rows: int
    stretches: tuple[Stretch, ...]
    proof: bool


def look(comparison: Comparison) -> Look:
    """Find the longest stretch of equal rows of every arm and joint, if it is long enough."""
    stretches = tuple(_long_stretches(comparison, comparison.error))
    proof = bool(stretches) and _cannot_be_met(comparison)
    return Look(comparison.id, int(comparison.scored.sum()), stretches, proof)


def _cannot_be_met(comparison: Comparison) -> bool:
    """Whether no twin can go along with this robot to the last step of its encoder.

    Of a recorded one none can. A simulated one can be simulated again, with the same steps, unless
    its own further runs show that it does not repeat itself.
    """
    if not comparison.simulated:
        return True
    runs = comparison.repeats
    return bool(runs) and not any(True for run in runs for _ in _long_stretches(comparison, run))


def _long_stretches(comparison: Comparison, error: NDArray[np.float64]) -> Iterator[Stretch]:
    """The stretches that are long enough, of an entry or a run that is off by `error` (N, J)."""
    equal = (np.abs(error) <= EQUAL) & comparison.scored[:, None]
    if equal.any():
        yield from (s for s in _stretches(comparison, equal) if s.changes >= s.enough)


def _stretches(comparison: Comparison, equal: NDArray[np.bool_]) -> Iterator[Stretch]:
    time, truth = comparison.time, comparison.reference
    for arm, columns in comparison.arms.items():
        own = list(columns)
        if len(own) >= FEWEST_JOINTS:
            rows = np.flatnonzero(equal[:, own].all(axis=1))
            joined = np.diff(time[rows]) <= APART
            yield _longest(arm, time, truth[:, own], rows, joined, ARM_CHANGES)
    for column, joint in enumerate(comparison.joints):
        rows = np.flatnonzero(equal[:, column])
        joined = np.diff(rows) == 1
        yield _longest(joint, time, truth[:, [column]], rows, joined, JOINT_CHANGES)


def _longest(
    what: str,
    time: NDArray[np.float64],
    truth: NDArray[np.float64],
    rows: NDArray[np.intp],
    joined: NDArray[np.bool_],
    enough: int,
) -> Stretch:
    """The stretch with the most changes.

    Args:
        what: the arm or the joint.
        time: (N,) s.
        truth: (N, K) its measured positions.
        rows: (R,) equal rows.
        joined: (R - 1,) whether a row and the next belong together.
        enough: changes from which on it is a finding.
    """
    if len(rows) <= enough:
        return Stretch(what, 0, 0.0, 0.0, enough)
    changed = (np.abs(np.diff(truth[rows], axis=0)) > EQUAL).any(axis=1) & joined
    first = np.concatenate([[0], np.flatnonzero(~joined) + 1])
    counts = np.add.reduceat(np.concatenate([changed, [False]]).astype(np.int64), first)
    best = int(np.argmax(counts))
    last = first[best + 1] - 1 if best + 1 < len(first) else len(rows) - 1
    start, end = float(time[rows[first[best]]]), float(time[rows[last]])
    return Stretch(what, int(counts[best]), start, end, enough)


def judge(looks: Sequence[Look]) -> tuple[int, list[Finding]]:
    """One finding over all episodes with such a stretch."""
    found = [one for one in looks if one.stretches]
    compared = sum(one.rows for one in looks)
    if not found:
        return compared, []
    evidence = {
        "episodes": {one.episode: [_told(s) for s in one.stretches] for one in found[:LISTED]},
        "episodes_in_all": len(found),
        "of_episodes": len(looks),
    }
    certainty: Certainty = "certain" if any(one.proof for one in found) else "likely"
    return compared, [Finding("rows_of_truth", certainty, evidence)]


def _told(stretch: Stretch) -> dict[str, object]:
    return {
        "equal": stretch.what,
        "changes": stretch.changes,
        "from": stretch.start,
        "to": stretch.end,
    }


CHECK = EntryCheck("equal_rows", "no rows of the entry are rows of the truth", look, judge)
