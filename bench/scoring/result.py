"""The result: one entry scored on one holdout, as one document that explains itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bench.formulas import divergence
from bench.io.documents import Document, check, nine_digits
from bench.io.problems import Problem, ProblemsError
from bench.scoring.labels.registry import thresholds
from bench.scoring.metrics.registry import METRICS, metric
from bench.scoring.record import EpisodeRecord, horizons
from bench.scoring.statistics import Estimate, fewest, mean_intervals

SCORER_VERSION = "2"
"""Raised whenever a number of a result can change; results of two versions are not compared."""

MOST_RESAMPLES = 100_000
"""More would only take time."""
CHECKED = 100
"""Episodes, labels and failures of a new result that are held against the schema."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class ScoreSettings:
    """How a score is computed: resampling, and thresholds of the label rules."""

    seed: int
    resamples: int
    level: float
    labels: Mapping[str, Mapping[str, object]]

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> ScoreSettings:
        """Read them from `params.yaml`.

        Raises:
            ProblemsError: too few resamples for the level.
        """
        score = params["score"]
        problems = list(
            resampling_problems("params.yaml: score", score["resamples"], score["level"])
        )
        if problems:
            raise ProblemsError(problems)
        return cls(score["seed"], score["resamples"], score["level"], params.get("labels") or {})


def resampling_problems(where: str, resamples: int, level: float) -> Iterator[Problem]:
    """Whether the resamples reach as far out as the ends of an interval lie.

    Args:
        where: what names the two, for the message.
        resamples: their number.
        level: of the two-sided interval.
    """
    needed = fewest((1 - level) / 2) if level < 1 else 0
    if resamples < needed:
        expected = f"at least {needed} resamples for level {level:g}"
        yield Problem("resamples", where, expected, str(resamples))
    if resamples > MOST_RESAMPLES:
        expected = f"at most {MOST_RESAMPLES} resamples"
        yield Problem("resamples", where, expected, str(resamples))


@dataclass(frozen=True)
class Subject:
    """What is scored, on what: the heads of the result.

    Attributes:
        entry: what the entry says of itself.
        status: who computes.
        dataset: what it is scored on.
        robot_hash: SHA-256 of robot.json.
        units: unit of each joint that is compared, by name.
        episodes: how many reference episodes there are in all.
        traces: where the errors of every row belong, from the checkout's root.
        errors: where the twin was fitted and where it was chosen, as its provenance record has
            them, rad; None if there is no record.
        findings: of the guard.
    """

    entry: Document
    status: str
    dataset: Document
    robot_hash: str
    units: Mapping[str, str]
    episodes: int
    traces: str | None
    errors: Document | None = None
    findings: Sequence[Document] = ()


@dataclass(frozen=True)
class Guarded:
    """What the guard says of an entry.

    Attributes:
        checks: which checks ran, and how many things each compared.
        findings: all that they found.
        signature: by joint what tells predictions apart (`bench.scoring.signature`).
    """

    checks: list[Document]
    findings: list[Document]
    signature: Mapping[str, list[float]]


def make_result(
    subject: Subject,
    records: Sequence[EpisodeRecord],
    settings: ScoreSettings,
    guarded: Guarded | None = None,
) -> Document:
    """Aggregate the records of all scored episodes.

    Args:
        subject: what is scored.
        records: one an episode.
        settings: how.
        guarded: what the guard says; None where it did not look, as at the robot's own runs.

    Returns:
        The result, checked, floats with nine significant digits.
    """
    episodes = [record.document for record in records]
    found = _estimates(episodes, settings)
    document = {
        "schema": "twinbench/result/1",
        "entry": subject.entry,
        "status": subject.status,
        "dataset": subject.dataset,
        "scorer": {
            "version": SCORER_VERSION,
            "seed": settings.seed,
            "resamples": settings.resamples,
            "level": settings.level,
            "labels": thresholds(settings.labels),
        },
        "robot_hash": subject.robot_hash,
        "errors": subject.errors,
        "signal": "state",
        "traces": subject.traces,
        "coverage": _coverage(episodes, subject.episodes),
        **_parts(found, episodes, subject.units),
        "divergence": _divergence(found["metrics", "growth"], records),
        "samples": _samples(records),
        "episodes": episodes,
        "labels": [label for record in records for label in record.labels],
        "failures": [failure for record in records for failure in record.failures],
        "checks": guarded.checks if guarded else None,
        "findings": [*subject.findings, *(guarded.findings if guarded else [])],
        "signature": guarded.signature if guarded else None,
    }
    rounded: Document = nine_digits(document)
    # The schema is held against some: all come from the same code, and there may be very many.
    some = {name: rounded[name][:CHECKED] for name in ("episodes", "labels", "failures")}
    check({**rounded, **some}, "result", f"result {subject.entry['name']}")
    return rounded


def aggregated(result: Document) -> Document:
    """What a result must say, given what it says of its episodes.

    Returns:
        Its `coverage`, `metrics`, `joints`, `arms` and the verdict of `divergence`, computed from
        `episodes` again, nine significant digits.
    """
    scorer, episodes = result["scorer"], result["episodes"]
    settings = ScoreSettings(scorer["seed"], scorer["resamples"], scorer["level"], {})
    found = _estimates(episodes, settings)
    units = {name: estimate["unit"] for name, estimate in result["joints"].items()}
    growth = found["metrics", "growth"]
    rounded: Document = nine_digits(
        {
            "coverage": _coverage(episodes, result["coverage"]["episodes"]),
            **_parts(found, episodes, units),
            "verdict": divergence.verdict(growth.low, growth.high),
        }
    )
    return rounded


