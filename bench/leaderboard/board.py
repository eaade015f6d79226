"""The leaderboard as a document: rows ordered, ranked, and held against repeatability."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.leaderboard.alike import alike
from bench.leaderboard.attempts import count_by_lab
from bench.leaderboard.comparable import check_comparable, full_name
from bench.leaderboard.episodes import counts, share_masked
from bench.leaderboard.findings import is_certain
from bench.leaderboard.notes import notes
from bench.leaderboard.profile import profile_of
from bench.leaderboard.settings import Settings
from bench.leaderboard.shared_failures import shared_failures
from bench.leaderboard.skill import no_skill, skill_of
from bench.leaderboard.terms import Terms
from bench.scoring.metrics.registry import HEADLINE
from bench.scoring.result import estimate_document, share_scored
from bench.scoring.statistics import (
    MIN_RANKED_GROUPS,
    Comparison,
    Estimate,
    leave_one_out,
    rank_ranges,
)


def board(
    results: Sequence[Document],
    repeats: Sequence[Document],
    attempts: Sequence[Document],
    settings: Settings,
    terms: Terms,
) -> Document:
    """Make the leaderboard of one dataset.

    Args:
        results: results of entries on one holdout by one scorer.
        repeats: results of the robot's further runs, the plain one first; may be empty.
        attempts: the log of attempts.
        settings: how rows are compared.
        terms: of the holdout: how many attempts a lab has, and who can open the truth.

    Raises:
        ProblemsError: no results, or results of different holdouts, scorers or episodes.
    """
    if not results:
        raise ProblemsError([Problem("no_results", "results", "at least one result", "none")])
    check_comparable([*results, *repeats], _otherwise)
    results = _with_findings(results, alike(results, attempts))
    ranked = [result for result in results if not _excluded(result)]
    compared = _compare(ranked, settings)
    ranks = {
        result["entry"]["name"]: rank
        for result, rank in zip(ranked, compared.ranks if compared else (), strict=bool(compared))
    }
    by_name = {result["entry"]["name"]: result for result in results}
    naive, repeat = by_name.get(settings.naive), repeats[0] if repeats else None
    rows = [
        {
            **_row(r, ranks.get(r["entry"]["name"]), skill_of(r, naive, repeat, settings)),
            "opens_truth": terms.opens_truth(r["entry"]["lab"]),
        }
        for r in sorted(results, key=_order)
    ]
    first = results[0]
    comparison = _comparison(compared, _groups(first), settings)
    return {
        "schema": "twinbench/leaderboard/1",
        "dataset": first["dataset"],
        "headline": HEADLINE,
        "scorer": first["scorer"]["version"],
        "episodes": first["coverage"]["episodes"],
        "masked": share_masked(first["coverage"]),
        "rows": rows,
        "repeatability": [_row(r, None, no_skill("the robot itself")) for r in repeats],
        "floor": _floor(repeat),
        "comparison": comparison,
        "attempts": count_by_lab(attempts, first["dataset"]["holdout"]),
        "attempts_per_lab": terms.attempts_per_lab,
        "truth_holders": None if terms.truth_holders is None else list(terms.truth_holders),
        "notes": notes(first, repeat, rows, comparison, terms),
    }


def _with_findings(
    results: Sequence[Document], found: Mapping[str, list[Document]]
) -> list[Document]:
    """The results with what only a look at all of them finds."""
    return [
        {**result, "findings": [*result["findings"], *found.get(result["entry"]["name"], [])]}
        for result in results
    ]


def _otherwise(result: Document) -> str:
    """What to do with a result that does not fit the others; a lab's only the lab scores again."""
    own = result["status"] in ("pipeline", "reference")
    return "score it again" if own else "have its lab submit it again, or withdraw it"


def _order(result: Document) -> tuple[bool, float, str]:
    value = result["metrics"][HEADLINE]["value"]
    return (value is None, value or 0.0, result["entry"]["name"])


def _excluded(result: Document) -> bool:
    nothing = result["metrics"][HEADLINE]["value"] is None
    return nothing or is_certain(result["findings"])


def _headlines(result: Document) -> list[tuple[str, str, float]]:
    """Id, group and headline of the episodes that have one, in the result's order."""
    return [
        (e["id"], e["group"], e["metrics"][HEADLINE])
        for e in result["episodes"]
        if e["metrics"][HEADLINE] is not None
    ]


def _groups(result: Document) -> int:
    return len({group for _, group, _ in _headlines(result)})


def _compare(ranked: Sequence[Document], settings: Settings) -> Comparison | None:
    if len(ranked) < 2:
        return None
    scored = [_headlines(result) for result in ranked]
    _check_episodes(ranked, [[(name, group) for name, group, _ in each] for each in scored])
    return rank_ranges(
        np.array([[value for _, _, value in each] for each in scored]),
        [group for _, group, _ in scored[0]],
        seed=settings.seed,
        resamples=settings.resamples,
        level=settings.level,
    )


def _check_episodes(
    ranked: Sequence[Document], episodes: Sequence[Sequence[tuple[str, str]]]
) -> None:
    """Which episodes have no scored row depends on the reference alone: the same in all results."""
    first = full_name(ranked[0])
    problems = [
        Problem(
            "not_comparable",
            f"result {full_name(result)}",
            f"a headline in the {len(episodes[0])} episodes that have one in {first}",
            f"others, {len(own)}; {_otherwise(result)}",
        )
        for result, own in zip(ranked, episodes, strict=True)
        if own != episodes[0]
    ]
    if problems:
        raise ProblemsError(problems)


def _row(result: Document, rank: tuple[int, int] | None, gained: Estimate) -> Document:
    entry, coverage = result["entry"], result["coverage"]
    labelled = {(label["label"], label["episode"]) for label in result["labels"]}
    return {
        "entry": entry["name"],
        "lab": entry["lab"],
        "method": entry["method"],
        "track": entry["track"],
        "status": result["status"],
        "rank": None if rank is None else list(rank),
        "metrics": result["metrics"],
        "errors": _errors(result),
        "episodes": counts(result),
        "leave_one_out": _leave_one_out(result),
        "arms": result["arms"],
        "divergence": result["divergence"]["verdict"],
        "skill": estimate_document(gained, "1"),
        "labels": dict(sorted(Counter(label for label, _ in labelled).items())),
        "profile": profile_of(result),
        "shared_failures": shared_failures(result),
        "coverage": share_scored(coverage),
        "findings": result["findings"],
        "hash": entry["hash"],
    }


def _errors(result: Document) -> Document | None:
    """What the entry's provenance record says, and whether that is the lab's word alone.

    The errors of the pipeline's twins are computed here, from the twins.
    """
    errors = result.get("errors")
    return None if errors is None else {**errors, "claimed": result["status"] != "pipeline"}


def _leave_one_out(result: Document) -> Document | None:
    scored = _headlines(result)
    values = np.array([value for _, _, value in scored])
    found = leave_one_out(values, [group for _, group, _ in scored])
    return None if found is None else asdict(found)


def _comparison(compared: Comparison | None, groups: int, settings: Settings) -> Document:
    reason = compared.reason if compared else "fewer than two entries to compare"
    return {
        "groups": groups,
        "underpowered": groups < MIN_RANKED_GROUPS,
        "detectable": compared.smallest_detectable if compared else None,
        "level": settings.level,
        "reason": reason,
    }


def _floor(repeat: Document | None) -> float | None:
    value = repeat["metrics"][HEADLINE]["value"] if repeat else None
    return None if value is None else value / math.sqrt(2)
