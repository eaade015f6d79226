"""Numbers of a twin estimated anew on one failing episode, one hypothesis at a time.

The twin is rolled out over a window, as it is and with one number changed. What the change does to
the rollout is added to the entry's prediction: what it explains of the error is how much less
remains. So an entry that is more than its twin is judged, too.

A hypothesis has one amount. From the slope at a first trial follows where the error would be least
if the effect were linear; the best ones are tried there, and further along the way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.attribution.changes import KNOBS, changed
from bench.attribution.window import Window
from bench.io.problems import ProblemsError
from bench.twins.twin import Twin

Floats = NDArray[np.float64]
Simulate = Callable[[Twin], Floats]
"""Rolls a twin out over a window: (N, J) positions of the compared joints, rad."""

REFINED = 3
"""Hypotheses that are followed beyond the first trial."""
ROUNDS = 3
"""Rollouts that each of them is followed for; the last one is the best one's alone."""
COMMON = ("damping", "friction", "armature")
"""Hypotheses whose numbers, scaled together, do what the gain does where gravity is small."""


@dataclass(frozen=True)
class Estimate:
    """One hypothesis' number, estimated anew.

    Attributes:
        hypothesis: its name.
        amount: by how much the number is changed (`KNOBS`).
        values: the new values by parameter's name.
        left: share of the weighted squared error that remains.
        error: standard error of the amount, from rows that are counted as far as they are
            independent.
        effect: (N J,) weighted effect of a small change.
    """

    hypothesis: str
    amount: float
    values: Mapping[str, float]
    left: float
    error: float
    effect: Floats


def estimates(
    twin: Twin, joint: str, window: Window, simulate: Simulate, together: bool
) -> dict[str, Estimate]:
    """Every hypothesis that the twin has a number of, by name.

    Args:
        twin: the twin.
        joint: the joint that is suspected.
        window: the error that is explained, with its weights.
        simulate: rolls out.
        together: whether rollouts may run in threads.
    """
    run = _Runs(twin, joint, window, simulate, together)
    base, *probes = run.all([("", 0.0), *((name, KNOBS[name].probe) for name in KNOBS)])
    if base is None:
        return {}
    run = replace(run, base=base)
    first: dict[str, Estimate] = {}
    for name, response in zip(KNOBS, probes, strict=True):
        effect = None if response is None else run.effect(response)
        if effect is not None and effect @ effect > 0:
            first[name] = run.linear(name, effect / KNOBS[name].probe)
    chosen = sorted(first, key=lambda name: first[name].left)[:REFINED]
    found = run.followed([first[name] for name in chosen])
    return first | found


