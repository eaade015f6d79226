"""Which checks run in which verb: as the page says, and as planted leaks show."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bench.cli.main import cli
from bench.guard.flow import flow
from bench.io.documents import dump, read_document
from bench.io.problems import ProblemsError
from bench.io.store import Episodes, load_episodes, write_store
from bench.io.workspace import Workspace
from bench.twins.reconstruct import reconstruct
from tests.support.labs import lab_entry
from tests.support.workspace import DATASET, silent


def test_the_page_has_the_same_table(repository: Path) -> None:
    page = (repository / "docs" / "guard.md").read_text()
    section = page.split("## In the flow")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \| [^|]* \|$", section, re.MULTILINE)
    assert {verb: tuple(re.findall(r"`(\w+)`", checks)) for verb, checks in rows} == dict(flow())


# reconstruct: what was handed out.


def hand_out_holdout(workspace: Workspace, name: str) -> str:
    """Put an episode of the holdout into the calibration store, under this name; its hash."""
    paths = workspace.dataset(DATASET)
    own, truth = (load_episodes(paths.part(p)) for p in ("calibration", "holdout_truth"))
    stolen = truth.select([truth.index["circle.run-a"]], "calibration")
    info = replace(stolen.info.episodes[0], id=name, motion=name.partition(".")[0])
    signals = {k: np.concatenate([v, stolen.signals[k]]) for k, v in own.signals.items()}
    start = np.append(own.start, own.start[-1] + stolen.start[-1])
    infos = (*own.info.episodes, info)
    mixed = Episodes(replace(own.info, episodes=infos), start, signals)
    write_store(paths.part("calibration"), mixed)
    return str(truth.hashes()[truth.index["circle.run-a"]])


@pytest.mark.parametrize(
    ("name", "by"), [("circle.run-a", '["hash", "id"]'), ("renamed.run-a", '["hash"]')]
)
def test_reconstruct_refuses_the_holdout_before_it_fits(
    workspace: Workspace, name: str, by: str
) -> None:
    hand_out_holdout(workspace, name)
    shutil.rmtree(workspace.dataset(DATASET).twin("delayed-echo"))
    with pytest.raises(ProblemsError) as raised:
        reconstruct(workspace, DATASET, "delayed-echo", silent)
    assert [str(problem) for problem in raised.value.problems] == [
        "leak: provenance.json: provenance_names_holdout: expected nothing of the holdout, came "
        'certain finding provenance_names_holdout: {"named": [{"where": '
        f'"calibration/episodes/16", "says": "{name}", "is": "circle.run-a", "by": {by}}}], '
        '"number": 1}'
    ]
    assert not workspace.dataset(DATASET).twin("delayed-echo").exists()


# validate: what a lab may see.


def validated(workspace: Workspace, place: Path) -> list[str]:
    done = CliRunner().invoke(cli, ["--root", str(workspace.root), "validate", str(place)])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()[1:]


def test_validate_says_what_the_guard_finds(workspace: Workspace, tmp_path: Path) -> None:
    place = lab_entry(workspace, tmp_path / "lab")
    assert validated(workspace, place) == [
        'shifted: unknown finding provenance_unknown: {"reasons": ["there is no provenance '
        'record"], "number": 1}'
    ]
    source = workspace.dataset(DATASET).rollout("delayed-echo") / "provenance.json"
    made = [{"name": "pouring.run-a", "method": "simulated again"}]
    data = [{"name": "more", "kind": "derived", "derived_from": made}]
    record = {**read_document(source, "provenance"), "entry": "shifted", "data": data}
    (place / "provenance.json").write_text(dump(record))
    (line,) = validated(workspace, place)
    assert line.startswith("shifted: certain finding provenance_derived_from_holdout: {")


def test_validate_needs_no_truth_and_finds_a_broken_lock(
    workspace: Workspace, tmp_path: Path
) -> None:
    paths = workspace.dataset(DATASET)
    shutil.rmtree(paths.part("holdout_truth"))
    rule = json.loads((paths.folder / "split.json").read_text())
    rule["assignment"]["holdout"].remove("circle")
    (paths.folder / "split.json").write_text(json.dumps(rule))
    place = lab_entry(workspace, tmp_path / "lab")
    assert [line.split(":")[1] for line in validated(workspace, place)] == [
        " unknown finding provenance_unknown",
        " certain finding holdout_extra",
    ]


def test_validate_looks_at_the_pipeline_of_its_own_entries_alone(
    workspace: Workspace, repository: Path, tmp_path: Path
) -> None:
    text = (repository / "dvc.yaml").read_text()
    parts = "data/split/${item.dataset}/"
    leaky = text.replace(f"- {parts}validation.zarr", f"- {parts}holdout_truth.zarr")
    (workspace.root / "dvc.yaml").write_text(leaky)
    own = workspace.dataset(DATASET).rollout("delayed-echo")
    (line,) = validated(workspace, own)
    assert line.startswith("delayed-echo: certain finding stage_reads_more: {")
    theirs = validated(workspace, lab_entry(workspace, tmp_path / "lab"))
    assert [line.split(":")[1] for line in theirs] == [" unknown finding provenance_unknown"]
