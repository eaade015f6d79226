"""Driving a stepper through an episode: corrected up to each origin, then a copy looks ahead.

After an origin nothing measured later reaches the process before it has answered with the
prediction from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.formulas.rolling_origin import MARKS, WARM_UP, gains, line_velocity
from bench.formulas.weighting import joint_rmse, time_weights
from bench.io.problems import Problem, ProblemsError
from bench.io.stepper import HARNESS, Correct, Reset, Rows, most_rows
from bench.io.stepper_process import Stepper
from bench.scoring.sync.episode import Floats, Recording
from bench.scoring.sync.naive import WINDOW

SETTLING = 0.09
"""τ of the harness's correction, s."""
AHEAD = "ahead"
"""Name of the copy that predicts."""
FOLLOWED = 1e-6
"""How far a stepper may be from where the harness's correction puts it, in the joint's unit."""


@dataclass(frozen=True, eq=False)
class Driven:
    """What a stepper did in an episode.

    Attributes:
        predicted: (T, H, K) for T targets, H horizons, K scored joints.
        innovation: rad, joint RMSE of the positions before each correction.
        effort: length of all corrections by length of the measured path; None if it stands still.
    """

    predicted: Floats
    innovation: float
    effort: float | None


def drive(stepper: Stepper, episode: Recording, correction: str) -> Driven:
    """Run an episode that has a target.

    Args:
        stepper: the process.
        episode: what was measured.
        correction: who corrects, `own` or `harness`.

    Raises:
        ProblemsError: the stepper does not keep to the protocol.
    """
    marks = episode.origins
    place = f"episode {episode.id}, correction {correction}"
    stepper.reset(_reset(episode), place)
    aimed = set(marks.targets.tolist())
    predicted = np.empty((len(marks.targets), MARKS, len(episode.scored)))
    before, after = episode.q.copy(), episode.q.copy()
    done = 0
    for mark, row in enumerate(marks.rows[:-1].tolist()):
        done = _correct(stepper, episode, correction, range(done + 1, row + 1), before, after)
        ends = [k for k in range(mark + 1, mark + MARKS + 1) if k in aimed]
        if ends:
            last = int(marks.rows[ends[-1]])
            path = _ahead(stepper, episode, range(row + 1, last + 1))
            for k in ends:
                target = np.searchsorted(marks.targets, k)
                found = path[marks.rows[k] - row - 1, list(episode.scored)]
                predicted[target, k - mark - 1] = found
    return Driven(predicted, *_diagnostics(episode, before, after, done))


def _reset(episode: Recording) -> Reset:
    return Reset(
        episode.joints,
        episode.units,
        float(episode.time[0]),
        episode.q[0],
        episode.command[0],
        episode.dq_start,
    )


def _correct(
    stepper: Stepper,
    episode: Recording,
    correction: str,
    rows: range,
    before: Floats,
    after: Floats,
) -> int:
    """Correct at these rows, and note the positions before and after; the last row."""
    size = most_rows(len(episode.joints))
    for first in range(rows.start, rows.stop, size):
        part = slice(first, min(first + size, rows.stop))
        request = Correct(_rows(episode, part), episode.q[part])
        if correction == HARNESS:
            gain, velocity = _given(episode, part)
            request = Correct(request.rows, request.q, gain, velocity)
        before[part], after[part] = stepper.correct(request)
        if request.gain is not None:
            _check_followed(episode, part, request, before[part], after[part])
    return rows.stop - 1


def _given(episode: Recording, part: slice) -> tuple[Floats, Floats]:
    """The harness's gains (N,) and velocities (N, J) at some rows, from rows up to each alone."""
    first = int(np.searchsorted(episode.time, episode.time[part.start] - 2 * WINDOW))
    first = min(first, part.start - 1)
    past = slice(first, part.stop)
    skip = part.start - first
    velocity = line_velocity(episode.time[past], episode.q[past], WINDOW)[skip:]
    return gains(episode.time[past], SETTLING)[skip:], velocity


def _check_followed(
    episode: Recording, part: slice, request: Correct, before: Floats, after: Floats
) -> None:
    assert request.gain is not None
    wanted = before + request.gain[:, np.newaxis] * (request.q - before)
    gap = np.abs(after - wanted).max(axis=1)
    if (gap > FOLLOWED).any():
        row = int(np.argmax(gap > FOLLOWED))
        where = f"episode {episode.id}, correction {HARNESS}: row {part.start + row}"
        expected = f"positions after the harness's correction, to {FOLLOWED:g}"
        raise ProblemsError([Problem("stepper_correction", where, expected, f"{gap[row]:.3g} off")])


def _ahead(stepper: Stepper, episode: Recording, rows: range) -> Floats:
    """Positions (N, J) that a copy of the present state predicts at these rows."""
    stepper.fork(AHEAD)
    size = most_rows(len(episode.joints))
    parts = [slice(at, min(at + size, rows.stop)) for at in range(rows.start, rows.stop, size)]
    return np.concatenate([stepper.step(AHEAD, _rows(episode, part)) for part in parts])


def _rows(episode: Recording, part: slice) -> Rows:
    return Rows(episode.time[part], episode.command[part])


def _diagnostics(
    episode: Recording, before: Floats, after: Floats, done: int
) -> tuple[float, float | None]:
    """Innovation and effort after the warm-up, of the scored joints."""
    columns = list(episode.scored)
    counted = episode.time > episode.time[0] + WARM_UP
    counted[done + 1 :] = False
    innovation = (episode.q - before)[:, columns]
    moved = np.linalg.norm((after - before)[counted][:, columns], axis=1)
    path = np.linalg.norm(np.diff(episode.measured, axis=0, prepend=episode.measured[:1]), axis=1)
    length = float(path[counted].sum())
    effort = float(moved.sum()) / length if length > 0 else None
    return joint_rmse(innovation, time_weights(episode.time, counted)), effort