def _parts(
    found: Mapping[Key, Estimate], episodes: Sequence[Document], units: Mapping[str, str]
) -> Document:
    return {
        "metrics": {m.name: estimate_document(found["metrics", m.name], m.unit) for m in METRICS},
        "joints": {
            name: estimate_document(found["joints", name], units[name])
            for name in episodes[0]["joints"]
        },
        "arms": {
            arm: {
                name: estimate_document(found["arms", arm, name], metric(name).unit)
                for name in values
            }
            for arm, values in episodes[0]["arms"].items()
        },
    }


def _coverage(episodes: Sequence[Document], in_all: int) -> Document:
    totals = {
        name: sum(episode[name] for episode in episodes)
        for name in ("rows", "rows_scored", "rows_masked", "time", "time_scored", "time_masked")
    }
    scored = sum(episode["rows_scored"] > 0 for episode in episodes)
    return {**totals, "episodes": in_all, "episodes_scored": scored}


def _divergence(growth: Estimate, records: Sequence[EpisodeRecord]) -> Document:
    profile = divergence.horizon_profile(
        np.stack([record.windows for record in records]),
        np.array([record.length for record in records]),
        horizons(),
    )
    return {
        "verdict": divergence.verdict(growth.low, growth.high),
        "horizon": {
            "edges": [] if profile is None else profile.edges.tolist(),
            "values": [] if profile is None else profile.values.tolist(),
            "episodes": 0 if profile is None else int(profile.taken.sum()),
        },
    }


def _samples(records: Sequence[EpisodeRecord]) -> Document:
    """How many executions there are, and where the measured positions rank among them."""
    number = records[0].executions
    ranks = [record.ranks for record in records if record.ranks is not None]
    return {
        "executions": number,
        "deterministic": number == 1,
        "rank_histogram": np.sum(ranks, axis=0).tolist() if ranks else None,
    }


def _estimates(episodes: Sequence[Document], settings: ScoreSettings) -> dict[Key, Estimate]:
    """Mean over episodes of every metric, every joint and every arm, with intervals.

    A number that an episode does not have is averaged over the episodes that have it, and says
    so by their number.
    """
    columns = _columns(episodes)
    by_rows: dict[tuple[int, ...], list[Key]] = {}
    for key, values in columns.items():
        rows = tuple(i for i, value in enumerate(values) if value is not None)
        by_rows.setdefault(rows, []).append(key)
    found: dict[Key, Estimate] = {}
    for rows, keys in by_rows.items():
        if rows:
            found |= _intervals(episodes, rows, {key: columns[key] for key in keys}, settings)
        else:
            found |= {key: _nothing(episodes, key) for key in keys}
    return found


def _columns(episodes: Sequence[Document]) -> dict[Key, list[float | None]]:
    """The numbers that are averaged: by place in an episode's record, one an episode."""
    first = episodes[0]
    keys: list[Key] = [("metrics", m.name) for m in METRICS]
    keys += [("joints", name) for name in first["joints"]]
    keys += [("arms", arm, name) for arm, values in first["arms"].items() for name in values]
    columns = {}
    for key in keys:
        column: list[Any] = list(episodes)
        for part in key:
            column = [values[part] for values in column]
        columns[key] = column
    return columns


def _nothing(episodes: Sequence[Document], key: Key) -> Estimate:
    """Why no episode has a number: the reason that they share, or that there are several."""
    reasons = sorted({episode["reasons"].get(key[-1], "") for episode in episodes} - {""})
    reason = reasons[0] if len(reasons) == 1 else "; ".join(reasons)[:300]
    return Estimate(None, None, None, 0, 0, reason or "no row is scored")


def _intervals(
    episodes: Sequence[Document],
    rows: tuple[int, ...],
    columns: Mapping[Key, Sequence[float | None]],
    settings: ScoreSettings,
) -> dict[Key, Estimate]:
    values = np.array([[column[i] for column in columns.values()] for i in rows], dtype=np.float64)
    estimates = mean_intervals(
        values,
        [episodes[i]["group"] for i in rows],
        seed=settings.seed,
        resamples=settings.resamples,
        level=settings.level,
    )
    return dict(zip(columns, estimates, strict=True))


def estimate_document(estimate: Estimate, unit: str) -> Document:
    """A number with its interval as it stands in documents."""
    fields = asdict(estimate)
    return {"value": fields.pop("value"), "unit": unit, **fields}


def share_scored(coverage: Document) -> float:
    """The share of the reference's time that was scored; 0 of a reference of no length."""
    return float(coverage["time_scored"] / coverage["time"]) if coverage["time"] > 0 else 0.0


def headline_metrics(result: Document) -> Document:
    """The ten numbers of a result that `dvc metrics` compares, in the units of the tables."""
    shown = (
        "joint_rmse",
        "joint_rmse_moving",
        "joint_rmse_centred",
        "rmse_norm_rms",
        "position_rmse",
        "position_max",
        "orientation_rmse",
        "orientation_max",
    )
    numbers = {}
    for name in shown:
        found, value = metric(name), result["metrics"][name]["value"]
        factor = found.shown_factor
        numbers[f"{name}_{_plain(found.shown_unit)}"] = None if value is None else value * factor
    coverage = result["coverage"]
    numbers["coverage_percent"] = 100 * share_scored(coverage)
    numbers["labels"] = len(result["labels"])
    rounded: Document = nine_digits(numbers)
    return rounded


def _plain(unit: str) -> str:
    return "percent" if unit == "%" else unit
