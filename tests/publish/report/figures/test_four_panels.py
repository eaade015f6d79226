"""The four panels draw what they are given."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from bench.publish.report import style
from bench.publish.report.data import EpisodeData
from bench.publish.report.figures.four_panels import draw
from bench.publish.report.raster import png
from tests.publish.report.made import make_episode


def _drawn(episode: EpisodeData, layout: style.Layout = style.WIDE) -> Figure:
    with style.applied():
        return draw(episode, layout)


def _curves(figure: Figure, panel: int) -> list[np.ndarray]:
    lines = figure.axes[panel].lines
    return [np.asarray(line.get_ydata()) for line in lines if len(line.get_xdata()) > 2]


def _texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


@pytest.mark.parametrize("layout", style.LAYOUTS, ids=lambda layout: layout.name)
def test_panels_hold_the_arrays_in_the_units_of_the_tables(layout: style.Layout) -> None:
    episode = make_episode(1)
    figure = _drawn(episode, layout)
    norm, position, orientation = (np.column_stack(_curves(figure, panel)) for panel in range(3))
    np.testing.assert_array_equal(norm, 100 * episode.norm[1:])
    np.testing.assert_array_equal(position, 1000 * episode.position[1:])
    np.testing.assert_allclose(orientation, episode.orientation[1:] * 180 / np.pi, rtol=1e-14)
    assert [axes.get_ylabel() for axes in figure.axes[:3]] == ["% of joint range", "mm", "deg"]
    assert all(axes.get_ylim()[0] == 0 for axes in figure.axes[:3])
    for line in figure.axes[1].lines:
        np.testing.assert_array_equal(line.get_xdata(), episode.time[1:])
    assert figure.get_size_inches()[0] == layout.width


def test_each_arm_has_one_colour_in_all_panels() -> None:
    figure = _drawn(make_episode(1))
    for panel in range(3):
        colours = [line.get_color() for line in figure.axes[panel].lines[:2]]
        assert colours == [style.arm_colour(0), style.arm_colour(1)]


def test_the_distribution_weighs_with_time_and_leaves_out_what_is_not_scored() -> None:
    episode = make_episode(1, rows=200)
    weights = np.where(np.arange(200) < 100, 0.0, 1.0)
    weights[150:] = 3.0
    norm = np.zeros((200, 3))
    norm[:100], norm[100:150], norm[150:] = 0.5, 0.01, 0.02
    figure = _drawn(make_episode(1, rows=200, weights=weights, norm=norm))
    heights, edges, _ = figure.axes[3].patches[-1].get_data()
    assert edges[-1] == 2.0  # per cent: the unscored 50 % are not there
    assert heights.sum() == pytest.approx(100)
    assert heights[-1] == pytest.approx(75)
    assert heights[np.searchsorted(edges, 1.0, side="right") - 1] == pytest.approx(25)
    marks = [line.get_xdata()[0] for line in figure.axes[3].lines]
    assert marks == [2.0, 2.0]
    assert "overall median 2.00 %" in _texts(figure)
    assert len(episode.arms) == 2


def test_one_arm_has_no_line_for_all_arms() -> None:
    episode = make_episode(1, arms=("arm",))
    one = make_episode(
        1,
        arms=("arm",),
        norm=episode.norm[:, [0, 0]],
        position=episode.position[:, :1],
        orientation=episode.orientation[:, :1],
    )
    figure = _drawn(one)
    assert [len(_curves(figure, panel)) for panel in range(3)] == [1, 1, 1]
    assert not any("overall" in text or text == "arm" for text in _texts(figure))


def test_unscored_stretches_are_shaded_and_a_failure_is_marked() -> None:
    figure = _drawn(make_episode(1, failed_at=4.25))
    for axes in figure.axes[:3]:
        begin, end = axes.patches[0].get_x(), axes.patches[0].get_width()
        assert begin == pytest.approx(2.49, abs=1e-4)
        assert end == pytest.approx(1.0, abs=1e-4)
        assert [4.25, 4.25] in [list(line.get_xdata()) for line in axes.lines]
    assert {"not scored", "simulator broke"} <= set(_texts(figure))


def test_an_episode_without_a_scored_row_or_without_error_is_drawn() -> None:
    for fields in ({"weights": np.zeros(50)}, {"norm": np.zeros((50, 3))}):
        assert len(png(_drawn(make_episode(1, rows=50, **fields)))) > 1000
    rows_of_one = {
        name: getattr(make_episode(1), name)[:1]
        for name in ("time", "weights", "norm", "position", "orientation", "measured", "command")
    }
    one = make_episode(1, error=np.zeros((1, 8)), **rows_of_one)
    assert len(png(_drawn(one))) > 1000


def test_a_spike_of_one_row_in_a_long_episode_is_drawn() -> None:
    episode = make_episode(1, rows=40_000)
    position = np.zeros((40_000, 2))
    position[31_415, 1] = 0.07
    figure = _drawn(make_episode(1, rows=40_000, position=position, weights=episode.weights))
    curve = _curves(figure, 1)[1]
    assert curve.max() == 1000 * 0.07
    assert len(curve) < 5000
