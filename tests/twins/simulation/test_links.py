"""Tables as simulated robots: against mechanics from products of matrices, Pinocchio and the arm.

The oracles know nothing of the code under test: `_mechanics` takes kinetic and potential energy
from frames as the books multiply them; the UR5 stands in `tests/kinematics` in the frames of its
URDF, as its maker publishes it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.io.documents import check_schema
from bench.io.problems import ProblemsError
from bench.io.stepper import Reset, Rows
from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.kinematics.robot import load_robot
from bench.twins.checking import twin_problems
from bench.twins.identification.start import start_of
from bench.twins.kinds import kind
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.links import model_file, read_links
from bench.twins.simulation.model import build_model, joint_ranges
from bench.twins.simulation.physics import Physics, Servo, physics_from
from bench.twins.simulation.published import published_parameters
from bench.twins.stepper.kinds import begin_of
from bench.twins.twin import Material, Twin
from tests.kinematics.tables import body_of, product_of, row_of, table_of, tables
from tests.twins.made import silent

FIGURES = json.loads((Path(__file__).parents[2] / "kinematics" / "ur5_figures.json").read_text())
JOINTS = tuple(FIGURES["joints"])
GRAVITY = 9.81
SOFT = Servo(1.0, 0.0, -1.0, 1.0, 0.0, 0.0, 0.0)


def _written(folder: Path, table: dict[str, Any]) -> Path:
    path = folder / "dh.json"
    path.write_text(json.dumps(table), encoding="utf-8")
    return path


def _compiled(path: Path) -> Any:
    spec = read_links(path)
    spec.option.gravity = (0.0, 0.0, -GRAVITY)
    return spec.compile()


def _torques(model: Any, q: np.ndarray, dq: np.ndarray, ddq: np.ndarray) -> np.ndarray:
    data = mujoco.MjData(model)
    model.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_CONSTRAINT)  # joint limits
    data.qpos[:], data.qvel[:], data.qacc[:] = q, dq, ddq
    mujoco.mj_inverse(model, data)
    return np.array(data.qfrc_inverse)


def _mechanics(
    rows: list[dict[str, Any]], convention: str, q: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mass matrix and torques of gravity: every link's energy, and slopes by differences."""
    step = 1e-6

    def bodies(at: np.ndarray) -> list[tuple[float, np.ndarray, np.ndarray, np.ndarray]]:
        found = []
        for number, row in enumerate(rows):
            if "inertial" not in row:
                continue
            moving = sum(each["type"] != "fixed" for each in rows[: number + 1])
            frame = product_of(rows[: number + 1], convention, at[:moving])
            said = row["inertial"]
            e = said["inertia"]
            tensor = np.array(
                [
                    [e["xx"], e["xy"], e["xz"]],
                    [e["xy"], e["yy"], e["yz"]],
                    [e["xz"], e["yz"], e["zz"]],
                ]
            )
            turn = frame[:3, :3]
            centre = frame[:3, 3] + turn @ np.array(said["centre"])
            found.append((said["mass"], centre, turn, turn @ tensor @ turn.T))
        return found

    here = bodies(q)
    linear = np.zeros((len(here), 3, len(q)))
    angular = np.zeros((len(here), 3, len(q)))
    for j in range(len(q)):
        ahead, behind = (bodies(q + sign * step * np.eye(len(q))[j]) for sign in (1, -1))
        for b in range(len(here)):
            linear[b, :, j] = (ahead[b][1] - behind[b][1]) / (2 * step)
            spin = (ahead[b][2] - behind[b][2]) / (2 * step) @ here[b][2].T
            angular[b, :, j] = spin[2, 1], spin[0, 2], spin[1, 0]
    inertia, pull = np.zeros((len(q), len(q))), np.zeros(len(q))
    for b, (mass, _, _, tensor) in enumerate(here):
        inertia += mass * linear[b].T @ linear[b] + angular[b].T @ tensor @ angular[b]
        pull += mass * GRAVITY * linear[b, 2]
    return inertia, pull


@settings(max_examples=25)
@given(tables(), st.sampled_from(["standard", "modified"]), st.integers(0, 2**32 - 1))
def test_any_table_moves_as_its_energy_says(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, Any]],
    convention: str,
    seed: int,
) -> None:
    draw = np.random.default_rng(seed)
    weighed = [
        {**row, "inertial": body_of(draw)} if row["type"] != "fixed" or draw.random() < 0.5 else row
        for row in rows
    ]
    folder = tmp_path_factory.mktemp("table")
    model = _compiled(_written(folder, table_of(weighed, convention)))
    q = draw.uniform(-2, 2, model.nv)
    inertia, pull = _mechanics(weighed, convention, q)
    still = np.zeros(model.nv)
    assert _torques(model, q, still, still) == pytest.approx(pull, abs=1e-6)
    for j in range(model.nv):
        lifted = _torques(model, q, still, np.eye(model.nv)[j]) - pull
        assert lifted == pytest.approx(inertia[:, j], abs=1e-6)


