"""What looking for near-duplicates across a split costs, and how it grows with the episodes.

    python benchmarks/near_duplicates.py                  # prints Markdown tables; some minutes
    python benchmarks/near_duplicates.py --episodes 20 --largest 1000 --rounds 1
    python benchmarks/near_duplicates.py --write          # and puts them into docs/benchmarks.md

Compared to: the definition without an index, every pair at every time scale. Episodes of 20 s; a
fifth of them is held out, and some of these are copies of fitted ones, quicker and with noise. As
the guard does, what is held out is looked for in what is fitted, and the other way round. Every
planted copy has to be found both times, and nothing else; the largest split is searched once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.checks.near_duplicates import HINT
from bench.guard.near_duplicates.index import candidates
from bench.guard.near_duplicates.motion import stretched, windows_of
from bench.guard.near_duplicates.similarity import similarity, time_scales
from benchmarks.measure import Run, arguments, exponent, in_turn, noise, publish, short, table

Floats = NDArray[np.float64]
Pair = tuple[int, int]

INDEX, PAIRS = "with the index", "every pair"
JOINTS, SAMPLES, PACE = 6, 100, 10
COPIES = 5


@dataclass(frozen=True)
class Split:
    """Motions at five samples a second."""

    fitted: list[Floats]
    holdout: list[Floats]

    def turns(self) -> list[tuple[list[Floats], list[Floats]]]:
        """What is looked for, and in what."""
        return [(self.holdout, self.fitted), (self.fitted, self.holdout)]


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


def by_index(split: Split) -> list[Pair]:
    """The pairs whose similarity is a hint or more, in both directions."""
    return [pair for turn in split.turns() for pair in _by_index(*turn)]


def _by_index(motions: list[Floats], others: list[Floats]) -> Iterator[Pair]:
    windows = [windows_of(each) for each in motions]
    for found in candidates(windows, others, HINT):
        if similarity(windows[found.query], others[found.other], found.scales, HINT).share:
            yield found.query, found.other


def by_pair(split: Split) -> list[Pair]:
    """The same without an index."""
    return [pair for turn in split.turns() for pair in _by_pair(*turn)]


def _by_pair(motions: list[Floats], others: list[Floats]) -> Iterator[Pair]:
    for query, own in enumerate([windows_of(each) for each in motions]):
        for other, motion in enumerate(others):
            if similarity(own, motion, time_scales(), HINT).share:
                yield query, other


def checked(way: Callable[[Split], list[Pair]], split: Split) -> None:
    """Look, and see that every copy is found, and nothing else.

    Raises:
        ValueError: it is not.
    """
    found = sorted(way(split))
    if found != sorted(2 * [(i, i) for i in range(COPIES)]):
        raise ValueError(f"found {found[:20]}")


def beside(episodes: int, rounds: int, seed: int) -> tuple[str, Run]:
    split = make(episodes, seed)
    ways: dict[str, Callable[[], object]] = {
        INDEX: functools.partial(checked, by_index, split),
        PAIRS: functools.partial(checked, by_pair, split),
    }
    run = in_turn(ways, rounds, warm=False)
    lines = [[n, short(run.times[n].median), str(run.ratio(n, INDEX))] for n in ways]
    return table([f"{episodes} episodes", "median, s", "times the index"], lines), run


def grown(largest: int, rounds: int, seed: int) -> tuple[str, list[Run]]:
    numbers = [largest // 100, largest // 10, largest]
    runs = []
    for number in numbers:
        way = functools.partial(checked, by_index, make(number, seed))
        runs.append(in_turn({INDEX: way}, rounds if number < largest else 1, warm=False))
    times = [run.times[INDEX].median for run in runs]
    rows = [
        [f"{number:,}", short(took), short(1000 * took / number), exponents]
        for number, took, exponents in zip(numbers, times, _exponents(numbers, times), strict=True)
    ]
    head = ["episodes", "s", "ms an episode", "grows as episodes to the power of"]
    return table(head, rows), runs


def _exponents(numbers: list[int], times: list[float]) -> list[str]:
    """From one number to the next."""
    found = [exponent(numbers[i : i + 2], times[i : i + 2]) for i in range(len(numbers) - 1)]
    return ["", *(f"{each:.2f}" for each in found)]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--episodes", type=int, default=50)
    parser.add_argument("--largest", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    compared, run = beside(chosen.episodes, chosen.rounds, chosen.seed)
    growth, runs = grown(chosen.largest, chosen.rounds, chosen.seed)
    about = f"Episodes of {SAMPLES // 5} s, {JOINTS} joints; {noise([run, *runs])}"
    publish("near_duplicates", [compared, growth, about], chosen.write)


if __name__ == "__main__":
    main()
