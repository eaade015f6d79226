"""The page about robots against the robots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT, section, tables

PAGE = (ROOT / "docs" / "robots.md").read_text(encoding="utf-8")
ROBOTS = {path.parent.name: path.parent for path in ROOT.glob("robots/*/description.json")}
FORMS = {"urdf": "URDF", "dh": "DH table"}


def _read(folder: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return document


def _columns(robot: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        joint
        for arm in robot["arms"]
        for joint in [*arm["joints"], *(gripper["joint"] for gripper in arm["grippers"])]
        if joint["type"] != "fixed" and joint["mimic"] is None
    ]


def test_every_robot_has_a_row() -> None:
    rows = {row[0].split("`")[1]: row for row in next(tables(PAGE))[1:]}
    assert rows.keys() == ROBOTS.keys()
    for name, folder in ROBOTS.items():
        robot = _read(folder, "robot.json")
        columns = _columns(robot)
        assert rows[name] == [
            f"[`{name}`](#{name})",
            robot["title"],
            ", ".join(arm["name"] for arm in robot["arms"]),
            str(len(columns)),
            str(sum(joint["scored"] for joint in columns)),
            FORMS[robot["compiled_from"]["model"]["form"]],
            ", ".join(f"`{arm['tool']['name']}`" for arm in robot["arms"]),
        ]


@pytest.mark.parametrize("name", ROBOTS)
def test_a_robot_has_its_joints_and_sources(name: str) -> None:
    joints, sources = tables(section(PAGE, name))
    assert joints[1:] == [
        [
            f"`{joint['name']}`",
            joint["type"],
            joint["unit"],
            f"{joint['range']:.9g}",
            f"{joint['weight']:.9g}" if joint["scored"] else "not scored",
        ]
        for joint in _columns(_read(ROBOTS[name], "robot.json"))
    ]
    said = _read(ROBOTS[name], "description.json")["sources"]
    assert len(sources) - 1 == len(said)
    for row, source in zip(sources[1:], said, strict=True):
        assert f"({source['repository']}), commit `{source['commit'][:12]}`" in row[0]
        assert row[0].endswith(f"`{source['path']}`")
        assert row[1:] == [source["licence"], source["gives"]]