def _urdf_of_the_ur5() -> str:
    """Frames and inertias as the maker's description package has them."""
    parts = ['<robot name="ur5"><link name="l0"/>']
    for number, (name, joint) in enumerate(FIGURES["joints"].items()):
        link = FIGURES["links"][number]
        numbers = [" ".join(map(repr, each)) for each in (link["centre"], link["rpy"])]
        moments = zip(("ixx", "iyy", "izz"), link["moments"], strict=True)
        tensor = " ".join(f'{key}="{value!r}"' for key, value in moments)
        parts.append(
            f'<link name="l{number + 1}"><inertial><origin xyz="{numbers[0]}" rpy="{numbers[1]}"/>'
            f'<mass value="{link["mass"]}"/><inertia {tensor} ixy="0" ixz="0" iyz="0"/></inertial>'
            f'</link><joint name="{name}" type="revolute"><parent link="l{number}"/>'
            f'<child link="l{number + 1}"/><axis xyz="0 0 1"/>'
            f'<origin xyz="{" ".join(map(repr, joint["xyz"]))}" '
            f'rpy="{" ".join(map(repr, joint["rpy"]))}"/>'
            '<limit lower="-7" upper="7" velocity="9" effort="999"/></joint>'
        )
    return "".join([*parts, "</robot>"])


@pytest.fixture(scope="module")
def ur5(repository: Path) -> Any:
    return _compiled(model_file(repository / "robots" / "ur5"))


def test_the_ur5_is_the_arm_of_its_urdf(ur5: Any) -> None:
    """Torques of random motions by Pinocchio; the URDF's angles have nine decimals."""
    import pinocchio

    theirs = pinocchio.buildModelFromXML(_urdf_of_the_ur5())
    data = theirs.createData()
    draw = np.random.default_rng(3)
    for _ in range(30):
        q, dq, ddq = (draw.uniform(-3, 3, 6) for _ in range(3))
        expected = pinocchio.rnea(theirs, data, q, dq, ddq)
        assert _torques(ur5, q, dq, ddq) == pytest.approx(expected, abs=1e-7)


def test_masses_of_the_ur5_stand_where_the_maker_has_them(repository: Path) -> None:
    """Centres of mass in the frames of the table, as in the maker's article."""
    table = json.loads((repository / "robots" / "ur5" / "dh.json").read_text())
    for row, (mass, centre) in zip(table["chains"][0]["rows"], FIGURES["article"], strict=True):
        assert row["inertial"]["mass"] == mass
        assert row["inertial"]["centre"] == centre


@pytest.mark.recordings
@pytest.mark.parametrize(
    "recording", ["No1", "No6_Acc_slow_Verify_Model", "No7_Acc_slow_Verify_Model_short"]
)
def test_the_arm_is_as_heavy_as_its_controller_takes_it(
    ur5: Any, mirror: Path, recording: str
) -> None:
    """Torques of calibration's set motions against those that the controller predicted itself.

    Currents follow gravity's torque, too, the less the more friction there is beside it.
    """
    root = next(mirror.glob("kkufieta/*/*/JointSpaceControl_Model_C_ForceEstim"))
    folder = root / "RecordedUR5Data" / f"Movement_{recording}" / "csv_files"
    names = ("q_actual", "q_target", "qd_target", "qdd_target", "m_target", "i_actual")
    logs = {name: _log(folder / f"log_{name}.csv") for name in names}
    rows = range(0, min(map(len, logs.values())), 10)
    logs = {name: log[rows] for name, log in logs.items()}
    still = np.zeros(6)
    driven = zip(logs["q_target"], logs["qd_target"], logs["qdd_target"], strict=True)
    ours = np.array([_torques(ur5, *each) for each in driven])
    pull = np.array([_torques(ur5, q, still, still) for q in logs["q_actual"]])
    for joint, least in enumerate((0.94, 0.997, 0.99, 0.99)):
        correlation = np.corrcoef(ours[:, joint], logs["m_target"][:, joint])[0, 1]
        assert correlation > least, joint
    assert np.corrcoef(pull[:, 1], logs["i_actual"][:, 1])[0, 1] > 0.8
    off = np.sqrt(np.mean((ours - logs["m_target"])[:, :4] ** 2, axis=0))
    assert (off < [1.6, 1.1, 1.2, 0.1]).all()  # N m, of torques up to 50, 50, 17 and 1.5


