"""No command sequence of the holdout may stand in what twins are fitted on."""

from __future__ import annotations

from bench.datasets.ingest import equal_commands
from bench.datasets.split import FITTED, Parts
from bench.guard.finding import Finding, SplitCheck
from bench.io.store import Array


def run(parts: Parts) -> tuple[int, list[Finding]]:
    """Look for holdout episodes whose command rows equal those of a fitted episode."""
    fitted = _by_length(parts)
    compared = sum(map(len, fitted.values())) + len(parts.holdout_truth)
    findings = []
    for number, episode in enumerate(parts.holdout_truth.info.episodes):
        command = parts.holdout_truth.signal("q_command", number)
        same = [
            name for name, other in fitted.get(len(command), []) if equal_commands(command, other)
        ]
        if same:
            evidence = {"episode": episode.id, "equal_to": same}
            findings.append(Finding("equal_commands", "certain", evidence))
    return compared, findings


def _by_length(parts: Parts) -> dict[int, list[tuple[str, Array]]]:
    """The fitted episodes' commands by their number of rows: only equal lengths can be equal."""
    found: dict[int, list[tuple[str, Array]]] = {}
    for part in FITTED:
        episodes = getattr(parts, part)
        for number, episode in enumerate(episodes.info.episodes):
            command = episodes.signal("q_command", number)
            found.setdefault(len(command), []).append((f"{part}: {episode.id}", command))
    return found


CHECK = SplitCheck("commands", "no holdout episode was commanded like a fitted one", run)
