"""What a check of an entry is, and what it is given."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.formulas.interpolation import at_times
from bench.io.documents import Document
from bench.io.problems import Problem
from bench.io.store import Episodes
from bench.io.store_info import StoreInfo

Floats = NDArray[np.float64]

STORE = "trajectories.zarr"
LARGEST = 1e4
"""Largest absolute value of a time, a position or an angle in an entry, in its unit."""


@dataclass(frozen=True)
class Contents:
    """What could be read of an entry, and what could not.

    Attributes:
        document: `entry.json`, None if it cannot be read or does not fit its schema.
        documents: the other documents by kind (`twin`, `provenance`, `events`).
        info: what the store says of itself, None if it cannot be read.
        episodes: the trajectories, None if the store is damaged.
        problems: what stood in the way, by the name of the check that reports it.
    """

    document: Document | None = None
    documents: Mapping[str, Document] = field(default_factory=dict)
    info: StoreInfo | None = None
    episodes: Episodes | None = None
    problems: Mapping[str, Sequence[Problem]] = field(default_factory=dict)


@dataclass(frozen=True)
class Residual:
    """One episode of an entry beside its commands, at the times of the inputs.

    Attributes:
        id: the episode.
        time: (N,) s, the clock of the inputs up to where the entry's simulator broke.
        predicted: (N, K) rad, the entry, linear between its rows, held at its ends.
        command: (N, K) rad.
    """

    id: str
    time: Floats
    predicted: Floats
    command: Floats


@dataclass(frozen=True)
class CheckInput:
    """What every check may look at.

    Attributes:
        contents: the entry, as far as it could be read.
        inputs: the inputs of the holdout.
        lock: `holdout.lock.json`.
        scored: names of the joints that are scored.
        continuous: names of the joints that turn without end.
        groups: group by motion, of the motions that share one.
    """

    contents: Contents
    inputs: Episodes
    lock: Document
    scored: Sequence[str]
    continuous: Sequence[str] = ()
    groups: Mapping[str, str] = field(default_factory=dict)

    @functools.cached_property
    def pairs(self) -> Sequence[tuple[str, int, int]]:
        """Episodes that both have: id, position in the entry, position in the inputs."""
        if self.contents.info is None:
            return []
        place = {episode.id: i for i, episode in enumerate(self.contents.info.episodes)}
        return [(name, place[name], i) for name, i in self.inputs.index.items() if name in place]

    @functools.cached_property
    def angles(self) -> Sequence[str]:
        """Joints that the inputs command in rad and that the entry has, in the inputs' order."""
        info, inputs = self.contents.info, self.inputs.info
        named = () if info is None else info.joints
        return [
            name
            for name, unit in zip(inputs.joints, inputs.units, strict=True)
            if unit == "rad" and name in named
        ]

    def residuals(self) -> Iterator[Residual]:
        """The sound episodes beside their commands, for `angles`, one after the other."""
        episodes = self.contents.episodes
        if episodes is None or not {"time", "q"} <= episodes.signals.keys() or not self.angles:
            return
        columns = [episodes.info.joints.index(name) for name in self.angles]
        commanded = [self.inputs.info.joints.index(name) for name in self.angles]
        for name, mine, theirs in self.pairs:
            clock, q = episodes.signal("time", mine), episodes.signal("q", mine)[:, columns]
            if not (is_credible(clock) and is_credible(q) and (np.diff(clock) > 0).all()):
                continue
            time = self.inputs.signal("time", theirs)
            command = self.inputs.signal("q_command", theirs)[:, commanded]
            failed = episodes.signals.get("failed_at")
            sound = slice(None if failed is None else int(np.searchsorted(time, failed[mine])))
            yield Residual(name, time[sound], at_times(time, clock, q)[sound], command[sound])


@dataclass(frozen=True)
class Check:
    """One check of an entry.

    Attributes:
        name: short name in snake case.
        meaning: one line.
        codes: the problems that it can report, each with one line.
        run: gives the problems.
    """

    name: str
    meaning: str
    codes: Mapping[str, str]
    run: Callable[[CheckInput], Iterable[Problem]]


def circular_mean(samples: Floats) -> Floats:
    """Mean of angles (N, M, J) over M, each within half a turn of the first, (N, J) rad."""
    first = samples[:, :1]
    around = samples - first
    mean: Floats = first[:, 0] + (around - 2 * np.pi * np.round(around / (2 * np.pi))).mean(axis=1)
    return mean


def is_credible(values: Floats) -> bool:
    """Whether all values are finite and of a size that an entry may have."""
    return bool((np.abs(values) <= LARGEST).all())


def episode_place(episode: str, joint: str | None = None, row: int | None = None) -> str:
    """How a problem names an episode of the store, a joint of it, a row of it."""
    parts = [f"{STORE}: {episode!a}"]
    parts += [] if joint is None else [f"joint {joint!r}"]
    parts += [] if row is None else [f"row {row}"]
    return ", ".join(parts)


def listed(names: Iterable[str], longest: int = 600) -> str:
    """Names from outside in one line of bounded length; a lookalike of a letter shows as such."""
    text = ", ".join(map(ascii, names)) or "none"
    return text if len(text) <= longest else text[: longest - 3] + "..."
