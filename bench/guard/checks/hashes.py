"""No recording may stand in the dataset twice."""

from __future__ import annotations

from bench.datasets.split import Parts
from bench.guard.finding import Finding, SplitCheck


def run(parts: Parts) -> tuple[int, list[Finding]]:
    """Look for episodes with equal content hashes, in one part or across parts."""
    places: dict[str, list[tuple[str, str]]] = {}
    for part, episodes in parts.recorded():
        for episode, content in zip(episodes.info.episodes, episodes.hashes(), strict=True):
            places.setdefault(content, []).append((part, episode.id))
    findings = [
        Finding(
            "equal_recordings",
            "certain",
            {
                "hash": content,
                "episodes": [episode for _, episode in found],
                "parts": sorted({part for part, _ in found}),
            },
        )
        for content, found in sorted(places.items())
        if len(found) > 1
    ]
    return sum(len(found) for found in places.values()), findings


CHECK = SplitCheck("hashes", "no two episodes have the same content", run)
