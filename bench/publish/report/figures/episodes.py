"""The headline of every episode, the worst first, beside that of the robot's own repetition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bench.io.documents import Document
from bench.publish.report import style
from bench.scoring.metrics.metric import Metric

BAR = 0.165
HEAD = 1.2
MOST = 40
"""So many bars at most; the table lists all."""


def draw(
    episodes: Sequence[Document],
    estimate: Document,
    repeats: Mapping[str, float],
    headline: Metric,
    layout: style.Layout,
) -> Figure:
    """Bars in the order of `episodes`.

    Args:
        episodes: records of a result, those with a headline, the worst first.
        estimate: the headline over all episodes.
        repeats: episode to the headline of the robot's repetition.
        headline: the metric.
        layout: the form.
    """
    drawn = episodes[:MOST]
    factor = headline.shown_factor
    figure = style.new_figure(layout.width, HEAD + BAR * len(drawn))
    axes = figure.subplots()
    colours = group_colours(episodes)
    values = [factor * record["metrics"][headline.name] for record in drawn]
    rows = range(len(drawn))
    filled = [colours.get(record["group"], style.MUTED) for record in drawn]
    axes.barh(rows, values, height=0.72, color=filled)
    repeated = [(row, repeats[r["id"]]) for row, r in enumerate(drawn) if r["id"] in repeats]
    if repeated:
        axes.plot(
            [factor * value for _, value in repeated],
            [row for row, _ in repeated],
            **_repeat_look(),  # type: ignore[arg-type]
        )
    axes.axvline(factor * estimate["value"], color=style.OVERALL, linewidth=1.0)
    if estimate["low"] is not None:
        low, high = factor * estimate["low"], factor * estimate["high"]
        axes.axvspan(low, high, color=style.OVERALL, alpha=0.12, linewidth=0)
    longest = 40 if layout.columns > 1 else 22
    axes.set_yticks(rows, [style.shown(record["id"], longest) for record in drawn])
    axes.set_ylim(len(drawn) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_xlim(left=0)
    axes.set_xlabel(f"{headline.name} [{headline.shown_unit}]")
    entries = _entries(estimate, colours, bool(repeated))
    style.legend_above(figure, entries, layout.columns + 1)
    return figure


def group_colours(episodes: Sequence[Document]) -> dict[str, str]:
    """A colour for every group of several episodes; none where they are too many to tell apart."""
    counted = Counter(record["group"] for record in episodes)
    joint = [group for group, number in counted.items() if number > 1]
    if len(joint) > len(style.GROUP_COLOURS):
        return {}
    return dict(zip(joint, style.GROUP_COLOURS, strict=False))


def _repeat_look() -> dict[str, object]:
    return {
        "linestyle": "",
        "marker": "D",
        "markersize": 3.2,
        "markerfacecolor": "white",
        "markeredgecolor": style.OVERALL,
        "markeredgewidth": 0.9,
    }


def _entries(
    estimate: Document, colours: Mapping[str, str], repeated: bool
) -> list[tuple[str, Artist]]:
    entries: list[tuple[str, Artist]] = [("mean of all episodes", style.sample(style.OVERALL))]
    if estimate["low"] is not None:
        band = Patch(facecolor=style.OVERALL, alpha=0.12, edgecolor="none")
        entries.append(("its interval", band))
    if repeated:
        look = Line2D([], [], **_repeat_look())  # type: ignore[arg-type]
        entries.append(("the robot's repetition", look))
    if colours:
        entries.append(("group of one episode", Patch(facecolor=style.MUTED)))
    entries += [
        (f"group {style.shown(group, 22)}", Patch(facecolor=colour))
        for group, colour in colours.items()
    ]
    return entries
