"""Scoring two arms from the store beside the usual way, and where the time goes.

    python benchmarks/scoring.py                       # prints Markdown tables; two minutes
    python benchmarks/scoring.py --few 4 --episodes 8 --more 8 16 --rounds 2
    python benchmarks/scoring.py --write               # and puts them into docs/benchmarks.md

Compared to: an HDF5 file an episode, poses by pytorch-kinematics, errors by evo, means by NumPy
(`benchmarks/usual.py`); the same with whole arrays in SciPy instead of evo; and the least that has
to be done: reading the arrays, and the sine and the cosine of every position. The scorer does more
than the usual way: all metrics, labels and intervals. What both have must be equal.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.io.documents import Document
from bench.io.store import load_episodes
from bench.kinematics.robot import Robot
from bench.scoring.blocks import Job
from bench.scoring.metrics.registry import METRICS
from bench.scoring.result import ScoreSettings
from bench.scoring.score import Computing, Heading, scored
from benchmarks import bimanual, chains, checkout, usual
from benchmarks.checkout import Checkout
from benchmarks.measure import (
    Run,
    arguments,
    cores,
    exponent,
    in_turn,
    noise,
    publish,
    shares,
    table,
    versions,
)

SIGNALS = {"truth": ("time", "q", "q_command"), "entry": ("time", "q")}
"""The arrays that scoring reads."""
TOLERANCE = {"rad": 1e-6, "m": 1e-9, "1": 1e-9}
"""How far the numbers of both ways may be apart, by unit."""
PASS_ROWS = 10_000
"""Rows that get their sine and cosine in one go."""
LEAST_SHARE = 0.02
"""Share of the time from which a module has a line of its own."""
OURS, EVO, SCIPY = "the scorer", "the usual way", "the usual way, SciPy for evo"
POOL, READ, LEAST = "with workers", "reading", "the least"
USUAL_EPISODES = 20
"""Episodes up to which the usual way is timed beside the scorer's growth."""


@dataclass(frozen=True)
class Bench:
    """A dataset on disk in both forms."""

    robot: Robot
    place: Checkout
    files: Path
    episodes: int

    @property
    def job(self) -> Job:
        every = tuple(range(self.episodes))
        stores = self.place.truth, self.place.entry / "trajectories.zarr"
        return Job(stores[0], every, stores[1], every, self.robot)


def make(folder: Path, robot: Robot, pair: bimanual.Pair) -> Bench:
    place = checkout.make(folder / "checkout", robot, pair)
    files = folder / "files"
    files.mkdir()
    usual.write_files(files / "truth", pair.reference)
    usual.write_files(files / "entry", pair.prediction)
    return Bench(robot, place, files, len(pair.reference))


def ours(bench: Bench, workers: int = 1) -> Document:
    """The whole result, from the stores."""
    place = bench.place
    lock = {"root": "0" * 64}
    entry = {
        **dict.fromkeys(("name", "lab", "method", "licence", "contact"), "made"),
        **{"track": "rollout", "url": None, "description": None},
        **{"hash": "0" * 64, "predictions": "0" * 64},
    }
    settings = ScoreSettings.of(place.workspace.params())
    heading = Heading(entry, "pipeline", lock, place.paths.traces(checkout.ENTRY))
    computing = Computing(workers)
    return scored(place.workspace, place.paths, bench.job, heading, settings, computing)


def theirs(bench: Bench, distance: usual.Distance) -> dict[str, dict[str, float]]:
    arms = usual.arm_columns(bench.robot)
    return usual.score(bench.files / "truth", bench.files / "entry", arms, distance)


def check(result: Document, found: dict[str, dict[str, float]]) -> None:
    """Every number of the usual way is in the result.

    Raises:
        AssertionError: one is missing or differs.
    """
    units = {metric.name: metric.unit for metric in METRICS}
    assert [episode["id"] for episode in result["episodes"]] == list(found)
    for episode in result["episodes"]:
        for name, value in found[episode["id"]].items():
            far = abs(episode["metrics"][name] - value)
            assert far < TOLERANCE[units[name]], f"{episode['id']} {name} differs by {far}"


def least(bench: Bench) -> None:
    """Read the arrays; one pass of sine and cosine over the positions of both trajectories.

    The pass goes block by block into one array: results of the whole length would cost more time
    for their memory than for their values.
    """
    job = bench.job
    for path, names in ((job.reference, SIGNALS["truth"]), (job.prediction, SIGNALS["entry"])):
        q = load_episodes(path, names=names).signals["q"]
        out = np.empty((min(PASS_ROWS, len(q)), q.shape[1]))
        for first in range(0, len(q), PASS_ROWS):
            part = q[first : first + PASS_ROWS]
            np.sin(part, out=out[: len(part)])
            np.cos(part, out=out[: len(part)])


