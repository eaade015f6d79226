"""Changes planted in the data of a holdout, and what the guard says of each.

Run as a module it writes the table of `docs/guard.md`; the datasets whose recordings are not there
keep the column that they have:

    TWINBENCH_MIRROR=DIR python -m tests.guard.holdout.planted
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.datasets.split import lock_root, locked_episodes
from bench.guard.holdout.guarding import guard_holdout
from bench.io.store import Episodes, load_episodes, write_store
from bench.io.workspace import DatasetPaths
from tests.guard import tables
from tests.guard.recorded import ROOT, recorded

MARKED = tables.marks("holdouts")
HONEST = "nothing: as it is"
UNSEEN = ("truth and lock: a bit, with hash and root",)
"""Changes that are not found."""
DOCUMENTS = ("split.json", "holdout.lock.json")
STORES = ("holdout_truth", "holdout_inputs")

Plant = Callable[[DatasetPaths], object]
"""Changes a checkout with nothing but a holdout."""


def _store(part: str, change: Callable[[Episodes], Episodes]) -> Plant:
    return lambda paths: write_store(paths.part(part), change(load_episodes(paths.part(part))))


def _document(file: str, change: Callable[[Any], object]) -> Plant:
    def plant(paths: DatasetPaths) -> None:
        place = paths.folder / file
        said = json.loads(place.read_text(encoding="utf-8"))
        change(said)
        place.write_text(json.dumps(said), encoding="utf-8")

    return plant


def _bit(signal: str) -> Callable[[Episodes], Episodes]:
    def change(episodes: Episodes) -> Episodes:
        values = np.array(episodes.signals[signal])
        values[len(values) // 2] = np.nextafter(values[len(values) // 2], 9)
        return replace(episodes, signals={**episodes.signals, signal: values})

    return change


def _first(**fields: Any) -> Callable[[Episodes], Episodes]:
    """The first recording with other fields."""

    def change(episodes: Episodes) -> Episodes:
        first, *others = episodes.info.episodes
        infos = (replace(first, **fields), *others)
        return replace(episodes, info=replace(episodes.info, episodes=infos))

    return change


def _exchanged(episodes: Episodes) -> Episodes:
    """The first two recordings under each other's names."""
    first, second, *others = episodes.info.episodes
    return replace(episodes, info=replace(episodes.info, episodes=(second, first, *others)))


def _without_first(episodes: Episodes) -> Episodes:
    return episodes.select(list(range(1, len(episodes))), episodes.info.split)


def _shortened(episodes: Episodes) -> Episodes:
    """The last recording without its last row."""
    start = np.array(episodes.start)
    start[-1] -= 1
    signals = {name: values[: start[-1]] for name, values in episodes.signals.items()}
    return Episodes(episodes.info, start, signals)


