"""How many planted near-duplicates are found, and how many motions are alike that should not be.

Run as a module it writes the table of `docs/guard.md`; the datasets whose recordings are not there
keep the column that they have:

    TWINBENCH_MIRROR=DIR python -m tests.guard.near_duplicates.recall
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np

from bench.datasets.ingest import ingest, raw_folder
from bench.datasets.layout import load_layout
from bench.datasets.split import split
from bench.guard.checks.near_duplicates import HINT, LIKELY
from bench.guard.near_duplicates.index import candidates
from bench.guard.near_duplicates.motion import resampled, windows_of
from bench.guard.near_duplicates.similarity import similarity, time_scales
from bench.io.documents import read_document
from bench.io.workspace import Workspace
from tests.guard import tables
from tests.guard.near_duplicates.motions import quicker

ROOT = Path(__file__).parent.parent.parent.parent
PAGE = ROOT / "docs" / "guard.md"
GENERATED, RECORDED = ("so101-synth",), ("so101-sage", "ur5-force")
DATASETS = (*GENERATED, *RECORDED)
MARKED = re.compile(r"(<!-- near: begin -->\n).*?(<!-- near: end -->)", re.DOTALL)
NONE = "–"


@dataclass(frozen=True)
class Motion:
    """A recorded motion at five samples a second.

    Attributes:
        group: of the split's rule.
        motion: its name.
        samples: (N, J) rad.
    """

    group: str
    motion: str
    samples: np.ndarray


Plant = Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray]
"""Makes a copy of a motion; the other motion is one to take foreign parts from."""


def _as_long(other: np.ndarray, count: int) -> np.ndarray:
    return other[np.arange(count) % len(other)]


def _shifted(samples: float) -> Plant:
    """Late, after the other's first rows."""

    def plant(motion: np.ndarray, other: np.ndarray, _: np.random.Generator) -> np.ndarray:
        at = np.arange(1, len(motion)) - samples % 1
        late = np.stack(
            [np.interp(at, np.arange(len(motion)), joint) for joint in motion.T], axis=1
        )
        return np.concatenate([_as_long(other, int(samples)), late])

    return plant


def _middle(seconds: float) -> Plant:
    def plant(motion: np.ndarray, _: np.ndarray, __: np.random.Generator) -> np.ndarray:
        half, centre = int(seconds * 5 / 2), len(motion) // 2
        return motion[max(centre - half, 0) : centre + half]

    return plant


def _scaled(scale: float) -> Plant:
    return lambda motion, _, __: quicker(motion, scale)


def _noise(size: float) -> Plant:
    return lambda motion, _, rng: motion + rng.normal(0, size, motion.shape)


def _moved(size: float) -> Plant:
    return lambda motion, _, rng: motion + size * rng.choice([-1, 1], motion.shape[1])


def _larger(factor: float) -> Plant:
    return lambda motion, _, __: motion.mean(axis=0) + factor * (motion - motion.mean(axis=0))


