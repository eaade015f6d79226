"""Reading Denavit-Hartenberg tables: rows of a, d, alpha, theta become links and joints.

A row turns and shifts about and along z, and about and along x. Both conventions are the same two
halves in another order:

    standard (distal):  Rz(θ) Tz(d) · Tx(a) Rx(α)      Paul 1981
    modified (Craig):   Tx(a) Rx(α) · Rz(θ) Tz(d)      Craig 1986: a, α before the joint

A joint turns about or slides along z, which changes nothing about Rz(θ) Tz(d). So the half along z
is the origin of the joint with θ and d as they are written, and the half along x is a fixed joint
behind (standard) or before it (modified). No figure of the table is recomputed.

A row may say what the link that it ends at weighs, in the frame that it ends at: all rows that
move, or none.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.io.documents import Document, check, read_json
from bench.io.problems import Problem, ProblemsError
from bench.kinematics.inertia import Inertial, inertia_problems
from bench.kinematics.model import Model, ModelJoint, repeated
from bench.kinematics.robot import Limits, Load

_Z = (0.0, 0.0, 1.0)
_MOMENTS = ("xx", "yy", "zz", "xy", "xz", "yz")


def read_dh(path: Path, where: str) -> Model:
    """Read the table at `path` (a document of kind robot_dh); `where` names it in problems.

    Raises:
        ProblemsError: everything that is wrong with it.
    """
    table = check(read_json(path), "robot_dh", where)
    chains = [(chain["base_link"], list(_joints(chain, table))) for chain in table["chains"]]
    joints = [joint for _, chain in chains for joint in chain]
    problems = [
        *_limits(table, where),
        *_names(joints, where),
        *_order(chains, where),
        *_weights(table, where),
    ]
    if problems:
        raise ProblemsError(problems)
    links = dict.fromkeys([*(base for base, _ in chains), *(joint.child for joint in joints)])
    inertials = {row["link"]: _inertial(row) for row in _rows(table) if "inertial" in row}
    masses = {link: Load(own.mass, own.centre) for link, own in inertials.items()}
    return Model(tuple(links), {joint.child: joint for joint in joints}, masses, inertials)


def _rows(table: Document) -> list[Document]:
    return [row for chain in table["chains"] for row in chain["rows"]]


def _limits(table: Document, where: str) -> Iterator[Problem]:
    for row in _rows(table):
        if row["type"] not in ("revolute", "prismatic"):
            continue
        place, limits = f"{where}: joint {row['joint']}", row["limits"]
        missing = [f"no {name}" for name in ("lower", "upper") if limits[name] is None]
        if missing:
            came = " and ".join(missing)
            yield Problem("missing_limits", place, "limits lower and upper", came)
        elif not limits["lower"] < limits["upper"]:
            came = f"{limits['lower']:g} and {limits['upper']:g}"
            yield Problem("limits", place, "a lower limit below the upper", came)


def _names(joints: list[ModelJoint], where: str) -> Iterator[Problem]:
    named = {"joint": [joint.name for joint in joints], "link": [joint.child for joint in joints]}
    for kind, names in named.items():
        for name in repeated(names):
            yield Problem("duplicate_name", f"{where}: {kind} {name}", "each name once", "it twice")


def _order(chains: list[tuple[str, list[ModelJoint]]], where: str) -> Iterator[Problem]:
    """A chain begins at a link of its own or of a chain before it: nothing goes in circles."""
    for number, (base, _) in enumerate(chains):
        if any(joint.child == base for _, joints in chains[number:] for joint in joints):
            place = f"{where}: chain {number + 1}: base_link"
            expected = "a link that neither this chain nor a later one leads to"
            yield Problem("cycle", place, expected, base)


def _weights(table: Document, where: str) -> Iterator[Problem]:
    """A row that moves weighs something if any row does, and every weight is a solid body's."""
    rows = _rows(table)
    some = any("inertial" in row for row in rows)
    for row in rows:
        place = f"{where}: joint {row['joint']}: inertial"
        if "inertial" in row:
            yield from inertia_problems(_inertial(row), place)
        elif some and row["type"] != "fixed":
            expected = "a block for every row that moves, or for none"
            yield Problem("missing_inertial", place, expected, "none")


def _inertial(row: Document) -> Inertial:
    said = row["inertial"]
    x, y, z = map(float, said["centre"])
    xx, yy, zz, xy, xz, yz = (float(said["inertia"][n]) for n in _MOMENTS)
    return Inertial(float(said["mass"]), (x, y, z), ((xx, xy, xz), (xy, yy, yz), (xz, yz, zz)))


def _joints(chain: Document, table: Document) -> Iterator[ModelJoint]:
    halves = _standard if table["convention"] == "standard" else _modified
    parent = chain["base_link"]
    for row in chain["rows"]:
        yield from halves(row, parent)
        parent = row["link"]


def _standard(row: Document, parent: str) -> tuple[ModelJoint, ModelJoint]:
    between = f"{row['joint']}:z"
    return _along_z(row, parent, between), _along_x(row, between, row["link"])


def _modified(row: Document, parent: str) -> tuple[ModelJoint, ModelJoint]:
    between = f"{row['joint']}:x"
    return _along_x(row, parent, between), _along_z(row, between, row["link"])


def _along_z(row: Document, parent: str, child: str) -> ModelJoint:
    moves = row["type"] != "fixed"
    return ModelJoint(
        name=row["joint"],
        type=row["type"],
        parent=parent,
        child=child,
        xyz=(0.0, 0.0, float(row["d"])),
        rpy=(0.0, 0.0, float(row["theta"])),
        axis=_Z if moves else None,
        limits=Limits(**row["limits"]) if moves else None,
        mimic=None,
    )


def _along_x(row: Document, parent: str, child: str) -> ModelJoint:
    return ModelJoint(
        name=f"{row['joint']}:ax",
        type="fixed",
        parent=parent,
        child=child,
        xyz=(float(row["a"]), 0.0, 0.0),
        rpy=(float(row["alpha"]), 0.0, 0.0),
        axis=None,
        limits=None,
        mimic=None,
    )
