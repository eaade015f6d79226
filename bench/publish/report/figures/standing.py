"""Where an entry stands: the headline of every row of the leaderboard, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bench.publish.report import style
from bench.publish.report.standing import Row
from bench.scoring.metrics.metric import Metric

LINE = 0.2
OTHER = "#6b7684"
HEAD = 1.05


def draw(
    rows: Sequence[Row], floor: float | None, headline: Metric, layout: style.Layout
) -> Figure:
    """One point a row, the best on top.

    Args:
        rows: what to show.
        floor: noise of one run of the robot, in the metric's unit.
        headline: the metric.
        layout: the form.
    """
    figure = style.new_figure(layout.width, HEAD + LINE * len(rows))
    axes = figure.subplots()
    factor = headline.shown_factor
    for place, row in enumerate(rows):
        colour = style.ARM_COLOURS[0] if row.own else style.OVERALL if row.robot else OTHER
        if row.low is not None and row.high is not None:
            axes.plot(
                [factor * row.low, factor * row.high],
                [place] * 2,
                color=colour,
                linewidth=2.4 if row.own else 1.2,
            )
        axes.plot(
            [factor * row.value],
            [place],
            linestyle="",
            marker="D" if row.robot else "o",
            markersize=5 if row.own else 3.6,
            color=colour,
            markerfacecolor="white" if row.robot else colour,
        )
    if floor is not None:
        axes.axvline(factor * floor, color=style.OVERALL, linestyle=":", linewidth=0.9)
    longest = 40 if layout.columns > 1 else 24
    names = axes.set_yticks(range(len(rows)), [style.shown(row.name, longest) for row in rows])
    for tick, row in zip(names, rows, strict=True):
        tick.label1.set_fontweight("bold" if row.own else "normal")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(left=0)
    axes.set_xlabel(f"{headline.name} [{headline.shown_unit}]")
    style.legend_above(figure, _entries(rows, floor), 2 * layout.columns)
    return figure


def _entries(rows: Sequence[Row], floor: float | None) -> list[tuple[str, Artist]]:
    entries: list[tuple[str, Artist]] = []
    if any(row.own for row in rows):
        entries.append(("this entry", _point(style.ARM_COLOURS[0], "o", 5)))
    if any(not (row.own or row.robot) for row in rows):
        entries.append(("other entries", _point(OTHER, "o", 3.6)))
    if any(row.robot for row in rows):
        entries.append(("the robot's repetition", _point(style.OVERALL, "D", 3.6)))
    if floor is not None:
        entries.append(("noise of one run", style.sample(style.OVERALL, ":", 0.9)))
    return entries


def _point(colour: str, marker: str, size: float) -> Line2D:
    inside = "white" if marker == "D" else colour
    return Line2D(
        [], [], color=colour, marker=marker, markersize=size, markerfacecolor=inside, linewidth=1.2
    )
