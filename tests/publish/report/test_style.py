"""Names in figures are data; nothing outside changes how a figure looks."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from matplotlib.lines import Line2D

from bench.publish.report import style
from bench.publish.report.raster import png


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\nlines\tand tab", "two lines and tab"),
        ("\u4e2d\u6587", "\ufffd\ufffd"),
        ("a\x00\x1b[31m\u202eb", "a\ufffd\ufffd[31m\ufffdb"),
        ("Größe $x$ µ", "Größe $x$ µ"),
        ("x" * 100, "x" * 47 + "…"),
    ],
)
def test_texts_are_shown_on_one_line_with_glyphs_that_there_are(text: str, expected: str) -> None:
    assert style.shown(text) == expected


def test_a_dollar_sign_is_no_mathematics_and_an_underscore_hides_nothing() -> None:
    with style.applied():
        figure = style.new_figure(3, 2)
        axes = figure.subplots()
        axes.set_title("$\\undefined{$ and $x_1$")
        line = Line2D([], [])
        style.legend_above(figure, [("_hidden $\\frac$", line), ("_", line)], 2)
        png(figure)  # matplotlib would refuse the mathematics here
        texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert axes.get_title(loc="left") == "$\\undefined{$ and $x_1$"
    assert texts == ["_hidden $\\frac$", "_"]


def test_the_settings_of_a_user_change_no_byte_and_come_back() -> None:
    def draw() -> bytes:
        with style.applied():
            figure = style.new_figure(2, 1)
            figure.subplots().plot([1, 2, 0])
            return png(figure)

    plain = draw()
    with mpl.rc_context({"axes.facecolor": "red", "lines.linewidth": 9, "font.size": 30}):
        assert draw() == plain
        assert mpl.rcParams["lines.linewidth"] == 9


def test_arms_are_told_apart_by_colour_and_beyond_by_line() -> None:
    looks = {(style.arm_colour(n), style.arm_line(n)) for n in range(16)}
    assert len(looks) == 16


def test_a_very_long_figure_has_fewer_points_an_inch() -> None:
    # 256 joints one below the other.
    figure = style.new_figure(style.NARROW.width, 450)
    assert figure.dpi * 450 < 2**16
    assert style.new_figure(7, 4).dpi == style.DPI
