"""What a command is given: copies of what it may read, in a folder of their own."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.io.documents import Document, dump
from bench.io.workspace import DatasetPaths, Workspace
from bench.twins.twin import Material

PARTS = ("calibration", "validation")


def hand_out(
    workspace: Workspace, paths: DatasetPaths, material: Material, before: Document, folder: Path
) -> None:
    """Fill an empty folder; `docs/pipeline.md` lists what is in it.

    Args:
        workspace: the checkout.
        paths: the dataset.
        material: what a fit may see.
        before: the provenance record as far as it is known.
        folder: to be filled.
    """
    may_read = workspace.allowed("reconstruct")
    for part in PARTS:
        store = may_read(paths.part(part))
        shutil.copytree(store, folder / store.name)
    for path in (may_read(paths.lock), may_read(paths.guard), paths.folder / "dataset.json"):
        shutil.copyfile(path, folder / path.name)
    shutil.copytree(material.robot_folder, folder / "robot")
    settings = {
        "entry": before["entry"],
        "dataset": paths.name,
        "robot": material.robot.name,
        "seed": material.seed,
        "options": dict(material.settings.get("options", {})),
    }
    (folder / "settings.json").write_text(dump(settings), encoding="utf-8")
    (folder / "provenance.json").write_text(dump(before), encoding="utf-8")
