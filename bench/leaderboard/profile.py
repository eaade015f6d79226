"""What fails in an entry, how often and where: its labels counted by episode, arm and joint."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

from bench.io.documents import Document
from bench.leaderboard.episodes import groups_of
from bench.scoring.labels.registry import RULES


def profile_of(result: Document) -> list[Document]:
    """One item a label and arm, what fails in most episodes first.

    Args:
        result: the result.

    Returns:
        Per item the label, the arm, in how many episodes it stands and which share of the scored
        ones that is, in how many groups, in how many episodes each joint shows it (the most first),
        and the median over those episodes of the strongest label in each. Symptoms alone: where
        causes are attributed, they belong into a field of their own beside it.
    """
    groups = groups_of(result)
    scored = len({e["id"] for e in result["episodes"] if e["rows_scored"] > 0})
    by_place: dict[tuple[str, str], list[Document]] = {}
    for label in result["labels"]:
        by_place.setdefault((label["label"], label["arm"]), []).append(label)
    items = [_item(*place, labels, groups, scored) for place, labels in by_place.items()]
    order = {rule.name: number for number, rule in enumerate(RULES)}
    return sorted(
        items,
        key=lambda i: (-i["episodes"], order.get(i["label"], len(order)), i["label"], i["arm"]),
    )


def _item(
    name: str, arm: str, labels: Sequence[Document], groups: Mapping[str, str], scored: int
) -> Document:
    strongest: dict[str, float] = {}
    shown = set()
    for label in labels:
        episode = label["episode"]
        strongest[episode] = max(strongest.get(episode, 0.0), label["strength"])
        shown |= {(joint, episode) for joint in label["joints"]}
    counted = Counter(joint for joint, _ in sorted(shown))
    joints = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return {
        "label": name,
        "arm": arm,
        "episodes": len(strongest),
        "share": len(strongest) / scored if scored else None,
        "groups": len({groups[episode] for episode in strongest}),
        "joints": dict(joints),
        "strength": statistics.median(strongest.values()),
    }
