"""Records made by hand, and the problems of a check as lines."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.io.documents import Document, dump, read_document
from bench.io.problems import ProblemsError

HASHES = [f"{number:064x}" for number in range(1, 9)]
ROOT = "a" * 64


def parameter(name: str = "delay", value: float = 0.1, **fields: Any) -> Document:
    made = {
        "name": name,
        "value": value,
        "unit": "s",
        "determined": "fitted",
        "source": "",
        "standard_error": None,
        "interval": None,
        "bounds": None,
        "prior": None,
        "prior_source": "",
    }
    return {**made, **fields}


def residual(name: str, low: float, high: float) -> Document:
    return {
        "parameter": name,
        "low": low,
        "high": high,
        "distribution": "uniform",
        "derived_from": "made",
    }


def record(**fields: Any) -> Document:
    made = {
        "schema": "twinbench/provenance/1",
        "entry": "made",
        "dataset": "toy",
        "calibration": {"episodes": [{"id": "wave.run-a", "hash": HASHES[0]}]},
        "validation": {"episodes": [{"id": "step.run-a", "hash": HASHES[1]}], "evaluations": 0},
        "parameters": [parameter()],
        "residual_ranges": [],
        "residual_ranges_missing": "none were estimated",
        "holdout": {"dataset": "toy", "root": ROOT},
        "guard": {"hash": HASHES[2], "findings": [], "allow_list": ["calibration.zarr"]},
        "assets": [{"path": "robots/toy/robot.json", "sha256": HASHES[3]}],
        "method": {"command": "made", "kind": "echo", "settings": {}, "version": "1", "seed": 1},
        "errors": {"fit": 0.01, "validation": None},
        "figures": {},
    }
    return {**made, **fields}


def lock(*episodes: tuple[str, str, str, str | None]) -> Document:
    """A lock of episodes: id, group, hash, hash of the inputs."""
    return {
        "schema": "twinbench/holdout_lock/1",
        "dataset": "toy",
        "root": ROOT,
        "episodes": [
            {"id": i, "group": g, "role": "reference", "rows": 9, "hash": h, "inputs_hash": shown}
            for i, g, h, shown in episodes
        ],
    }


def change(path: Path, kind: str, edit: Callable[[Any], object]) -> None:
    """Let `edit` change a copy of the document, and write it."""
    changed = copy.deepcopy(read_document(path, kind))
    edit(changed)
    path.write_text(dump(changed))


def refused(run: Callable[[], object]) -> list[str]:
    """The problems that `run` raises, as lines."""
    with pytest.raises(ProblemsError) as raised:
        run()
    return [str(problem) for problem in raised.value.problems]
