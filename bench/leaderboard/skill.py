"""Skill of a row: where its headline lies between the naive entry's and the robot's own."""

from __future__ import annotations

import numpy as np

from bench.io.documents import Document
from bench.leaderboard.episodes import by_episode, groups_of
from bench.leaderboard.settings import Settings
from bench.scoring.metrics.registry import HEADLINE
from bench.scoring.statistics import Estimate, skill


def skill_of(
    result: Document, naive: Document | None, repeat: Document | None, settings: Settings
) -> Estimate:
    """Skill over the episodes that have a repeat; an episode's repeats are averaged.

    Args:
        result: the entry's result.
        naive: that of the naive entry; None where it is not on the board.
        repeat: that of the robot's further runs; None where there are none.
        settings: how it is resampled.

    Returns:
        The skill; without value, and with a reason, where naive entry or repeats are missing.
    """
    if naive is None:
        return no_skill(f"the naive entry {settings.naive} is not on the board")
    if repeat is None:
        return no_skill("no further run of the robot is scored")
    groups = groups_of(repeat)
    own, worst, best = (by_episode(each, HEADLINE) for each in (result, naive, repeat))
    shared = [name for name in best if name in own and name in worst]
    return skill(
        np.array([own[name] for name in shared]),
        np.array([worst[name] for name in shared]),
        np.array([best[name] for name in shared]),
        [groups[name] for name in shared],
        seed=settings.seed,
        resamples=settings.resamples,
        level=settings.level,
    )


def no_skill(reason: str) -> Estimate:
    """There is no skill, and why."""
    return Estimate(None, None, None, 0, 0, reason)
