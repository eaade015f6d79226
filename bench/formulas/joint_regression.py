"""Which motion of a joint its error goes with: one regression per joint.

    e = b₀ + b₁ v + b₂ d + b₃ a + b₄ g + b₅ q + r

v, a and q are speed, acceleration and position of the reference, d the direction in which it last
moved, g the torque of gravity. To first order a position servo with another friction, inertia, load
or amplitude than the robot's differs from it in exactly these terms; a delay goes with v, and where
a shift in time explains an error, that is taken out first.

The direction is the distance made over the last `TRAVEL` rad of the way, over `TRAVEL`: ±1 in
steady motion, and what it was at rest. sign(v) would jump where a servo with more friction only
begins to lag behind, and would be 0 where it has come to rest behind.

Rows are means over `BIN` s, so that an encoder's steps do not end up in the derivatives, and only
those on which the arm moves: at rest an error depends on the way there. The fit is repeated once
without the rows that are far off (a jam, a collision). Residuals of neighbouring rows resemble each
other, so evidence is counted in effective rows: n (1 − ρ_r ρ_x)/(1 + ρ_r ρ_x), ρ the correlation of
one row with the next of residual and regressor (Bartlett, "Some aspects of the time-correlation
problem", J. R. Stat. Soc. 98, 1935).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]

TERMS = ("speed", "direction", "acceleration", "gravity", "position")
SPEED, DIRECTION, ACCELERATION, GRAVITY, POSITION = range(5)
PAIRS = ((SPEED, DIRECTION), (GRAVITY, POSITION))
"""Terms that recordings often cannot tell apart."""
BIN = 0.04
"""s, over which rows are averaged."""
MOVES = 0.03
"""rad/s: an arm moves if one of its joints is faster."""
CREEPS = 0.01
"""rad/s, below which a joint makes no way: an encoder's steps add up to none."""
TRAVEL = 0.06
"""rad: twice what the friction of a small servo takes of its command, over which it turns round."""
FEWEST = 50
"""Rows below which nothing is fitted: 2 s of motion."""
MOST = 300
"""Rows that are fitted at most, evenly over those that move."""
FAR = 4.0
"""Scaled median absolute deviations from which a row is far off."""
_LEAST = (0.02, 0.2, 0.2, 0.01, 0.02)
"""Standard deviation below which a regressor does not vary: rad/s, 1, rad/s², N m, rad."""


@dataclass(frozen=True)
class Explained:
    """What the errors of J joints go with; zeros where nothing could be fitted.

    Attributes:
        coefficient: (J, 5) of each term of `TERMS`: s, rad, s², rad/(N m), 1.
        size: (J, 5) rad, standard deviation of what the term adds to the error.
        partial: (J, 5) partial R²: which share of the squared error that all other terms leave
            goes when the term is added.
        inflation: (J, 5) variance inflation: 1 if the regressor is like no other; infinite where
            it does not vary.
        evidence: (J, 5) t of the coefficient with the effective number of rows.
        spread: (J,) rad, standard deviation of the error that was fitted.
        pair_size, pair_partial, pair_evidence: (J, 2) the same of `PAIRS` taken together.
        interval: first and last time of the fitted rows, s.
    """

    coefficient: Floats
    size: Floats
    partial: Floats
    inflation: Floats
    evidence: Floats
    spread: Floats
    pair_size: Floats
    pair_partial: Floats
    pair_evidence: Floats
    interval: tuple[float, float]

    def among(self, joints: Rows, others: Explained) -> Explained:
        """The same, put in the place of these columns of the others'."""

        def put(name: str) -> Floats:
            whole: Floats = np.array(getattr(others, name))
            whole[joints] = getattr(self, name)
            return whole

        arrays = (each.name for each in fields(self) if each.name != "interval")
        return Explained(**{name: put(name) for name in arrays}, interval=self.interval)


