"""What a reader of a leaderboard should know beside its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.io.documents import Document
from bench.leaderboard.episodes import by_episode, share_masked
from bench.leaderboard.terms import Terms
from bench.scoring.metrics.registry import HEADLINE
from bench.scoring.statistics import MIN_GROUPS

OPENS = "‡"
"""Stands behind an entry whose lab can open the truth."""


def notes(
    first: Document,
    repeat: Document | None,
    rows: Sequence[Document],
    comparison: Document,
    terms: Terms,
) -> list[str]:
    """The notes of a leaderboard.

    Args:
        first: a result; what is said of the reference holds for all.
        repeat: the result of the robot's further runs, if there are any.
        rows: the rows of entries.
        comparison: how they were compared.
        terms: of the holdout.
    """
    found = [*_reference(first), *_truth(terms)]
    masked = share_masked(first["coverage"])
    if masked > 0:
        found.append(
            f"{100 * masked:.2f} % of the reference's time is masked and not scored: its "
            "inputs reveal the truth."
        )
    if comparison["underpowered"]:
        few = comparison["groups"] < MIN_GROUPS
        without = f", and fewer than {MIN_GROUPS} give no intervals" if few else ""
        found.append(
            f"Underpowered: {comparison['groups']} groups; rows are ordered, not ranked{without}."
        )
    if repeat is not None:
        found.append(_repeatability(repeat, first["coverage"]["episodes"]))
    found += _no_skill(rows)
    return found


def _reference(first: Document) -> Iterator[str]:
    if first["dataset"]["kind"] == "simulated reference":
        yield "The reference is simulated: no real robot was recorded."


def _truth(terms: Terms) -> Iterator[str]:
    """Who can open the truth, and what follows from it."""
    if terms.truth_holders is None:
        yield (
            "The recordings are public: the guard finds accidents and lazy copies; someone "
            "determined can fit to public truth."
        )
    elif terms.truth_holders:
        labs = ", ".join(terms.truth_holders)
        yield f"The truth can be opened by: {labs}. Entries of these labs are marked {OPENS}."


def _repeatability(repeat: Document, episodes: int) -> str:
    runs = sum(e["metrics"][HEADLINE] is not None for e in repeat["episodes"])
    covered = len(by_episode(repeat, HEADLINE))
    if runs == covered:
        source = f"one further run over {covered} of {episodes} episodes"
    else:
        source = (
            f"{runs} further runs over {covered} of {episodes} episodes, of which skill takes the "
            "mean of each episode"
        )
    return f"Repeatability comes from {source}; the floor assumes equal, independent run noise."


def _no_skill(rows: Sequence[Document]) -> Iterator[str]:
    """Why rows have no skill, or no interval of it: once a reason."""
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        if row["skill"]["value"] is None:
            by_reason.setdefault(row["skill"]["reason"], []).append(row["entry"])
    for reason, entries in by_reason.items():
        of = "" if len(entries) == len(rows) else f" of {', '.join(entries)}"
        yield f"No skill{of}: {reason}."
