"""A checkout in a folder of its own with a dataset that was made, and an entry on it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.datasets.split import Parts, inputs_of, lock_of
from bench.entries.entry import write_entry
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump
from bench.io.store import Episodes, write_store
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import Robot
from benchmarks.bimanual import Pair

REPOSITORY = Path(__file__).parent.parent
DATASET, ENTRY = "made", "command-echo"
"""The entry has the name of one that `params.yaml` lists, so that `twinbench score` takes it."""


@dataclass(frozen=True)
class Checkout:
    """Where everything lies."""

    workspace: Workspace
    paths: DatasetPaths

    @property
    def truth(self) -> Path:
        return self.paths.part("holdout_truth")

    @property
    def entry(self) -> Path:
        return self.paths.rollout(ENTRY)


def make(root: Path, robot: Robot, pair: Pair) -> Checkout:
    """Write what `twinbench score` needs: robot, dataset, lock, inputs, truth and entry."""
    shutil.copytree(REPOSITORY / "robots" / robot.name, root / "robots" / robot.name)
    shutil.copyfile(REPOSITORY / "params.yaml", root / "params.yaml")
    paths = DatasetPaths(root, DATASET)
    none = pair.reference.select([], "calibration")
    inputs = inputs_of(pair.reference)
    lock = check(lock_of(Parts(none, none, inputs, pair.reference)), "holdout_lock", "lock")
    with Transaction() as transaction:
        transaction.write_text(paths.folder / "dataset.json", dump(_dataset(robot)))
        transaction.write_text(paths.folder / "split.json", dump(_split(pair.reference)))
        transaction.write_text(paths.lock, dump(lock))
    write_store(paths.part("holdout_inputs"), inputs)
    write_store(paths.part("holdout_truth"), pair.reference)
    write_entry(paths.rollout(ENTRY), _entry(lock["root"]), pair.prediction)
    return Checkout(Workspace(root), paths)


def part(pair: Pair, episodes: int) -> Pair:
    """The first episodes of a dataset."""

    def first(of: Episodes, split: str) -> Episodes:
        return of.select(range(episodes), split)  # type: ignore[arg-type]

    return Pair(first(pair.reference, "holdout_truth"), first(pair.prediction, "entry"))


def _dataset(robot: Robot) -> Document:
    document = {
        "schema": "twinbench/dataset/1",
        "name": DATASET,
        "title": "Two arms on sums of sines",
        "robot": robot.name,
        "kind": "simulated reference",
        "licence": "Apache-2.0",
        "homepage": "benchmarks/bimanual.py",
        "version": 1,
        "superseded_by": None,
        "raw": "committed",
        "reader": "none",
        "joints": [
            {"name": name, "log": name, "unit": unit}
            for name, unit in zip(robot.joint_names, robot.units, strict=True)
        ],
        "runs": [{"name": "a", "role": "reference"}],
        "reader_settings": {},
    }
    return check(document, "dataset", "dataset")


def _split(reference: Episodes) -> Document:
    """All motions are scored; those to fit and to choose on are named and have no recording."""
    document = {
        "schema": "twinbench/split/1",
        "dataset": DATASET,
        "rule": "listed",
        "seed": None,
        "why": "there is nothing to fit",
        "assignment": {
            "calibration": ["fitted"],
            "validation": ["chosen"],
            "holdout": [episode.motion for episode in reference.info.episodes],
        },
        "groups": [],
        "reasons": {},
    }
    return check(document, "split", "split")


def _entry(root: str) -> Document:
    return {
        "schema": "twinbench/entry/1",
        "name": ENTRY,
        "lab": "twinbench",
        "method": "the commands, late and with noise",
        "dataset": DATASET,
        "holdout": root,
        "track": "rollout",
        "licence": "Apache-2.0",
        "contact": "the maintainers of twinbench",
    }
