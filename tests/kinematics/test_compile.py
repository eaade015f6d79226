"""Compiling robots: the SO-101's figures, made-up arms, and what does not fit."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.io.problems import ProblemsError
from bench.kinematics.compile import compile_robot
from bench.kinematics.forward import forward
from bench.kinematics.robot import robot_from_document
from tests.kinematics.chains import STILL, MadeJoint, description, urdf, write_robot

FIGURES = json.loads((Path(__file__).parent / "so101_figures.json").read_text())

JAW = """
  <link name="jaw"/><link name="finger"/>
  <joint name="jaw" type="prismatic"><parent link="l1"/><child link="jaw"/><axis xyz="0 1 0"/>
    <limit lower="0" upper="0.044" effort="1" velocity="1"/></joint>
  <joint name="finger" type="prismatic"><parent link="l1"/><child link="finger"/>
    <axis xyz="0 -1 0"/><limit lower="0" upper="0.044" effort="1" velocity="1"/>
    <mimic joint="jaw"/></joint>
</robot>"""
JOINTS = [
    MadeJoint("revolute", (0.1, 0.0, 0.2), (0.0, 0.0, 0.5), (0.0, 0.0, 1.0)),
    MadeJoint("continuous", (0.0, 0.3, 0.0), (0.1, 0.0, 0.0), (0.0, 1.0, 0.0)),
    MadeJoint("prismatic", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
    MadeJoint("revolute", (0.0, 0.0, 0.1), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 0, 0.5, 0.1),
    MadeJoint("fixed", (0.0, 0.0, 0.1), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
]
TEXT = urdf(JOINTS).replace("</robot>", JAW)
GRIPPER = {"joint": "jaw", "unit": "m", "range": 0.044, "scored": False, "mapping": "Its position."}


def _compile(folder: Path, text: str = TEXT, **arm: Any) -> dict[str, Any]:
    return compile_robot(write_robot(folder, text, description(5, **arm)))


def test_so101_joints_are_the_published_figures(repository: Path) -> None:
    arm = json.loads((repository / "robots" / "so101" / "robot.json").read_text())["arms"][0]
    joints = {
        joint["name"]: joint for joint in [*arm["joints"], *(g["joint"] for g in arm["grippers"])]
    }
    flange = joints.pop("gripper_frame_joint")
    assert flange["origin"]["xyz"] == FIGURES["tool"]["xyz"]
    assert flange["parent"] == FIGURES["tool"]["parent"]
    assert list(joints) == list(FIGURES["joints"])
    for name, figures in FIGURES["joints"].items():
        joint = joints[name]
        assert (joint["parent"], joint["child"]) == (figures["parent"], figures["child"])
        assert joint["origin"]["xyz"] == figures["xyz"]
        assert joint["axis"] == figures["axis"]
        limits = [joint["limits"][k] for k in ("lower", "upper", "velocity", "effort")]
        assert limits == figures["limits"]


def test_so101_masses_and_inertias_are_the_published_figures(repository: Path) -> None:
    import pinocchio

    path = repository / "robots" / "so101" / "robot.urdf"
    model = pinocchio.buildModelFromUrdf(str(path), pinocchio.JointModelFreeFlyer())
    # The base hangs on the free joint, every other link on its own.
    inertias = list(model.inertias)[1:]
    for inertia, figures in zip(inertias, FIGURES["links"].values(), strict=True):
        assert inertia.mass == pytest.approx(figures["mass"], rel=1e-15)
        np.testing.assert_allclose(inertia.lever, figures["centre"], rtol=0, atol=1e-15)
        xx, xy, xz, yy, yz, zz = figures["inertia"]
        expected = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]
        np.testing.assert_allclose(inertia.inertia, expected, rtol=0, atol=1e-15)
    assert pinocchio.computeTotalMass(model) == pytest.approx(FIGURES["total_mass"], rel=1e-12)


def test_mujoco_keeps_every_link_and_its_mass(repository: Path) -> None:
    import mujoco

    model = mujoco.MjModel.from_xml_path(str(repository / "robots" / "so101" / "robot.urdf"))
    for name, figures in FIGURES["links"].items():
        assert model.body(name).mass[0] == figures["mass"]
    assert model.body("gripper_frame_link").mass[0] == 0
    names = [model.joint(k).name for k in range(model.njnt)]
    assert names == list(FIGURES["joints"])
    ranges = [figures["limits"][:2] for figures in FIGURES["joints"].values()]
    np.testing.assert_allclose(model.jnt_range, ranges, rtol=0, atol=1e-12)


def test_units_ranges_and_weights(tmp_path: Path) -> None:
    scored = {"scored": ["j0", "j2"], "grippers": [{**GRIPPER, "scored": True}]}
    arm = _compile(tmp_path, **scored)["arms"][0]
    joints = {
        joint["name"]: joint for joint in [*arm["joints"], *(g["joint"] for g in arm["grippers"])]
    }
    assert [j["unit"] for j in joints.values()] == ["rad", "rad", "m", "rad", None, "m"]
    assert [j["range"] for j in joints.values()] == [18, math.tau, 18, 18, None, 0.044]
    assert [j["weight"] for j in joints.values()] == pytest.approx([1 / 3, 0, 1 / 3, 0, 0, 1 / 3])
    assert joints["j3"]["mimic"] == {"joint": "j0", "multiplier": 0.5, "offset": 0.1}


def test_declared_ranges_weights_and_steps(tmp_path: Path) -> None:
    declared = {
        "scored": ["j0", "j1"],
        "weights": {"j1": 0.25, "j0": 0.75},
        "ranges": {"j1": 3.0},
        "encoder_steps": {"j0": 0.002},
        "grippers": [{**GRIPPER, "unit": "fraction", "range": 1, "encoder_step": 0.001}],
    }
    arm = _compile(tmp_path, **declared)["arms"][0]
    first, second = arm["joints"][:2]
    assert (first["weight"], first["range"], first["encoder_step"]) == (0.75, 18, 0.002)
    assert (second["weight"], second["range"], second["encoder_step"]) == (0.25, 3.0, None)
    jaw = arm["grippers"][0]["joint"]
    assert (jaw["unit"], jaw["range"], jaw["weight"]) == ("fraction", 1, 0)
    assert jaw["encoder_step"] == 0.001
    assert jaw["limits"]["upper"] == 0.044


def test_several_grippers_stand_behind_the_chain_in_their_order(tmp_path: Path) -> None:
    spare = JAW.replace('"jaw"', '"thumb"').replace('"finger"', '"tip"')
    text = TEXT.replace("</robot>", spare)
    thumb = {**GRIPPER, "joint": "thumb", "unit": "fraction", "range": 1, "scored": True}
    document = _compile(tmp_path, text, scored=["j1"], grippers=[thumb, GRIPPER])
    robot = robot_from_document(document, "made")
    assert robot.joint_names == ("j0", "j1", "j2", "thumb", "jaw")
    assert robot.units == ("rad", "rad", "m", "fraction", "m")
    assert robot.ranges.tolist() == [18, math.tau, 18, 1, 0.044]
    assert robot.weights.tolist() == [0, 0.5, 0, 0.5, 0]
    arm = robot.arms[0]
    assert robot.chain_columns(arm) == slice(0, 3)
    assert [joint.name for joint in arm.scored_joints] == ["j1", "thumb"]
    assert [joint.name for joint in arm.grippers] == ["thumb", "jaw"]
    assert arm.gripper_mappings == ("Its position.",) * 2


def test_every_gripper_that_does_not_fit_is_named(tmp_path: Path) -> None:
    wrong = [{**GRIPPER, "joint": name} for name in ("x", "j2", "finger")]
    with pytest.raises(ProblemsError) as raised:
        _compile(tmp_path, grippers=[*wrong, {**GRIPPER, "unit": "rad"}])
    places = [problem.where for problem in raised.value.problems]
    assert places == [f"{ARM}: gripper {name}" for name in ("finger", "j2", "jaw: unit", "x")]


def test_a_gripper_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"duplicate_name: .* joint jaw"):
        _compile(tmp_path, grippers=[GRIPPER, GRIPPER])


def test_two_arms_of_one_urdf_on_mounts(tmp_path: Path) -> None:
    """The same chain twice, as a pair of arms on a frame."""
    left = urdf(JOINTS[:2]).replace("</robot>", "")
    right = urdf(JOINTS[:2]).split("<robot", 1)[1].split(">", 1)[1]
    for name in ("l0", "l1", "l2", "j0", "j1"):
        right = right.replace(f'"{name}"', f'"r{name}"')
    document = description(2, scored=["j0", "j1"])
    mount = {"xyz": [0.0, -0.3, 0.222], "quaternion": [0.0, 0.0, 0.0, 1.0]}
    second = {**document["arms"][0], "name": "right", "base_link": "rl0", "tool_link": "rl2"}
    document["arms"].append({**second, "mount": mount, "scored": ["rj0"]})
    robot = robot_from_document(compile_robot(write_robot(tmp_path, left + right, document)), "x")
    assert robot.joint_names == ("j0", "j1", "rj0", "rj1")
    assert robot.weights.tolist() == [0.5, 0.5, 1, 0]
    assert [robot.chain_columns(arm) for arm in robot.arms] == [slice(0, 2), slice(2, 4)]
    q = np.random.default_rng(1).uniform(-2, 2, (10, 2))
    first, moved = (forward(arm, q).position for arm in robot.arms)
    np.testing.assert_allclose(moved, first * [-1, -1, 1] + mount["xyz"], rtol=0, atol=1e-15)


ARM = "description.json: arm arm"
OWN = "a joint of the chain that moves by itself"
MISFITS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown tool": (
        {"tool_link": "hand"},
        [f"unknown_link: {ARM}: tool_link: expected a link of the model, came hand"],
    ),
    "unknown base and tool": (
        {"base_link": "world", "tool_link": "hand"},
        [
            f"unknown_link: {ARM}: base_link: expected a link of the model, came world",
            f"unknown_link: {ARM}: tool_link: expected a link of the model, came hand",
        ],
    ),
    "no chain": (
        {"base_link": "jaw"},
        [f"not_a_chain: {ARM}: tool_link: expected a link that jaw carries, came l5"],
    ),
    "nothing moves": (
        {"base_link": "l3"},
        [f"no_joints: {ARM}: tool_link: expected a chain with a joint that moves, came none"],
    ),
    "scored joints that cannot be": (
        {"scored": ["j0", "j3", "j4", "jaw"], "encoder_steps": {"x": 0.1}},
        [
            f"unknown_joint: {ARM}: encoder_steps: expected {OWN}, came x",
            f"unknown_joint: {ARM}: scored: expected {OWN}, came j3",
            f"unknown_joint: {ARM}: scored: expected {OWN}, came j4",
            f"unknown_joint: {ARM}: scored: expected {OWN}, came jaw",
        ],
    ),
    "a joint without weight": (
        {"scored": ["j0", "j1"], "weights": {"j0": 1.0}},
        [f"weights: {ARM}: weights: expected a weight for each scored joint: j0, j1, came j0"],
    ),
    "weights that do not sum to 1": (
        {"scored": ["j0", "j1"], "weights": {"j0": 0.5, "j1": 0.4}},
        [f"weights: {ARM}: weights: expected sum 1, came 0.9"],
    ),
    "unknown gripper": (
        {"grippers": [{**GRIPPER, "joint": "x"}]},
        [
            f"unknown_joint: {ARM}: gripper x: expected a joint of the model that moves by itself, "
            "came x"
        ],
    ),
    "gripper that follows": (
        {"grippers": [{**GRIPPER, "joint": "finger"}]},
        [
            f"unknown_joint: {ARM}: gripper finger: expected a joint of the model that moves by "
            "itself, came finger"
        ],
    ),
    "gripper in the chain": (
        {"grippers": [{**GRIPPER, "joint": "j2"}]},
        [
            f"gripper_in_chain: {ARM}: gripper j2: expected a joint that does not move the "
            "tool frame, came j2"
        ],
    ),
    "gripper in the wrong unit": (
        {"grippers": [{**GRIPPER, "unit": "rad"}]},
        [f"unit: {ARM}: gripper jaw: unit: expected m or fraction, came rad"],
    ),
    "a driver outside the chain": (
        {"base_link": "l1"},
        [
            "unknown_joint: robot.json: arm arm: joint j3: mimic: expected a logged joint of the "
            "chain, came j0"
        ],
    ),
    "a mount that is no rotation": (
        {"mount": {"xyz": [0, 0, 0], "quaternion": [1, 1, 0, 0]}},
        ["not_unit: robot.json: arm arm: mount: quaternion: expected length 1, came 1.41421356"],
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_does_not_fit_is_named(tmp_path: Path, name: str) -> None:
    arm, problems = MISFITS[name]
    with pytest.raises(ProblemsError) as raised:
        _compile(tmp_path, **arm)
    assert [str(problem) for problem in raised.value.problems] == problems


def test_two_arms_that_share_a_joint_are_refused(tmp_path: Path) -> None:
    document = description(5)
    document["arms"].append({**document["arms"][0], "name": "other"})
    with pytest.raises(ProblemsError, match=r"duplicate_name: .* joint j0") as raised:
        compile_robot(write_robot(tmp_path, TEXT, document))
    assert len(raised.value.problems) == 3


def test_problems_of_the_urdf_come_first(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"unknown_link: .* joint j0: parent"):
        _compile(tmp_path, TEXT.replace('<link name="l0"/>', ""), tool_link="nowhere")


def test_a_path_in_the_description_stays_in_the_folder(tmp_path: Path) -> None:
    document = {**description(5), "model": {"form": "urdf", "path": "../robot.urdf"}}
    with pytest.raises(ProblemsError, match="model/path: expected text that matches"):
        compile_robot(write_robot(tmp_path, TEXT, document))


@pytest.mark.parametrize(
    ("form", "path", "expected"),
    [
        ("dh", "table.txt", "a table: a name that ends in .json"),
        ("urdf", "robot.json", "a URDF: a name that does not end in .json"),
    ],
)
def test_a_table_is_told_by_its_name(tmp_path: Path, form: str, path: str, expected: str) -> None:
    document = {**description(5), "model": {"form": form, "path": path}}
    with pytest.raises(ProblemsError) as raised:
        compile_robot(write_robot(tmp_path, TEXT, document))
    assert [str(problem) for problem in raised.value.problems] == [
        f"model_name: description.json: model/path: expected {expected}, came {path}"
    ]


def test_a_still_mount_is_the_base_frame(tmp_path: Path) -> None:
    arm = _compile(tmp_path, base_link="l0", mount=STILL)["arms"][0]
    assert arm["mount"] == STILL
    assert arm["base_link"] == "l0"
