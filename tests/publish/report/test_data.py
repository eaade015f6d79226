"""Stretches that are not scored, and when a simulator broke."""

from __future__ import annotations

import numpy as np
import pytest

from bench.publish.report.data import failure_time
from tests.publish.report.made import labels, make_episode


def test_unscored_rows_are_shaded_up_to_halfway_to_their_neighbours() -> None:
    time = np.array([0.0, 1.0, 2.0, 3.0, 5.0, 9.0])
    weights = np.array([0.0, 1.0, 0.0, 0.0, 1.0, 0.0])
    episode = make_episode(rows=6, time=time, weights=weights)
    # Row 0 is never scored and not shaded.
    assert episode.unscored_spans() == [(1.5, 4.0), (7.0, 9.0)]


def test_nothing_is_shaded_where_all_is_scored_and_all_where_nothing_is() -> None:
    time = np.arange(4) * 1.0
    assert make_episode(rows=4, time=time, weights=np.ones(4)).unscored_spans() == []
    assert make_episode(rows=4, time=time, weights=np.zeros(4)).unscored_spans() == [(0.5, 3.0)]


@pytest.mark.parametrize(
    ("name", "numbers", "expected"),
    [
        ("unstable", {"failed_at": 3.5, "speed": 9.0}, 3.5),
        ("unstable", {"failed_at": 0.0}, 0.0),
        ("unstable", {"speed": 9.0}, None),
        ("offset", {"failed_at": 3.5}, None),
    ],
)
def test_the_label_unstable_says_when_the_simulator_broke(
    name: str, numbers: dict[str, float], expected: float | None
) -> None:
    label = {**labels("a", 9.0)[0], "label": name, "numbers": numbers}
    assert failure_time((labels("a", 9.0)[0], label)) == expected
