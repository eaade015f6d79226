"""dvc.yaml against the code: what a stage may read, and which packages it runs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml

from bench.cli.main import VERBS

ROOT = Path(__file__).parent.parent.parent
FREE = ("bench/", "methods/", "robots/")
"""Code, also of labs, and robots: read by every stage that needs them, on no allow-list."""


@cache
def _pipeline() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text())
    return loaded


def _stage(name: str) -> dict[str, Any]:
    stage = _pipeline()["stages"][name]
    found: dict[str, Any] = stage.get("do", stage)
    return found


def _allowed(stage: str) -> set[str]:
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    return set(params["allow"][stage])


STAGES = sorted(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("bench", cache_dir=None)


def _packages(verb: str) -> set[str]:
    """The packages that the verb's module reaches, through imports in functions too."""
    module = f"bench.cli.{verb}"
    reached = _graph().find_upstream_modules(module)
    packages = {name.split(".")[1] for name in reached if name.count(".") >= 1}
    return {f"bench/{name}" for name in packages - {"cli"}}


STARTED = {"sync": "stepper"}
"""Verbs that a verb runs as a process."""


@pytest.mark.parametrize("stage", STAGES)
def test_code_dependencies_are_the_packages_that_the_verb_imports(stage: str) -> None:
    verb = _stage(stage)["cmd"].split()[1]
    assert verb in VERBS
    declared = {dep for dep in _stage(stage)["deps"] if dep.startswith("bench/")}
    # The package's own file holds its version, which provenance records name.
    needed = _packages(verb) | {f"bench/cli/{verb}.py"}
    if verb in STARTED:
        needed |= _packages(STARTED[verb]) | {f"bench/cli/{STARTED[verb]}.py"}
    assert declared - {"bench/__init__.py"} == needed


@pytest.mark.parametrize("stage", ["reconstruct", "rollout", "sync"])
def test_a_stage_depends_on_nothing_outside_its_allow_list(stage: str) -> None:
    allowed = _allowed(stage) | {"dataset.json"}
    data = [dep for dep in _stage(stage)["deps"] if not dep.startswith(FREE)]
    # A twin's folder holds the documents that the list names one by one.
    names = {
        "twin.json" if dep.startswith("data/twins/") else dep.rsplit("/", 1)[1] for dep in data
    }
    assert names <= allowed


def test_a_stepper_opens_the_twin_alone() -> None:
    assert _allowed("stepper") == {"twin.json"}


@pytest.mark.parametrize("stage", ["reconstruct", "rollout"])
def test_the_allow_lists_never_name_the_truth(stage: str) -> None:
    assert "holdout_truth.zarr" not in _allowed(stage)
    if stage == "reconstruct":
        assert not any("inputs" in name for name in _allowed(stage))
    else:
        assert not any(name in ("calibration.zarr", "validation.zarr") for name in _allowed(stage))


def test_only_the_split_makes_the_truth_and_only_scoring_reads_it() -> None:
    readers = {
        stage
        for stage in STAGES
        if any("holdout_truth" in dep for dep in _stage(stage).get("deps", ()))
    }
    assert readers == {"score", "sync", "repeatability"}


def test_raw_recordings_are_neither_cached_nor_pushed() -> None:
    """They belong to their authors; and a clone can pull everything that the remote should have."""
    (out,) = _stage("fetch")["outs"]
    ((place, options),) = out.items()
    assert place == "data/raw/${item}"
    assert options == {"cache": False, "persist": True}


def test_every_pair_of_dataset_and_entry_is_known() -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    stepped = {pair["dataset"] for pair in params["pipeline"]["steppers"].values()}
    assert stepped == set(params["pipeline"]["stepped"])
    assert params["pipeline"]["steppers"].keys() <= params["pipeline"]["runs"].keys()
    pairs = [*params["pipeline"]["runs"].items(), *params["pipeline"]["steppers"].items()]
    for name, pair in pairs:
        assert name == f"{pair['dataset']}-{pair['entry']}"
        assert pair["dataset"] in params["pipeline"]["datasets"]
        assert pair["entry"] in params["entries"]
