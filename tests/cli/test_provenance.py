"""`twinbench provenance`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from bench.cli import provenance
from bench.io.workspace import Workspace
from tests.entries.provenance.records import change
from tests.support.command import twinbench
from tests.support.workspace import DATASET

NAME = f"{DATASET}/delayed-echo"


def _printed(root: Path, *words: str) -> str:
    done = CliRunner().invoke(provenance.command, words, obj=root, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_show_prints_five_lines_or_json(prepared: Path) -> None:
    labels = [line[:17].strip() for line in _printed(prepared, "show", NAME).splitlines()]
    assert labels == ["calibration", "parameters", "residual ranges", "holdout", "guard"]
    said = json.loads(_printed(prepared, "show", NAME, "--json"))
    assert said["parameters"] == {"number": 1, "determined": {"fitted": 1}}


def test_check_says_what_was_looked_at(prepared: Path) -> None:
    assert "\nguard            datasets/so101-synth/guard.json" in _printed(prepared, "check", NAME)


def test_a_record_that_does_not_hold_gives_status_1(workspace: Workspace) -> None:
    place = workspace.dataset(DATASET).twin("delayed-echo") / "provenance.json"
    change(place, "provenance", lambda document: document.update(dataset="so101-sage"))
    done = twinbench(workspace.root, "provenance", "check", NAME)
    assert done.returncode == 1
    assert "wrong_paper: provenance.json: holdout/" in done.stderr
    assert twinbench(workspace.root, "provenance", "check", f"{DATASET}/ghost").returncode == 2