def read(bench: Bench) -> None:
    load_episodes(bench.job.reference, names=SIGNALS["truth"])
    load_episodes(bench.job.prediction, names=SIGNALS["entry"])


def both_ways(bench: Bench, rounds: int) -> tuple[str, Run]:
    """The scorer and the usual way, with and without evo."""
    result = ours(bench)
    for distance in (usual.with_evo, usual.with_scipy):
        check(result, theirs(bench, distance))
    ways: dict[str, Callable[[], object]] = {
        OURS: functools.partial(ours, bench),
        SCIPY: functools.partial(theirs, bench, usual.with_scipy),
        EVO: functools.partial(theirs, bench, usual.with_evo),
    }
    run = in_turn(ways, rounds, warm=False)  # `check` has run them
    lines = [[name, f"{run.times[name].median:.3f}", str(run.ratio(name, OURS))] for name in ways]
    rows = sum(episode["rows"] for episode in result["episodes"])
    head = [f"{bench.episodes} episodes, {rows:,} rows", "median, s", "times the scorer"]
    return table(head, lines), run


def grown(benches: Sequence[Bench], rounds: int) -> tuple[str, list[Run]]:
    """The scorer by itself and with workers, and the least, over the number of episodes."""
    most = cores()
    runs, lines = [], []
    for bench in benches:
        ways: dict[str, Callable[[], object]] = {
            OURS: functools.partial(ours, bench),
            POOL: functools.partial(ours, bench, most),
            READ: functools.partial(read, bench),
            LEAST: functools.partial(least, bench),
        }
        if bench.episodes <= USUAL_EPISODES:
            ways[SCIPY] = functools.partial(theirs, bench, usual.with_scipy)
        run = in_turn(ways, rounds)
        runs.append(run)
        lines.append(
            [
                f"{bench.episodes:,}",
                *(f"{run.times[way].median:.3f}" for way in (OURS, POOL, READ, LEAST)),
                str(run.ratio(LEAST, OURS)),
                str(run.ratio(LEAST, POOL)),
                str(run.ratio(SCIPY, OURS)) if SCIPY in ways else "",
            ]
        )
    head = ["episodes", "scorer, s", f"with {most} workers, s", "reading, s"]
    head += ["the least, s", "least / scorer", f"least / with {most} workers"]
    text = table([*head, "usual way (SciPy), times the scorer"], lines)
    if len(runs) > 1:
        sizes = [bench.episodes for bench in benches]
        powers = {
            way: exponent(sizes, [run.times[way].median for run in runs])
            for way in (OURS, POOL, READ, LEAST)
        }
        said = ", ".join(f"{way} {power:.2f}" for way, power in powers.items())
        text += f"\n\nCost as episodes to the power of: {said}."
    return text, runs


def parts(bench: Bench) -> str:
    """Where the time of the scorer goes, by module."""
    found = shares(functools.partial(ours, bench), "bench")
    lines = [[f"`{name}`", f"{100 * share:.0f} %"] for name, share in found.items()]
    kept = [line for line, share in zip(lines, found.values(), strict=True) if share >= LEAST_SHARE]
    rest = sum(share for share in found.values() if share < LEAST_SHARE)
    head = [f"module, {bench.episodes} episodes", "share of the scorer's time"]
    return table(head, [*kept, ["all others", f"{100 * rest:.0f} %"]])


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--few", type=int, default=6, help="episodes beside evo")
    parser.add_argument("--more", type=int, nargs="+", default=[20, 100, 400], help="without evo")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--robot", default="", help="default: the first with two arms")
    chosen = parser.parse_args()
    robot = bimanual.robot(chosen.robot)
    whole = bimanual.make(robot, bimanual.Size(max(chosen.few, *chosen.more)), chosen.seed)
    with tempfile.TemporaryDirectory() as name:
        sizes = [chosen.few, *chosen.more]
        benches = [
            make(Path(name) / str(number), robot, checkout.part(whole, size))
            for number, size in enumerate(sizes)
        ]
        scipy = functools.partial(theirs, benches[0], usual.with_scipy)
        threads = chains.settle_threads(scipy)
        beside, run = both_ways(benches[0], chosen.rounds)
        growth, runs = grown(benches[1:], chosen.rounds)
        where = parts(benches[-1])
    about = (
        f"{robot.name}, {len(robot.joint_names)} joints, episodes of 30 s at 50 Hz. "
        f"PyTorch had the faster of one thread and one a core: {threads}. "
        f"{versions('h5py', 'pytorch-kinematics', 'evo', 'scipy')}; {noise([run, *runs])}"
    )
    publish("scoring", [beside, growth, where, about], chosen.write)


if __name__ == "__main__":
    main()