def _log(path: Path) -> np.ndarray:
    whole = path.read_text().rsplit("\n", 1)[0].split("\n")
    return np.array([[float(value) for value in line.split(",")[1:]] for line in whole])


def test_limits_are_those_of_the_table(repository: Path, tmp_path: Path) -> None:
    servos = Physics(dict.fromkeys(JOINTS, SOFT))
    model = build_model(repository / "robots" / "ur5" / "dh.json", servos)
    limits = [joint["limits"][:2] for joint in FIGURES["joints"].values()]
    assert joint_ranges(model) == pytest.approx(np.array(limits))
    assert model.ngeom == 0
    draw = np.random.default_rng(1)
    kinds = ("continuous", "prismatic", "revolute")
    rows = [row_of(number, sort, inertial=body_of(draw)) for number, sort in enumerate(kinds)]
    path = _written(tmp_path, table_of(rows))
    model = build_model(path, Physics(dict.fromkeys(("j2", "j1", "j0"), SOFT)))
    assert model.jnt_limited.tolist() == [0, 1, 1]
    assert joint_ranges(model)[:2].tolist() == [[-9, 9], [-9, 9]]
    assert model.jnt_type.tolist() == [3, 2, 3]


def test_servos_of_the_ur5_have_the_torque_limits_of_its_table(repository: Path) -> None:
    sets = json.loads((repository / "robots" / "ur5" / "servos.json").read_text())["sets"]
    for each in sets.values():
        for name, servo in each["joints"].items():
            effort = FIGURES["joints"][name]["limits"][3]
            assert (servo["force_min"], servo["force_max"]) == (-effort, effort)


def test_a_flat_link_is_no_problem_of_rounding(tmp_path: Path) -> None:
    """Plates, whose moments touch the bound of a solid body, at any angle."""
    for seed in range(30):
        draw = np.random.default_rng(seed)
        turn = np.linalg.qr(draw.normal(size=(3, 3)))[0]
        flat = turn @ np.diag([0.01, 0.02, 0.03]) @ turn.T
        places = {
            "xx": (0, 0),
            "yy": (1, 1),
            "zz": (2, 2),
            "xy": (0, 1),
            "xz": (0, 2),
            "yz": (1, 2),
        }
        block = {
            "mass": 1.0,
            "centre": [0.0, 0.0, 0.0],
            "inertia": {name: float(flat[place]) for name, place in places.items()},
        }
        model = _compiled(_written(tmp_path, table_of([row_of(0, inertial=block)])))
        assert sorted(model.body_inertia[-1]) == pytest.approx([0.01, 0.02, 0.03])


def test_a_table_without_masses_is_told_what_is_missing(tmp_path: Path) -> None:
    path = _written(tmp_path, table_of([row_of(0)]))
    with pytest.raises(ProblemsError) as caught:
        build_model(path, Physics({"j0": SOFT}))
    assert [str(problem) for problem in caught.value.problems] == [
        f"no_masses: {path}: expected masses to simulate with: a block `inertial` in every row "
        "that moves, came none"
    ]


PLAIN = """<robot name="r"><link name="a"/><link name="b"/><joint name="j" type="revolute">
<parent link="a"/><child link="b"/><axis xyz="0 0 1"/><limit lower="-1" upper="1"/></joint></robot>
"""


