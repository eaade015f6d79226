"""How the benchmarks measure: in turn, in one run, and what they print.

Machines differ and are shared, so what counts is the ratio of two ways in one run. The ways take
turns; a ratio is the median of the ratios within the rounds, with the least and the largest. A
fixed pass of NumPy runs in every round beside them: how much its time varies is the noise of the
machine, stated under every table.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import platform
import signal
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import FrameType

import numpy as np

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PASS = 500_000
"""Values of the fixed pass: some milliseconds."""

SHORTEST = 0.02
"""s, below which a way is timed over several runs."""

LONG = 0.5
"""s, above which a way runs once to warm up."""
SAMPLE = 0.002
"""s of the processor between two samples of `shares`."""

Way = Callable[[], object]


@dataclass(frozen=True)
class Times:
    """Seconds of one way, one value a round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Ratio:
    """How many times as long one way takes as another, over rounds."""

    median: float
    least: float
    largest: float

    def __str__(self) -> str:
        return f"{short(self.median)} ({short(self.least)} to {short(self.largest)})"


@dataclass(frozen=True)
class Run:
    """What was measured: the times of each way, and those of the fixed pass."""

    times: Mapping[str, Times]
    fixed: Times

    def ratio(self, slow: str, fast: str) -> Ratio:
        pairs = zip(self.times[slow].seconds, self.times[fast].seconds, strict=True)
        found = [a / b for a, b in pairs]
        return Ratio(statistics.median(found), min(found), max(found))


def in_turn(ways: Mapping[str, Way], rounds: int, warm: bool = True) -> Run:
    """Time the ways in turn, `rounds` times.

    Args:
        ways: what to run, by name.
        rounds: how often each is timed.
        warm: whether each runs beforehand; one that is short is then timed over several runs.
    """
    values = np.linspace(0.0, 6.0, PASS)
    found: dict[str, list[float]] = {name: [] for name in ways}
    fixed: list[float] = []
    runs = {name: _runs(way) if warm else 1 for name, way in ways.items()}
    for _ in range(rounds):
        fixed.append(seconds(lambda: np.sin(values)))
        for name, way in ways.items():
            found[name].append(seconds(way, runs[name]))
    return Run({name: Times(tuple(s)) for name, s in found.items()}, Times(tuple(fixed)))


def _runs(way: Way) -> int:
    """How often to run for at least `SHORTEST` s; it runs once or twice to tell, and warms up."""
    first = seconds(way)
    return 1 if first > LONG else max(1, math.ceil(SHORTEST / seconds(way)))


def seconds(way: Way, runs: int = 1) -> float:
    """Wall time of one run, mean over `runs`."""
    gc.collect()
    start = time.perf_counter()
    for _ in range(runs):
        way()
    return (time.perf_counter() - start) / runs


def shares(way: Way, package: str) -> dict[str, float]:
    """Where the time of this process goes while `way` runs: by module, the largest first.

    Sampled on the processor's clock; a sample counts for the innermost module of the package that
    is on the stack, so NumPy's work counts for the module that called it. Needs the main thread.
    """
    found: Counter[str] = Counter()
    marker = f"{os.sep}{package}{os.sep}"

    def sample(_number: int, frame: FrameType | None) -> None:
        while frame is not None and marker not in frame.f_code.co_filename:
            frame = frame.f_back
        path = "the rest" if frame is None else frame.f_code.co_filename.rpartition(marker)[2]
        found[path] += 1

    before = signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, SAMPLE, SAMPLE)
    try:
        way()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return {name: count / found.total() for name, count in found.most_common()}


def noise(runs: Iterable[Run]) -> str:
    """One sentence: what was measured on, and how much the fixed pass varied."""
    passes = [s for run in runs for s in run.fixed.seconds]
    middle = statistics.median(passes)
    return (
        f"{cores()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"NumPy {np.__version__}; {len(passes)} rounds; a fixed pass of NumPy took "
        f"{min(passes) / middle:.2f} to {max(passes) / middle:.2f} times its median."
    )


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def versions(*names: str) -> str:
    """Packages with their versions, `-` where one is not installed."""
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} -")
    return ", ".join(found)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The slope of log cost over log size, least squares: 1 is linear."""
    x, y = np.log(sizes), np.log(costs)
    x -= x.mean()
    return float((x * (y - y.mean())).sum() / (x * x).sum())


def short(value: float) -> str:
    """A number with two or three digits."""
    if value == 0:
        return "0"
    return (
        f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}" if value >= 10 else f"{value:.2g}"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns after the first are set to the right."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def arguments(description: str) -> argparse.ArgumentParser:
    """The arguments that every benchmark takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--write", action="store_true", help="put the tables into the page too")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def publish(name: str, parts: Sequence[str], write: bool, page: Path = PAGE) -> None:
    """Print the parts; put them between the marks `name` of the page if `write`.

    Raises:
        ValueError: the page has no such marks.
    """
    text = "\n\n".join(filter(None, parts))
    print(text)
    if not write:
        return
    begin, end = (f"<!-- {name}: {word} -->" for word in ("begin", "end"))
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page} has no marks {begin} and {end}")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
