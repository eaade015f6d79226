"""The result of the track sync: one stepper on one holdout, beside the naive rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.formulas.rolling_origin import (
    EVERY,
    HEADLINE,
    HORIZONS,
    WARM_UP,
    horizon_rms,
    into_one_turn,
)
from bench.io.documents import Document, check, nine_digits
from bench.io.stepper import CORRECTIONS
from bench.scoring.result import ScoreSettings, estimate_document
from bench.scoring.statistics import Estimate, mean_intervals, skill
from bench.scoring.sync.drive import SETTLING, Driven
from bench.scoring.sync.episode import Floats, Recording
from bench.scoring.sync.naive import NAIVE, WINDOW

SYNC_VERSION = "1"
"""Raised whenever a number of a result can change; results of two versions are not compared."""
NO_TARGET = "no mark counts with its origins of all horizons"
NEVER = "no episode has it"


@dataclass(frozen=True)
class SyncSubject:
    """What a result says beside its numbers.

    Attributes:
        entry: name, lab, method, and the hash of the twin.
        status: who computes.
        dataset: what it is scored on.
        robot_hash: SHA-256 of robot.json.
        corrections: which corrections the stepper can do.
        findings: of the guard, on the record of what the stepper was made from.
    """

    entry: Document
    status: str
    dataset: Document
    robot_hash: str
    corrections: tuple[str, ...]
    findings: Sequence[Document]


def numbers(episode: Recording, predicted: Floats) -> Document:
    """The errors of one set of predictions (T, H, K) of an episode with a target."""
    measured = episode.measured[episode.origins.target_rows][:, np.newaxis]
    rms = horizon_rms(into_one_turn(predicted - measured, episode.endless))
    mean = rms.mean(axis=1)
    return {
        "rmse": float(np.mean([mean[HORIZONS.index(one)] for one in HEADLINE])),
        "horizons": mean.tolist(),
        "joints": dict(zip(episode.scored_joints, rms.T.tolist(), strict=True)),
    }


def driven_numbers(episode: Recording, driven: Driven) -> Document:
    """The same of a stepper, with what it took to correct it."""
    found = numbers(episode, driven.predicted)
    return {**found, "innovation": driven.innovation, "effort": driven.effort}


def episode_document(
    episode: Recording, corrections: Mapping[str, Document], naive: Mapping[str, Document]
) -> Document:
    """An episode as it stands in a result; without a target it has no numbers, and says so."""
    targets = len(episode.origins.targets)
    return {
        "id": episode.id,
        "group": episode.group,
        "rows": len(episode.time),
        "rows_masked": episode.masked,
        "targets": targets,
        "reason": None if targets else NO_TARGET,
        "corrections": dict(corrections),
        "naive": dict(naive),
    }


def make_sync_result(
    subject: SyncSubject, episodes: Sequence[Document], settings: ScoreSettings
) -> Document:
    """Aggregate the episodes.

    Args:
        subject: what is scored.
        episodes: from `episode_document`.
        settings: resampling.

    Returns:
        The result, checked, floats with nine significant digits.
    """
    rounded = [nine_digits(episode) for episode in episodes]
    document = {
        "schema": "twinbench/sync_result/1",
        "entry": subject.entry,
        "status": subject.status,
        "dataset": subject.dataset,
        "scorer": {
            "version": SYNC_VERSION,
            "seed": settings.seed,
            "resamples": settings.resamples,
            "level": settings.level,
        },
        "track": {
            "warm_up": WARM_UP,
            "every": EVERY,
            "horizons": list(HORIZONS),
            "headline": list(HEADLINE),
            "settling": SETTLING,
            "window": WINDOW,
        },
        "robot_hash": subject.robot_hash,
        **aggregated_sync(rounded, subject.corrections, settings),
        "episodes": rounded,
        "findings": list(subject.findings),
    }
    return check(nine_digits(document), "sync_result", f"result {subject.entry['name']}")


def aggregated_sync(
    episodes: Sequence[Document], corrections: Sequence[str], settings: ScoreSettings
) -> Document:
    """What a result must say, given what it says of its episodes.

    Args:
        episodes: of the result.
        corrections: which corrections the stepper can do.
        settings: resampling.
    """
    scored = [episode for episode in episodes if episode["targets"]]
    naive = {name: _aggregate(scored, ("naive", name), settings) for name in NAIVE}
    best = min(NAIVE, key=lambda name: naive[name]["rmse"]["value"] or 0.0) if scored else None
    runs: Document = dict.fromkeys(CORRECTIONS)
    for name in corrections:
        runs[name] = _aggregate(scored, ("corrections", name), settings)
        for what, unit in (("innovation", "rad"), ("effort", "1")):
            found = _mean(scored, ("corrections", name, what), settings)
            runs[name][what] = estimate_document(found, unit)
        runs[name]["skill"] = estimate_document(_skill(scored, name, best, settings), "1")
    return {
        "coverage": {
            "episodes": len(episodes),
            "episodes_scored": len(scored),
            "targets": sum(episode["targets"] for episode in episodes),
            "rows": sum(episode["rows"] for episode in episodes),
            "rows_masked": sum(episode["rows_masked"] for episode in episodes),
        },
        "corrections": runs,
        "naive": naive,
        "best_naive": best,
    }


def _aggregate(
    episodes: Sequence[Document], place: tuple[str, str], settings: ScoreSettings
) -> Document:
    """Means over episodes: the headline and each horizon with intervals, joints without."""
    if not episodes:
        nothing = estimate_document(Estimate(None, None, None, 0, 0, NO_TARGET), "rad")
        return {"rmse": nothing, "horizons": [nothing] * len(HORIZONS), "joints": {}}
    found = [_at(episode, place) for episode in episodes]
    table = np.array([[one["rmse"], *one["horizons"]] for one in found])
    estimates = mean_intervals(table, [e["group"] for e in episodes], **_resampling(settings))
    headline, *horizons = (estimate_document(one, "rad") for one in estimates)
    joints = {
        name: np.mean([one["joints"][name] for one in found], axis=0).tolist()
        for name in found[0]["joints"]
    }
    return {"rmse": headline, "horizons": horizons, "joints": joints}


def _mean(
    episodes: Sequence[Document], place: tuple[str, ...], settings: ScoreSettings
) -> Estimate:
    """Mean over the episodes that have a number there."""
    pairs = [(_at(e, place), e["group"]) for e in episodes]
    some = [(value, group) for value, group in pairs if value is not None]
    if not some:
        return Estimate(None, None, None, 0, 0, NEVER)
    values = np.array([[value] for value, _ in some])
    return mean_intervals(values, [group for _, group in some], **_resampling(settings))[0]


def _skill(
    episodes: Sequence[Document], name: str, best: str | None, settings: ScoreSettings
) -> Estimate:
    """1 − E/E_naive: skill counted from the best naive row, 1 without any error."""
    if best is None:
        return Estimate(None, None, None, 0, 0, NO_TARGET)
    own, naive = (
        np.array([_at(e, place)["rmse"] for e in episodes])
        for place in (("corrections", name), ("naive", best))
    )
    groups = [episode["group"] for episode in episodes]
    return skill(own, naive, np.zeros_like(own), groups, **_resampling(settings))


def _at(episode: Document, place: tuple[str, ...]) -> Any:
    value: Any = episode
    for key in place:
        value = value[key]
    return value


def _resampling(settings: ScoreSettings) -> dict[str, Any]:
    return {"seed": settings.seed, "resamples": settings.resamples, "level": settings.level}
