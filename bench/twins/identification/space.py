"""What is free in a fit, and the coordinates in which it is searched.

A quantity that is positive by nature is searched by its logarithm. Coordinates count from the prior
in its spreads, so that a step of one is equally likely, before the data, in every direction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.problems import Problem, ProblemsError, UnknownNameError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """How a quantity is searched.

    Attributes:
        origin: the logarithm is taken of what it is above this; None for no logarithm.
        difference: step of the finite difference; of the logarithm where one is taken.
        bounds: lowest and highest value that a search may try.
    """

    origin: float | None
    difference: float
    bounds: tuple[float, float]


_POSITIVE = Scale(0.0, 0.05, (1e-9, 1e6))
JOINT_SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "kp": _POSITIVE,
        "damping": _POSITIVE,
        "damping_per_kp": _POSITIVE,
        "kv_per_kp": _POSITIVE,
        "feed_forward": Scale(None, 0.02, (0.0, 2.0)),
        "armature": _POSITIVE,
        "armature_per_kp": Scale(0.0, 0.1, (1e-9, 1.0)),
        "frictionloss": _POSITIVE,
        "frictionloss_per_kp": _POSITIVE,
        "coulomb": _POSITIVE,
        "coulomb_per_kp": _POSITIVE,
        "breakaway_per_coulomb": Scale(1.0, 0.1, (1.0 + 1e-6, 100.0)),
        "stribeck": Scale(0.0, 0.1, (1e-4, 100.0)),
        "presliding": Scale(0.0, 0.1, (1e-5, 0.1)),
        "offset": Scale(None, 1e-3, (-0.3, 0.3)),
        "delay": Scale(None, 4e-3, (0.0, 0.3)),
    }
)
"""Quantities of a joint that can be free."""
STATIC = frozenset(
    {
        "kp",
        "offset",
        "frictionloss",
        "frictionloss_per_kp",
        "coulomb",
        "coulomb_per_kp",
        "breakaway_per_coulomb",
    }
)
"""Quantities of a joint that decide where it rests."""
WHOLE_SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "mass_scale": _POSITIVE,
        "table.height": Scale(None, 1e-3, (-2.0, 2.0)),
        "table.friction": Scale(0.0, 0.2, (1e-3, 10.0)),
    }
)
"""Quantities of robot and scene that can be free."""


@dataclass(frozen=True)
class Free:
    """One free parameter.

    Attributes:
        name: as the twin names it.
        joint: the joint that it belongs to; None for robot and scene.
        scale: how it is searched.
        prior: value that the fit starts at and is drawn towards.
        spread: standard deviation of the prior; of the logarithm where one is taken.
        bounds: lowest and highest value.
        source: where the prior comes from.
    """

    name: str
    joint: str | None
    scale: Scale
    prior: float
    spread: float
    bounds: tuple[float, float]
    source: str

    def coordinate(self, value: float) -> float:
        """Spreads from the prior to a value."""
        return (self._warped(value) - self._warped(self.prior)) / self.spread

    def value(self, coordinate: float) -> float:
        """The value so many spreads from the prior."""
        warped = self._warped(self.prior) + self.spread * coordinate
        origin = self.scale.origin
        return warped if origin is None else origin + math.exp(warped)

    @property
    def step(self) -> float:
        """The finite difference in spreads."""
        return self.scale.difference / self.spread

    def _warped(self, value: float) -> float:
        origin = self.scale.origin
        return value if origin is None else math.log(value - origin)


@dataclass(frozen=True)
class Space:
    """The free parameters, in the order of the coordinates, and the fixed ones by name."""

    free: tuple[Free, ...]
    fixed: Mapping[str, float]

    def values(self, x: Floats) -> dict[str, float]:
        """Every parameter of the twin at the coordinates (P,), within its bounds.

        A coordinate at a bound comes back next to it, by rounding: a delay would be below 0.
        """
        found = dict(self.fixed)
        for each, at in zip(self.free, x, strict=True):
            low, high = each.bounds
            found[each.name] = min(max(each.value(float(at)), low), high)
        return found

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """(P,) lowest and highest coordinates."""
        low, high = zip(*(map(each.coordinate, each.bounds) for each in self.free), strict=True)
        return np.array(low), np.array(high)

    @property
    def static(self) -> list[list[int]]:
        """For every joint the coordinates that decide where it rests."""
        blocks: dict[str, list[int]] = {}
        for number, each in enumerate(self.free):
            if each.joint is not None and each.name.rsplit(".", 1)[1] in STATIC:
                blocks.setdefault(each.joint, []).append(number)
        return list(blocks.values())

    @property
    def groups(self) -> list[list[int]]:
        """Coordinates that one simulation may move at once: the same quantity of every joint.

        What moves one joint's quantity shows, to first order, in that joint's motion alone: the
        joints of a geared arm hardly push each other.
        """
        joined: dict[str, list[int]] = {}
        for number, each in enumerate(self.free):
            quantity = each.name if each.joint is None else each.name.rsplit(".", 1)[1]
            joined.setdefault(f"{each.joint is None} {quantity}", []).append(number)
        return list(joined.values())


def space_of(
    settings: Mapping[str, Mapping[str, Any]],
    start: Mapping[str, float],
    sources: Mapping[str, str],
    joints: Sequence[str],
) -> Space:
    """The space that a method's setting `free` describes.

    Args:
        settings: by quantity, `spread` and maybe `bounds`.
        start: every parameter of the twin by name: where the fit starts, the prior.
        sources: where each comes from.
        joints: the joints whose quantities are free.

    Raises:
        UnknownNameError: a quantity that cannot be free, or that the start does not have.
        ProblemsError: a bound that excludes the start.
    """
    free: list[Free] = []
    problems: list[Problem] = []
    for quantity, chosen in settings.items():
        whole = quantity in WHOLE_SCALES
        if not whole and quantity not in JOINT_SCALES:
            valid = sorted({**JOINT_SCALES, **WHOLE_SCALES})
            raise UnknownNameError("free quantity", quantity, valid)
        scale = WHOLE_SCALES[quantity] if whole else JOINT_SCALES[quantity]
        bounds = _bounds(chosen, scale)
        for joint in [None] if whole else joints:
            name = quantity if joint is None else f"{joint}.{quantity}"
            if name not in start:
                raise UnknownNameError("parameter of the start", name, sorted(start))
            if not bounds[0] <= start[name] <= bounds[1]:
                expected = f"within [{bounds[0]:.9g}, {bounds[1]:.9g}]"
                problems.append(
                    Problem("start_out_of_bounds", name, expected, f"{start[name]:.9g}")
                )
            spread = float(chosen["spread"])
            free.append(Free(name, joint, scale, start[name], spread, bounds, sources[name]))
    if problems:
        raise ProblemsError(problems)
    names = {each.name for each in free}
    return Space(tuple(free), {name: v for name, v in start.items() if name not in names})


def _bounds(chosen: Mapping[str, Any], scale: Scale) -> tuple[float, float]:
    low, high = chosen.get("bounds", scale.bounds)
    return max(float(low), scale.bounds[0]), min(float(high), scale.bounds[1])
