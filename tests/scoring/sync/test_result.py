"""A result of the track sync: means over episodes, skill, and episodes without a target."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.io.documents import dump
from bench.scoring.result import ScoreSettings
from bench.scoring.statistics import mean_interval
from bench.scoring.sync.drive import Driven
from bench.scoring.sync.naive import NAIVE, naive_predictions
from bench.scoring.sync.result import (
    NO_TARGET,
    SyncSubject,
    aggregated_sync,
    driven_numbers,
    episode_document,
    make_sync_result,
    numbers,
)
from tests.scoring.sync.test_drive import recording

SETTINGS = ScoreSettings(1, 999, 0.95, {})
HEAD = {"name": "toy", "version": 1, "robot": "pair", "kind": "recorded", "holdout": "0" * 64}
SUBJECT = SyncSubject(
    {"name": "mine", "lab": "A Lab", "method": "by hand", "twin": None},
    "self-scored",
    HEAD,
    "1" * 64,
    ("harness",),
    (),
)


def _episodes(errors: list[float]) -> list[dict]:
    """Episodes in which every prediction of the stepper is off by so much, and a short one."""
    made = []
    for number, error in enumerate(errors):
        episode = replace(recording(), id=f"e{number}", group=f"g{number}")
        truth = episode.measured[episode.origins.target_rows][:, None]
        predicted = np.repeat(truth, 4, axis=1) + error
        naive = {n: numbers(episode, p) for n, p in naive_predictions(episode, 0.1).items()}
        run = driven_numbers(episode, Driven(predicted, 0.01, None if number else 0.2))
        made.append(episode_document(episode, {"harness": run}, naive))
    short = replace(recording(rows=100), id="short", group="short")
    return [*made, episode_document(short, {}, {})]


ERRORS = [0.01, 0.02, 0.03, 0.02, 0.05, 0.02, 0.01]


def test_means_and_intervals_are_over_the_episodes_with_a_target() -> None:
    result = make_sync_result(SUBJECT, _episodes(ERRORS), SETTINGS)
    assert result["coverage"]["episodes"] == 8
    assert result["coverage"]["episodes_scored"] == 7
    assert result["episodes"][7]["reason"] == NO_TARGET
    run = result["corrections"]["harness"]
    groups = [f"g{n}" for n in range(7)]
    wanted = mean_interval(ERRORS, groups, seed=1, resamples=999)
    for estimate in (run["rmse"], *run["horizons"]):
        found = (estimate["value"], estimate["low"], estimate["high"])
        assert found == pytest.approx((wanted.value, wanted.low, wanted.high), rel=1e-6)
    assert run["joints"]["a"] == pytest.approx([np.mean(ERRORS)] * 4)
    assert run["effort"]["value"] == 0.2
    assert run["effort"]["episodes"] == 1
    assert result["corrections"]["own"] is None


def test_skill_counts_from_the_best_naive_row() -> None:
    result = make_sync_result(SUBJECT, _episodes(ERRORS), SETTINGS)
    naive = {name: result["naive"][name]["rmse"]["value"] for name in NAIVE}
    best = min(naive, key=naive.__getitem__)
    assert result["best_naive"] == best
    wanted = 1 - np.mean(ERRORS) / naive[best]
    assert result["corrections"]["harness"]["skill"]["value"] == pytest.approx(wanted, rel=1e-8)


def test_the_episodes_give_the_rest_again() -> None:
    result = make_sync_result(SUBJECT, _episodes(ERRORS), SETTINGS)
    own = aggregated_sync(result["episodes"], ["harness"], SETTINGS)
    assert dump(make_sync_result(SUBJECT, result["episodes"], SETTINGS)) == dump(result)
    assert own["coverage"] == result["coverage"]
    assert own["best_naive"] == result["best_naive"]


def test_without_any_target_everything_says_why() -> None:
    result = make_sync_result(SUBJECT, _episodes([]), SETTINGS)
    run = result["corrections"]["harness"]
    assert run["rmse"] == {
        "value": None,
        "unit": "rad",
        "low": None,
        "high": None,
        "groups": 0,
        "episodes": 0,
        "reason": NO_TARGET,
    }
    assert run["skill"]["reason"] == NO_TARGET
    assert result["best_naive"] is None
