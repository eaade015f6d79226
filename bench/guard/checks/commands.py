"""No command sequence of the holdout may stand in what twins are fitted on."""

from __future__ import annotations

from bench.datasets.split import FITTED, Parts
from bench.guard.finding import Finding, SplitCheck
from bench.io.store import Array, content_hash


def run(parts: Parts) -> tuple[int, list[Finding]]:
    """Look for holdout episodes whose command rows equal those of a fitted episode."""
    seen: dict[str, list[str]] = {}
    compared = 0
    for part in FITTED:
        episodes = getattr(parts, part)
        for number, episode in enumerate(episodes.info.episodes):
            key = _key(episodes.signal("q_command", number))
            seen.setdefault(key, []).append(f"{part}: {episode.id}")
            compared += 1
    truth = parts.holdout_truth
    findings = []
    for number, episode in enumerate(truth.info.episodes):
        compared += 1
        same = seen.get(_key(truth.signal("q_command", number)))
        if same:
            evidence = {"episode": episode.id, "equal_to": same}
            findings.append(Finding("equal_commands", "certain", evidence))
    return compared, findings


def _key(command: Array) -> str:
    # Rounding to nine decimals makes equal what differs by less than recorders print.
    return content_hash({"q_command": command.round(9) + 0.0})


CHECK = SplitCheck("commands", "no holdout episode was commanded like a fitted one", run)
