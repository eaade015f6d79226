"""The truth's own small motion in an entry.

A measured position holds what no twin can predict: noise, the encoder's steps, small slips. What is
left of a row after the four rows around it have foretold it, by the cubic through them, is nearly
nothing else. An entry's own remainder has nothing to do with the truth's; a copy has it, whether
noise was added, the clock was changed, the values were rounded, or a twin was mixed in.

Rows count where the command is smooth enough: after a jerk a good twin jerks as the robot does.
Both remainders are cut at twice their usual size, so that few large ones do not decide.

Two numbers tell a copy. The correlation ρ of the two remainders finds what is mixed into a smooth
twin, however little. The share of the truth's remainder in the entry's (a slope) finds a copy under
noise of its own, where the correlation is small but the slope is 1. Each is taken at the shift of
up to 3 rows at which it is largest.

The limits are from calibration, validation and the diagnostic pool of all datasets: every twin of
the pipeline, as it is and rounded to the encoder's step, and every further run of the robot.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.comparison import Comparison, EntryCheck
from bench.guard.finding import Certainty, Finding

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LAGS = range(-3, 4)
"""Rows by which the entry may be late or early."""
REACH = 2
"""Rows on either side that foretell one."""
ECHO = 0.5
"""s for which a jerk of the command is felt."""
JERK = 0.5
"""Largest remainder of the command, of the usual size of the truth's."""
CUT = 2.0
"""Where remainders are cut, of their usual size."""
NOTHING = 1e-9
"""rad: positions are no finer."""
WINDOW = 256
"""Rows of a window."""
SAMPLED = 500
"""Rows of an episode that tell how large its remainders usually are."""
SURE = 8.0
"""ρ √n from which on it counts, n the rows in which truth or entry has anything, whichever are
fewer; neighbouring remainders share rows, so that this is about five standard deviations."""
ERRORS = 5.0
"""Standard errors that are taken off a slope."""
ROWS_FOR_SLOPE = 500


@dataclass(frozen=True)
class Limit:
    """From where on a number is a finding.

    Attributes:
        likely: from here on it is likely.
        hint: from here on it is a hint.
    """

    likely: float
    hint: float

    def certainty(self, value: float) -> Certainty | None:
        """How sure a value is, or None where it is nothing."""
        if value >= self.likely:
            return "likely"
        return "hint" if value >= self.hint else None


ENTRY = Limit(0.3, 0.2)
"""ρ over all joints and episodes; honest: 0.11 at most."""
JOINT = Limit(0.5, 0.4)
"""ρ of a joint over all episodes; honest: 0.26 at most."""
EPISODE = Limit(0.7, 0.6)
"""ρ of an episode over all joints; honest: 0.46 at most."""
STRETCH = Limit(0.8, 0.7)
"""ρ of a window over all joints; honest: 0.51 at most."""
SLOPE = Limit(0.4, 0.3)
"""Slope of a joint over all episodes, less its errors; honest: 0.19 at most."""
LISTED = 20


@dataclass(frozen=True)
class Sums:
    """Sums over rows, for each of J joints.

    Attributes:
        xx: (J,) of the truth's remainder squared.
        yy: (J,) of the entry's.
        xy: (J, L) of their products, by shift.
        rows: (J,) rows in which both are something.
    """

    xx: Floats
    yy: Floats
    xy: Floats
    rows: Floats

    def rho(self) -> float:
        """Correlation of all joints together at the best shift; 0 where too few rows bear it."""
        return _rho(self.xx.sum(), self.yy.sum(), self.xy.sum(axis=0))

    def by_joint(self) -> list[float]:
        """The same of each joint."""
        return [_rho(xx, yy, xy) for xx, yy, xy in zip(self.xx, self.yy, self.xy, strict=True)]


def _rho(xx: float, yy: float, xy: Floats) -> float:
    """Correlation, where sums are of remainders in their usual size: about one a row."""
    rows = min(xx, yy)
    if rows <= 0:
        return 0.0
    rho = min(float(xy.max() / math.sqrt(xx * yy)), 1.0)
    return rho if rho * math.sqrt(rows) >= SURE else 0.0


