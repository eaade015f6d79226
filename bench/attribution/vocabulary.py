"""Causes in the words of published lists of failures: many to many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.io.documents import Document

LISTS: Mapping[str, tuple[str, ...]] = {
    "misses": (
        "reconstruction error",
        "residual range miss",
        "simulator physics miss",
        "perception miss",
        "policy miss",
    ),
    "parts": (
        "scan",
        "mesh simplification",
        "contact parameter",
        "residual range",
        "perception",
        "policy",
    ),
    "gaps": (
        "perceptual sensitivity",
        "embodiment mismatch",
        "perception and reconstruction artifacts",
        "closed-loop error compounding",
        "dynamics gap",
        "static scene",
    ),
    "handling": ("imprecise detection", "positional instability", "manipulation height"),
}
"""The lists and their terms, each list under a short name of ours."""

_PHYSICS: Mapping[str, tuple[str, ...]] = {
    "misses": ("simulator physics miss",),
    "gaps": ("dynamics gap",),
}
TERMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "reconstruction.scan": {
        "misses": ("reconstruction error",),
        "parts": ("scan",),
        "gaps": ("perception and reconstruction artifacts",),
        "handling": ("manipulation height",),
    },
    "reconstruction.mesh": {
        "misses": ("reconstruction error",),
        "parts": ("mesh simplification",),
        "gaps": ("perception and reconstruction artifacts",),
    },
    "reconstruction.calibration": {
        "misses": ("reconstruction error",),
        "gaps": ("perception and reconstruction artifacts",),
        "handling": ("manipulation height",),
    },
    "physics.actuation": _PHYSICS,
    "physics.friction": _PHYSICS,
    "physics.contact": {
        **_PHYSICS,
        "parts": ("contact parameter",),
        "handling": ("positional instability",),
    },
    "physics.inertia": _PHYSICS,
    "timing": _PHYSICS,
    "sensing": {
        "misses": ("perception miss",),
        "parts": ("perception",),
        "gaps": ("perceptual sensitivity",),
    },
    "perception": {
        "misses": ("perception miss",),
        "parts": ("perception",),
        "gaps": ("perceptual sensitivity", "perception and reconstruction artifacts"),
        "handling": ("imprecise detection",),
    },
    "policy": {"misses": ("policy miss",), "parts": ("policy",)},
    "embodiment": {"gaps": ("embodiment mismatch",)},
    "reference.disturbance": {},
}
"""By component and list. What happened to the recorded robot is no failure of a twin."""
OUTSIDE: Mapping[str, tuple[str, ...]] = {
    "misses": ("residual range miss",),
    "parts": ("residual range",),
}
"""Beside those, where a number lies outside its residual range."""
FLAGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "compounding": {"gaps": ("closed-loop error compounding",)},
    "static_scene": {"gaps": ("static scene",)},
}
"""Beside those, of an episode's flags."""


def terms(components: Sequence[str], outside: bool, flags: Sequence[str]) -> Document:
    """The terms of every list that fit, in the lists' own order.

    Args:
        components: of a cause's members.
        outside: whether one of its numbers lies outside its residual range.
        flags: of the episode.
    """
    sources = [*(TERMS[c] for c in components), *([OUTSIDE] if outside else [])]
    sources += [FLAGS[flag] for flag in flags]
    return {
        name: [term for term in known if any(term in s.get(name, ()) for s in sources)]
        for name, known in LISTS.items()
    }
