"""What a simulated robot may touch: a table, and boxes that lie about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.io.documents import Document, check_schema

_NUMBER = {"type": "number", "minimum": -100, "maximum": 100}
_POSITIVE = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
_TRIPLE = {"type": "array", "items": _NUMBER, "minItems": 3, "maxItems": 3}
_NAME = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$"}
SCHEMA: Document = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "contacts": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["link", "position", "radius"],
                "properties": {"link": _NAME, "position": _TRIPLE, "radius": _POSITIVE},
            },
        },
        "objects": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "position", "size", "mass"],
                "properties": {
                    "name": _NAME,
                    "position": _TRIPLE,
                    "size": {**_TRIPLE, "items": _POSITIVE},
                    "mass": _POSITIVE,
                },
            },
        },
    },
}
"""JSON Schema of the setting `scene`."""


@dataclass(frozen=True)
class Contact:
    """A sphere of a link that touches table and objects.

    Attributes:
        link: name of the link in the robot's model.
        position: m, of the centre in the link's frame.
        radius: m.
    """

    link: str
    position: tuple[float, ...]
    radius: float


@dataclass(frozen=True)
class Box:
    """A free box that starts at rest.

    Attributes:
        name: of its body.
        position: m, of the centre at first, in the frame of the robot's base.
        size: m, edges along x, y, z.
        mass: kg.
    """

    name: str
    position: tuple[float, ...]
    size: tuple[float, ...]
    mass: float


@dataclass(frozen=True)
class Table:
    """A level plane.

    Attributes:
        height: m, of its top above the robot's base frame.
        friction: coefficient of sliding friction.
    """

    height: float
    friction: float


@dataclass(frozen=True)
class Scene:
    """Everything that the robot may touch; nothing collides but what is named here."""

    contacts: tuple[Contact, ...] = ()
    objects: tuple[Box, ...] = ()
    table: Table | None = None

    @property
    def touches(self) -> bool:
        """Whether anything can collide."""
        return bool(self.objects or (self.contacts and self.table))


EMPTY = Scene()


def scene_of(setting: Mapping[str, Any], table: Table | None, where: str) -> Scene:
    """The scene that a twin's setting `scene` describes.

    Raises:
        ProblemsError: the setting does not fit `SCHEMA`.
    """
    check_schema(dict(setting), SCHEMA, f"{where}: settings/scene")
    contacts = tuple(
        Contact(each["link"], tuple(each["position"]), each["radius"])
        for each in setting.get("contacts", ())
    )
    objects = tuple(
        Box(each["name"], tuple(each["position"]), tuple(each["size"]), each["mass"])
        for each in setting.get("objects", ())
    )
    return Scene(contacts, objects, table)
