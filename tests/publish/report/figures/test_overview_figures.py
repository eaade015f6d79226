"""Figures over all episodes: bars, standing, horizon, ranks."""

from __future__ import annotations

import numpy as np
import pytest

from bench.publish.report import style
from bench.publish.report.figures import episodes, horizon, ranks, standing
from bench.publish.report.standing import Row
from bench.scoring.metrics.registry import HEADLINE, metric
from tests.publish.report.made import estimate


def _records(values: list[float], groups: list[str]) -> list[dict]:
    return [
        {"id": f"e{number}", "group": group, "metrics": {HEADLINE: value}}
        for number, (value, group) in enumerate(zip(values, groups, strict=True))
    ]


def test_bars_are_the_episodes_in_order_in_shown_units_and_groups_share_a_colour() -> None:
    records = _records([0.04, 0.03, 0.02, 0.01], ["a", "b", "a", "c"])
    with style.applied():
        figure = episodes.draw(
            records, estimate(0.025, "rad"), {"e1": 0.005}, metric(HEADLINE), style.WIDE
        )
    axes = figure.axes[0]
    bars = axes.containers[0]
    assert [bar.get_width() for bar in bars] == pytest.approx([40, 30, 20, 10])
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first on top
    colours = [bar.get_facecolor() for bar in bars]
    assert colours[0] == colours[2] != colours[1] == colours[3]
    repeat = next(line for line in axes.lines if line.get_marker() == "D")
    assert (list(repeat.get_xdata()), list(repeat.get_ydata())) == ([5.0], [1])
    assert axes.get_xlabel() == "joint_rmse [mrad]"
    mean = next(line for line in axes.lines if line.get_marker() != "D")
    assert mean.get_xdata()[0] == 25.0
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "group a" in texts
    assert "group b" not in texts


def test_of_many_episodes_the_worst_are_drawn() -> None:
    records = _records(list(np.linspace(0.9, 0.1, 100)), [f"g{n}" for n in range(100)])
    with style.applied():
        figure = episodes.draw(records, estimate(0.5, "rad"), {}, metric(HEADLINE), style.NARROW)
    assert len(figure.axes[0].containers[0]) == episodes.MOST
    assert figure.axes[0].containers[0][0].get_width() == pytest.approx(900)


def test_too_many_groups_to_tell_apart_have_no_colours() -> None:
    records = _records([0.1] * 20, [f"g{n % 10}" for n in range(20)])
    assert episodes.group_colours(records) == {}
    assert len(episodes.group_colours(records[:6] + records[10:16])) == 6


def test_standing_shows_every_row_with_its_interval() -> None:
    rows = [
        Row("repeat", 0.01, 0.009, 0.012, None, None, own=False, robot=True),
        Row("mine", 0.02, 0.018, 0.024, (1, 1), None, own=True, robot=False),
        Row("other", 0.03, None, None, (2, 2), None, own=False, robot=False),
    ]
    with style.applied():
        axes = standing.draw(rows, 0.007, metric(HEADLINE), style.WIDE).axes[0]
    points = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    assert points == pytest.approx([10, 20, 30])
    spans = [tuple(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2]
    assert spans == [
        pytest.approx((9, 12)),
        pytest.approx((18, 24)),
        pytest.approx((7, 7)),
    ]
    assert [label.get_fontweight() for label in axes.get_yticklabels()] == [
        "normal",
        "bold",
        "normal",
    ]


def test_horizon_is_drawn_in_per_cent_and_leaves_out_what_is_not_known() -> None:
    profile = {"edges": [0, 2, 4, 8], "values": [0.01, None, 0.03], "episodes": 5}
    with style.applied():
        axes = horizon.draw(profile, style.WIDE).axes[0]
    steps = [(tuple(x.get_xdata()), tuple(x.get_ydata())) for x in axes.lines[:2]]
    assert steps == [((0, 2), (1.0, 1.0)), ((4, 8), (3.0, 3.0))]
    assert list(axes.lines[2].get_xdata()) == [1.0, 6.0]
    assert axes.get_ylim()[1] > 3.0


def test_ranks_are_shares_beside_the_even_one() -> None:
    with style.applied():
        axes = ranks.draw([1, 3, 4, 2], style.NARROW).axes[0]
    assert [bar.get_height() for bar in axes.containers[0]] == [10, 30, 40, 20]
    assert axes.lines[0].get_ydata()[0] == 25