def explain(
    time: Floats,
    position: Floats,
    error: Floats,
    counted: Flags,
    arm_of: Sequence[int],
    gravity: Callable[[Rows], Floats],
    joints: NDArray[np.intp],
) -> Explained:
    """Fit the errors of joints.

    Args:
        time: (N,) s.
        position: (N, J) rad, of the reference, without jumps.
        error: (N, J) rad, predicted minus measured, without jumps.
        counted: (N,) rows that may be read.
        arm_of: (J,) number of each joint's arm.
        gravity: gives the torque of gravity (n, J) in N m at some of the N rows; zeros where it is
            not known.
        joints: the columns that are fitted; of the others nothing is said.
    """
    nothing = _nothing(position.shape[1])
    if not len(joints):
        return nothing
    binned = _binned(time, position, counted)
    if binned is None:
        return nothing
    moving = np.abs(binned.speed) >= MOVES
    arms = np.array(arm_of)
    own = np.stack([moving[:, arms == arm].any(axis=1) for arm in arm_of], axis=1)
    rows = np.flatnonzero(own.any(axis=1))
    if len(rows) < FEWEST:
        return nothing
    rows = rows[:: -(-len(rows) // MOST)]
    speed = binned.speed[rows][:, joints]
    regressors = np.stack(
        [
            speed,
            _direction(binned, joints)[rows],
            binned.acceleration(rows, joints),
            gravity(binned.middle[rows])[:, joints],
            binned.position[binned.inner[rows]][:, joints],
        ]
    )
    regressors = np.ascontiguousarray(regressors.transpose(2, 0, 1))
    errors = binned.error(rows, error, joints)
    fitted = _fitted(regressors, errors, own[rows][:, joints].T, binned.time[binned.inner[rows]])
    return fitted.among(joints, nothing)


@dataclass(frozen=True)
class _Binned:
    """Means over bins of some rows each.

    Attributes:
        width: rows of a bin.
        time: (B,) s.
        position: (B, J) rad.
        inner: (I,) bins that are counted, with two neighbours to either side.
        speed: (I, J) rad/s.
    """

    width: int
    time: Floats
    position: Floats
    inner: Rows
    speed: Floats

    @property
    def middle(self) -> Rows:
        """(I,) the row in the middle of each bin."""
        return self.inner * self.width + self.width // 2

    def acceleration(self, rows: Rows, joints: Rows) -> Floats:
        """(n, K) rad/s² of some of the inner bins."""
        at = self.inner[rows]
        before, after = at - 2, at + 2
        q = self.position[:, joints]
        half = (self.time[after] - self.time[before])[:, None] / 2
        found: Floats = (q[after] - 2 * q[at] + q[before]) / half**2
        return found

    def error(self, rows: Rows, error: Floats, joints: Rows) -> Floats:
        """(K, n) rad, the mean error of some of the inner bins."""
        first = self.inner[rows] * self.width
        own = error.T[joints]
        total: Floats = sum((own[:, first + k] for k in range(1, self.width)), own[:, first])
        return total / self.width


def _binned(time: Floats, position: Floats, counted: Flags) -> _Binned | None:
    if len(time) < 2 * FEWEST:
        return None
    step = float(time[-1] - time[0]) / (len(time) - 1)
    width = max(1, round(BIN / step))
    number = len(time) // width
    if number < FEWEST:
        return None

    def means(values: Floats) -> Floats:
        cut = values[..., : number * width]
        total: Floats = sum((cut[..., k::width] for k in range(1, width)), cut[..., ::width])
        return total / width

    t, q = means(time), means(position.T).T
    whole = np.logical_and.reduce([counted[k : number * width : width] for k in range(width)])
    good = np.zeros(number, dtype=np.bool_)
    good[2:-2] = np.logical_and.reduce([whole[k : number - 4 + k] for k in range(5)])
    inner = np.flatnonzero(good)
    if len(inner) < FEWEST:
        return None
    before, after = inner - 1, inner + 1
    speed = (q[after] - q[before]) / (t[after] - t[before])[:, None]
    return _Binned(width, t, q, inner, speed)


def _direction(binned: _Binned, joints: Rows) -> Floats:
    """(I, K) distance over the last `TRAVEL` of each joint's way, over `TRAVEL`."""
    step = np.diff(binned.position[:, joints], axis=0).T
    step = np.where(np.abs(step) >= CREEPS * np.diff(binned.time), step, 0.0)
    start = np.zeros((len(joints), 1))
    moved = np.concatenate([start, np.cumsum(step, axis=1)], axis=1)
    # The way grows a little at rest too, so that it is a number of its row.
    way = np.concatenate([start, np.cumsum(np.abs(step) + 1e-9, axis=1)], axis=1)
    before = [np.interp(w[binned.inner] - TRAVEL, w, m) for w, m in zip(way, moved, strict=True)]
    direction: Floats = (moved[:, binned.inner] - np.stack(before)).T / TRAVEL
    return direction


def _fitted(regressors: Floats, error: Floats, own: Flags, time: Floats) -> Explained:
    """Fit twice, the second time without the rows that are far off.

    Args:
        regressors: (J, 5, n).
        error: (J, n).
        own: (J, n) rows on which the joint's arm moves.
        time: (n,).
    """
    weights = own.astype(np.float64)
    first = _Fit.of(regressors, error, weights)
    spread = np.abs(first.residual)
    typical = 1.4826 * np.median(np.where(own, spread, np.nan) if not own.all() else spread, axis=1)
    typical = np.nan_to_num(typical)
    near = spread <= FAR * np.maximum(typical, 1e-6)[:, None]
    fit = first if (near | ~own).all() else _Fit.of(regressors, error, weights * near)
    return fit.explained((float(time[0]), float(time[-1])))


@dataclass(frozen=True)
class _Fit:
    """A weighted fit in standardised form: every regressor and the error with deviation 1.

    Attributes:
        varies: (J, 5) regressors that vary.
        scale: (J, 5) their standard deviations.
        spread: (J,) standard deviation of the error.
        centred: (J, 5, n) standardised regressors.
        inverse: (J, 5, 5) inverse of their correlations.
        slope: (J, 5) standardised coefficients.
        residual: (J, n) rad.
        left: (J,) share of the variance that the fit leaves.
        rows: (J,) fitted rows.
        weights: (J, n).
    """

    varies: Flags
    scale: Floats
    spread: Floats
    centred: Floats
    inverse: Floats
    slope: Floats
    residual: Floats
    left: Floats
    rows: Floats
    weights: Floats

    @classmethod
    def of(cls, regressors: Floats, error: Floats, weights: Floats) -> _Fit:
        rows = weights.sum(axis=1)
        share = weights / np.maximum(rows, 1.0)[:, None]
        # einsum adds without BLAS: the same sums for every number of threads.
        middle = np.einsum("jkn,jn->jk", regressors, share)
        centred = regressors - middle[..., None]
        scale = np.sqrt(np.einsum("jkn,jkn,jn->jk", centred, centred, share))
        varies = scale >= np.array(_LEAST)
        centred *= np.where(varies, 1 / np.where(varies, scale, 1.0), 0.0)[..., None]
        off = error - np.einsum("jn,jn->j", error, share)[:, None]
        spread = np.sqrt(np.einsum("jn,jn,jn->j", off, off, share))
        scaled = off / np.maximum(spread, 1e-12)[:, None]
        weighted = centred * share[:, None, :]
        alike = np.einsum("jkn,jln->jkl", weighted, centred)
        alike += np.eye(len(TERMS)) * np.where(varies, 1e-9, 1.0)[:, None, :]
        inverse = np.linalg.inv(alike)
        slope = np.einsum("jkl,jl->jk", inverse, np.einsum("jkn,jn->jk", weighted, scaled))
        rest = scaled - np.einsum("jk,jkn->jn", slope, centred)
        left = np.einsum("jn,jn,jn->j", rest, rest, share)
        residual = rest * spread[:, None]
        return cls(varies, scale, spread, centred, inverse, slope, residual, left, rows, weights)

    def explained(self, interval: tuple[float, float]) -> Explained:
        variance = np.einsum("jkk->jk", self.inverse)
        gone = self.slope**2 / variance
        enough = (self.rows >= FEWEST)[:, None] & (self.spread > 0)[:, None]
        effective = self._effective()
        left = np.maximum(self.left, 1e-12)[:, None]
        free = np.maximum(effective - 1 - self.varies.sum(axis=1, keepdims=True), 0.0)
        pairs = [self._pair(first, second) for first, second in PAIRS]
        pair_gone, pair_size = (np.stack(each, axis=1) for each in zip(*pairs, strict=True))
        pair_free = np.stack([free[:, list(pair)].min(axis=1) for pair in PAIRS], axis=1)
        good = self.varies & enough
        return Explained(
            coefficient=np.where(
                good, self.slope * self.spread[:, None] / np.maximum(self.scale, 1e-12), 0
            ),
            size=np.where(good, np.abs(self.slope) * self.spread[:, None], 0),
            partial=np.where(good, gone / (gone + left), 0),
            inflation=np.where(good, variance, np.inf),
            evidence=np.where(good, np.sqrt(gone * free / left), 0),
            spread=np.where(enough[:, 0], self.spread, 0),
            pair_size=np.where(enough, pair_size * self.spread[:, None], 0),
            pair_partial=np.where(enough, pair_gone / (pair_gone + left), 0),
            pair_evidence=np.where(enough, np.sqrt(pair_gone * pair_free / left / 2), 0),
            interval=interval,
        )

    def _effective(self) -> Floats:
        """(J, 5) rows that count as independent for each term."""
        both = self.weights[:, 1:] * self.weights[:, :-1]
        number = np.maximum(both.sum(axis=1), 1.0)
        square = np.maximum(self.left * self.spread**2, 1e-24)
        product = self.residual[:, 1:] * self.residual[:, :-1]
        residual = np.einsum("jn,jn->j", product, both) / number / square
        following = np.einsum("jkn,jkn,jn->jk", self.centred[..., 1:], self.centred[..., :-1], both)
        together = np.clip(residual, 0, 0.999)[:, None] * np.clip(
            following / number[:, None], 0, 0.999
        )
        effective: Floats = self.rows[:, None] * (1 - together) / (1 + together)
        return effective

    def _pair(self, first: int, second: int) -> tuple[Floats, Floats]:
        """What goes with two terms together, (J,), and the deviation of what they add."""
        a, b = self.slope[:, first], self.slope[:, second]
        p, q, r = (
            self.inverse[:, i, k] for i, k in ((first, first), (second, second), (first, second))
        )
        gone = (a * a * q - 2 * a * b * r + b * b * p) / np.maximum(p * q - r * r, 1e-12)
        added = a[:, None] * self.centred[:, first] + b[:, None] * self.centred[:, second]
        share = self.weights / np.maximum(self.rows, 1.0)[:, None]
        return gone, np.sqrt(np.einsum("jn,jn,jn->j", added, added, share))


def _nothing(joints: int) -> Explained:
    zero, pair = np.zeros((joints, len(TERMS))), np.zeros((joints, len(PAIRS)))
    none = np.zeros(joints)
    return Explained(zero, zero, zero, zero + np.inf, zero, none, pair, pair, pair, (0.0, 0.0))
