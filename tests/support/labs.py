"""Entries of labs: the delayed echo, shifted, so that each scores differently from all others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.entries.entry import write_entry
from bench.io.documents import read_document
from bench.io.store import load_episodes
from bench.io.workspace import Workspace
from tests.support.workspace import DATASET


def lab_entry(workspace: Workspace, place: Path, shift: float = 0.01, **fields: Any) -> Path:
    """Write an entry of the lab `A Lab` to the folder `place`, which is returned."""
    folder = workspace.dataset(DATASET).rollout("delayed-echo")
    named = {"name": "shifted", "lab": "A Lab", **fields}
    document = {**read_document(folder / "entry.json", "entry"), **named}
    episodes = load_episodes(folder / "trajectories.zarr")
    q = episodes.signals["q"] + shift
    write_entry(place, document, replace(episodes, signals={**episodes.signals, "q": q}))
    return place


def state(workspace: Workspace) -> dict[str, bytes]:
    """What verbs have written: boards, results, logs, traces and copies of entries.

    Of the record of a run, which has a clock, only that it is there.
    """
    root = workspace.root
    folders = (root / "leaderboards", root / "data" / "traces", root / "data" / "entries")
    return {
        str(p.relative_to(root)): b"" if p.name.endswith(".run.json") else p.read_bytes()
        for folder in folders
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def leftovers(found: dict[str, bytes]) -> set[str]:
    """The hidden files and folders that hold what was prepared and is in no place."""
    parts = (name.split("/") for name in found)
    return {part for names in parts for part in names if part.endswith(".part")}
