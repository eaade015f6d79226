"""A small checkout with a split holdout, key pairs, and random bytes that are always the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from bench.datasets.sealing.keys import PublicKey, SecretKey
from bench.datasets.split import lock_of, split
from bench.io.documents import dump
from bench.io.store import write_store
from bench.io.workspace import DatasetPaths
from tests.support.episodes import JOINTS, UNITS, make_episodes

RULE = {
    "assignment": {"calibration": ["a"], "validation": ["b"], "holdout": ["c", "d"]},
    "groups": [],
}


def drawn(seed: str) -> Callable[[int], bytes]:
    """A source of bytes that look random: SHA-256 of the seed and a count."""
    count = 0

    def source(number: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed} {count}".encode()).digest(number)

    return source


def key_pair(name: str, lab: str | None = None) -> tuple[SecretKey, PublicKey]:
    """A key pair that depends on the name alone."""
    secret = SecretKey(hashlib.sha256(name.encode()).digest())
    return secret, PublicKey(secret.public, name, f"{name.lower()}@example.org", lab)


def make_split(root: Path, name: str = "toy", *, rows: int = 600, seed: int = 0) -> DatasetPaths:
    """The files of a dataset after `split`, and `all.zarr`."""
    paths = DatasetPaths(root, name)
    paths.folder.mkdir(parents=True)
    dataset = {
        "schema": "twinbench/dataset/1",
        "name": name,
        "title": "A toy",
        "robot": "so101",
        "kind": "recorded",
        "licence": "CC0-1.0",
        "homepage": "https://example.org",
        "version": 1,
        "superseded_by": None,
        "raw": "fetched",
        "reader": "sage",
        "reader_settings": {},
        "joints": [
            {"name": joint, "log": joint, "unit": unit}
            for joint, unit in zip(JOINTS, UNITS, strict=True)
        ],
        "runs": [{"name": "run-a", "role": "reference"}, {"name": "run-b", "role": "repeat"}],
    }
    (paths.folder / "dataset.json").write_text(json.dumps(dataset))
    episodes = make_episodes(("a", "b", "c", "d"), rows=rows, seed=seed, dataset=name)
    write_store(paths.episodes, episodes)
    parts = split(episodes, RULE)
    for part, one in parts.items():
        write_store(paths.part(part), one)
    paths.lock.write_text(dump(lock_of(parts)))
    return paths


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
