"""What the guard adds to scoring an entry, and what comparing all entries of a board costs.

    python benchmarks/guarding.py                # prints Markdown tables; about a minute
    python benchmarks/guarding.py --episodes 8 --entries 10 --rounds 2
    python benchmarks/guarding.py --write        # and puts them into docs/benchmarks.md

Compared to: the same score without the guard. An honest entry is the common case; one that is the
truth goes through every step of every check.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.io.documents import Document
from bench.leaderboard.alike import alike
from bench.scoring.blocks import Job, Stores, score_blocks
from bench.scoring.guarding import judged
from bench.scoring.signature import SUMS
from benchmarks import bimanual, checkout
from benchmarks.checkout import Checkout
from benchmarks.measure import Run, arguments, exponent, in_turn, noise, publish, short, table

ALONE, HONEST, COPY = "the scorer", "and the guard", "and the guard, at a copy of the truth"
JOINTS = 12
"""Of the made results."""


@dataclass(frozen=True)
class Bench:
    """Jobs of an honest entry and of one that is the truth."""

    honest: Job
    copy: Job


def make(folder: Path, pair: bimanual.Pair, robot_name: str = "") -> Bench:
    robot = bimanual.robot(robot_name)
    place: Checkout = checkout.make(folder, robot, pair)
    every = tuple(range(len(pair.reference)))
    honest = Job(place.truth, every, place.entry / "trajectories.zarr", every, robot)
    return Bench(honest, replace(honest, prediction=place.truth))


def score(job: Job, guarded: bool) -> list[str]:
    """Score a job in this process; codes of what the guard says."""
    job = replace(job, guarded=guarded)
    looks = [
        look for _, outcome in score_blocks(job, 1, None, Stores.of(job)) for look in outcome.looks
    ]
    return [finding.code for finding in judged(looks)[1]] if guarded else []


def check(bench: Bench) -> None:
    """The guard finds the copy, and nothing in the honest entry.

    Raises:
        ValueError: it does not.
    """
    found = score(bench.honest, True), score(bench.copy, True)
    if found[0] or not found[1]:
        raise ValueError(f"found in the honest entry {found[0]}, in the copy {found[1]}")


def beside(bench: Bench, rounds: int) -> tuple[str, Run]:
    ways: dict[str, Callable[[], object]] = {
        ALONE: functools.partial(score, bench.honest, False),
        HONEST: functools.partial(score, bench.honest, True),
        COPY: functools.partial(score, bench.copy, True),
    }
    run = in_turn(ways, rounds)
    lines = [[name, f"{run.times[name].median:.3f}", str(run.ratio(name, ALONE))] for name in ways]
    head = [f"{len(bench.honest.measured)} episodes", "median, s", "times the scorer"]
    return table(head, lines), run


def results(number: int, seed: int) -> list[Document]:
    """So many results with what `alike` reads."""
    drawn = np.random.default_rng(seed).standard_normal((number, JOINTS, SUMS))
    names = [f"j{joint}" for joint in range(JOINTS)]
    return [
        {
            "entry": {"name": f"e{n}", "lab": "made", "predictions": f"{n:064x}"},
            "joints": {joint: {"value": 0.01} for joint in names},
            "signature": dict(zip(names, sums.tolist(), strict=True)),
        }
        for n, sums in enumerate(drawn)
    ]


def grown(numbers: list[int], rounds: int, seed: int) -> tuple[str, Run]:
    made = {f"{number:,}": results(number, seed) for number in numbers}
    run = in_turn({name: functools.partial(alike, each, []) for name, each in made.items()}, rounds)
    times = [run.times[name].median for name in made]
    text = table(["entries", "s"], [[n, short(t)] for n, t in zip(made, times, strict=True)])
    if len(numbers) > 1:
        text += f"\n\nCost as entries to the power of {exponent(numbers, times):.2f}."
    return text, run


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--episodes", type=int, default=40)
    parser.add_argument("--entries", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    robot = bimanual.robot("")
    pair = bimanual.make(robot, bimanual.Size(chosen.episodes), chosen.seed)
    with tempfile.TemporaryDirectory() as name:
        bench = make(Path(name), pair)
        check(bench)
        scored, run = beside(bench, chosen.rounds)
    compared, pairs = grown(chosen.entries, chosen.rounds, chosen.seed)
    about = f"{robot.name}, episodes of 30 s at 50 Hz; {noise([run, pairs])}"
    publish("guarding", [scored, compared, about], chosen.write)


if __name__ == "__main__":
    main()
