"""The tables of the track sync as a document: one for each correction, beside the naive rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.io.documents import Document, check, nine_digits
from bench.io.problems import Problem, ProblemsError
from bench.io.stepper import CORRECTIONS
from bench.leaderboard.agreement import ANOTHER_MACHINE, agreement
from bench.leaderboard.comparable import check_comparable
from bench.leaderboard.findings import is_certain
from bench.leaderboard.settings import Settings
from bench.leaderboard.terms import Terms
from bench.scoring.statistics import MIN_RANKED_GROUPS, Comparison, rank_ranges
from bench.scoring.sync.naive import NAIVE

OF_ROW = ("rmse", "horizons", "skill", "innovation", "effort")
SAME = ("dataset", "scorer", "robot_hash", "track")
"""What two results must have in common."""


def sync_board(results: Sequence[Document], settings: Settings, terms: Terms) -> Document:
    """Make the tables of one dataset.

    Args:
        results: of the track, by name of the entry.
        settings: how rows are compared.
        terms: of the holdout: who can open the truth.

    Raises:
        ProblemsError: no results, or results that do not compare.
    """
    if not results:
        raise ProblemsError([Problem("no_results", "results", "at least one result", "none")])
    check_comparable(results, lambda _: "score it again", SAME)
    _check_naive(results)
    first = results[0]
    board = {
        "schema": "twinbench/sync_board/1",
        "dataset": first["dataset"],
        "scorer": first["scorer"]["version"],
        "track": first["track"],
        **{k: first["coverage"][k] for k in ("episodes", "episodes_scored", "targets")},
        "tables": [_table(results, correction, settings) for correction in CORRECTIONS],
        "naive": [
            {
                "name": name,
                "meaning": meaning,
                **{k: first["naive"][name][k] for k in ("rmse", "horizons")},
            }
            for name, meaning in NAIVE.items()
        ],
        "best_naive": first["best_naive"],
        "notes": _notes(first, terms),
    }
    return check(nine_digits(board), "sync_board", "sync.json")


def _check_naive(results: Sequence[Document]) -> None:
    """The naive rows depend on the reference alone: they are the same in all results."""
    problems = [
        Problem(
            "not_comparable",
            f"result {result['entry']['name']}",
            f"the naive rows of {results[0]['entry']['name']}",
            "others; score it again",
        )
        for result in results[1:]
        if agreement(results[0]["naive"], result["naive"], ANOTHER_MACHINE).disagreements
    ]
    if problems:
        raise ProblemsError(problems)


def _table(results: Sequence[Document], correction: str, settings: Settings) -> Document:
    can = [result for result in results if result["corrections"][correction] is not None]
    scored = [
        result
        for result in can
        if result["coverage"]["episodes_scored"] and not is_certain(result["findings"])
    ]
    compared = _compare(scored, correction, settings) if len(scored) > 1 else None
    ranks = {
        result["entry"]["name"]: rank
        for result, rank in zip(scored, compared.ranks if compared else (), strict=bool(compared))
    }
    groups = {e["group"] for e in results[0]["episodes"] if e["targets"]}
    return {
        "correction": correction,
        "rows": [
            _row(result, correction, ranks.get(result["entry"]["name"]))
            for result in sorted(can, key=lambda r: _order(r, correction))
        ],
        "comparison": {
            "groups": len(groups),
            "underpowered": len(groups) < MIN_RANKED_GROUPS,
            "detectable": compared.smallest_detectable if compared else None,
            "level": settings.level,
            "reason": compared.reason if compared else "fewer than two entries to compare",
        },
    }


def _order(result: Document, correction: str) -> tuple[bool, float, str]:
    value = result["corrections"][correction]["rmse"]["value"]
    return (value is None, value or 0.0, result["entry"]["name"])


def _compare(results: Sequence[Document], correction: str, settings: Settings) -> Comparison:
    episodes = [[e for e in result["episodes"] if e["targets"]] for result in results]
    return rank_ranges(
        np.array([[e["corrections"][correction]["rmse"] for e in each] for each in episodes]),
        [e["group"] for e in episodes[0]],
        seed=settings.seed,
        resamples=settings.resamples,
        level=settings.level,
    )


def _row(result: Document, correction: str, rank: tuple[int, int] | None) -> Document:
    entry, run = result["entry"], result["corrections"][correction]
    return {
        "entry": entry["name"],
        "lab": entry["lab"],
        "method": entry["method"],
        "status": result["status"],
        "rank": None if rank is None else list(rank),
        **{name: run[name] for name in OF_ROW},
        "twin": entry["twin"],
        "findings": result["findings"],
    }


def _notes(first: Document, terms: Terms) -> list[str]:
    found = []
    if first["dataset"]["kind"] == "simulated reference":
        found.append("The reference is simulated: no real robot was recorded.")
    if terms.truth_holders is None:
        found.append("The recordings are public: someone determined can fit to public truth.")
    elif terms.truth_holders:
        found.append(f"The truth can be opened by: {', '.join(terms.truth_holders)}.")
    coverage = first["coverage"]
    found.append(
        f"{coverage['targets']} targets in {coverage['episodes_scored']} of "
        f"{coverage['episodes']} episodes, the same for every horizon."
    )
    if coverage["rows_masked"]:
        share = 100 * coverage["rows_masked"] / coverage["rows"]
        found.append(f"{share:.2f} % of the rows are masked: neither origin nor target.")
    return found
