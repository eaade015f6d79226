"""Where a result stands among what else was scored on the same holdout by the same scorer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.io.documents import Document, check, read_json
from bench.io.workspace import DatasetPaths
from bench.leaderboard.episodes import by_episode
from bench.scoring.metrics.registry import HEADLINE

MOST = 24
"""So many rows of a leaderboard at most, beside the entry's own."""


@dataclass(frozen=True)
class Row:
    """The headline of one row, in the metric's unit.

    Attributes:
        name: of the entry.
        value: the headline.
        low: lower end of its interval; None where there is none.
        high: upper end.
        rank: first and last rank that the data allow; None where it has none.
        skill: the estimate; None where the leaderboard does not know this result.
        own: whether it is the result that is reported.
        robot: whether it is the robot itself.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    rank: tuple[int, int] | None
    skill: Document | None
    own: bool
    robot: bool


@dataclass(frozen=True)
class Standing:
    """Rows in the order of their headline, the noise of one run, and the repetition's episodes.

    The repetition has none to be held against.
    """

    rows: tuple[Row, ...]
    floor: float | None
    repeats: dict[str, float]


def standing(paths: DatasetPaths, result: Document) -> Standing:
    """Hold a result against the leaderboard and the robot's repetition, where they are comparable.

    Raises:
        ProblemsError: a document is there and does not fit its schema.
    """
    board = _comparable(paths.board / "leaderboard.json", "leaderboard", result)
    repeat = _comparable(paths.repeat("repeat"), "result", result)
    entry = result["entry"]
    others, own = [], _row(entry["name"], result["metrics"][HEADLINE], own=True)
    for record in board["rows"] if board else ():
        same = record["entry"] == entry["name"]
        row = _row(
            record["entry"],
            record["metrics"][HEADLINE],
            rank=record["rank"],
            skill=record["skill"],
            own=same,
        )
        if same and record["hash"] == entry["hash"]:
            own = row
        elif not same:
            others.append(row)
    if repeat is not None and repeat["entry"]["name"] != entry["name"]:
        others.append(_row(repeat["entry"]["name"], repeat["metrics"][HEADLINE], robot=True))
    ordered = sorted(
        (row for row in (*others, own) if row is not None), key=lambda row: (row.value, row.name)
    )
    kept = [row for place, row in enumerate(ordered) if place < MOST or row.own or row.robot]
    other = repeat is not None and repeat["entry"]["name"] != entry["name"]
    repeats = by_episode(repeat, HEADLINE) if repeat is not None and other else {}
    return Standing(tuple(kept), board["floor"] if board else None, repeats)


def _comparable(place: Path, kind: str, result: Document) -> Document | None:
    """A document of the board; None if it is missing, or of another holdout or scorer.

    Which it is shows before its form is checked: an older one may have another form.
    """
    if not place.is_file():
        return None
    found = read_json(place)
    scorer = found.get("scorer") if isinstance(found, dict) else None
    version = scorer.get("version") if isinstance(scorer, dict) else scorer
    if version != result["scorer"]["version"] or found.get("dataset") != result["dataset"]:
        return None
    return check(found, kind, str(place))


def _row(
    name: str,
    estimate: Document,
    *,
    rank: Sequence[int] | None = None,
    skill: Document | None = None,
    own: bool = False,
    robot: bool = False,
) -> Row | None:
    """The row; None without a headline."""
    if estimate["value"] is None:
        return None
    ranks = None if rank is None else (int(rank[0]), int(rank[1]))
    return Row(name, estimate["value"], estimate["low"], estimate["high"], ranks, skill, own, robot)
