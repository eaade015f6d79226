"""Denavit-Hartenberg tables against products of matrices, and exact words for what is wrong."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from bench.io.problems import ProblemsError
from bench.kinematics.compile import compile_robot
from bench.kinematics.dh import read_dh
from bench.kinematics.forward import forward
from bench.kinematics.robot import Arm, Limits, robot_from_document
from tests.kinematics.chains import description
from tests.kinematics.tables import (
    BOUND,
    FREE,
    inertial_of,
    product_of,
    row_of,
    table_of,
    tables,
)

TOLERANCE = 1e-12  # m and rad


def _arm(table: dict[str, Any], tool: str) -> Arm:
    document = description(0, tool_link=tool)
    document["model"] = {"form": "dh", "path": "dh.json"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "dh.json").write_text(json.dumps(table))
        (Path(folder) / "description.json").write_text(json.dumps(document))
        return robot_from_document(compile_robot(Path(folder)), "made").arms[0]


def _q(rows: list[dict[str, Any]], count: int, seed: int) -> np.ndarray:
    moving = sum(row["type"] != "fixed" for row in rows)
    return np.random.default_rng(seed).uniform(-4, 4, (count, moving))


@settings(max_examples=100)
@given(tables(), st.sampled_from(["standard", "modified"]), st.integers(0, 2**32 - 1))
def test_any_table_is_the_product_of_its_matrices(
    rows: list[dict[str, Any]], convention: str, seed: int
) -> None:
    q = _q(rows, 4, seed)
    ours = forward(_arm(table_of(rows, convention), f"l{len(rows)}"), q)
    expected = np.array([product_of(rows, convention, values) for values in q])
    np.testing.assert_allclose(ours.position, expected[:, :3, 3], rtol=0, atol=TOLERANCE)
    turned = Rotation.from_quat(ours.quaternion, scalar_first=True)
    off = turned.inv() * Rotation.from_matrix(expected[:, :3, :3])
    assert off.magnitude().max() < TOLERANCE


@settings(max_examples=50)
@given(tables(), st.integers(0, 2**32 - 1))
def test_one_arm_in_both_conventions(rows: list[dict[str, Any]], seed: int) -> None:
    """a and α stand one row later in the modified form; a fixed row holds the last ones."""
    shifted = [{**row, "a": 0.0, "alpha": 0.0} for row in [*rows, row_of(len(rows), "fixed")]]
    for row, before in zip(shifted[1:], rows, strict=True):
        row["a"], row["alpha"] = before["a"], before["alpha"]
    q = _q(rows, 4, seed)
    standard = forward(_arm(table_of(rows), f"l{len(rows)}"), q)
    modified = forward(_arm(table_of(shifted, "modified"), f"l{len(shifted)}"), q)
    np.testing.assert_allclose(standard.position, modified.position, rtol=0, atol=TOLERANCE)
    aligned = np.sum(standard.quaternion * modified.quaternion, axis=1)
    np.testing.assert_allclose(np.abs(aligned), 1, rtol=0, atol=TOLERANCE)


FIGURES = {"a": 0.1, "d": 0.2, "alpha": 0.3, "theta": 0.4}


@pytest.mark.parametrize(
    ("convention", "names", "links"),
    [("standard", ["j0", "j0:ax"], ["j0:z", "l1"]), ("modified", ["j0:ax", "j0"], ["j0:x", "l1"])],
)
def test_a_row_becomes_a_joint_and_a_fixed_part(
    tmp_path: Path, convention: str, names: list[str], links: list[str]
) -> None:
    """With the figures of the table, to the last bit."""
    (tmp_path / "dh.json").write_text(json.dumps(table_of([row_of(0, **FIGURES)], convention)))
    model = read_dh(tmp_path / "dh.json", "dh.json")
    assert model.links == ("l0", *links)
    path = model.path("l0", "l1") or ()
    assert [joint.name for joint in path] == names
    joint, fixed = (model.joint(name) for name in ("j0", "j0:ax"))
    assert joint is not None
    assert fixed is not None
    assert (joint.type, joint.xyz, joint.rpy) == ("revolute", (0, 0, 0.2), (0, 0, 0.4))
    assert (joint.axis, joint.limits) == ((0, 0, 1), Limits(-9.0, 9.0, None, None))
    assert (fixed.type, fixed.xyz, fixed.rpy) == ("fixed", (0.1, 0, 0), (0.3, 0, 0))
    assert (fixed.axis, fixed.limits, fixed.mimic) == (None, None, None)


def test_chains_may_begin_on_a_chain_before_them(tmp_path: Path) -> None:
    table = table_of([row_of(0), row_of(1)])
    table["chains"].append({"base_link": "l2", "rows": [row_of(2, "prismatic")]})
    table["chains"].append({"base_link": "other", "rows": [row_of(3)]})
    (tmp_path / "dh.json").write_text(json.dumps(table))
    model = read_dh(tmp_path / "dh.json", "dh.json")
    names = [joint.name for joint in model.path("l0", "l3") or ()]
    assert names == ["j0", "j0:ax", "j1", "j1:ax", "j2", "j2:ax"]
    assert model.path("l0", "l4") is None
    assert len(model.path("other", "l4") or ()) == 2


def _two_chains(second: str, link: str) -> dict[str, Any]:
    table = table_of([row_of(0), row_of(1)])
    table["chains"].append({"base_link": second, "rows": [{**row_of(2), "link": link}]})
    return table


A = "expected a link that neither this chain nor a later one leads to"
NAMES = "expected each name once, came it twice"
WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "limits": (
        table_of(
            [
                row_of(0, limits=FREE),
                row_of(1, "prismatic", limits={**BOUND, "upper": None}),
                row_of(2, limits={**BOUND, "lower": 9.0}),
            ]
        ),
        [
            "missing_limits: dh.json: joint j0: expected limits lower and upper, came no lower "
            "and no upper",
            "missing_limits: dh.json: joint j1: expected limits lower and upper, came no upper",
            "limits: dh.json: joint j2: expected a lower limit below the upper, came 9 and 9",
        ],
    ),
    "names twice": (
        table_of([row_of(0), {**row_of(1), "joint": "j0", "link": "l1"}]),
        [
            f"duplicate_name: dh.json: joint j0: {NAMES}",
            f"duplicate_name: dh.json: joint j0:ax: {NAMES}",
            f"duplicate_name: dh.json: link j0:z: {NAMES}",
            f"duplicate_name: dh.json: link l1: {NAMES}",
        ],
    ),
    "a chain on itself": (
        table_of([row_of(0), {**row_of(1), "link": "l0"}]),
        [f"cycle: dh.json: chain 1: base_link: {A}, came l0"],
    ),
    "a chain on its own half row": (
        {**table_of([row_of(0)]), "chains": [{"base_link": "j0:z", "rows": [row_of(0)]}]},
        [f"cycle: dh.json: chain 1: base_link: {A}, came j0:z"],
    ),
    "two chains on each other": (
        _two_chains("l2", "l0"),
        [f"cycle: dh.json: chain 1: base_link: {A}, came l0"],
    ),
    "all at once": (
        table_of(
            [row_of(0, limits=FREE), {**row_of(1), "link": "l0"}, {**row_of(2), "link": "l1"}]
        ),
        [
            f"cycle: dh.json: chain 1: base_link: {A}, came l0",
            "missing_limits: dh.json: joint j0: expected limits lower and upper, came no lower "
            "and no upper",
            f"duplicate_name: dh.json: link l1: {NAMES}",
        ],
    ),
    "degrees and millimetres": (
        table_of([row_of(0, alpha=90.0, theta=-180, a=425)]),
        [
            "schema: dh.json: chains/0/rows/0/a: expected at most 10, came 425",
            "schema: dh.json: chains/0/rows/0/alpha: expected at most 6.283185307179586, came 90.0",
            "schema: dh.json: chains/0/rows/0/theta: expected at least -6.283185307179586, "
            "came -180",
        ],
    ),
    "a convention of its own": (
        table_of([row_of(0)], "proximal"),
        ['schema: dh.json: convention: expected one of "standard", "modified", came "proximal"'],
    ),
    "limits where there are none": (
        table_of([row_of(0, "fixed", limits=BOUND), row_of(1, "continuous", limits=BOUND)]),
        [
            "schema: dh.json: chains/0/rows/0/limits: expected null, came "
            '{"lower": -9.0, "upper": 9.0, "velocity": null, "effort": null}',
            "schema: dh.json: chains/0/rows/1/limits/lower: expected null, came -9.0",
            "schema: dh.json: chains/0/rows/1/limits/upper: expected null, came 9.0",
        ],
    ),
}


BALL = inertial_of(2.0, [0.0, 0.1, 0.0], 0.01 * np.eye(3))
SLAB = inertial_of(2.0, [0.0, 0.1, 0.0], np.diag([0.01, 0.02, 0.04]))
TWISTED = inertial_of(2.0, [0, 0, 0], np.array([[0.01, 0.02, 0], [0.02, 0.01, 0], [0, 0, 0.01]]))
ALL = "expected a block for every row that moves, or for none, came none"
WRONG |= {
    "weights of some rows": (
        table_of([row_of(0), row_of(1, inertial=BALL), row_of(2, "prismatic"), row_of(3, "fixed")]),
        [
            f"missing_inertial: dh.json: joint j0: inertial: {ALL}",
            f"missing_inertial: dh.json: joint j2: inertial: {ALL}",
        ],
    ),
    "a weight of a row that does not move alone": (
        table_of([row_of(0), row_of(1, "fixed", inertial=BALL)]),
        [f"missing_inertial: dh.json: joint j0: inertial: {ALL}"],
    ),
    "inertias of no body": (
        table_of([row_of(0, inertial=SLAB), row_of(1, inertial=TWISTED)]),
        [
            "inertia: dh.json: joint j0: inertial: expected principal moments of which none is "
            "larger than the other two together, came principal moments 0.01, 0.02, 0.04",
            "inertia: dh.json: joint j1: inertial: expected an inertia that is positive definite, "
            "came principal moments -0.01, 0.01, 0.03",
        ],
    ),
    "no mass, and grams and millimetres": (
        table_of(
            [
                row_of(0, inertial={**BALL, "mass": 0}),
                row_of(1, inertial={**BALL, "mass": -1.5}),
                row_of(2, inertial={**BALL, "mass": 12000, "centre": [0, 212.5, 0]}),
            ]
        ),
        [
            "schema: dh.json: chains/0/rows/0/inertial/mass: expected at least 1e-06, came 0",
            "schema: dh.json: chains/0/rows/1/inertial/mass: expected at least 1e-06, came -1.5",
            "schema: dh.json: chains/0/rows/2/inertial/centre/1: expected at most 10, came 212.5",
            "schema: dh.json: chains/0/rows/2/inertial/mass: expected at most 10000, came 12000",
        ],
    ),
}


def test_what_links_weigh_is_read_as_it_stands(tmp_path: Path) -> None:
    tensor = np.array([[0.03, 0.001, 0.002], [0.001, 0.04, -0.003], [0.002, -0.003, 0.05]])
    block = inertial_of(2, [0, 0.1, -0.2], tensor)
    rows = [row_of(0, inertial=block), row_of(1, "fixed"), row_of(2, "fixed", inertial=BALL)]
    (tmp_path / "dh.json").write_text(json.dumps(table_of(rows)))
    model = read_dh(tmp_path / "dh.json", "dh.json")
    assert model.inertials.keys() == {"l1", "l3"}
    found = model.inertials["l1"]
    assert (found.mass, found.centre) == (2.0, (0.0, 0.1, -0.2))
    assert (np.array(found.inertia) == tensor).all()
    (tmp_path / "dh.json").write_text(json.dumps(table_of([row_of(0)])))
    assert read_dh(tmp_path / "dh.json", "dh.json").inertials == {}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(tmp_path: Path, name: str) -> None:
    table, problems = WRONG[name]
    (tmp_path / "dh.json").write_text(json.dumps(table))
    with pytest.raises(ProblemsError) as raised:
        read_dh(tmp_path / "dh.json", "dh.json")
    assert [str(problem) for problem in raised.value.problems] == problems


def test_a_urdf_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "dh.json").write_text("<robot/>")
    with pytest.raises(ProblemsError, match=r"not_json: .*dh\.json: expected a JSON document"):
        read_dh(tmp_path / "dh.json", "dh.json")


def test_whole_numbers_are_taken() -> None:
    table = table_of([row_of(0, a=1, d=0, alpha=0, theta=1)])
    whole = copy.deepcopy(table)
    whole["chains"][0]["rows"][0] |= {"a": 1.0, "d": 0.0, "alpha": 0.0, "theta": 1.0}
    assert _arm(table, "l1") == _arm(whole, "l1")
