"""Every joint of an episode: measured, command and prediction; the error in a strip below.

Units as in tables: rad with errors in mrad, a stroke in mm, a fraction in per cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation, Transform

from bench.io.documents import Document
from bench.publish.report import style
from bench.publish.report.data import EpisodeData, Joint
from bench.publish.report.decimation import decimated
from bench.publish.report.numbers import joint_units

PANEL = 1.75
"""Height of one joint, inches."""
HEAD = 0.7
COMMAND_WIDTH = 2.4
ROOM = 0.35
"""Share of an episode from which on a name surely fits into its bar."""
LANE = 9.5
"""Height of a lane of label bars above a joint, points."""
LANES = 6
"""So many of them at most; the table below has all labels."""
SHORT = 0.01
"""Share of an episode below which an interval is a tick, as its bar would not be seen."""
TICK = 3.0
"""Width of a tick, points."""


def draw(episode: EpisodeData, layout: style.Layout) -> Figure:
    """One panel a joint, with its error below; two arms stand side by side where there is room."""
    places = _places(episode, layout.columns)
    rows = 1 + max(row for row, _ in places)
    lanes = [0] * rows
    for (row, _), joint in zip(places, episode.joints, strict=True):
        lanes[row] = max(lanes[row], _lanes(episode, joint))
    height = HEAD + PANEL * rows + LANE / 72 * sum(lanes)
    figure = style.new_figure(layout.width, height)
    figure.get_layout_engine().set(h_pad=0.02, hspace=0.02)  # type: ignore[union-attr, call-arg]
    grid = figure.subplots(
        2 * rows,
        layout.columns,
        squeeze=False,
        sharex=True,
        gridspec_kw={"height_ratios": [2.4, 1] * rows},
    )
    used = np.zeros(grid.shape, dtype=bool)
    for column, (row, side) in enumerate(places):
        used[2 * row : 2 * row + 2, side] = True
        _joint(figure, grid[2 * row, side], grid[2 * row + 1, side], episode, column)
    for place in zip(*np.nonzero(~used), strict=True):
        grid[place].set_axis_off()
    for side in range(layout.columns):
        filled = np.flatnonzero(used[:, side])
        if len(filled):
            last = grid[filled[-1], side]
            last.set_xlabel("time [s]")
            last.tick_params(labelbottom=True)
    figure.align_ylabels()
    style.legend_above(figure, _entries(episode), 5 if layout.columns > 1 else 3)
    return figure


def _places(episode: EpisodeData, columns: int) -> list[tuple[int, int]]:
    """Row and column of every joint."""
    if columns == len(episode.arms) == 2:
        counted = [0, 0]
        places = []
        for joint in episode.joints:
            side = episode.arms.index(joint.arm)
            places.append((counted[side], side))
            counted[side] += 1
        return places
    return [divmod(number, columns) for number in range(len(episode.joints))]


def _joint(figure: Figure, main: Axes, strip: Axes, episode: EpisodeData, column: int) -> None:
    joint, time = episode.joints[column], episode.time
    unit, factor, error_unit, error_factor = joint_units(joint.unit)
    colour = style.arm_colour(episode.arms.index(joint.arm))
    # The command is wide and pale: it shows even under a prediction that follows it.
    for values, look, width in (
        (episode.command, style.COMMAND, COMMAND_WIDTH),
        (episode.measured, style.MEASURED, 1.0),
        (episode.predicted, colour, 0.9),
    ):
        shown = decimated(time, factor * values[:, column])
        main.plot(*shown, color=look, linewidth=width)
    strip.axhline(0, color=style.MEASURED, linewidth=0.6)
    strip.plot(*decimated(time, error_factor * episode.error[:, column]), color=colour)
    for axes in (main, strip):
        style.mark(axes, episode)
        axes.margins(x=0.01)
        axes.locator_params(axis="y", nbins=4)
    main.set_ylabel(style.shown(unit, 12))
    strip.set_ylabel(f"error\n{style.shown(error_unit, 12)}", linespacing=0.95)
    _labels(main, figure, episode, joint)
    main.set_title(_title(episode, joint), pad=4 + LANE * _lanes(episode, joint))


def _title(episode: EpisodeData, joint: Joint) -> str:
    told = len(episode.arms) == 1 or joint.name.startswith(joint.arm)
    arm = "" if told else f"{style.shown(joint.arm, 20)}: "
    return f"{arm}{style.shown(joint.name, 30)}{'' if joint.scored else ' (not scored)'}"


def _lanes(episode: EpisodeData, joint: Joint) -> int:
    """Lanes above the joint: one for each label that is drawn, and one for the other names."""
    kinds = _kinds(episode, joint)
    return min(len(kinds), LANES + 1)


def _kinds(episode: EpisodeData, joint: Joint) -> list[str]:
    """Names of the labels that name the joint, those that account for most of its error first.

    Where all have a lane of bars, they stand in the result's order.
    """
    strongest: dict[str, float] = {}
    for label in episode.labels:
        if names(label, joint):
            kind = label["label"]
            strongest[kind] = max(strongest.get(kind, 0.0), label["strength"])
    if len(strongest) <= LANES:
        return list(strongest)
    return sorted(strongest, key=lambda kind: -strongest[kind])


def _labels(axes: Axes, figure: Figure, episode: EpisodeData, joint: Joint) -> None:
    """A lane above the panel for every label that names the joint: its intervals and its name."""
    kinds = list(dict.fromkeys(label["label"] for label in episode.labels))
    own = _kinds(episode, joint)
    for lane, kind in enumerate(own[:LANES]):
        place = _above(axes, figure, lane)
        labels = [x for x in episode.labels if x["label"] == kind and names(x, joint)]
        intervals = [(label["interval"][0], label["interval"][1]) for label in labels]
        colour = style.LABEL_COLOURS[kinds.index(kind) % len(style.LABEL_COLOURS)]
        for interval in intervals:
            axes.add_artist(_bar(interval, place, colour, episode))
        _name(axes, place, style.shown(kind, 24), _text_place(episode, intervals))
    if len(own) > LANES:
        text = f"{len(own) - LANES} more labels in the table"
        _name(axes, _above(axes, figure, LANES), text, (float(episode.time[0]), "left"))


def _above(axes: Axes, figure: Figure, lane: int) -> Transform:
    """Time across, and up to the middle of a lane above the panel."""
    above = ScaledTranslation(0, LANE * (lane + 0.75) / 72, figure.dpi_scale_trans)
    return axes.get_xaxis_transform() + above


def _bar(
    interval: tuple[float, float], place: Transform, colour: str, episode: EpisodeData
) -> Line2D:
    """The bar of an interval; a tick where it would be too short to be seen."""
    begin, end = interval
    short = end - begin < SHORT * float(episode.time[-1] - episode.time[0])
    return Line2D(
        [begin, end],
        [1, 1],
        transform=place,
        color=colour,
        linewidth=0.8 * LANE,
        solid_capstyle="butt",
        marker="|" if short else "",
        markersize=0.8 * LANE,
        markeredgewidth=TICK,
        clip_on=False,
    )


def _name(
    axes: Axes, place: Transform, text: str, at: tuple[float, Literal["left", "right"]]
) -> None:
    axes.text(
        at[0],
        1,
        f" {text} ",
        transform=place,
        fontsize=7,
        verticalalignment="center_baseline",
        horizontalalignment=at[1],
    )


def _text_place(
    episode: EpisodeData, intervals: Sequence[tuple[float, float]]
) -> tuple[float, Literal["left", "right"]]:
    """Where a label's name stands: in a long bar, else where there is most room between bars."""
    start, stop = float(episode.time[0]), float(episode.time[-1])
    for begin, end in intervals:
        if end - begin > ROOM * (stop - start):
            return begin, "left"
    ordered = sorted(intervals)
    gaps = [(ordered[0][0] - start, ordered[0][0], True)]
    reached = start
    for (_, end), after in zip_longest(ordered, ordered[1:]):
        reached = max(reached, end)
        gaps.append(((stop if after is None else after[0]) - reached, reached, False))
    _, at, before = max(gaps, key=lambda gap: gap[0])
    return at, "right" if before else "left"


def names(label: Document, joint: Joint) -> bool:
    """Whether a label is about a joint."""
    return joint.name in label["joints"] and label["arm"] == joint.arm


def _entries(episode: EpisodeData) -> list[tuple[str, Artist]]:
    several = len(episode.arms) > 1
    entries: list[tuple[str, Artist]] = [
        ("measured", style.sample(style.MEASURED)),
        ("command", style.sample(style.COMMAND, width=COMMAND_WIDTH)),
    ]
    for number, arm in enumerate(episode.arms):
        text = f"predicted, {style.shown(arm, 20)}" if several else "predicted"
        entries.append((text, style.sample(style.arm_colour(number))))
    return [*entries, *style.mark_entries(episode)]