def _joint(motion: np.ndarray, other: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """The joint that moves most does what the other's does."""
    found, joint = motion.copy(), int(np.argmax(motion.std(axis=0)))
    found[:, joint] = _as_long(other, len(motion))[:, joint]
    return found


def _everything(motion: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    part = motion[len(motion) // 5 :]
    return _noise(0.003)(_shifted(15)(quicker(part, 1 / 1.7), other, rng), other, rng)


PLANTS: Mapping[str, Plant] = {
    "shifted by 3 s": _shifted(15),
    "shifted by 3.1 s: half a sample": _shifted(15.5),
    "1.7 times slower": _scaled(1 / 1.7),
    "1.7 times quicker": _scaled(1.7),
    "2.3 times slower": _scaled(1 / 2.3),
    "noise of 3 mrad": _noise(0.003),
    "noise of 10 mrad, at five samples a second": _noise(0.010),
    "all joints off by 40 mrad": _moved(0.040),
    "a fifth larger about its mean": _larger(1.2),
    "its middle 30 s": _middle(30),
    "its middle 12 s": _middle(12),
    "the most moving joint another motion's": _joint,
    "the last four fifths, shifted, 1.7 times slower, noise of 3 mrad": _everything,
}


def motions(dataset: str, mirror: Path | None = None) -> list[Motion]:
    """Every recorded motion of a dataset that has a window to compare."""
    paths = Workspace(ROOT).dataset(dataset)
    document, layout = paths.document(), load_layout(paths)
    folder = mirror if mirror is not None else raw_folder(paths, document)
    rule = read_document(paths.folder / "split.json", "split")
    parts = split(ingest(document, folder, layout, lambda _done, _total: None), rule)
    found = [
        Motion(info.group, info.motion, resampled(part.signal("time", i), part.signal("q", i)))
        for _, part in parts.recorded()
        for i, info in enumerate(part.info.episodes)
    ]
    return [each for each in found if len(windows_of(each.samples))]


def column(dataset: str, mirror: Path | None = None) -> dict[str, str]:
    """What is found of every row of the table."""
    recorded = motions(dataset, mirror)
    first = list({each.motion: each for each in reversed(recorded)}.values())[::-1]
    rows = {name: _counted(_planted(first, plant)) for name, plant in PLANTS.items()}
    rows["another run of the same motion"] = _counted(_repeats(recorded))
    rows["another motion, of another group"] = _counted(_different(recorded))
    return rows


def _planted(recorded: Sequence[Motion], plant: Plant) -> Iterator[float]:
    """The larger share of each copy in its motion, and of the motion in its copy."""
    for number, one in enumerate(recorded):
        other = recorded[(number + 1) % len(recorded)].samples
        copy = plant(one.samples, other, np.random.default_rng(number))
        yield max(_share(copy, one.samples), _share(one.samples, copy))


def _repeats(recorded: Sequence[Motion]) -> Iterator[float]:
    for one, other in permutations(recorded, 2):
        if one.motion == other.motion:
            yield _share(one.samples, other.samples)


def _different(recorded: Sequence[Motion]) -> Iterator[float]:
    """The shares of all pairs whose groups differ; below a hint 0."""
    samples = [each.samples for each in recorded]
    windows = [windows_of(each) for each in samples]
    shares = {
        (found.query, found.other): similarity(
            windows[found.query], samples[found.other], found.scales, HINT
        ).share
        for found in candidates(windows, samples, HINT)
        if recorded[found.query].group != recorded[found.other].group
    }
    for one, other in permutations(range(len(recorded)), 2):
        if recorded[one].group != recorded[other].group:
            yield shares.get((one, other), 0.0)


def _share(motion: np.ndarray, other: np.ndarray) -> float:
    return similarity(windows_of(motion), other, time_scales(), HINT).share


def _counted(shares: Iterator[float]) -> str:
    """How many are likely, a hint, and nothing."""
    every = np.array(list(shares))
    if not len(every):
        return NONE
    likely, hint = int((every >= LIKELY).sum()), int(((every >= HINT) & (every < LIKELY)).sum())
    return f"{likely}, {hint}, {len(every) - likely - hint}"


def written(page: str) -> dict[str, dict[str, str]]:
    """The columns of the table that a page has, by dataset."""
    return tables.written(page, MARKED, DATASETS, key=0)


def table(columns: Mapping[str, Mapping[str, str]]) -> str:
    """The table in Markdown."""
    lines = ["| motion | " + " | ".join(DATASETS) + " |", "| --- " * (1 + len(DATASETS)) + "|"]
    for name in next(iter(columns.values())):
        cells = [columns.get(dataset, {}).get(name, "") for dataset in DATASETS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    columns = {**written(page), **{dataset: column(dataset) for dataset in GENERATED}}
    if mirror := os.environ.get("TWINBENCH_MIRROR"):
        columns |= {dataset: column(dataset, Path(mirror)) for dataset in RECORDED}
    PAGE.write_text(MARKED.sub(rf"\g<1>\n{table(columns)}\n\n\g<2>", page), encoding="utf-8")


if __name__ == "__main__":
    main()
