"""A checkout in a folder of its own, with the generated dataset ready to score."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.datasets.ingest import ingest, raw_folder
from bench.datasets.layout import load_layout
from bench.guard.splitting import split_dataset
from bench.io.store import write_store
from bench.io.workspace import Workspace
from bench.leaderboard.rank import rank
from bench.leaderboard.recording import Run
from bench.leaderboard.scoring import score_entry
from bench.scoring.repeatability import score_repeats
from bench.twins.reconstruct import reconstruct
from bench.twins.rollout import rollout

DATASET = "so101-synth"
ENTRIES = ("command-echo", "delayed-echo")
COPIED = ("datasets/so101-synth", "datasets/so101-sage", "robots", "params.yaml", "schemas")


def silent(_done: int, _total: int) -> None:
    """No progress."""


def no_run(source: Path) -> Run:
    """A run that says nothing of this machine."""
    return Run("2026-01-01T00:00:00+00:00", 0.0, "host", "3.11", {}, str(source))


def make_workspace(repository: Path, root: Path) -> Workspace:
    """Copy what the verbs need, and run them down to the leaderboard for two entries."""
    for name in COPIED:
        if (repository / name).is_dir():
            shutil.copytree(repository / name, root / name)
        else:
            shutil.copyfile(repository / name, root / name)
    place = Workspace(root)
    paths = place.dataset(DATASET)
    document = paths.document()
    everything = ingest(document, raw_folder(paths, document), load_layout(paths), silent)
    write_store(paths.episodes, everything)
    split_dataset(paths)
    for name in ENTRIES:
        reconstruct(place, DATASET, name, silent)
        rollout(place, DATASET, name, silent)
        score_entry(place, DATASET, name, no_run)
    score_repeats(place, paths)
    rank(place, DATASET)
    return place
