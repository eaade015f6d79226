"""Scoring and submitting need no extra; what needs one says which."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.io.workspace import Workspace
from tests.support.workspace import DATASET

EXTRAS = ("dvc", "mujoco", "torch", "pytorch_kinematics", "scipy", "pinocchio")
WITHOUT = f"import sys\nfor name in {EXTRAS!r}: sys.modules[name] = None\n" + (
    "from bench.cli import main\nsys.argv = ['twinbench', *sys.argv[1:]]\nmain()"
)


def _run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *words],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("ingest", DATASET),
        ("split", DATASET),
        ("reconstruct", DATASET, "delayed-echo"),
        ("rollout", DATASET, "delayed-echo"),
        ("score", DATASET, "delayed-echo"),
        ("rank", DATASET),
    ],
)
def test_the_path_of_a_naive_entry_needs_no_extra(
    workspace: Workspace, words: tuple[str, ...]
) -> None:
    done = _run(workspace.root, *words)
    assert done.returncode == 0, done.stderr


def test_a_lab_submits_without_any_extra(workspace: Workspace) -> None:
    folder = workspace.dataset(DATASET).rollout("delayed-echo")
    text = (folder / "entry.json").read_text().replace("delayed-echo", "lab-entry")
    text = text.replace('"lab": "twinbench"', '"lab": "A Lab"')
    (folder / "entry.json").write_text(text)
    for paper in ("twin", "provenance"):
        (folder / f"{paper}.json").unlink()
    assert _run(workspace.root, "validate", str(folder)).returncode == 0
    done = _run(workspace.root, "submit", str(folder))
    assert done.returncode == 0, done.stderr
    assert "lab-entry" in done.stdout


def test_what_needs_an_extra_names_it(workspace: Workspace) -> None:
    done = _run(workspace.root, "reconstruct", DATASET, "nominal-a")
    assert done.returncode == 1
    assert done.stderr == "Error: this needs mujoco: pip install 'twinbench[sim]'\n"


def test_a_place_that_cannot_be_written_is_said(workspace: Workspace) -> None:
    done = _run(workspace.root, "inputs", DATASET, "-o", "/proc/nowhere/inputs")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
