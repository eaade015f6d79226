"""No motion of the holdout may stand in what twins are fitted on, nor one of those in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.datasets.split import FITTED, Parts
from bench.guard.finding import Certainty, Finding, SplitCheck
from bench.guard.near_duplicates.index import candidates
from bench.guard.near_duplicates.motion import Floats, Windows, resampled, windows_of
from bench.guard.near_duplicates.similarity import similarity
from bench.io.store import Episodes

LIKELY, HINT = 0.7, 0.3
"""Shares of the moving windows."""


@dataclass(frozen=True)
class _Motion:
    """An episode as it is compared."""

    name: str
    samples: Floats
    windows: Windows


def run(parts: Parts) -> tuple[int, list[Finding]]:
    """Look for motions that match across the split, whichever of the two is the longer."""
    fitted = [motion for part in FITTED for motion in _motions(getattr(parts, part), f"{part}: ")]
    holdout = _motions(parts.holdout_truth, "")
    found = [
        *_matching(holdout, fitted, "holdout"),
        *_matching(fitted, holdout, "fitted"),
    ]
    found.sort(key=lambda each: (-each[0], each[1]["episode"], each[1]["like"]))
    findings = [Finding("near_duplicate", _certainty(share), evidence) for share, evidence in found]
    return len(fitted) + len(holdout), findings


def _motions(episodes: Episodes, prefix: str) -> list[_Motion]:
    motions = []
    for number, episode in enumerate(episodes.info.episodes):
        q = episodes.signal("q", number)
        samples = resampled(episodes.signal("time", number), np.asarray(q, dtype=np.float64))
        motions.append(_Motion(prefix + episode.id, samples, windows_of(samples)))
    return motions


def _matching(
    motions: Sequence[_Motion], others: Sequence[_Motion], share_of: str
) -> Iterator[tuple[float, dict[str, object]]]:
    """How much of some motions stands in others, where it is enough, and the evidence."""
    windows = [motion.windows for motion in motions]
    samples = [other.samples for other in others]
    for found in candidates(windows, samples, HINT):
        one, other = motions[found.query], others[found.other]
        alike = similarity(one.windows, other.samples, found.scales, HINT)
        if alike.share < HINT:
            continue
        holdout, fitted = (one, other) if share_of == "holdout" else (other, one)
        yield (
            alike.share,
            {
                "episode": holdout.name,
                "like": fitted.name,
                "share_of": share_of,
                "share": round(alike.share, 3),
                "time_scale": round(alike.scale, 3),
                "shift": round(alike.shift, 1),
                "windows": len(one.windows),
            },
        )


def _certainty(share: float) -> Certainty:
    return "likely" if share >= LIKELY else "hint"


CHECK = SplitCheck("near_duplicates", "no holdout motion is like a fitted one", run)
