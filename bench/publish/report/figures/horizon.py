"""How the error goes with the time since the start: disjoint windows, the same episodes in each."""

from __future__ import annotations

from itertools import pairwise

from matplotlib.figure import Figure

from bench.io.documents import Document
from bench.publish.report import style


def draw(horizon: Document, layout: style.Layout) -> Figure:
    """One step a window.

    Args:
        horizon: `edges` of W windows (W+1), s; `values` (W), normalised error or None, one
            of them known.
        layout: the form.
    """
    figure = style.new_figure(layout.width, 2.3)
    axes = figure.subplots()
    edges, colour = horizon["edges"], style.ARM_COLOURS[0]
    windows = list(zip(pairwise(edges), horizon["values"], strict=True))
    known = [(begin, end, 100 * value) for (begin, end), value in windows if value is not None]
    for begin, end, value in known:
        axes.plot([begin, end], [value, value], color=colour, linewidth=1.8)
    axes.plot(
        [(begin + end) / 2 for begin, end, _ in known],
        [value for _, _, value in known],
        color=colour,
        linewidth=0.7,
        marker="o",
        markersize=3,
    )
    axes.set_ylim(0, 1.15 * max(value for _, _, value in known) or 1.0)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel("time since the start [s]")
    axes.set_ylabel("normalised RMSE\n[% of joint range]")
    return figure
