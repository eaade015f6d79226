"""Where things lie in a checkout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.io.documents import Document, check, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.yaml_files import read_yaml


@dataclass(frozen=True)
class Workspace:
    """A checkout of twinbench.

    Attributes:
        root: the folder with `datasets/`, `robots/` and `params.yaml`.
    """

    root: Path

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """The workspace that `start` lies in.

        Raises:
            ProblemsError: neither `start` nor any folder above it is one.
        """
        for folder in (start.resolve(), *start.resolve().parents):
            if (folder / "datasets").is_dir() and (folder / "params.yaml").is_file():
                return cls(folder)
        expected = "a folder with datasets/ and params.yaml, here or above"
        raise ProblemsError([Problem("no_workspace", str(start), expected, "none")])

    def datasets(self) -> list[str]:
        """Names of all datasets."""
        return sorted(path.parent.name for path in self.root.glob("datasets/*/dataset.json"))

    def dataset(self, name: str) -> DatasetPaths:
        """The paths of one dataset.

        Raises:
            UnknownNameError: no dataset has that name.
        """
        valid = self.datasets()
        if name not in valid:
            raise UnknownNameError("dataset", name, valid)
        return DatasetPaths(self.root, name)

    def robots(self) -> list[str]:
        """Names of all robots."""
        return sorted(path.parent.name for path in self.root.glob("robots/*/description.json"))

    def robot_folder(self, name: str) -> Path:
        """The folder of one robot.

        Raises:
            UnknownNameError: no robot has that name.
        """
        valid = self.robots()
        if name not in valid:
            raise UnknownNameError("robot", name, valid)
        return self.root / "robots" / name

    def params(self) -> dict[str, Any]:
        """Every knob, from `params.yaml`.

        Raises:
            ProblemsError: it is no YAML, has a key twice, or does not fit its schema.
        """
        path = self.root / "params.yaml"
        return check(read_yaml(path, str(path)), "params", str(path))

    def method(self, entry: str) -> dict[str, Any]:
        """The record of a pipeline entry in `params.yaml`.

        Raises:
            UnknownNameError: there is none.
        """
        entries: dict[str, dict[str, Any]] = self.params()["entries"]
        if entry not in entries:
            raise UnknownNameError("entry", entry, sorted(entries))
        return entries[entry]

    def allowed(self, stage: str) -> AllowList:
        """What a stage may read, from `params.yaml`."""
        return AllowList(stage, tuple(self.params()["allow"][stage]))

    def relative(self, path: Path) -> str:
        """The path as it is written in documents: from the root, with forward slashes.

        Links are followed, but for one out of the checkout, such as `data` on another disk.
        """
        place, root = path.resolve(), self.root.resolve()
        if not place.is_relative_to(root):
            place, root = path.absolute(), self.root.absolute()
        return place.relative_to(root).as_posix()


@dataclass(frozen=True)
class AllowList:
    """The names of the files and stores that a stage may read.

    Attributes:
        stage: the stage.
        names: last parts of the paths.
    """

    stage: str
    names: tuple[str, ...]

    def __call__(self, path: Path) -> Path:
        """The path itself.

        Raises:
            ProblemsError: it is not on the list.
        """
        if path.name not in self.names:
            expected = f"one of what {self.stage} may read: {', '.join(self.names)}"
            raise ProblemsError([Problem("not_allowed", str(path), expected, path.name)])
        return path


@dataclass(frozen=True)
class DatasetPaths:
    """Where one dataset's files lie.

    Attributes:
        root: the workspace's root.
        name: the dataset's name.
    """

    root: Path
    name: str

    @property
    def folder(self) -> Path:
        """What is committed of the dataset."""
        return self.root / "datasets" / self.name

    @property
    def raw(self) -> Path:
        """Where `fetch` puts the recordings."""
        return self.root / "data" / "raw" / self.name

    @property
    def episodes(self) -> Path:
        """The store with all episodes."""
        return self.root / "data" / "episodes" / self.name / "all.zarr"

    def part(self, split: str) -> Path:
        """The store of one part of the split."""
        return self.root / "data" / "split" / self.name / f"{split}.zarr"

    @property
    def recovery(self) -> Path:
        """How often fits of a generated dataset's robot find what is known."""
        return self.folder / "recovery.json"

    @property
    def faults(self) -> Path:
        """The folder with pairs of reference and entry that have one known fault each."""
        return self.root / "data" / "faults" / self.name

    @property
    def part_of_faults(self) -> Path:
        """The same of some faults or other seeds, with what they prove."""
        return self.root / "data" / "faults" / f"{self.name}-part"

    @property
    def label_proof(self) -> Path:
        """How well labels find faults that were put in."""
        return self.folder / "label_proof.json"

    @property
    def lock(self) -> Path:
        """What the holdout is, by content."""
        return self.folder / "holdout.lock.json"

    @property
    def guard(self) -> Path:
        """What the guard found in the split."""
        return self.folder / "guard.json"

    def twin(self, entry: str) -> Path:
        """The folder with `twin.json` and `provenance.json` of a pipeline entry."""
        return self.root / "data" / "twins" / self.name / entry

    def rollout(self, entry: str) -> Path:
        """The entry folder that the pipeline's `rollout` writes."""
        return self.root / "data" / "rollout" / self.name / entry

    def traces(self, entry: str) -> Path:
        """The store with the errors of every row of a scored entry."""
        return self.root / "data" / "traces" / self.name / f"{entry}.zarr"

    @property
    def repeat_traces(self) -> Path:
        """The folder with the trace stores of the robot's further runs."""
        return self.root / "data" / "traces" / self.name / "repeats"

    def submitted(self, entry: str) -> Path:
        """The folder that holds a submitted entry's versions, one folder a content hash."""
        return self.root / "data" / "entries" / self.name / entry

    @property
    def board(self) -> Path:
        """The leaderboard's folder."""
        return self.root / "leaderboards" / self.name

    @property
    def results(self) -> Path:
        """The folder with the results that are ranked."""
        return self.board / "results"

    def result(self, entry: str) -> Path:
        """One entry's result."""
        return self.results / f"{entry}.json"

    @property
    def repeats(self) -> Path:
        """The folder with what the robot's further runs score."""
        return self.board / "repeats"

    def repeat(self, name: str) -> Path:
        """The result of the robot's further runs, as they are or after a shift."""
        return self.repeats / f"{name}.json"

    @property
    def attempts(self) -> Path:
        """The log of everything that was scored on the holdout."""
        return self.board / "attempts.jsonl"

    def document(self) -> Document:
        """`dataset.json`, checked."""
        return read_document(self.folder / "dataset.json", "dataset")
