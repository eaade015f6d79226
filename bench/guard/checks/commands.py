"""No command sequence of the holdout may stand in what twins are fitted on."""

from __future__ import annotations

from bench.datasets.ingest import equal_commands
from bench.datasets.split import FITTED, Parts
from bench.guard.finding import Finding, SplitCheck
from bench.io.store import Array, Episodes


def run(parts: Parts) -> tuple[int, list[Finding]]:
    """Look for holdout episodes whose command rows equal those of a fitted episode."""
    fitted = _by_length(parts)
    compared = sum(map(len, fitted.values())) + len(parts.holdout_truth)
    findings = []
    for number, episode in enumerate(parts.holdout_truth.info.episodes):
        command, valid = _command(parts.holdout_truth, number)
        same = [
            name
            for name, other, mask in fitted.get(len(command), [])
            if equal_commands(command, other, valid, mask)
        ]
        if same:
            evidence = {"episode": episode.id, "equal_to": same}
            findings.append(Finding("equal_commands", "certain", evidence))
    return compared, findings


def _by_length(parts: Parts) -> dict[int, list[tuple[str, Array, Array | None]]]:
    """The fitted episodes' commands by their number of rows: only equal lengths can be equal."""
    found: dict[int, list[tuple[str, Array, Array | None]]] = {}
    for part in FITTED:
        episodes = getattr(parts, part)
        for number, episode in enumerate(episodes.info.episodes):
            command, valid = _command(episodes, number)
            found.setdefault(len(command), []).append((f"{part}: {episode.id}", command, valid))
    return found


def _command(episodes: Episodes, number: int) -> tuple[Array, Array | None]:
    """The commands of an episode, and which of them are valid where some are masked."""
    masked = "q_command_valid" in episodes.signals
    valid = episodes.signal("q_command_valid", number) if masked else None
    return episodes.signal("q_command", number), valid


CHECK = SplitCheck("commands", "no holdout episode was commanded like a fitted one", run)
