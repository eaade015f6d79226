"""The events of an episode: when they happened, and when the entry says that they do.

One row a name. Above its line the reference's events, below the predicted ones; a pair that was
matched is joined, what has no partner is crossed.
"""

from __future__ import annotations

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bench.io.documents import Document
from bench.publish.report import style
from bench.publish.report.data import EpisodeData

ROW = 0.5
HEAD = 1.0
APART = 0.2
PREDICTED = style.ARM_COLOURS[0]


def draw(episode: EpisodeData, layout: style.Layout) -> Figure:
    """The events that the episode's record lists."""
    events: list[Document] = episode.record["events"]
    figure = style.new_figure(layout.width, HEAD + ROW * len(events))
    axes = figure.subplots()
    axes.grid(visible=False, axis="y")
    for row, event in enumerate(events):
        axes.axhline(row, color=style.MUTED, linewidth=0.6, zorder=1)
        _event(axes, row, event)
    axes.set_yticks(range(len(events)), [style.shown(event["name"], 28) for event in events])
    axes.set_ylim(len(events) - 0.5, -0.5)
    times = [time for event in events for time in (*event["reference"], *event["predicted"])]
    first, last = min([0.0, *times]), max([float(episode.time[-1]), *times])
    axes.set_xlim(first - 0.01 * (last - first), last + 0.01 * (last - first))
    axes.set_xlabel("time [s]")
    axes.tick_params(axis="y", length=0)
    style.mark(axes, episode)
    style.legend_above(figure, [*_entries(), *style.mark_entries(episode)], layout.columns + 1)
    return figure


def _event(axes: Axes, row: int, event: Document) -> None:
    above, below = row - APART, row + APART
    matched = [(event["reference"][i], event["predicted"][j]) for i, j in event["matched"]]
    for happened, said in matched:
        axes.plot([happened, said], [above, below], color=style.OVERALL, linewidth=0.8)
    missed = _others(event["reference"], [i for i, _ in event["matched"]])
    extra = _others(event["predicted"], [j for _, j in event["matched"]])
    for times, height, look in (
        ([pair[0] for pair in matched], above, _reference()),
        ([pair[1] for pair in matched], below, _predicted()),
        (missed, above, _crossed(style.MEASURED)),
        (extra, below, _crossed(style.BROKEN)),
    ):
        axes.plot(
            times,
            [height] * len(times),
            linestyle="",
            marker=look.get_marker(),
            markersize=look.get_markersize(),
            color=look.get_color(),
            markeredgewidth=look.get_markeredgewidth(),
            zorder=3,
        )


def _others(times: list[float], taken: list[int]) -> list[float]:
    return [time for place, time in enumerate(times) if place not in taken]


def _reference() -> Line2D:
    return Line2D([], [], linestyle="", marker="o", markersize=4, color=style.MEASURED)


def _predicted() -> Line2D:
    return Line2D([], [], linestyle="", marker="s", markersize=4, color=PREDICTED)


def _crossed(colour: str) -> Line2D:
    return Line2D(
        [], [], linestyle="", marker="x", markersize=5.5, markeredgewidth=1.4, color=colour
    )


def _entries() -> list[tuple[str, Artist]]:
    return [
        ("in the reference", _reference()),
        ("predicted", _predicted()),
        ("matched, within the tolerance", style.sample(style.OVERALL, width=0.8)),
        ("missed", _crossed(style.MEASURED)),
        ("extra", _crossed(style.BROKEN)),
    ]