@dataclass(frozen=True)
class Look:
    """What is kept of an episode.

    Attributes:
        episode: the episode.
        joints: their names.
        sums: of remainders in their usual size.
        raw: of remainders in rad.
        spread: (J,) variance of `raw.xy` if the two have nothing to do with each other.
        windows: ρ, start and end (s) of the windows that may be copies.
    """

    episode: str
    joints: tuple[str, ...]
    sums: Sums
    raw: Sums
    spread: Floats
    windows: tuple[tuple[float, float, float], ...]


def look(comparison: Comparison) -> Look | None:
    """The remainders of an episode, in sums; None where it is too short."""
    time = comparison.time
    if len(time) < 2 * REACH + 2 * LAGS.stop or not comparison.joints:
        return None
    weights = _weights(time)
    x, y, z = (
        _remainder(weights, np.ascontiguousarray(values.T))
        for values in (comparison.reference, comparison.predicted, comparison.command)
    )
    left_out = _near(~comparison.scored, REACH, REACH)[REACH:-REACH]
    usual = _usual(x, np.broadcast_to(~left_out, x.shape))
    before = max(1, round(ECHO / float(np.median(np.diff(time)))))
    keep = ~(left_out | _near(np.abs(z) > JERK * usual[:, None], before, REACH + 1))
    keep[:, : LAGS.stop - 1] = keep[:, 1 - LAGS.stop :] = False  # shifts need rows on both sides
    scales = _usual(x, keep), _usual(y, keep)
    x, y = (_cut(values, scale) * keep for values, scale in zip((x, y), scales, strict=True))
    windows = _windows(x, y)
    total = Sums(*(part.sum(axis=0) for part in windows))
    raw = _in_rad(total, *scales)
    return Look(
        comparison.id,
        comparison.joints,
        total,
        raw,
        raw.xx * raw.yy / np.maximum(raw.rows, 1.0),
        tuple(_telling(windows, time[REACH:-REACH])),
    )


def _weights(time: Floats) -> Floats:
    """(5, N - 4) weights of a row and the four around it that make its remainder.

    The row less the cubic through the others, scaled so that noise keeps its size; rows may lie at
    any times.
    """
    places = (0, 1, 3, 4)
    rows = len(time) - 2 * REACH
    away = [time[p : p + rows] - time[REACH : REACH + rows] for p in places]
    weights = np.ones((5, rows))
    for i, place in enumerate(places):
        for j in range(len(places)):
            if j != i:
                weights[place] *= away[j] / (away[j] - away[i])
        weights[place] *= -1
    weights /= np.sqrt((weights * weights).sum(axis=0))
    return weights


def _remainder(weights: Floats, values: Floats) -> Floats:
    """(J, N - 4) what the rows around a row do not foretell, of values (J, N)."""
    rows = weights.shape[1]
    left: Floats = weights[0] * values[:, :rows]
    part = np.empty_like(left)
    for place in range(1, 5):
        left += np.multiply(weights[place], values[:, place : place + rows], out=part)
    return left


def _near(flags: Flags, before: int, after: int) -> Flags:
    """Where a flag lies within so many rows before, or after; rows are the last axis."""
    rows = flags.shape[-1]
    counts = np.zeros((*flags.shape[:-1], before + rows + after + 1), dtype=np.int32)
    np.cumsum(flags, axis=-1, out=counts[..., before + 1 : before + 1 + rows])
    counts[..., before + 1 + rows :] = counts[..., [before + rows]]
    near: Flags = counts[..., before + after + 1 :] > counts[..., : -before - after - 1]
    return near