@pytest.mark.parametrize("text", [None, "no XML", PLAIN])
def test_a_urdf_that_cannot_be_simulated_is_a_problem(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "robot.urdf"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        build_model(path, Physics({"j": SOFT}))
    (problem,) = map(str, caught.value.problems)
    assert problem.startswith(
        f"not_simulated: {path}: expected a robot that MuJoCo can simulate: links with masses, a "
        "URDF that it reads, came "
    )
    assert "\n" not in problem


def _moves(rows: int) -> Episodes:
    time = 0.008 * np.arange(rows)
    wave = (
        np.sin(2 * np.pi * np.outer(time, np.linspace(0.4, 0.9, 6))) * np.minimum(time, 1)[:, None]
    )
    command = np.array([0.3, -1.2, 1.0, -0.5, 0.4, 0.2]) + 0.3 * wave
    units = ("rad",) * 6
    about = {"time": ("s",), "q_command": units, "q_start": units}
    infos = (EpisodeInfo("m.a", "m", "m", "a", "reference"),)
    info = StoreInfo("made", "ur5", "simulated", "holdout_inputs", JOINTS, units, about, infos)
    signals = {"time": time, "q_command": command, "q_start": command[:1]}
    return Episodes(info, np.array([0, rows]), signals)


def test_a_robot_from_a_table_is_rolled_out_and_stepped(repository: Path) -> None:
    folder = repository / "robots" / "ur5"
    parameters = published_parameters(folder / "servos.json", "menagerie", JOINTS)
    twin = Twin("t", "mujoco", "ur5", parameters, {"step": 0.002})
    inputs = _moves(300)
    robot = load_robot(folder / "robot.json")
    rolled = kind("mujoco").rollout(twin, inputs, robot, folder, silent)
    q, command = rolled.signals["q"], inputs.signals["q_command"]
    assert np.isinf(rolled.signals["failed_at"]).all()
    assert 0.01 < np.abs(q - command).max() < 0.2
    time = inputs.signals["time"]
    state = begin_of(twin, folder)(Reset(JOINTS, ("rad",) * 6, 0.0, command[0], command[0], None))
    stepped = state.advance(Rows(time[1:], command[1:]))
    assert np.abs(stepped - q[1:]).max() < 2e-9


CHOSEN: dict[str, Any] = {
    "servo": "feed-forward",
    "delay": 0.0,
    "step": 0.002,
    "feed_forward": 1,
    "whole": {"gravity_compensation": 1},
    "free": {"kv_per_kp": {"spread": 0.5}, "feed_forward": {"spread": 0.05}},
    "fewest_groups": 2,
    "steps": 4,
    "looks": 0,
}


def _recorded(folder: Path) -> Episodes:
    """Four motions of a UR5 whose servos feed 0.9 of the speed forward, damped 1.2 times."""
    start = start_of(CHOSEN, folder, JOINTS).values
    values = dict(start)
    for joint in JOINTS:
        values[f"{joint}.feed_forward"] = 0.9
        values[f"{joint}.kv_per_kp"] *= 1.2
    arm = assemble(
        folder / "dh.json",
        physics_from(values, {"commands": "straight"}, JOINTS, "made"),
        ("rad",) * 6,
    )
    one = _moves(200)
    time, command = one.signals["time"], one.signals["q_command"]
    commands = [command[0] + scale * (command - command[0]) for scale in (1.0, 0.8, -0.9, 0.7)]
    positions = [arm.respond(time, each, each[0]).position for each in commands]
    infos = tuple(EpisodeInfo(f"m{n}.a", f"m{n}", f"m{n}", "a", "reference") for n in range(4))
    about = {"time": ("s",), "q": one.info.units, "q_command": one.info.units}
    info = replace(one.info, split="calibration", signals=about, episodes=infos)
    signals = {
        "time": np.tile(time, 4),
        "q": np.concatenate(positions),
        "q_command": np.concatenate(commands),
    }
    return Episodes(info, 200 * np.arange(5), signals)


def test_a_servo_with_feed_forward_is_found_on_a_robot_from_a_table(repository: Path) -> None:
    folder = repository / "robots" / "ur5"
    calibration = _recorded(folder)
    validation = replace(calibration, info=replace(calibration.info, split="validation"))
    robot = load_robot(folder / "robot.json")
    calibrated = kind("calibrated")
    check_schema(CHOSEN, calibrated.settings, "here")
    fit = calibrated.fit(Material(calibration, validation, robot, folder, CHOSEN, 1), silent)
    found = {parameter.name: parameter for parameter in fit.parameters}
    for joint in JOINTS:
        assert found[f"{joint}.feed_forward"].value == pytest.approx(0.9, abs=0.01), joint
        assert found[f"{joint}.kv_per_kp"].value == pytest.approx(0.024, rel=0.1), joint
    assert fit.settings == {"step": 0.002, "commands": "straight"}
    assert fit.figures["validation"]["headline"] < 1e-4
    twin = Twin("t", "calibrated", "ur5", fit.parameters, fit.settings)
    assert not list(twin_problems(twin, calibrated, robot))
    with pytest.raises(ProblemsError) as caught:
        reset = Reset(JOINTS, ("rad",) * 6, 0.0, np.zeros(6), np.zeros(6), None)
        begin_of(twin, folder)(reset)
    assert [str(problem) for problem in caught.value.problems] == [
        "no_stepper: twin t: settings/commands: expected commands that are held, came straight"
    ]
