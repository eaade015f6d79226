"""Whether recordings can determine a servo at all: looked at before anything is fitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bench.formulas.weighting import root_mean_square, weighted_mean
from bench.io.problems import Problem
from bench.twins.identification.runs import Runs

Floats = NDArray[np.float64]

MOVING = 0.02
"""A joint moves in an episode if its commands and its positions stray by more: sd, rad."""
FEWEST_GROUPS = 3
"""Groups of motions in which every joint has to move; the jackknife leaves one out."""
SATURATED = 0.1
"""Share of an episode's time that a servo may spend at its torque limit."""


def excitation_problems(
    runs: Runs, start: Mapping[str, float], fewest: int = FEWEST_GROUPS
) -> Iterator[Problem]:
    """What keeps a fit from being one.

    Args:
        runs: the recordings.
        start: parameters that the fit starts at, by name, for gains and torque limits.
        fewest: groups in which every joint has to move.
    """
    moves = np.array([_moves(runs, episode) for episode in range(len(runs.episodes))])
    groups = np.array([episode.group for episode in runs.episodes.info.episodes])
    for place, joint in enumerate(runs.joints):
        where = f"calibration: {joint}"
        count = len(set(groups[moves[:, place]])) if len(moves) else 0
        if count == 0:
            expected = f"a joint that moves by over {MOVING} rad (sd) in some episode"
            yield Problem("joint_never_moves", where, expected, "one that rests in all of them")
        elif count < fewest:
            expected = f"motion of the joint in at least {fewest} groups"
            yield Problem("too_little_excitation", where, expected, f"{count}")
    yield from _saturation(runs, start)


def _moves(runs: Runs, episode: int) -> NDArray[np.bool_]:
    weights = runs.weights(episode)
    if not (weights > 0).any():
        return np.zeros(len(runs.columns), dtype=np.bool_)
    columns, moved = list(runs.columns), np.ones(len(runs.columns), dtype=np.bool_)
    for name in ("q", "q_command"):
        signal = runs.episodes.signal(name, episode)[:, columns]
        moved &= root_mean_square(signal - weighted_mean(signal, weights), weights) > MOVING
    return moved


def _saturation(runs: Runs, start: Mapping[str, float]) -> Iterator[Problem]:
    """Episodes in which a servo with the start's gain is at its limit for long."""
    for number, episode in enumerate(runs.episodes.info.episodes):
        weights = runs.weights(number)
        for column, joint in zip(runs.columns, runs.joints, strict=True):
            names = (f"{joint}.{name}" for name in ("kp", "force_min", "force_max"))
            kp, least, most = (start[name] for name in names)
            command, q = (runs.episodes.signal(n, number)[:, column] for n in ("q_command", "q"))
            torque = kp * (command - q)
            total = float(weights.sum())
            share = float(weights[(torque <= least) | (torque >= most)].sum()) / max(total, 1e-300)
            if share > SATURATED:
                where = f"calibration: {episode.id}: {joint}"
                expected = f"a servo at its torque limit for at most {SATURATED:.0%} of the time"
                yield Problem("saturated", where, expected, f"{share:.1%}")
