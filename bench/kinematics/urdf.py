"""Reading URDF: links and joints as they are written, numbers in float64.

Only what moves is read: joints with origin, axis, limits and mimic, and the masses of links with
their centres. Nothing outside the file is opened: document types and entities are refused, other
elements are skipped.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, get_args

from bench.io.problems import Problem, ProblemsError
from bench.kinematics.model import Model, ModelJoint, repeated
from bench.kinematics.robot import JointType, Limits, Load, Mimic, Vector

MAX_BYTES = 16 * 2**20
MAX_JOINTS = 4096

_MOVING = ("revolute", "continuous", "prismatic")


def read_urdf(path: Path, where: str) -> Model:
    """Read the URDF at `path`; `where` names it in problems.

    Raises:
        ProblemsError: everything that is wrong with it.
    """
    root = _parse(path, where)
    reader = _Reader(where)
    links = [reader.name_of(element, "link") for element in root.findall("link")]
    loads = [reader.load(element) for element in root.findall("link")]
    joints = [reader.joint(element) for element in root.findall("joint")]
    reader.unique("link", links)
    reader.unique("joint", [joint.name for joint in joints])
    reader.tree(links, joints)
    reader.followers(joints)
    if reader.problems:
        raise ProblemsError(reader.problems)
    masses = {link: load for link, load in zip(links, loads, strict=True) if load is not None}
    return Model(tuple(links), {joint.child: joint for joint in joints}, masses)


class _NoDoctype(ET.TreeBuilder):
    """Builds the tree and stops at a document type, before any entity can be declared."""

    def doctype(self, name: str, *_: Any) -> None:
        raise ValueError(f"<!DOCTYPE {name}>")


def _parse(path: Path, where: str) -> ET.Element:
    def refused(code: str, expected: str, came: str) -> ProblemsError:
        return ProblemsError([Problem(code, where, expected, came)])

    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError:
        raise refused("missing_file", "a URDF file", "no such file") from None
    if data is None:
        raise refused("too_large", f"at most {MAX_BYTES} bytes", f"{path.stat().st_size} bytes")
    try:
        root = ET.fromstring(data, parser=ET.XMLParser(target=_NoDoctype()))
    except ET.ParseError as error:
        raise refused("not_xml", "XML", str(error)) from None
    except ValueError as error:
        raise refused("doctype", "no document type and no entities", str(error)) from None
    if root.tag != "robot":
        raise refused("not_urdf", "the root element robot", root.tag)
    if len(root.findall("joint")) > MAX_JOINTS:
        raise refused("too_large", f"at most {MAX_JOINTS} joints", str(len(root.findall("joint"))))
    return root


class _Reader:
    """Collects what is wrong while elements become records; stands in values where it is."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []

    def say(self, code: str, place: str, expected: str, came: str) -> None:
        self.problems.append(Problem(code, f"{self.where}: {place}", expected, came))

    def name_of(self, element: ET.Element, kind: str) -> str:
        name = element.get("name", "")
        if not name:
            self.say("missing_name", kind, "a name", "none")
        return name

    def load(self, element: ET.Element) -> Load | None:
        """The mass of a link; None where it has none."""
        place = f"link {element.get('name', '')}: inertial"
        inertial = element.find("inertial")
        found = inertial.find("mass") if inertial is not None else None
        if inertial is None or found is None:
            return None
        mass = self.number(found.get("value", ""), f"{place}: mass")
        if mass < 0:
            self.say("negative_mass", f"{place}: mass", "0 kg or more", f"{mass:.9g}")
        centre = self.vector(inertial.find("origin"), "xyz", f"{place}: origin")
        return Load(mass, centre) if mass > 0 else None

    def joint(self, element: ET.Element) -> ModelJoint:
        name = self.name_of(element, "joint")
        place = f"joint {name}"
        given = element.get("type", "none")
        if given not in get_args(JointType):
            self.say("joint_type", place, "one of " + ", ".join(get_args(JointType)), given)
        kind: JointType = next((t for t in get_args(JointType) if t == given), "fixed")
        origin = element.find("origin")
        return ModelJoint(
            name=name,
            type=kind,
            parent=self.link(element, "parent", place),
            child=self.link(element, "child", place),
            xyz=self.vector(origin, "xyz", f"{place}: origin"),
            rpy=self.vector(origin, "rpy", f"{place}: origin"),
            axis=self.axis(element, place) if kind in _MOVING else None,
            limits=self.limits(element, place, kind) if kind in _MOVING else None,
            mimic=self.mimic(element, place) if kind in _MOVING else None,
        )

    def link(self, element: ET.Element, role: str, place: str) -> str:
        found = element.find(role)
        name = found.get("link", "") if found is not None else ""
        if not name:
            self.say("missing_link", place, f"a {role} link", "none")
        return name

    def number(self, text: str, place: str) -> float:
        try:
            value = float(text.replace("_", "x"))  # Python's 1_000 is no number elsewhere
        except ValueError:
            self.say("not_a_number", place, "a number", text[:60])
            return 0.0
        if not math.isfinite(value):
            self.say("not_finite", place, "a finite number", text[:60])
            return 0.0
        return value

    def vector(self, element: ET.Element | None, name: str, place: str) -> Vector:
        texts = (element.get(name, "0 0 0") if element is not None else "0 0 0").split()
        if len(texts) != 3:
            self.say("not_a_vector", f"{place} {name}", "three numbers", str(len(texts)))
            return (0.0, 0.0, 0.0)
        x, y, z = (self.number(text, f"{place} {name}") for text in texts)
        return (x, y, z)

    def axis(self, element: ET.Element, place: str) -> Vector:
        found = element.find("axis")
        if found is None or found.get("xyz") is None:
            self.say("missing_axis", place, "an axis", "none")
            return (1.0, 0.0, 0.0)
        before = len(self.problems)
        axis = self.vector(found, "xyz", f"{place}: axis")
        if len(self.problems) == before and math.hypot(*axis) < 1e-6:
            self.say("zero_axis", place, "an axis with a direction", found.get("xyz", ""))
        return axis

    def limits(self, element: ET.Element, place: str, kind: str) -> Limits:
        found = element.find("limit")
        bounded = kind != "continuous"
        needed = ("lower", "upper") if bounded else ()
        missing = [n for n in needed if found is None or found.get(n) is None]
        if missing:
            self.say("missing_limits", place, "limits " + " and ".join(needed), _without(missing))
        values: dict[str, float | None] = {}
        for name in ("lower", "upper", "velocity", "effort"):
            text = found.get(name) if found is not None else None
            wanted = text is not None and (bounded or name not in ("lower", "upper"))
            values[name] = self.number(text or "", f"{place}: limit {name}") if wanted else None
        lower, upper = values["lower"], values["upper"]
        if lower is not None and upper is not None and not lower < upper and not missing:
            self.say("limits", place, "a lower limit below the upper", f"{lower:g} and {upper:g}")
        return Limits(**values)

    def mimic(self, element: ET.Element, place: str) -> Mimic | None:
        found = element.find("mimic")
        if found is None:
            return None
        multiplier = self.number(found.get("multiplier", "1"), f"{place}: mimic multiplier")
        offset = self.number(found.get("offset", "0"), f"{place}: mimic offset")
        return Mimic(found.get("joint", ""), multiplier, offset)

    def unique(self, kind: str, names: list[str]) -> None:
        for name in repeated(names):
            self.say("duplicate_name", f"{kind} {name}", "each name once", "it twice")

    def tree(self, links: list[str], joints: list[ModelJoint]) -> None:
        """Every link exists, hangs on at most one joint, and never on itself."""
        known = set(links)
        for joint in joints:
            for role, link in (("parent", joint.parent), ("child", joint.child)):
                if link and link not in known:
                    place = f"joint {joint.name}: {role}"
                    self.say("unknown_link", place, "a link of the file", link)
        for link in repeated(joint.child for joint in joints):
            names = ", ".join(joint.name for joint in joints if joint.child == link)
            self.say("two_parents", f"link {link}", "one joint that moves it", names)
        parent = {joint.child: joint.parent for joint in joints if joint.child}
        self.cycles(parent, links)

    def cycles(self, parent: dict[str, str], links: list[str]) -> None:
        done: set[str] = set()
        for start in links:
            walked: list[str] = []
            link: str | None = start
            while link is not None and link not in done:
                done.add(link)
                walked.append(link)
                link = parent.get(link)
            if link in walked:
                ring = walked[walked.index(link) :][::-1]
                first = ring.index(min(ring))
                around = [*ring[first:], *ring[: first + 1]]
                self.say("cycle", f"link {around[0]}", "a tree", " → ".join(around))

    def followers(self, joints: list[ModelJoint]) -> None:
        drivers = {joint.name for joint in joints if joint.type != "fixed" and not joint.mimic}
        for joint in joints:
            if joint.mimic and joint.mimic.joint not in drivers:
                place, expected = f"joint {joint.name}: mimic", "a joint that moves by itself"
                self.say("unknown_joint", place, expected, joint.mimic.joint or "none")


def _without(names: list[str]) -> str:
    return "no " + " and no ".join(names)
