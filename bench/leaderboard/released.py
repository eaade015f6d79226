"""What is published of results on a sealed holdout: aggregates, nothing by episode.

Numbers of single episodes would let a twin be tuned episode by episode, without ever seeing the
truth. The full results stay with those who can open the holdout, sealed; ranks are computed from
them, and come out as ranges.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from bench.datasets.sealing.commitment import is_sealed
from bench.datasets.sealing.kept_results import keep_results, kept_results
from bench.datasets.sealing.open_places import BOARD_NOTE
from bench.datasets.sealing.opened import OpenedPaths
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump
from bench.io.workspace import DatasetPaths
from bench.leaderboard.terms import Terms

AGGREGATES = (
    "entry",
    "status",
    "dataset",
    "scorer",
    "robot_hash",
    "signal",
    "coverage",
    "metrics",
    "joints",
    "arms",
    "divergence",
    "samples",
)
"""Fields of a result that hold means over episodes, and what they were computed from."""
MIN_GROUPS = 2
"""A mean over one group says how far off that group is."""


def release(result: Document, terms: Terms) -> Document:
    """The released form of a full result.

    Args:
        result: of one entry on a sealed holdout.
        terms: of the holdout.

    Returns:
        A document of kind `released`: the aggregates with their intervals, in how many episodes
        each label stands, codes of findings, and a hash that commits to the full result.
    """
    labelled = {(label["label"], label["episode"]) for label in result["labels"]}
    return {
        "schema": "twinbench/released/1",
        **{name: _aggregate(result[name]) for name in AGGREGATES},
        "errors": result.get("errors"),
        "labels": dict(sorted(Counter(label for label, _ in labelled).items())),
        "findings": [{key: f[key] for key in ("code", "certainty")} for f in result["findings"]],
        "opens_truth": terms.opens_truth(result["entry"]["lab"]),
        "full": hashlib.sha256(dump(result).encode()).hexdigest(),
    }


def public_form(paths: DatasetPaths, result: Document) -> Document:
    """What may be shown and logged of a full result: itself, or of a sealed holdout its release."""
    return release(result, Terms.of(paths)) if is_sealed(paths) else result


def _aggregate(value: Any) -> Any:
    """The same, without numbers that are those of one group or of one episode."""
    if isinstance(value, list):
        return [_aggregate(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if "reason" in value and "groups" in value:
        return value if value["groups"] >= MIN_GROUPS else _held_back(value)
    if "edges" in value and value["episodes"] < MIN_GROUPS:
        return {**value, "values": [None] * len(value["values"])}
    return {name: _aggregate(inner) for name, inner in value.items()}


def _held_back(estimate: Document) -> Document:
    if estimate["value"] is None:
        return estimate
    nothing = dict.fromkeys(("value", "low", "high"))
    return {**estimate, **nothing, "reason": f"not released: fewer than {MIN_GROUPS} groups"}


def release_board(board: Document) -> Document:
    """The released form of a leaderboard.

    Without extremes over groups, which would give away what a group contributes, without evidence
    of findings, and with a note on the seal.

    Args:
        board: made of full results.
    """
    rows = [_row(row) for row in board["rows"]]
    return {**board, "rows": rows, "notes": [*board["notes"], BOARD_NOTE]}


def _row(row: Document) -> Document:
    findings = [{**finding, "evidence": {}} for finding in row["findings"]]
    held = ("metrics", "arms", "skill", "shared_failures")
    aggregates = {name: _aggregate(row[name]) for name in held if name in row}
    if "profile" in row:
        aggregates["profile"] = [_place(item) for item in row["profile"]]
    return {**row, **aggregates, "leave_one_out": None, "findings": findings}


def _place(item: Document) -> Document:
    """An item of a profile, without joints and strength where they are those of one group."""
    return item if item["groups"] >= MIN_GROUPS else {**item, "joints": {}, "strength": None}


def released_place(paths: DatasetPaths, name: str) -> Path:
    """Where the released result of an entry lies."""
    return paths.board / "released" / f"{name}.json"


def record_sealed(transaction: Transaction, paths: OpenedPaths, result: Document) -> None:
    """Prepare an entry's released result, and all full results, sealed."""
    name = result["entry"]["name"]
    paths.result(name).write_text(dump(result), encoding="utf-8")
    released = release(result, Terms.of(paths))
    place = released_place(paths, name)
    transaction.write_text(place, dump(check(released, "released", str(place))))
    keep_results(paths, transaction.file(kept_results(paths)))


def remove_sealed(transaction: Transaction, paths: OpenedPaths, name: str) -> None:
    """Prepare the removal of an entry's released result, and the other full results, sealed."""
    paths.result(name).unlink()
    transaction.remove(released_place(paths, name))
    keep_results(paths, transaction.file(kept_results(paths)))
