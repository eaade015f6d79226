"""A scene as shapes of a MuJoCo model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mujoco

from bench.io.problems import Problem, ProblemsError
from bench.twins.simulation.scene import Scene

ROBOT, WORLD = 1, 2
"""Bits of collision: a sphere of the robot meets table and objects, these meet each other."""


def add_scene(spec: Any, scene: Scene, where: str) -> None:
    """Put a scene into a `mujoco.MjSpec`.

    Raises:
        ProblemsError: a contact names a link that the robot lacks.
    """
    links = {body.name: body for body in spec.bodies}
    unknown = [each.link for each in scene.contacts if each.link not in links]
    if unknown:
        expected = "a link: " + ", ".join(sorted(links))
        raise ProblemsError([Problem("contact_link", where, expected, name) for name in unknown])
    friction = 1.0 if scene.table is None else scene.table.friction
    for contact in scene.contacts:
        size = (contact.radius, 0, 0)
        geom = _geom(links[contact.link], mujoco.mjtGeom.mjGEOM_SPHERE, size, friction)
        geom.pos = contact.position
        geom.contype, geom.conaffinity = ROBOT, WORLD
    if scene.table is not None:
        geom = _geom(spec.worldbody, mujoco.mjtGeom.mjGEOM_PLANE, (1, 1, 0.1), friction)
        geom.pos = (0, 0, scene.table.height)
        geom.contype, geom.conaffinity = WORLD, ROBOT | WORLD
    for box in scene.objects:
        body = spec.worldbody.add_body(name=box.name, pos=box.position)
        body.add_freejoint()
        half = [edge / 2 for edge in box.size]
        geom = _geom(body, mujoco.mjtGeom.mjGEOM_BOX, half, friction)
        geom.mass = box.mass
        geom.contype, geom.conaffinity = WORLD, ROBOT | WORLD


def _geom(body: Any, kind: Any, size: Sequence[float], friction: float) -> Any:
    """A shape without mass; torsional and rolling friction are MuJoCo's defaults."""
    geom = body.add_geom(type=kind, size=size, mass=0)
    geom.friction = (friction, 0.005, 0.0001)
    return geom
