from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench.twins.identification.figures import Scores
from tests.twins.identification import made


def test_a_score_is_the_mean_over_joints_of_their_root_mean_square(repository: Path) -> None:
    urdf = repository / "robots" / "so101" / "robot.urdf"
    rows = 40
    command = np.zeros((rows, 6))
    episodes = made.episodes_of(0.02 * np.arange(rows), [command] * 2, [command] * 2)
    runs = made.runs_of(episodes, urdf)
    errors = [np.tile([0.01, 0.02, 0.03], (rows, 1)), np.zeros((rows, 3))]
    errors[0][0] = 99.0  # row 0 is not scored
    scores = Scores.of(runs, errors)
    assert scores.values == pytest.approx([0.02, 0.0])
    assert scores.headline == pytest.approx(0.01)


def test_the_interval_is_students_where_every_group_is_one_motion() -> None:
    values = np.array([1.0, 2.0, 4.0, 3.0])
    scores = Scores(tuple("abcd"), tuple("abcd"), values)
    expected = stats.t.interval(0.95, 3, values.mean(), stats.sem(values))
    assert scores.interval() == pytest.approx(expected)


def test_motions_of_one_group_count_once() -> None:
    alike = Scores(tuple("abcdef"), ("1", "1", "2", "2", "3", "3"), np.array([1, 1, 2, 2, 5, 5.0]))
    apart = Scores(tuple("abc"), tuple("123"), np.array([1, 2, 5.0]))
    assert alike.interval() == pytest.approx(apart.interval())
    assert replace(alike, groups=("1",) * 6).interval() is None


def test_the_document_names_the_worst_and_what_is_left_without_it() -> None:
    scores = Scores(("x", "y", "z"), ("1", "2", "3"), np.array([1.0, 5.0, 3.0]))
    document = scores.document()
    assert (document["worst"], document["without_worst"]) == ("y", 2.0)
    assert document["by_motion"] == {"x": 1.0, "y": 5.0, "z": 3.0}
    assert scores.without(["y"]).headline == 2.0
    assert scores.without(["x", "y", "z"]).document() == {"headline": None, "episodes": 0}
