"""Denavit-Hartenberg tables as documents, and the product of matrices that each of them is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

FREE = {"lower": None, "upper": None, "velocity": None, "effort": None}
BOUND = {**FREE, "lower": -9.0, "upper": 9.0}

_lengths = st.one_of(st.just(0.0), st.floats(-1, 1))
_angles = st.one_of(
    st.integers(-4, 4).map(lambda k: k * math.pi / 2), st.floats(-2 * math.pi, 2 * math.pi)
)


def row_of(number: int, kind: str = "revolute", **figures: Any) -> dict[str, Any]:
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
    return [row_of(i, kind, **draw(figures)) for i, kind in enumerate(types)]


def table_of(rows: list[dict[str, Any]], convention: str = "standard") -> dict[str, Any]:
    chains = [{"base_link": "l0", "rows": rows}]
    return {"schema": "twinbench/robot_dh/1", "convention": convention, "chains": chains}


def about(axis: int, angle: float) -> np.ndarray:
    c, s = math.cos(angle), math.sin(angle)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(4)
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


def along(axis: int, length: float) -> np.ndarray:
    matrix = np.eye(4)
    matrix[axis, 3] = length
    return matrix


def product_of(rows: list[dict[str, Any]], convention: str, q: np.ndarray) -> np.ndarray:
    """The frame behind the last row, as the books write it."""
    values = iter(q)
    pose = np.eye(4)
    for row in rows:
        theta, d = row["theta"], row["d"]
        if row["type"] in ("revolute", "continuous"):
            theta += next(values)
        elif row["type"] == "prismatic":
            d += next(values)
        x = (along(0, row["a"]), about(0, row["alpha"]))
        z = (about(2, theta), along(2, d))
        order = (*z, *x) if convention == "standard" else (x[1], x[0], *z)
        for step in order:
            pose = pose @ step
    return pose


def inertial_of(mass: float, centre: list[float], inertia: np.ndarray) -> dict[str, Any]:
    """The block of a row."""
    places = {"xx": (0, 0), "yy": (1, 1), "zz": (2, 2), "xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}
    entries = {name: float(inertia[place]) for name, place in places.items()}
    return {"mass": mass, "centre": centre, "inertia": entries}


def body_of(draw: np.random.Generator) -> dict[str, Any]:
    """The block of four heavy points at random: no tensor is written down."""
    weights, points = draw.uniform(0.2, 2.0, 4), draw.uniform(-0.3, 0.3, (4, 3))
    mass = float(weights.sum())
    centre = weights @ points / mass
    inertia = np.zeros((3, 3))
    for weight, arm in zip(weights, points - centre, strict=True):
        inertia += weight * (arm @ arm * np.eye(3) - np.outer(arm, arm))
    return inertial_of(mass, centre.tolist(), inertia)
