"""The leaderboard as a document: rows ordered, ranked, and held against repeatability."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.leaderboard.attempts import count_by_lab
from bench.scoring.metrics.registry import HEADLINE
from bench.scoring.result import estimate_document, share_scored
from bench.scoring.statistics import Comparison, Estimate, rank_ranges, skill


@dataclass(frozen=True)
class Settings:
    """How rows are compared: the naive entry, and the resampling."""

    naive: str
    seed: int
    resamples: int
    level: float

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Settings:
        """Read them from `params.yaml`.

        Raises:
            UnknownNameError: the naive entry is none of the pipeline's.
        """
        score = params["score"]
        if score["naive"] not in params["entries"]:
            raise UnknownNameError("naive entry", score["naive"], sorted(params["entries"]))
        return cls(score["naive"], score["seed"], score["resamples"], score["level"])


def board(
    results: Sequence[Document],
    repeats: Sequence[Document],
    attempts: Sequence[Document],
    settings: Settings,
) -> Document:
    """Make the leaderboard of one dataset.

    Args:
        results: results of entries on one holdout by one scorer.
        repeats: results of the robot's further runs, the plain one first; may be empty.
        attempts: the log of attempts.
        settings: how rows are compared.

    Raises:
        ProblemsError: no results, or results of different holdouts or scorers.
    """
    _check_comparable([*results, *repeats])
    ranked = [result for result in results if not _excluded(result)]
    compared = _compare(ranked, settings)
    ranks = {
        result["entry"]["name"]: rank
        for result, rank in zip(ranked, compared.ranks if compared else (), strict=bool(compared))
    }
    by_name = {result["entry"]["name"]: result for result in results}
    naive, repeat = by_name.get(settings.naive), repeats[0] if repeats else None
    ordered = sorted(results, key=_order)
    first = results[0]
    return {
        "schema": "twinbench/leaderboard/1",
        "dataset": first["dataset"],
        "headline": HEADLINE,
        "scorer": first["scorer"]["version"],
        "rows": [
            _row(r, ranks.get(r["entry"]["name"]), _skill(r, naive, repeat, settings))
            for r in ordered
        ],
        "repeatability": [_row(r, None, _no_skill("the robot itself")) for r in repeats],
        "floor": repeat["metrics"][HEADLINE]["value"] / math.sqrt(2) if repeat else None,
        "comparison": _comparison(compared, settings),
        "attempts": count_by_lab(attempts, first["dataset"]["holdout"]),
        "notes": _notes(first, repeats, compared),
    }


def _check_comparable(results: Sequence[Document]) -> None:
    if not results:
        raise ProblemsError([Problem("no_results", "results", "at least one result", "none")])
    first = results[0]
    problems = []
    for result in results[1:]:
        where = f"result {result['entry']['name']}"
        for key in ("dataset", "scorer", "robot_hash"):
            if result[key] != first[key]:
                expected = f"the {key} of {first['entry']['name']}, {_short(first[key])}"
                came = f"{_short(result[key])}: score it again or withdraw it"
                problems.append(Problem("not_comparable", where, expected, came))
    if problems:
        raise ProblemsError(problems)


def _short(value: object) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 400 else text[:397] + "..."


def _order(result: Document) -> tuple[bool, float, str]:
    value = result["metrics"][HEADLINE]["value"]
    return (value is None, value or 0.0, result["entry"]["name"])


def _excluded(result: Document) -> bool:
    nothing = result["metrics"][HEADLINE]["value"] is None
    return nothing or any(f["certainty"] == "certain" for f in result["findings"])


def _headlines(result: Document) -> tuple[list[float], list[str]]:
    # Which episodes have no scored row depends on the reference alone: the same in all results.
    episodes = [e for e in result["episodes"] if e["metrics"][HEADLINE] is not None]
    return [e["metrics"][HEADLINE] for e in episodes], [e["group"] for e in episodes]


def _compare(ranked: Sequence[Document], settings: Settings) -> Comparison | None:
    if len(ranked) < 2:
        return None
    values = np.array([_headlines(result)[0] for result in ranked])
    return rank_ranges(
        values,
        _headlines(ranked[0])[1],
        seed=settings.seed,
        resamples=settings.resamples,
        level=settings.level,
    )


def _skill(
    result: Document, naive: Document | None, repeat: Document | None, settings: Settings
) -> Estimate:
    if naive is None:
        return _no_skill(f"the naive entry {settings.naive} is not on the board")
    if repeat is None:
        return _no_skill("no repeat of the reference")
    scored = [e for e in repeat["episodes"] if e["metrics"][HEADLINE] is not None]
    groups = {e["id"]: e["group"] for e in scored}
    by_id = [
        {e["id"]: e["metrics"][HEADLINE] for e in r["episodes"]} for r in (result, naive, repeat)
    ]
    own, naives, repeated = (np.array([each[i] for i in groups]) for each in by_id)
    return skill(
        own,
        naives,
        repeated,
        list(groups.values()),
        seed=settings.seed,
        resamples=settings.resamples,
        level=settings.level,
    )


def _no_skill(reason: str) -> Estimate:
    return Estimate(None, None, None, 0, 0, reason)


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
        "skill": estimate_document(gained, "1"),
        "labels": dict(sorted(Counter(label for label, _ in labelled).items())),
        "coverage": share_scored(coverage),
        "findings": result["findings"],
        "hash": entry["hash"],
    }


def _comparison(compared: Comparison | None, settings: Settings) -> Document:
    if compared is None:
        reason = "fewer than two entries to compare"
        return {
            "groups": 0,
            "underpowered": False,
            "detectable": None,
            "level": settings.level,
            "reason": reason,
        }
    return {
        "groups": compared.groups,
        "underpowered": compared.underpowered,
        "detectable": compared.smallest_detectable,
        "level": settings.level,
        "reason": compared.reason,
    }


def _notes(first: Document, repeats: Sequence[Document], compared: Comparison | None) -> list[str]:
    dataset = first["dataset"]
    notes = []
    if dataset["kind"] == "simulated reference":
        notes.append("The reference is simulated: no real robot was recorded.")
    else:
        notes.append(
            "The recordings are public: the guard finds accidents and lazy copies; someone "
            "determined can fit to public truth."
        )
    if compared is not None and compared.underpowered:
        notes.append(f"Underpowered: {compared.groups} groups; rows are ordered, not ranked.")
    if repeats:
        repeat = repeats[0]
        notes.append(
            f"Repeatability comes from one further run over {len(repeat['episodes'])} of "
            f"{len(first['episodes'])} episodes; the floor assumes equal, independent run noise."
        )
    return notes