@dataclass(frozen=True)
class _Runs:
    twin: Twin
    joint: str
    window: Window
    simulate: Simulate
    together: bool
    base: Floats | None = None

    def all(self, trials: Sequence[tuple[str, float]]) -> list[Floats | None]:
        """The rollouts of some trials; None where the twin has no such number or breaks by it."""
        if not self.together:
            return [self.one(*trial) for trial in trials]
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda trial: self.one(*trial), trials))

    def one(self, name: str, amount: float) -> Floats | None:
        values = KNOBS[name].values(self.twin, self.joint, amount) if name else {}
        if name and not values:
            return None
        try:
            return self.simulate(changed(self.twin, values))
        except ProblemsError:
            return None

    def effect(self, response: Floats) -> Floats:
        """What a change does to the rollout, weighted."""
        assert self.base is not None
        return self.window.weighted(response - self.base)

    def linear(self, name: str, slope: Floats) -> Estimate:
        """Where the error is least if the effect goes on as it begins."""
        error = self.window.missing
        square, along = float(slope @ slope), float(slope @ error)
        most = KNOBS[name].most
        amount = float(np.clip(along / square, -most, most))
        rest = error - amount * slope
        return self._estimate(name, amount, rest, slope)

    def _estimate(self, name: str, amount: float, rest: Floats, slope: Floats) -> Estimate:
        error = self.window.missing
        left = float(rest @ rest) / max(float(error @ error), 1e-30)
        values = KNOBS[name].values(self.twin, self.joint, amount)
        spread = self.window.standard_error(rest, slope)
        return Estimate(name, amount, values, left, spread, slope)

    def followed(self, first: Sequence[Estimate]) -> dict[str, Estimate]:
        """The same where they lead to."""
        found = {each.hypothesis: each for each in first}
        tried: dict[str, list[Estimate]] = {name: [] for name in found}
        amounts = {each.hypothesis: each.amount for each in first}
        known: dict[str, list[tuple[float, float]]] = {name: [(0.0, 0.0)] for name in found}
        for number in range(ROUNDS):
            names = list(amounts)
            if number == ROUNDS - 1:
                names = [name for name, one in _best(tried).items() if one is _least(tried)]
            trials = [(name, amounts[name]) for name in names if amounts[name]]
            for (name, amount), response in zip(trials, self.all(trials), strict=True):
                if response is None:
                    amounts[name] = amount / 2
                    continue
                effect = self.effect(response)
                square = float(effect @ effect)
                slope = effect / amount
                one = self._estimate(name, amount, self.window.missing - effect, slope)
                tried[name].append(replace(one, effect=found[name].effect))
                along = float(effect @ self.window.missing)
                if square > 0 and along > 0:
                    known[name].append((square / along, amount))
                    most = KNOBS[name].most
                    amounts[name] = float(np.clip(_where_enough(known[name]), -most, most))
        nothing = {
            name: replace(one, amount=0.0, left=1.0, values={}) for name, one in found.items()
        }
        return nothing | _best(tried)


def _where_enough(known: Sequence[tuple[float, float]]) -> float:
    """The amount whose effect is as large as it has to be.

    Args:
        known: how large the effect is, 0 where there is none and 1 where it is enough, and the
            amount, of every trial; the first is no change.
    """
    large, amount = (np.array(each) for each in zip(*sorted(known), strict=True))
    above = int(np.searchsorted(large, 1.0))
    if above == len(large):
        # So far it was too little: further along the way to the largest.
        return float(amount[-1] * min(1 / large[-1], 2.5))
    below = above - 1
    between = float(amount[below]) + float(amount[above] - amount[below]) * float(
        (1 - large[below]) / (large[above] - large[below])
    )
    three = slice(above - 2, above + 1) if above > 1 else slice(0, 3)
    if len(large) < 3 or not np.diff(large[three]).all():
        return between
    bent = _through(large[three], amount[three])
    low, high = sorted((float(amount[below]), float(amount[above])))
    return bent if low < bent < high else between


def _through(large: Floats, amount: Floats) -> float:
    """Where the parabola through three points gives an effect that is enough."""
    total = 0.0
    for k in range(3):
        others = np.delete(large, k)
        total += float(amount[k] * np.prod((1 - others) / (large[k] - others)))
    return total


def _best(tried: Mapping[str, Sequence[Estimate]]) -> dict[str, Estimate]:
    """Of each hypothesis the trial that leaves least."""
    return {
        name: min(results, key=lambda one: one.left) for name, results in tried.items() if results
    }


def _least(tried: Mapping[str, Sequence[Estimate]]) -> Estimate | None:
    return min(_best(tried).values(), key=lambda one: one.left, default=None)


def likeness(first: Floats, second: Floats) -> float:
    """Cosine of two effects, without sign: 1 where no error can tell them apart."""
    square = float(first @ first) * float(second @ second)
    return abs(float(first @ second)) / square**0.5 if square > 0 else 0.0


def common_factor(found: Mapping[str, Estimate]) -> Floats | None:
    """Effect of damping, friction and inertia of a joint grown by one factor; None without."""
    parts = [found[name].effect for name in COMMON if name in found]
    return np.sum(parts, axis=0) if len(parts) > 1 else None
