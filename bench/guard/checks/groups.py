"""A group must not be torn apart by the split."""

from __future__ import annotations

from bench.datasets.split import Parts
from bench.guard.finding import Finding, SplitCheck


def run(parts: Parts) -> tuple[int, list[Finding]]:
    """Look for groups with episodes in more than one part; the diagnostic pool sets no rule."""
    places: dict[str, set[str]] = {}
    for part in ("calibration", "validation", "holdout_truth"):
        for episode in getattr(parts, part).info.episodes:
            places.setdefault(episode.group, set()).add(part)
    findings = [
        Finding("group_torn", "certain", {"group": group, "parts": sorted(found)})
        for group, found in sorted(places.items())
        if len(found) > 1
    ]
    return len(places), findings


CHECK = SplitCheck("groups", "no group has episodes in two parts of the split", run)
