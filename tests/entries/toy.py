"""A small holdout, good predictions of it, and how to write and break entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.entries.entry import Entry
from bench.entries.template import template
from bench.entries.validation import validate
from bench.io.documents import Document
from bench.io.problems import ProblemsError
from bench.io.store import Episodes, fill_store
from bench.io.store_info import EpisodeInfo, StoreInfo

JOINTS = ("pan", "lift", "elbow", "gripper")
UNITS = ("rad", "rad", "rad", "fraction")
SCORED = ("pan", "lift", "elbow")
ROWS = {"circle.run-a": 120, "square.run-a": 90, "wave.run-a": 150}
STEP = 0.02

Tracks = dict[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Holdout:
    """Inputs, lock and the words of a good `entry.json`."""

    inputs: Episodes
    lock: Document
    document: Document

    def check(self, folder: Path, **more: Any) -> Entry:
        return validate(folder, inputs=self.inputs, lock=self.lock, scored=SCORED, **more)

    def problems(self, folder: Path) -> list[str]:
        """Every line of the refusal of this entry."""
        with pytest.raises(ProblemsError) as raised:
            self.check(folder)
        return [str(problem) for problem in raised.value.problems]


def episodes_of(
    tracks: Mapping[str, tuple[np.ndarray, np.ndarray]],
    joints: tuple[str, ...] = JOINTS,
    units: tuple[str, ...] = UNITS,
    failed_at: np.ndarray | None = None,
) -> Episodes:
    """Episodes of the split `entry` from time and q of each."""
    signals = {"time": ("s",), "q": units}
    arrays = {
        "time": np.concatenate([time for time, _ in tracks.values()]),
        "q": np.concatenate([q for _, q in tracks.values()]),
    }
    if failed_at is not None:
        signals["failed_at"], arrays["failed_at"] = ("s",), failed_at
    infos = tuple(_info(name) for name in tracks)
    info = StoreInfo("toy", "toy-arm", "recorded", "entry", joints, units, signals, infos)
    start = np.cumsum([0, *(len(time) for time, _ in tracks.values())]).astype(np.int64)
    return Episodes(info, start, arrays)


def _info(name: str) -> EpisodeInfo:
    motion, _, run = name.partition(".")
    return EpisodeInfo(name, motion, motion, run or "run-a", "reference")


def commands(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Clock (N,) s and commands (N, 4) of an episode: three sines and a still gripper."""
    time = np.arange(rows) * STEP
    phase = np.array([0.0, 0.7, 1.9])
    arm = np.array([0.5, 0.3, 0.8]) * np.sin(2 * np.pi * 0.4 * time[:, None] + phase)
    return time, np.column_stack([arm, np.full(rows, 0.25)])


def make_holdout() -> Holdout:
    """The inputs of three episodes, with their lock."""
    tracks = {name: commands(rows) for name, rows in ROWS.items()}
    plain = episodes_of(tracks)
    signals = {
        "time": plain.signals["time"],
        "q_command": plain.signals["q"],
        "q_start": plain.signals["q"][plain.start[:-1]],
    }
    units = {"time": ("s",), "q_command": UNITS, "q_start": UNITS}
    inputs = Episodes(
        replace(plain.info, split="holdout_inputs", signals=units), plain.start, signals
    )
    hashes = [name.encode().hex().ljust(64, "0")[:64] for name in ROWS]
    lock = {
        "schema": "twinbench/holdout_lock/1",
        "dataset": "toy",
        "root": "a" * 64,
        "episodes": [
            {
                "id": name,
                "group": name.partition(".")[0],
                "role": "reference",
                "rows": ROWS[name],
                "hash": content,
                "inputs_hash": shown,
            }
            for name, content, shown in zip(ROWS, hashes, inputs.hashes(), strict=True)
        ],
    }
    own = {
        "name": "good-entry",
        "lab": "Lab of Springs",
        "method": "the command, a little late",
        "licence": "CC0-1.0",
        "contact": "springs@example.org",
    }
    return Holdout(inputs, lock, template(inputs, lock) | own)


def good_tracks() -> Tracks:
    """A prediction of every episode: the command plus 5 mrad."""
    found = {}
    for name, rows in ROWS.items():
        time, q = commands(rows)
        found[name] = time, q + 0.005
    return found


def write_raw(folder: Path, document: object, episodes: Episodes) -> Path:
    """Write an entry as a lab might, without any check but the store's schema."""
    (folder / "trajectories.zarr").mkdir(parents=True)
    (folder / "entry.json").write_text(json.dumps(document), encoding="utf-8")
    fill_store(folder / "trajectories.zarr", episodes)
    return folder


def change(path: Path, edit: Callable[[Any], object]) -> None:
    """Load the JSON file, let `edit` change it, and write it back."""
    loaded = json.loads(path.read_text(encoding="utf-8"))
    edit(loaded)
    path.write_text(json.dumps(loaded), encoding="utf-8")
