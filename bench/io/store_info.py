"""What an episode store says of itself, and the form of its arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.io import documents

Split = Literal[
    "all", "calibration", "validation", "holdout_inputs", "holdout_truth", "diagnostic", "entry"
]
DTYPES: Mapping[str, str] = {"start": "int64", "q_command_valid": "bool"}
PER_EPISODE = frozenset({"q_start", "dq_start", "failed_at"})
PER_JOINT = frozenset({"q", "q_command", "dq", "effort", "current", "q_start", "dq_start"})
WIDTHS: Mapping[str, int] = {"tool_pose": 7}
"""Columns of the row signals that are neither one value a row nor one a joint."""
MAX_SAMPLES = 1024
"""Most executions in the signal `samples` (T, S, J)."""


@dataclass(frozen=True)
class EpisodeInfo:
    """Which episode this is: its id, what must not be torn from it, and its part in the split."""

    id: str
    group: str
    motion: str
    run: str
    role: str


@dataclass(frozen=True)
class StoreInfo:
    """What a store says of itself.

    Attributes:
        dataset: name of the dataset.
        robot: name of the robot.
        kind: `recorded` or `simulated reference`.
        split: which part of the dataset this is.
        joints: URDF names, the columns of every joint signal.
        units: unit of each joint's position.
        signals: unit of each signal, one for each joint where they differ.
        episodes: in the order of the rows.
    """

    dataset: str
    robot: str
    kind: str
    split: str
    joints: tuple[str, ...]
    units: tuple[str, ...]
    signals: Mapping[str, tuple[str, ...]]
    episodes: tuple[EpisodeInfo, ...]

    def document(self) -> documents.Document:
        """The attributes of the store's root group, schema `episodes`."""
        return {
            "schema": "twinbench/episodes/1",
            "dataset": self.dataset,
            "robot": self.robot,
            "kind": self.kind,
            "split": self.split,
            "joints": [
                {"name": name, "unit": unit}
                for name, unit in zip(self.joints, self.units, strict=True)
            ],
            "signals": {name: {"units": list(units)} for name, units in self.signals.items()},
            "episodes": [vars(episode) for episode in self.episodes],
        }

    @classmethod
    def of(cls, document: documents.Document) -> StoreInfo:
        """Read the record from attributes that were checked against the schema."""
        return cls(
            dataset=document["dataset"],
            robot=document["robot"],
            kind=document["kind"],
            split=document["split"],
            joints=tuple(joint["name"] for joint in document["joints"]),
            units=tuple(joint["unit"] for joint in document["joints"]),
            signals={name: tuple(s["units"]) for name, s in document["signals"].items()},
            episodes=tuple(EpisodeInfo(**episode) for episode in document["episodes"]),
        )
