"""What a result says of the episodes of the reference."""

from __future__ import annotations

import math

from bench.io.documents import Document


def groups_of(result: Document) -> dict[str, str]:
    """The group of each of the result's episodes, by id, in its order."""
    return {episode["id"]: episode["group"] for episode in result["episodes"]}


def by_episode(result: Document, metric: str) -> dict[str, float]:
    """One value an episode of the reference: the mean over the runs that were held against it.

    An entry has one run an episode. The robot may have several: each is one further execution of
    the episode's commands, and a motion that was repeated more often counts no more than others.

    Args:
        result: the result.
        metric: its name.

    Returns:
        Values by id, in the result's order, without the episodes in which the metric is null.
    """
    runs: dict[str, list[float]] = {}
    for episode in result["episodes"]:
        value = episode["metrics"].get(metric)
        if value is not None:
            runs.setdefault(episode["id"], []).append(value)
    return {name: math.fsum(values) / len(values) for name, values in runs.items()}


def counts(result: Document) -> dict[str, int]:
    """Over how many episodes of the reference each metric is a mean, in any form of a result."""
    if "episodes" not in result:
        return {name: estimate["episodes"] for name, estimate in result["metrics"].items()}
    return {
        name: len({e["id"] for e in result["episodes"] if e["metrics"].get(name) is not None})
        for name in result["metrics"]
    }


def share_masked(coverage: Document) -> float:
    """The share of the reference's time that is masked; 0 of a reference of no length."""
    return float(coverage["time_masked"] / coverage["time"]) if coverage["time"] > 0 else 0.0