def _damaged(part: str) -> Plant:
    """A bit in the middle of a chunk."""

    def plant(paths: DatasetPaths) -> None:
        files = (path for path in paths.part(part).glob("q*/**/*") if path.is_file())
        chunk = max(files, key=lambda path: path.stat().st_size)
        data = bytearray(chunk.read_bytes())
        data[len(data) // 2] ^= 1
        chunk.write_bytes(data)

    return plant


def _in_place_of(one: str, other: str) -> Plant:
    def plant(paths: DatasetPaths) -> None:
        shutil.rmtree(paths.part(one))
        shutil.copytree(paths.part(other), paths.part(one))

    return plant


def _measured_in_inputs(paths: DatasetPaths) -> None:
    """The measured positions of every row, beside the commands."""
    truth = load_episodes(paths.part("holdout_truth"))
    inputs = load_episodes(paths.part("holdout_inputs"))
    numbers = [truth.index[info.id] for info in inputs.info.episodes]
    measured = np.concatenate([truth.signal("q", number) for number in numbers])
    units = {**inputs.info.signals, "q": inputs.info.units}
    info = replace(inputs.info, signals=units)
    signals = {**inputs.signals, "q": measured}
    write_store(paths.part("holdout_inputs"), Episodes(info, inputs.start, signals))


def _relocked(change: Callable[[list[Any]], object]) -> Plant:
    """The records of the lock changed, its root with them."""

    def plant(lock: Any) -> None:
        change(lock["episodes"])
        lock["root"] = lock_root(lock["episodes"])

    return _document("holdout.lock.json", plant)


def _truth_and_lock(paths: DatasetPaths) -> None:
    _store("holdout_truth", _bit("q"))(paths)
    truth = load_episodes(paths.part("holdout_truth"))
    hashes = {one["id"]: one["hash"] for one in locked_episodes(truth)}

    def follow(episodes: list[Any]) -> None:
        for episode in episodes:
            episode["hash"] = hashes[episode["id"]]

    _relocked(follow)(paths)


def _assigned(source: str, target: str) -> Plant:
    """The rule has a motion in another part."""

    def change(rule: Any) -> None:
        rule["assignment"][target].append(rule["assignment"][source].pop())

    return _document("split.json", change)


PLANTS: Mapping[str, Plant] = {
    "truth: a bit": _store("holdout_truth", _bit("q")),
    "truth: two recordings exchanged": _store("holdout_truth", _exchanged),
    "truth: a row less": _store("holdout_truth", _shortened),
    "truth: another group": _store("holdout_truth", _first(group="other")),
    "truth: another role": _store("holdout_truth", _first(role="other")),
    "truth: a recording less": _store("holdout_truth", _without_first),
    "truth: a recording under a new name": _store("holdout_truth", _first(id="new.run-a")),
    "truth: a damaged byte": _damaged("holdout_truth"),
    "truth: the inputs in its place": _in_place_of("holdout_truth", "holdout_inputs"),
    "truth: not here": lambda paths: shutil.rmtree(paths.part("holdout_truth")),
    "inputs: a bit": _store("holdout_inputs", _bit("q_command")),
    "inputs: a recording less": _store("holdout_inputs", _without_first),
    "inputs: a damaged byte": _damaged("holdout_inputs"),
    "inputs: what was measured, in every row": _measured_in_inputs,
    "inputs: the truth in their place": _in_place_of("holdout_inputs", "holdout_truth"),
    "lock: not here": lambda paths: paths.lock.unlink(),
    "lock: a field less": _document("holdout.lock.json", lambda lock: lock.pop("root")),
    "lock: another root": _document("holdout.lock.json", lambda lock: lock.update(root="0" * 64)),
    "lock: of another dataset": _document(
        "holdout.lock.json", lambda lock: lock.update(dataset="other")
    ),
    "lock: another hash, and its root": _relocked(
        lambda episodes: episodes[0].update(hash="0" * 64)
    ),
    "lock: a recording less, and its root": _relocked(lambda all_: all_.pop()),
    "rule: a motion less": _assigned("holdout", "calibration"),
    "rule: a motion more": _assigned("calibration", "holdout"),
    "truth and lock: a bit, with hash and root": _truth_and_lock,
    HONEST: lambda _paths: None,
}


def column(dataset: str, mirror: Path | None = None) -> dict[str, str]:
    """What is found of each change, in a checkout with nothing but the holdout."""
    parts = recorded(dataset, mirror).parts()
    with tempfile.TemporaryDirectory() as folder:
        whole = DatasetPaths(Path(folder) / "whole", dataset)
        whole.folder.mkdir(parents=True)
        for name in DOCUMENTS:
            shutil.copyfile(ROOT / "datasets" / dataset / name, whole.folder / name)
        for name in STORES:
            write_store(whole.part(name), getattr(parts, name))
        return {name: _found(whole, plant, Path(folder) / "copy") for name, plant in PLANTS.items()}


def _found(whole: DatasetPaths, plant: Plant, place: Path) -> str:
    shutil.copytree(whole.root, place)
    paths = DatasetPaths(place, whole.name)
    plant(paths)
    found = tables.told(guard_holdout(paths, truth=True))
    shutil.rmtree(place)
    return found


if __name__ == "__main__":
    tables.write(MARKED, "changed", PLANTS, column)
