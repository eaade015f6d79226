"""The four panels of an episode: normalised, position and orientation error, and their spread.

Over time: the normalised joint error of every arm and overall, in per cent of the joints' ranges;
the distance of the tool, mm; the angle of the tool, degrees. The fourth panel is the distribution
of the normalised error, weighted with time, with its median and 95th percentile.
"""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.formulas.weighting import weighted_quantile
from bench.publish.report import numbers, style
from bench.publish.report.data import EpisodeData, Floats
from bench.publish.report.decimation import decimated

HEIGHTS = {"wide": 4.4, "narrow": 7.6}
BINS = 36
OVER_TIME = (
    ("a  Normalised RMSE", "% of joint range"),
    ("b  Tool position error", "mm"),
    ("c  Tool orientation error", "deg"),
)
QUANTILES: tuple[tuple[str, float, style.Line], ...] = (
    ("median", 0.5, ":"),
    ("95th percentile", 0.95, "--"),
)
SPREAD = "d  Distribution of the normalised RMSE"


def draw(episode: EpisodeData, layout: style.Layout) -> Figure:
    """The four panels of one episode."""
    figure = style.new_figure(layout.width, HEIGHTS[layout.name])
    grid = figure.subplots(4 // layout.columns, layout.columns, squeeze=False)
    norm, position, orientation, spread = grid.ravel()
    several = len(episode.arms) > 1
    shares = 100 * episode.norm
    # With one arm the overall error is the arm's own.
    _over_time(norm, episode, shares[:, : len(episode.arms)])
    if several:
        norm.plot(*_curve(episode, shares[:, -1]), color=style.OVERALL, linewidth=1.1)
    _over_time(position, episode, 1e3 * episode.position)
    _over_time(orientation, episode, np.degrees(episode.orientation))
    for axes, (title, unit) in zip((norm, position, orientation), OVER_TIME, strict=True):
        axes.set_title(title)
        axes.set_ylabel(unit)
        axes.set_xlabel("time [s]")
    spread.set_title(SPREAD)
    marks = _distribution(spread, episode, shares)
    figure.align_ylabels()
    style.legend_above(figure, _entries(episode, marks), 3 if layout.columns > 1 else 2)
    return figure


def _over_time(axes: Axes, episode: EpisodeData, columns: Floats) -> None:
    """One curve an arm, from 0 up."""
    for number in range(columns.shape[1]):
        time, values = _curve(episode, columns[:, number])
        axes.plot(time, values, color=style.arm_colour(number), linestyle=style.arm_line(number))
    style.mark(axes, episode)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)


def _curve(episode: EpisodeData, values: Floats) -> tuple[Floats, Floats]:
    """Without row 0, which is given to every entry: its error says nothing."""
    first = min(1, len(values) - 1)
    return decimated(episode.time[first:], values[first:])


def _distribution(axes: Axes, episode: EpisodeData, shares: Floats) -> list[tuple[str, Artist]]:
    """Share of the scored time over the error; what its marks mean."""
    axes.set_xlabel("normalised RMSE [% of joint range]")
    axes.set_ylabel("% of scored time")
    counted = episode.scored
    if not counted.any():
        axes.text(0.5, 0.5, "no row was scored", ha="center", transform=axes.transAxes)
        return []
    weights = episode.weights[counted]
    rows = shares[counted]
    edges = np.linspace(0, float(rows.max()) or 1.0, BINS + 1)
    several = len(episode.arms) > 1
    for number in range(len(episode.arms)):
        axes.stairs(
            _held(rows[:, number], edges, weights),
            edges,
            fill=not several,
            alpha=1 if several else 0.45,
            linewidth=0.9,
            color=style.arm_colour(number),
            linestyle=style.arm_line(number),
        )
    if several:
        held = _held(rows[:, -1], edges, weights)
        axes.stairs(held, edges, color=style.OVERALL, linewidth=1.1)
    marks: list[tuple[str, Artist]] = []
    for name, share, line in QUANTILES:
        place = weighted_quantile(rows[:, -1], weights, share)
        axes.axvline(place, color=style.OVERALL, linestyle=line, linewidth=1.2)
        whose = "overall " if several else ""
        marks.append(
            (f"{whose}{name} {numbers.number(place)} %", style.sample(style.OVERALL, line, 1.2))
        )
    axes.set_xlim(left=0)
    return marks


def _held(values: Floats, edges: Floats, weights: Floats) -> Floats:
    """Share of the weights between each two edges, %."""
    held, _ = np.histogram(values, edges, weights=100 * weights / weights.sum())
    return held


def _entries(episode: EpisodeData, marks: list[tuple[str, Artist]]) -> list[tuple[str, Artist]]:
    entries: list[tuple[str, Artist]] = []
    if len(episode.arms) > 1:
        entries += [
            (style.shown(name, 24), style.sample(style.arm_colour(number), style.arm_line(number)))
            for number, name in enumerate(episode.arms)
        ]
        entries.append(("overall", style.sample(style.OVERALL)))
    return [*entries, *marks, *style.mark_entries(episode)]
