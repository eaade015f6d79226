"""Denavit-Hartenberg tables against products of matrices, and exact words for what is wrong."""

from __future__ import annotations

import copy
import json
import math
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

TOLERANCE = 1e-12  # m and rad
FREE = {"lower": None, "upper": None, "velocity": None, "effort": None}
BOUND = {**FREE, "lower": -9.0, "upper": 9.0}

_lengths = st.one_of(st.just(0.0), st.floats(-1, 1))
_angles = st.one_of(
    st.integers(-4, 4).map(lambda k: k * math.pi / 2), st.floats(-2 * math.pi, 2 * math.pi)
)


def _row(number: int, kind: str = "revolute", **figures: Any) -> dict[str, Any]:
    limits = {"fixed": None, "continuous": FREE}.get(kind, BOUND)
    row = {"joint": f"j{number}", "type": kind, "link": f"l{number + 1}"}
    return {**row, "a": 0.0, "d": 0.0, "alpha": 0.0, "theta": 0.0, "limits": limits, **figures}


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """One to eight rows, at least one of which moves."""
    kinds = st.sampled_from(["revolute", "continuous", "prismatic", "fixed"])
    types = draw(st.lists(kinds, max_size=7))
    types.insert(draw(st.integers(0, len(types))), draw(st.sampled_from(["revolute", "prismatic"])))
    figures = st.fixed_dictionaries(
        {"a": _lengths, "d": _lengths, "alpha": _angles, "theta": _angles}
    )
    return [_row(i, kind, **draw(figures)) for i, kind in enumerate(types)]


def _table(rows: list[dict[str, Any]], convention: str = "standard") -> dict[str, Any]:
    chains = [{"base_link": "l0", "rows": rows}]
    return {"schema": "twinbench/robot_dh/1", "convention": convention, "chains": chains}


def _arm(table: dict[str, Any], tool: str) -> Arm:
    document = description(0, tool_link=tool)
    document["model"] = {"form": "dh", "path": "dh.json"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "dh.json").write_text(json.dumps(table))
        (Path(folder) / "description.json").write_text(json.dumps(document))
        return robot_from_document(compile_robot(Path(folder)), "made").arms[0]


def _about(axis: int, angle: float) -> np.ndarray:
    c, s = math.cos(angle), math.sin(angle)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(4)
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


def _along(axis: int, length: float) -> np.ndarray:
    matrix = np.eye(4)
    matrix[axis, 3] = length
    return matrix


def _product(rows: list[dict[str, Any]], convention: str, q: np.ndarray) -> np.ndarray:
    """The frame behind the last row, as the books write it."""
    values = iter(q)
    pose = np.eye(4)
    for row in rows:
        theta, d = row["theta"], row["d"]
        if row["type"] in ("revolute", "continuous"):
            theta += next(values)
        elif row["type"] == "prismatic":
            d += next(values)
        x = (_along(0, row["a"]), _about(0, row["alpha"]))
        z = (_about(2, theta), _along(2, d))
        order = (*z, *x) if convention == "standard" else (x[1], x[0], *z)
        for step in order:
            pose = pose @ step
    return pose


def _q(rows: list[dict[str, Any]], count: int, seed: int) -> np.ndarray:
    moving = sum(row["type"] != "fixed" for row in rows)
    return np.random.default_rng(seed).uniform(-4, 4, (count, moving))


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from(["standard", "modified"]), st.integers(0, 2**32 - 1))
def test_any_table_is_the_product_of_its_matrices(
    rows: list[dict[str, Any]], convention: str, seed: int
) -> None:
    q = _q(rows, 4, seed)
    ours = forward(_arm(_table(rows, convention), f"l{len(rows)}"), q)
    expected = np.array([_product(rows, convention, values) for values in q])
    np.testing.assert_allclose(ours.position, expected[:, :3, 3], rtol=0, atol=TOLERANCE)
    turned = Rotation.from_quat(ours.quaternion, scalar_first=True)
    off = turned.inv() * Rotation.from_matrix(expected[:, :3, :3])
    assert off.magnitude().max() < TOLERANCE


