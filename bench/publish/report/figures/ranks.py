"""Where the measured position lies among repeated executions: flat if their spread is right."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from bench.publish.report import style


def draw(counts: Sequence[int], layout: style.Layout) -> Figure:
    """A bar a rank, and the line on which all would end if every rank were as likely.

    Args:
        counts: (M + 1,) how often the measured position has each rank among M executions.
        layout: the form.
    """
    figure = style.new_figure(layout.width, 2.3)
    axes = figure.subplots()
    whole = sum(counts) or 1
    axes.bar(range(1, len(counts) + 1), [100 * count / whole for count in counts],
             width=0.9, color=style.MUTED)  # fmt: skip
    axes.axhline(100 / len(counts), color=style.OVERALL, linestyle="--", linewidth=0.9)
    axes.grid(visible=False, axis="x")
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("rank of the measured position")
    axes.set_ylabel("% of rows and joints")
    return figure
