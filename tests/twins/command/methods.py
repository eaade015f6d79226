"""Checkouts with an entry whose method is a command, and programs that go wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from bench.io.workspace import Workspace
from tests.support.workspace import DATASET

ENTRY = "lab-delay"
WHERE = f"params.yaml: entries/{ENTRY}/settings/command"

GOOD = """
import json, os, pathlib
given = pathlib.Path(os.environ["TWINBENCH_INPUT"])
output = pathlib.Path(os.environ["TWINBENCH_OUTPUT"])
delay = dict(name="delay", value=0.1, unit="s", determined="fitted", source="",
             standard_error=None, interval=None, bounds=None, prior=None, prior_source="")
twin = dict(schema="twinbench/twin/1", name="lab-delay", kind="echo", robot="so101",
            parameters=[delay], residual_ranges=[], settings={})
record = json.loads((given / "provenance.json").read_text())
record.update(parameters=[delay], residual_ranges_missing="made")
CHANGE
(output / "twin.json").write_text(json.dumps(twin))
(output / "provenance.json").write_text(json.dumps(record))
"""
"""A program that writes good papers, but for what CHANGE does to `twin`, `record` or the files."""


def with_command(place: Workspace, words: list[str], limit: float = 60, **more: Any) -> Workspace:
    """The checkout with an entry whose method is this command."""
    path = place.root / "params.yaml"
    params = yaml.safe_load(path.read_text())
    params["entries"][ENTRY] = {
        "kind": "command",
        "method": "made by a program of a lab",
        "settings": {"command": words, "time_limit": limit, **more},
    }
    path.write_text(yaml.safe_dump(params))
    return place


def with_program(place: Workspace, program: str, limit: float = 60) -> Workspace:
    """The checkout with an entry whose method is this program."""
    script = place.root / "methods" / "program.py"
    script.parent.mkdir(exist_ok=True)
    script.write_text(program)
    return with_command(place, ["{python}", "{root}/methods/program.py"], limit)


def with_change(place: Workspace, change: str) -> Workspace:
    """The checkout with an entry whose method is the good program with a change."""
    return with_program(place, GOOD.replace("CHANGE", change))


def paper(place: Workspace, name: str) -> Any:
    return json.loads((place.dataset(DATASET).twin(ENTRY) / f"{name}.json").read_text())


def names(folder: Path) -> set[str]:
    """What lies in a folder and in the folders of it that are no stores."""
    found = set()
    for path in folder.iterdir():
        inner = path.is_dir() and path.suffix != ".zarr"
        found |= {f"{path.name}/{name}" for name in names(path)} if inner else {path.name}
    return found
