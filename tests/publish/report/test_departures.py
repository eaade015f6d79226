"""The arrays of an episode against its numbers."""

from __future__ import annotations

import numpy as np

from bench.publish.report.departures import departures
from tests.publish.report.made import make_episode

INFO = {
    "arms": ["left", "right"],
    "joints": [vars(joint) for joint in make_episode(rows=20).joints],
}


def _rows(**changed: np.ndarray) -> dict[str, np.ndarray]:
    episode = make_episode(rows=20)
    names = ("weights", "error", "norm", "position", "orientation")
    return {name: getattr(episode, name) for name in names} | changed


def test_what_agrees_is_not_named() -> None:
    assert departures(make_episode(rows=20).record, INFO, _rows()) == []


def test_every_number_is_named_where_no_row_counts() -> None:
    found = departures(make_episode(rows=20).record, INFO, _rows(weights=np.zeros(20)))
    assert len(found) == 8 + 2 * 3 + 1
    assert all("no scored row, in the result " in line for line in found)


def test_an_episode_without_numbers_has_nothing_to_hold_against() -> None:
    empty = make_episode(rows=20, weights=np.zeros(20)).record
    for name in empty["joints"]:
        empty["joints"][name] = None
    for arm in empty["arms"].values():
        arm.update(dict.fromkeys(arm))
    empty["metrics"]["rmse_norm_rms"] = None
    assert departures(empty, INFO, _rows(weights=np.zeros(20))) == []
