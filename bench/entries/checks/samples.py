"""Where executions are repeated, the positions are their mean."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bench.entries.check import Check, CheckInput, circular_mean, episode_place, is_credible
from bench.io.problems import Problem

ROUNDING = 1e-6
"""How far q may be from the mean of the samples, in its unit."""

CODES = {
    "not_the_mean": "q is not the mean of the samples (of a continuous joint: but for whole turns)"
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Look at every episode of an entry with samples."""
    episodes = given.contents.episodes
    if episodes is None or not {"q", "samples"} <= set(episodes.signals):
        return
    for number, episode in enumerate(episodes.info.episodes):
        q, samples = episodes.signal("q", number), episodes.signal("samples", number)
        if not (is_credible(q) and is_credible(samples)):
            continue
        turning = [name in given.continuous for name in episodes.info.joints]
        mean = np.where(turning, circular_mean(samples), samples.mean(axis=1))
        off = mean - q
        off = np.abs(np.where(turning, off - 2 * np.pi * np.round(off / (2 * np.pi)), off))
        row, column = np.unravel_index(int(off.argmax()), off.shape)
        if off[row, column] > ROUNDING:
            joint = episodes.info.joints[column]
            expected = f"the mean of {samples.shape[1]} samples, {mean[row, column]:.9g}"
            where = episode_place(episode.id, joint, int(row))
            yield Problem("not_the_mean", where, expected, f"{q[row, column]:.9g}")


CHECK = Check("samples", "where executions are repeated, q is their mean", CODES, run)