@settings(max_examples=50, deadline=None)
@given(tables(), st.integers(0, 2**32 - 1))
def test_one_arm_in_both_conventions(rows: list[dict[str, Any]], seed: int) -> None:
    """a and α stand one row later in the modified form; a fixed row holds the last ones."""
    shifted = [{**row, "a": 0.0, "alpha": 0.0} for row in [*rows, _row(len(rows), "fixed")]]
    for row, before in zip(shifted[1:], rows, strict=True):
        row["a"], row["alpha"] = before["a"], before["alpha"]
    q = _q(rows, 4, seed)
    standard = forward(_arm(_table(rows), f"l{len(rows)}"), q)
    modified = forward(_arm(_table(shifted, "modified"), f"l{len(shifted)}"), q)
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
    (tmp_path / "dh.json").write_text(json.dumps(_table([_row(0, **FIGURES)], convention)))
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
    table = _table([_row(0), _row(1)])
    table["chains"].append({"base_link": "l2", "rows": [_row(2, "prismatic")]})
    table["chains"].append({"base_link": "other", "rows": [_row(3)]})
    (tmp_path / "dh.json").write_text(json.dumps(table))
    model = read_dh(tmp_path / "dh.json", "dh.json")
    names = [joint.name for joint in model.path("l0", "l3") or ()]
    assert names == ["j0", "j0:ax", "j1", "j1:ax", "j2", "j2:ax"]
    assert model.path("l0", "l4") is None
    assert len(model.path("other", "l4") or ()) == 2


def _two_chains(second: str, link: str) -> dict[str, Any]:
    table = _table([_row(0), _row(1)])
    table["chains"].append({"base_link": second, "rows": [{**_row(2), "link": link}]})
    return table


A = "expected a link that neither this chain nor a later one leads to"
NAMES = "expected each name once, came it twice"
WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "limits": (
        _table(
            [
                _row(0, limits=FREE),
                _row(1, "prismatic", limits={**BOUND, "upper": None}),
                _row(2, limits={**BOUND, "lower": 9.0}),
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
        _table([_row(0), {**_row(1), "joint": "j0", "link": "l1"}]),
        [
            f"duplicate_name: dh.json: joint j0: {NAMES}",
            f"duplicate_name: dh.json: joint j0:ax: {NAMES}",
            f"duplicate_name: dh.json: link j0:z: {NAMES}",
            f"duplicate_name: dh.json: link l1: {NAMES}",
        ],
    ),
    "a chain on itself": (
        _table([_row(0), {**_row(1), "link": "l0"}]),
        [f"cycle: dh.json: chain 1: base_link: {A}, came l0"],
    ),
    "a chain on its own half row": (
        {**_table([_row(0)]), "chains": [{"base_link": "j0:z", "rows": [_row(0)]}]},
        [f"cycle: dh.json: chain 1: base_link: {A}, came j0:z"],
    ),
    "two chains on each other": (
        _two_chains("l2", "l0"),
        [f"cycle: dh.json: chain 1: base_link: {A}, came l0"],
    ),
    "all at once": (
        _table([_row(0, limits=FREE), {**_row(1), "link": "l0"}, {**_row(2), "link": "l1"}]),
        [
            f"cycle: dh.json: chain 1: base_link: {A}, came l0",
            "missing_limits: dh.json: joint j0: expected limits lower and upper, came no lower "
            "and no upper",
            f"duplicate_name: dh.json: link l1: {NAMES}",
        ],
    ),
    "degrees and millimetres": (
        _table([_row(0, alpha=90.0, theta=-180, a=425)]),
        [
            "schema: dh.json: chains/0/rows/0/a: expected at most 10, came 425",
            "schema: dh.json: chains/0/rows/0/alpha: expected at most 6.283185307179586, came 90.0",
            "schema: dh.json: chains/0/rows/0/theta: expected at least -6.283185307179586, "
            "came -180",
        ],
    ),
    "a convention of its own": (
        _table([_row(0)], "proximal"),
        ['schema: dh.json: convention: expected one of "standard", "modified", came "proximal"'],
    ),
    "limits where there are none": (
        _table([_row(0, "fixed", limits=BOUND), _row(1, "continuous", limits=BOUND)]),
        [
            "schema: dh.json: chains/0/rows/0/limits: expected null, came "
            '{"lower": -9.0, "upper": 9.0, "velocity": null, "effort": null}',
            "schema: dh.json: chains/0/rows/1/limits/lower: expected null, came -9.0",
            "schema: dh.json: chains/0/rows/1/limits/upper: expected null, came 9.0",
        ],
    ),
}


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
    table = _table([_row(0, a=1, d=0, alpha=0, theta=1)])
    whole = copy.deepcopy(table)
    whole["chains"][0]["rows"][0] |= {"a": 1.0, "d": 0.0, "alpha": 0.0, "theta": 1.0}
    assert _arm(table, "l1") == _arm(whole, "l1")
