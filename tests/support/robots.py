"""Robots for datasets that are made up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.io.documents import dump, read_document


def write_chain(repository: Path, root: Path, name: str, joints: Sequence[str]) -> None:
    """A robot below `root` whose one arm is a chain of these joints, without a gripper."""
    document = read_document(repository / "robots" / "so101" / "robot.json", "robot")
    (arm,) = document["arms"]
    turning = arm["joints"][0]
    chain = [{**turning, "name": joint, "weight": 1 / len(joints)} for joint in joints]
    folder = root / "robots" / name
    folder.mkdir(parents=True)
    made = {**document, "name": name, "arms": [{**arm, "joints": chain, "grippers": []}]}
    (folder / "robot.json").write_text(dump(made))
    (folder / "description.json").write_text("{}")
