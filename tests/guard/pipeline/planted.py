"""Faults planted in the pipeline, and what the guard says of each.

Run as a module it writes the table of `docs/guard.md`:

    python -m tests.guard.pipeline.planted
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from bench.guard.pipeline.guarding import guard_pipeline
from bench.io.workspace import Workspace
from tests.guard import tables
from tests.guard.recorded import DATASETS, ROOT

MARKED = tables.marks("pipeline")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
HONEST = "nothing: as it is"
UNSEEN = ("its program opens the truth, and nothing names it",)
"""Faults that are not found."""

Files = dict[str, Any]
"""What the files of the pipeline say, by name; a path is what the name is a link to."""
Plant = Callable[[Files, str], object]
"""Changes them, for a dataset."""


def _depends(stage: str, path: str) -> Plant:
    def plant(files: Files, dataset: str) -> None:
        files["dvc.yaml"]["stages"][stage]["do"]["deps"].append(path.format(dataset))

    return plant


def _raw(files: Files, dataset: str) -> None:
    raw = files["params.yaml"]["pipeline"]["ingested"][dataset]["raw"]
    files["dvc.yaml"]["stages"]["reconstruct"]["do"]["deps"].append(raw)


def _allows(stage: str, name: str) -> Plant:
    return lambda files, _: files["params.yaml"]["allow"][stage].append(name)


def _ran(path: str) -> Plant:
    def plant(files: Files, dataset: str) -> None:
        ran = files["dvc.lock"]["stages"].setdefault(f"reconstruct@{dataset}-delayed-echo", {})
        ran.setdefault("deps", []).append({"path": path.format(dataset)})

    return plant


def _by_way_of_two_stages(files: Files, dataset: str) -> None:
    stages = files["dvc.yaml"]["stages"]
    truth = TRUTH.format(dataset)
    stages["second"] = {"cmd": "x", "deps": ["work/first"], "outs": ["methods/own/second.npz"]}
    stages["first"] = {"cmd": "x", "deps": [truth], "outs": ["work/first"]}
    stages["reconstruct"]["do"]["deps"].append("methods/own/second.npz")


def _from_its_folder(files: Files, dataset: str) -> None:
    """A stage that works in a folder of its own, from which its paths begin."""
    truth = {"wdir": "work", "cmd": "x", "deps": ["../" + TRUTH.format(dataset)], "outs": ["a"]}
    files["dvc.yaml"]["stages"]["own"] = truth


def _by_a_link(files: Files, dataset: str) -> None:
    link = "methods/own/moves.zarr"
    files[link] = Path("../..") / TRUTH.format(dataset)
    files["dvc.yaml"]["stages"]["reconstruct"]["do"]["deps"].append(link)


def _matrix(files: Files, dataset: str) -> None:
    own = {"matrix": {"of": [TRUTH.format(dataset)]}, "cmd": "x", "deps": ["${item.of}"]}
    files["dvc.yaml"]["stages"]["own"] = own


def _runs(command: str) -> Plant:
    def plant(files: Files, dataset: str) -> None:
        files["dvc.yaml"]["stages"]["reconstruct"]["do"]["cmd"] = command.format(dataset)

    return plant


TRUTH = "data/split/{}/holdout_truth.zarr"
PLANTS: Mapping[str, Plant] = {
    "`reconstruct` depends on the truth": _depends("reconstruct", TRUTH),
    "`rollout` depends on the truth": _depends("rollout", TRUTH),
    "on an array of the truth": _depends("rollout", TRUTH + "/q"),
    "on the folder of the split": _depends("reconstruct", "data/split/{}"),
    "on the truth, by a roundabout path": _depends(
        "reconstruct", "./data/split/{0}/calibration.zarr/../holdout_truth.zarr"
    ),
    "on the store with all episodes": _depends("reconstruct", "data/episodes/{}/all.zarr"),
    "on the raw recordings": _raw,
    "on the result of another entry": _depends(
        "reconstruct", "leaderboards/{}/results/delayed-echo.json"
    ),
    "on the traces of another entry": _depends("rollout", "data/traces/{}/delayed-echo.zarr"),
    "on the robot's further runs, scored": _depends("reconstruct", "leaderboards/{}/repeats"),
    "on what two stages of a lab made of the truth": _by_way_of_two_stages,
    "a stage of a lab, in a folder of its own": _from_its_folder,
    "a stage of a lab, by a matrix": _matrix,
    "`reconstruct` depends on a link to the truth": _by_a_link,
    "`reconstruct` depends on the inputs of the holdout": _depends(
        "reconstruct", "data/split/{}/holdout_inputs.zarr"
    ),
    "`rollout` depends on calibration": _depends("rollout", "data/split/{}/calibration.zarr"),
    "`reconstruct` depends on a file that is on no list": _depends(
        "reconstruct", "elsewhere/{}.csv"
    ),
    "the list of `reconstruct` has the truth": _allows("reconstruct", "holdout_truth.zarr"),
    "the list of `reconstruct` has the inputs": _allows("reconstruct", "holdout_inputs.zarr"),
    "the list of `rollout` has the truth": _allows("rollout", "holdout_truth.zarr"),
    "the list of `rollout` has validation": _allows("rollout", "validation.zarr"),
    "the list of `stepper` has the inputs": _allows("stepper", "holdout_inputs.zarr"),
    "the list of `sync` has calibration": _allows("sync", "calibration.zarr"),
    "`reconstruct` ran with the truth": _ran(TRUTH),
    "`reconstruct` ran with a file that it does not name": _ran("elsewhere/{}.csv"),
    "the command of `reconstruct` names the truth": _runs(f"fit --on={TRUTH}"),
    "its program opens the truth, and nothing names it": _runs("python methods/own/fit.py {}"),
    HONEST: lambda _files, _dataset: None,
}


def column(dataset: str) -> dict[str, str]:
    """What is found of each fault."""
    files: Files = {
        name: yaml.load((ROOT / name).read_text(encoding="utf-8"), LOADER)
        for name in ("dvc.yaml", "params.yaml")
    }
    files["dvc.lock"] = {"stages": {}}  # the committed one follows from a run
    return {name: _found(deepcopy(files), plant, dataset) for name, plant in PLANTS.items()}


def _found(files: Files, plant: Plant, dataset: str) -> str:
    plant(files, dataset)
    with tempfile.TemporaryDirectory() as folder:
        for name, said in files.items():
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(said, Path):
                place.symlink_to(said)
            else:
                place.write_text(json.dumps(said), encoding="utf-8")  # is YAML, too
        return tables.told(guard_pipeline(Workspace(Path(folder))))


def table() -> str:
    """The table in Markdown."""
    columns = [column(dataset) for dataset in DATASETS]
    rows = ((name, *(found[name] for found in columns)) for name in PLANTS)
    return tables.in_markdown(("planted", *DATASETS), rows)


if __name__ == "__main__":
    tables.renew(MARKED, table())
