"""Event plots: what happened, what was said, what belongs together."""

from __future__ import annotations

from bench.publish.report import style
from bench.publish.report.figures.events import draw
from tests.publish.report.made import EVENTS, make_episode


def test_matched_pairs_are_joined_and_others_crossed() -> None:
    with style.applied():
        figure = draw(make_episode(0), style.WIDE)
    axes = figure.axes[0]
    drawn = [line for line in axes.lines if line.get_linestyle() == "-"]
    rows = {line.get_ydata()[0] for line in drawn if tuple(line.get_xdata()) == (0, 1)}
    assert rows == {0, 1, 2}
    lines = [line for line in drawn if tuple(line.get_xdata()) != (0, 1)]
    joined = sorted((tuple(line.get_xdata()), round(line.get_ydata()[0] + 0.2)) for line in lines)
    assert joined == [((2.0, 2.3), 0), ((6.0, 5.9), 0), ((8.0, 8.4), 2)]
    crosses = {
        (round(y), x, line.get_color() == style.BROKEN)
        for line in axes.lines
        if line.get_marker() == "x"
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    # Missed: `lift` at 4; extra: `release` said at 3.
    assert crosses == {(1, 4.0, False), (2, 3.0, True)}
    dots = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    assert sum(len(line.get_xdata()) for line in dots) == 6
    assert [label.get_text() for label in axes.get_yticklabels()] == [e["name"] for e in EVENTS]


def test_reference_is_above_prediction() -> None:
    with style.applied():
        axes = draw(make_episode(0), style.NARROW).axes[0]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    for line in axes.lines:
        if line.get_marker() in ("o", "s") and len(line.get_ydata()):
            above = line.get_ydata()[0] < round(line.get_ydata()[0])
            assert bool(above) == (line.get_marker() == "o")
