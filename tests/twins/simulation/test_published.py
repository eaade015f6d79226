from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.twins.simulation.published import published_parameters

JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")


@pytest.fixture
def servos(repository: Path) -> Path:
    return repository / "robots" / "so101" / "servos.json"


@pytest.mark.parametrize(
    ("name", "kp", "kv", "file"),
    [("A", 998.22, 2.731, "so101_new_calib.xml"), ("B", 17.8, 0.0, "joints_properties.xml")],
)
def test_the_published_sets(servos: Path, name: str, kp: float, kv: float, file: str) -> None:
    came = {p.name: p for p in published_parameters(servos, name, JOINTS)}
    expected = {
        "kp": (kp, "N m/rad"),
        "kv": (kv, "N m s/rad"),
        "force_min": (-3.35, "N m"),
        "force_max": (3.35, "N m"),
        "damping": (0.6, "N m s/rad"),
        "frictionloss": (0.052, "N m"),
        "armature": (0.028, "kg m2"),
    }
    assert {n: (p.value, p.unit) for n, p in came.items()} == {
        f"{joint}.{quantity}": number for joint in JOINTS for quantity, number in expected.items()
    }
    assert {p.determined for p in came.values()} == {"published"}
    assert {p.source for p in came.values()} == {
        "https://github.com/TheRobotStudio/SO-ARM100 commit "
        f"fda892cba81032c46c40976a48c9ceadbf40a9ca, Simulation/SO101/{file}"
    }


def test_an_unknown_set_names_the_known_ones(servos: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        published_parameters(servos, "Z", JOINTS)
    assert str(caught.value) == "unknown servo parameter set 'Z'; valid: A, B, bam-m1"


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        published_parameters(tmp_path / "servos.json", "A", JOINTS)
    assert [problem.code for problem in caught.value.problems] == ["missing_file"]


def test_a_joint_and_a_number_that_are_missing(servos: Path, tmp_path: Path) -> None:
    document = json.loads(servos.read_text())
    del document["sets"]["A"]["joints"]["gripper"]
    del document["sets"]["A"]["joints"]["elbow_flex"]["kp"]
    path = tmp_path / "servos.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ProblemsError) as caught:
        published_parameters(path, "A", JOINTS)
    assert [(p.where, p.came) for p in caught.value.problems] == [
        (
            f"{path}: sets/A/elbow_flex",
            "armature, damping, force_max, force_min, frictionloss, kv",
        ),
        (f"{path}: sets/A/gripper", "none"),
    ]
