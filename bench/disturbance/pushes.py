"""Pushes: where measured currents leave the model's for longer than they do when nobody pushes.

The residual is held against its own running median: what dry friction at rest and errors of the
model leave changes slowly, and a push does not last. What is left is held against a limit of the
joint in its state (`STATES`): it is widest for joints that stand or break away in an arm that
moves, where dry friction leaves the current open within a band. What other passes of the same
motion show as well (`repeats`) is the model's error, and taken off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.disturbance.currents import OUTSIDE, STATES, STEP, States
from bench.disturbance.repeats import shown_again
from bench.scoring.labels.label import Threshold
from bench.scoring.labels.stalls import stretches

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

THRESHOLDS: Mapping[str, Threshold] = {
    "level": Threshold(4.0, "s", "chosen: twice as long as a push by hand lasts at most"),
    "duration": Threshold(0.1, "s", "chosen: half of the mean that currents are taken over"),
    "margin": Threshold(
        1.25, "1", "chosen: limit over the most that calibration and validation sustain"
    ),
    "same": Threshold(
        0.1,
        "rad (m)",
        "chosen: a tenth of a second at 1 rad/s; 0.05 to 0.2 tell the same of calibration, "
        "validation and the diagnostic pool of ur5-force",
    ),
    "verdict": Threshold(
        2.0,
        "1",
        "chosen: above 1.46, the largest ratio in a validation recording of ur5-force that sets no "
        "limit, other passes not looked at; with room for other motions",
    ),
}
MOST_ROWS = 1e9
"""No recording has so many."""
LEAST = 1e-9
"""Of the currents' unit: a limit is at least this."""


@dataclass(frozen=True)
class Residual:
    """What the model leaves of a recording's currents.

    Attributes:
        time: (M,) s, `STEP` apart.
        value: (M, J) beside the running median, in the unit of the currents.
        state: (M, J) place in `STATES`.
        posture: (M, K) as of `Prepared`.
    """

    time: Array
    value: Array
    state: States
    posture: Array


@dataclass(frozen=True)
class Push:
    """Something that pushed at an arm.

    Attributes:
        interval: from, to, s on the recording's clock.
        joints: columns of the joints that show it, the clearest first.
        peak: largest residual of the clearest joint, with sign, in the unit of the currents, beside
            what other passes show.
        ratio: of that to its limit.
    """

    interval: tuple[float, float]
    joints: tuple[int, ...]
    peak: float
    ratio: float


def beside_level(values: Array, width: float) -> Array:
    """Values (M, J) beside their running median over `width` s; at the ends what there is."""
    half = round(min(width / STEP / 2, len(values)))
    beside: Array = values - np.column_stack([_running_median(each, half) for each in values.T])
    return beside


def _running_median(values: Array, half: int) -> Array:
    edge = np.full(half, np.nan)
    padded = np.concatenate([edge, values, edge])
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)
    count = np.sum(np.isfinite(windows), axis=1)  # missing ones are sorted to the end
    row = np.arange(len(values))
    found: Array = (windows[row, (count - 1) // 2] + windows[row, count // 2]) / 2
    return found


def largest(residual: Residual, settings: Mapping[str, float]) -> Array:
    """What a recording sustains at most over the shortest push, without a margin.

    A window counts for the state in which its least value falls: held against limits of this
    size, no window of the recording is above them all along.

    Returns:
        (4, J) by state and joint; nan where the recording never shows the joint in the state.
    """
    least, place = _sustained(residual.value, _rows(settings["duration"]))
    state = np.take_along_axis(residual.state, place, axis=0)
    per_state = [np.where(state == one, least, -1.0) for one in range(len(STATES))]
    found = np.stack([each.max(axis=0, initial=-1.0) for each in per_state])
    return np.where(found < 0, np.nan, found)


def limits_of(shown: Sequence[Array], settings: Mapping[str, float]) -> Array:
    """Limits (4, J) from what recordings sustain (`largest`) in which nobody pushed.

    Infinite where none of them shows a joint in a state: there nothing is known. Beyond what
    calibration shows no less is allowed than elsewhere: little is seen of it.
    """
    most = np.fmax.reduce(shown)
    most[OUTSIDE] = np.where(np.isnan(most[OUTSIDE]), np.nan, np.fmax.reduce(most, axis=0))
    return np.where(np.isnan(most), np.inf, settings["margin"] * most)


def _sustained(values: Array, rows: int) -> tuple[Array, NDArray[np.intp]]:
    """What (M, J) is at least, in size and on one side, over `rows` rows from each on, and where.

    Returns:
        (M - rows + 1, J) and the rows of the least values, the same shape.
    """
    if len(values) < rows:
        none = np.zeros((0, values.shape[1]))
        return none, none.astype(np.intp)
    windows = np.lib.stride_tricks.sliding_window_view(values, rows, axis=0)
    above, below = windows.min(axis=-1), -windows.max(axis=-1)
    place = np.where(above > below, windows.argmin(axis=-1), windows.argmax(axis=-1))
    return np.maximum(above, below).clip(min=0), place + np.arange(len(above))[:, None]


def pushes_of(residual: Residual, limits: Array, settings: Mapping[str, float]) -> list[Push]:
    """The pushes of a recording, in the order of time; of joints at the same time one."""
    here = np.take_along_axis(limits, residual.state.astype(np.intp), axis=0)
    ratio = residual.value / np.maximum(here, LEAST)
    shown = np.flatnonzero(_above(ratio, settings).any(axis=1))
    again = shown_again(
        residual.posture, residual.value, shown, settings["same"], settings["level"] / 2
    )
    value = residual.value.copy()
    value[shown] -= again
    own = replace(residual, value=value)
    ratio = value / np.maximum(here, LEAST)
    above = _above(ratio, settings)
    parts = stretches(np.bitwise_or.reduce(above, axis=1), residual.time)
    return [_push(own, ratio, above, part) for part in parts]


def _above(ratio: Array, settings: Mapping[str, float]) -> Mask:
    """Where (M, J) it is above 1 in size, on one side, for as long as a push lasts."""
    rows = _rows(settings["duration"])
    above = np.zeros(ratio.shape, dtype=np.bool_)
    for row, joint in np.argwhere(_sustained(ratio, rows)[0] > 1):
        above[row : row + rows, joint] = True
    return above


def _push(residual: Residual, ratio: Array, above: Mask, part: slice) -> Push:
    size = np.where(above[part], np.abs(ratio[part]), 0.0)
    most = size.max(axis=0)
    shown = sorted(np.flatnonzero(most).tolist(), key=lambda joint: (-most[joint], joint))
    row = part.start + int(size[:, shown[0]].argmax())
    first, last = residual.time[part.start], residual.time[part.stop - 1]
    return Push(
        interval=(float(first), float(last)),
        joints=tuple(shown),
        peak=float(residual.value[row, shown[0]]),
        ratio=float(most[shown[0]]),
    )


def _rows(duration: float) -> int:
    """Rows of the even clock that span so long, s."""
    return math.ceil(min(duration / STEP, MOST_ROWS) - 1e-9) + 1
