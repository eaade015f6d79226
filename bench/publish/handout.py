"""What a participant gets: the holdout inputs, the robot, and a template of an entry."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.entries.checking import holdout_of
from bench.entries.template import template
from bench.io.atomic import Transaction
from bench.io.documents import dump, read_document
from bench.io.store import fill_store
from bench.io.workspace import Workspace
from bench.publish.exports import Progress, write_csv
from bench.publish.listing import part_store

OWN = (
    "README.txt",
    "entry.json",
    "holdout.lock.json",
    "inputs",
    "inputs.zarr",
    "robot.*",
    "dh.json",
)
"""Names of what lies in the folder that is handed out."""

README = """\
{title}
{line}

Predict, for every episode, the joint positions at the times given, from the commands and the
state at row 0 alone.

inputs.zarr         all episodes: {signals} (Zarr 3)
inputs/             the same as CSV, one file an episode
{model:<19} the robot's model
robot.json          its joints, ranges, weights and frames
holdout.lock.json   what the holdout is, by content
entry.json          fill this in

Write one CSV an episode with the heading `time,{joints}`
({units}{more}), then:

  twinbench pack PREDICTIONS --entry entry.json -o ENTRY
  twinbench validate ENTRY
  twinbench submit ENTRY
"""


def hand_out(workspace: Workspace, dataset: str, place: Path, progress: Progress) -> int:
    """Write the participant's folder to `place`, whole or not at all.

    Returns:
        The number of episodes.

    Raises:
        UnknownNameError: no such dataset.
        ProblemsError: its inputs have not been made here yet.
    """
    paths = workspace.dataset(dataset)
    robot = workspace.robot_folder(paths.document()["robot"])
    model = read_document(robot / "robot.json", "robot")["compiled_from"]["model"]["path"]
    inputs = part_store(paths, "holdout_inputs").load()
    lock = read_document(paths.lock, "holdout_lock")
    wanted = holdout_of(workspace, paths).scored
    joints = dict(zip(inputs.info.joints, inputs.info.units, strict=True))
    needed = {name: unit for name, unit in joints.items() if name in wanted}
    others = {name: unit for name, unit in joints.items() if name not in wanted}
    title = f"Holdout inputs of {dataset}"
    with Transaction() as transaction:
        folder = transaction.folder(place)
        (folder / "inputs.zarr").mkdir()
        fill_store(folder / "inputs.zarr", inputs)
        write_csv(folder / "inputs", inputs, progress)
        for name in (model, "robot.json"):
            shutil.copyfile(robot / name, folder / name)
        shutil.copyfile(paths.lock, folder / "holdout.lock.json")
        (folder / "entry.json").write_text(dump(template(inputs, lock)))
        (folder / "README.txt").write_text(
            README.format(
                title=title,
                line="=" * len(title),
                signals=", ".join(inputs.info.signals),
                model=model,
                joints=",".join(needed),
                units=_units(needed),
                more=f"; {', '.join(others)} may follow, {_units(others, '')}" if others else "",
            )
        )
    return len(inputs)


_WORDS = {"rad": "radians", "m": "metres", "fraction": "as a fraction"}


def _units(joints: dict[str, str], time: str = "seconds; ") -> str:
    """The units of some joints in words, by joint where they differ."""
    units = list(dict.fromkeys(joints.values()))
    if len(units) == 1:
        return time + _WORDS[units[0]]
    by_unit = ([name for name, own in joints.items() if own == unit] for unit in units)
    parts = (f"{', '.join(n)} {_WORDS[u]}" for n, u in zip(by_unit, units, strict=True))
    return time + "; ".join(parts)
