"""The motions of the generated SO-101 dataset: recipes of what is commanded.

A recipe gives the commands of all six joints, shoulder_pan, shoulder_lift, elbow_flex,
wrist_flex, wrist_roll in rad and the gripper as a fraction (0 closed, 1 open), at times in s.
Every motion has poses and times of its own; no two share a stretch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.twins.motions import excitation, tasks
from bench.twins.motions.shapes import Floats

RATE = 50.0
"""Rows of command per second of a recipe."""


@dataclass(frozen=True)
class Motion:
    """One motion.

    Attributes:
        name: of the motion.
        rows: number of command rows.
        recipe: times (N,) s to commands (N, 6).
    """

    name: str
    rows: int
    recipe: Callable[[Floats], Floats]

    def command(self) -> Floats:
        """The command rows (rows, 6), rad and fraction."""
        return self.recipe(np.arange(self.rows) / RATE)


MOTIONS = (
    Motion("multisine", 820, excitation.multisine),
    Motion("chirp", 800, excitation.chirp),
    Motion("random_steps", 810, excitation.random_steps),
    Motion("trapezoids", 790, excitation.trapezoids),
    Motion("slow_ramps", 840, excitation.slow_ramps),
    Motion("shoulder_strokes", 800, excitation.shoulder_strokes),
    Motion("elbow_strokes", 780, excitation.elbow_strokes),
    Motion("reversals", 800, excitation.reversals),
    Motion("coupled_sweep", 800, excitation.coupled_sweep),
    Motion("staircase", 830, excitation.staircase),
    Motion("reach_return", 780, excitation.reach_return),
    Motion("wrist_mix", 800, excitation.wrist_mix),
    Motion("pick_place", 810, tasks.pick_place),
    Motion("circle", 780, tasks.circle),
    Motion("figure_eight", 820, tasks.figure_eight),
    Motion("waypoints", 810, tasks.waypoints),
    Motion("stacking", 800, tasks.stacking),
    Motion("wiping", 790, tasks.wiping),
    Motion("pouring", 830, tasks.pouring),
    Motion("stirring", 810, tasks.stirring),
    Motion("inspection", 800, tasks.inspection),
    Motion("handover", 780, tasks.handover),
    Motion("screwing", 800, tasks.screwing),
    Motion("zigzag", 790, tasks.zigzag),
)
"""First calibration (8), then validation (4), then holdout (12)."""