def _usual(values: Floats, keep: Flags) -> Floats:
    """(J,) usual size of the remainders that are something; 0 where none is.

    Of a long episode some rows are enough, evenly spread.
    """
    every = max(1, values.shape[1] // SAMPLED)
    sizes = np.abs(values[:, ::every])
    sizes = np.sort(np.where(keep[:, ::every] & (sizes > NOTHING), sizes, np.inf), axis=1)
    number = np.isfinite(sizes).sum(axis=1)
    middle = sizes[np.arange(len(sizes)), number // 2 - (number > 0) * (number % 2 == 0)]
    usual: Floats = np.where(number > 0, 1.4826 * middle, 0.0)
    return usual


def _cut(values: Floats, scale: Floats) -> Floats:
    """The values in their usual size, cut; 0 where there is none."""
    factor = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
    cut: Floats = values * factor[:, None]
    np.clip(cut, -CUT, CUT, out=cut)
    return cut


def _windows(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Sums of each window: (W, J), (W, J), (W, J, L) and (W, J), as in `Sums`."""
    edge, rows = LAGS.stop - 1, x.shape[1]
    inner = slice(edge, rows - edge)
    start = np.arange(0, max(1, rows - 2 * edge - WINDOW // 2), WINDOW)
    own, beside = x[:, inner], y[:, inner]

    def summed(values: Floats) -> Floats:
        return np.add.reduceat(values, start, axis=1).T

    shifted = [y[:, edge - lag : rows - edge - lag] for lag in LAGS]
    return (
        summed(own * own),
        summed(beside * beside),
        np.stack([summed(own * other) for other in shifted], axis=-1),
        summed(((own != 0) & (beside != 0)).astype(np.float64)),
    )


def _in_rad(sums: Sums, x: Floats, y: Floats) -> Sums:
    return Sums(sums.xx * x**2, sums.yy * y**2, sums.xy * (x * y)[:, None], sums.rows)


def _telling(
    windows: tuple[Floats, Floats, Floats, Floats], time: Floats
) -> Iterator[tuple[float, float, float]]:
    """ρ and the ends of the windows that may be copies."""
    edge = LAGS.stop - 1
    for number, parts in enumerate(zip(*windows, strict=True)):
        rho = Sums(*parts).rho()
        if STRETCH.certainty(rho):
            first = edge + number * WINDOW
            last = len(time) - 1 if number + 1 == len(windows[0]) else first + WINDOW - 1
            yield rho, float(time[first]), float(time[min(last, len(time) - 1)])


def judge(looks: Sequence[Look | None]) -> tuple[int, list[Finding]]:
    """One finding from all that tells of a copy; likely if any of it is."""
    known = [one for one in looks if one is not None]
    if not known:
        return 0, []
    total, raw = (_joined([getattr(one, name) for one in known]) for name in ("sums", "raw"))
    spread = np.sum([one.spread for one in known], axis=0)
    names = known[0].joints
    told = {
        "entry": ({"all": total.rho()}, ENTRY),
        "joints": (dict(zip(names, total.by_joint(), strict=True)), JOINT),
        "slopes": (dict(zip(names, _slopes(raw, spread), strict=True)), SLOPE),
        "episodes": ({one.episode: one.sums.rho() for one in known}, EPISODE),
        "stretches": ({k: v for one in known for k, v in _stretches(one)}, STRETCH),
    }
    certainties = {
        limit.certainty(value) for values, limit in told.values() for value in values.values()
    }
    compared = int(total.rows.sum())
    if certainties <= {None}:
        return compared, []
    evidence = {name: _listed(*each) for name, each in told.items()}
    evidence = {name: each for name, each in evidence.items() if each}
    certainty: Certainty = "likely" if "likely" in certainties else "hint"
    return compared, [Finding("truth_in_entry", certainty, evidence)]


def _joined(parts: Sequence[Sums]) -> Sums:
    return Sums(
        *(np.sum([getattr(p, f) for p in parts], axis=0) for f in ("xx", "yy", "xy", "rows"))
    )


def _slopes(raw: Sums, spread: Floats) -> list[float]:
    """The share of the truth's remainder in the entry's, less its errors, of each joint.

    The errors are added up episode by episode: an entry may be noisy in one of them alone.
    """
    slopes = []
    for xx, xy, rows, variance in zip(raw.xx, raw.xy, raw.rows, spread, strict=True):
        known = xx > 0 and rows >= ROWS_FOR_SLOPE
        least = xy.max() - ERRORS * math.sqrt(variance)
        slopes.append(float(least / xx) if known else 0.0)
    return slopes


def _stretches(one: Look) -> Iterator[tuple[str, float]]:
    for rho, start, end in one.windows:
        yield f"{one.episode} {start:.2f} to {end:.2f} s", rho


def _listed(values: Mapping[str, float], limit: Limit) -> dict[str, float]:
    """What is beyond the limit, the clearest first, at most so many."""
    beyond = {name: value for name, value in values.items() if limit.certainty(value)}
    return dict(sorted(beyond.items(), key=lambda item: -item[1])[:LISTED])


CHECK = EntryCheck(
    "small_motion", "the entry does not have what only a measurement has", look, judge
)
