"""What looking for near-duplicates across a split costs, and how it grows with the episodes.

    python benchmarks/near_duplicates.py                  # prints Markdown tables; some minutes
    python benchmarks/near_duplicates.py --episodes 200 --largest 400 --rounds 1
    python benchmarks/near_duplicates.py --write          # and puts them into docs/benchmarks.md

Compared to: the definition without an index, every pair at every time scale. Episodes
of 20 s; a fifth of them is held out, and some of these are copies of fitted ones, quicker and with
noise. Every planted copy has to be found.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.checks.near_duplicates import HINT
from bench.guard.near_duplicates.index import candidates
from bench.guard.near_duplicates.motion import windows_of
from bench.guard.near_duplicates.similarity import similarity, stretched, time_scales
from benchmarks.measure import Run, arguments, exponent, in_turn, noise, publish, short, table

Floats = NDArray[np.float64]

INDEX, PAIRS = "with the index", "every pair"
JOINTS, SAMPLES, PACE = 6, 100, 10
COPIES = 5


@dataclass(frozen=True)
class Split:
    """Motions at five samples a second."""

    fitted: list[Floats]
    holdout: list[Floats]


def make(episodes: int, seed: int) -> Split:
    """A split of so many episodes; the first COPIES held out are copies of fitted ones."""
    rng = np.random.default_rng(seed)
    held = max(episodes // 5, COPIES)
    fitted = [motion(rng) for _ in range(episodes - held)]
    copies = [stretched(fitted[i], 1.0 + 0.1 * i) for i in range(COPIES)]
    copies = [copy + rng.normal(0, 0.003, copy.shape) for copy in copies]
    return Split(fitted, [*copies, *(motion(rng) for _ in range(held - COPIES))])


def motion(rng: np.random.Generator) -> Floats:
    """From one random place to the next in two seconds, every joint."""
    places = rng.uniform(-1, 1, (SAMPLES // PACE + 2, JOINTS))
    at = np.arange(SAMPLES) / PACE
    whole = at.astype(int)
    part = (at - whole)[:, None]
    smooth = part**3 * (10 - 15 * part + 6 * part**2)
    found: Floats = (1 - smooth) * places[whole] + smooth * places[whole + 1]
    return found


def by_index(split: Split) -> list[tuple[int, int]]:
    """The pairs whose similarity is a hint or more: of the holdout in what is fitted."""
    windows = [windows_of(each) for each in split.holdout]
    return [
        (found.query, found.other)
        for found in candidates(windows, split.fitted, HINT)
        if similarity(windows[found.query], split.fitted[found.other], found.scales, HINT).share
    ]


def by_pair(split: Split) -> list[tuple[int, int]]:
    """The same without an index."""
    windows = [windows_of(each) for each in split.holdout]
    return [
        (query, other)
        for query, own in enumerate(windows)
        for other, motion in enumerate(split.fitted)
        if similarity(own, motion, time_scales(), HINT).share
    ]


def check(found: list[tuple[int, int]]) -> None:
    """Every copy is found, and nothing else.

    Raises:
        ValueError: it is not.
    """
    if sorted(found) != [(i, i) for i in range(COPIES)]:
        raise ValueError(f"found {sorted(found)[:20]}")


def beside(episodes: int, rounds: int, seed: int) -> tuple[str, Run]:
    split = make(episodes, seed)
    check(by_index(split))
    check(by_pair(split))
    ways: dict[str, Callable[[], object]] = {
        INDEX: functools.partial(by_index, split),
        PAIRS: functools.partial(by_pair, split),
    }
    run = in_turn(ways, rounds)
    lines = [[n, short(run.times[n].median), str(run.ratio(n, INDEX))] for n in ways]
    return table([f"{episodes} episodes", "median, s", "times the index"], lines), run


def grown(largest: int, rounds: int, seed: int) -> tuple[str, Run]:
    numbers = [largest // 100, largest // 10, largest]
    times, runs = [], []
    for number in numbers:
        split = make(number, seed)
        check(by_index(split))
        run = in_turn(
            {INDEX: functools.partial(by_index, split)}, rounds if number < largest else 1
        )
        times.append(run.times[INDEX].median)
        runs.append(run)
    rows = [[f"{n:,}", short(t)] for n, t in zip(numbers, times, strict=True)]
    text = table(["episodes", "s"], rows)
    return text + f"\n\nCost as episodes to the power of {exponent(numbers, times):.2f}.", runs[-1]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--largest", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    compared, run = beside(chosen.episodes, chosen.rounds, chosen.seed)
    growth, last = grown(chosen.largest, chosen.rounds, chosen.seed)
    about = f"Episodes of {SAMPLES // 5} s, {JOINTS} joints, a fifth held out; {noise([run, last])}"
    publish("near_duplicates", [compared, growth, about], chosen.write)


if __name__ == "__main__":
    main()
