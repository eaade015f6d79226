"""`twinbench show`, `list` and `robot compile --check`: what people read."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench.cli import list as listed
from bench.cli import robot, show
from tests.support.workspace import DATASET


def _printed(command: click.Command, root: Path, *words: str) -> list[str]:
    done = CliRunner().invoke(command, words, obj=root, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_a_dataset_has_a_line_for_each_of_its_joints(prepared: Path) -> None:
    document = json.loads((prepared / "datasets" / DATASET / "dataset.json").read_text())
    lines = _printed(show.command, prepared, "dataset", DATASET)
    words = [line.split() for line in lines]
    for joint in document["joints"]:
        assert [joint["name"], joint["log"], joint["unit"]] in words
    assert ["superseded_by", "none"] in words
    assert all(len(line) <= 100 for line in lines)


def test_every_column_of_an_episode_has_its_own_unit(prepared: Path) -> None:
    lines = _printed(show.command, prepared, "episode", DATASET, "circle.run-a")
    found = {(w[0], w[1]): w[2] for w in map(str.split, lines) if len(w) == 5}
    assert found["q_command", "gripper"] == "fraction"
    assert found["q_command", "wrist_roll"] == "rad"


@pytest.mark.parametrize("name", ["repeat", "repeat-shifted"])
def test_the_robot_s_own_runs_are_entries(prepared: Path, name: str) -> None:
    assert _printed(show.command, prepared, "entry", DATASET, name)[0].startswith(f"{name} on ")


def test_the_headline_of_entries_has_the_unit_of_the_tables(prepared: Path) -> None:
    head, *rows = _printed(listed.command, prepared, "entries", DATASET)
    raw = json.loads("\n".join(_printed(listed.command, prepared, "entries", DATASET, "--json")))
    assert head.endswith("joint_rmse [mrad]")
    for row, entry in zip(rows, raw, strict=True):
        assert float(row.split()[-1]) == pytest.approx(1e3 * entry["joint_rmse"], rel=5e-3)


def test_a_robot_that_agrees_says_how_many_columns_it_has(prepared: Path) -> None:
    (line,) = _printed(robot.command, prepared, "compile", "--check", "so101")
    assert line.startswith("so101: ")
    assert line.endswith(" agrees: 1 arm(s), 6 logged joints (columns)")
