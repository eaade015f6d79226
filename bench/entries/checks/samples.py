"""Where executions are repeated, the positions are their mean."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bench.entries.check import Check, CheckInput, episode_place, is_credible
from bench.io.problems import Problem

ROUNDING = 1e-6
"""How far q may be from the mean of the samples, in its unit."""

CODES = {"not_the_mean": "q is not the mean of the samples"}


def run(given: CheckInput) -> Iterable[Problem]:
    """Look at every episode of an entry with samples."""
    episodes = given.contents.episodes
    if episodes is None or not {"q", "samples"} <= set(episodes.signals):
        return
    for number, episode in enumerate(episodes.info.episodes):
        q, samples = episodes.signal("q", number), episodes.signal("samples", number)
        if not (is_credible(q) and is_credible(samples)):
            continue
        off = np.abs(samples.mean(axis=1) - q)
        row, column = np.unravel_index(int(off.argmax()), off.shape)
        if off[row, column] > ROUNDING:
            joint = episodes.info.joints[column]
            expected = (
                f"the mean of {samples.shape[1]} samples, {samples[row, :, column].mean():.9g}"
            )
            where = episode_place(episode.id, joint, int(row))
            yield Problem("not_the_mean", where, expected, f"{q[row, column]:.9g}")


CHECK = Check("samples", "where executions are repeated, q is their mean", CODES, run)
