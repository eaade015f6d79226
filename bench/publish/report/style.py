"""How every figure looks.

Colours: M. Okabe, K. Ito, Color universal design, 2008: told apart with any common colour vision.
No state of pyplot is used; `applied` sets matplotlib's defaults for the time of one drawing, so
that neither a user's configuration nor an earlier drawing changes a byte.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bench.publish.report.data import EpisodeData

Line = Literal["-", "--", "-.", ":"]

DPI = 300
LONGEST_SIDE = 2**16 - 2**10
"""Pixels; the renderer takes fewer than 2^16."""
ARM_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
ARM_LINES: tuple[Line, ...] = ("-", "--", "-.", ":")
"""Arms beyond the colours repeat them with another line."""
OVERALL = "#1a1a1a"
MEASURED = "#1a1a1a"
COMMAND = "#b9b9b9"
UNSCORED = "#e4dfd3"
BROKEN = "#B00020"
MUTED = "#9aa5b1"
GROUP_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
LABEL_COLOURS = ("#E69F00", "#56B4E9", "#F0E442", "#CC79A7", "#8fd6bd", "#c9c9ff")
LONGEST_TEXT = 48


@dataclass(frozen=True)
class Layout:
    """The form of a figure.

    Attributes:
        name: as in file names.
        width: of the figure, inches.
        columns: of panels.
    """

    name: str
    width: float
    columns: int


WIDE = Layout("wide", 7.16, 2)
"""Both columns of a page of a paper, and a screen."""
NARROW = Layout("narrow", 3.5, 1)
"""One column of a paper, and a phone."""
LAYOUTS = (WIDE, NARROW)

_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "legend.columnspacing": 1.4,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 0.9,
    "lines.solid_joinstyle": "round",
    "path.simplify": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "text.parse_math": False,  # names are data: a dollar sign is a dollar sign
}


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Draw with the look of reports within the block."""
    defaults = {k: v for k, v in mpl.rcParamsDefault.items() if not k.startswith("backend")}
    with mpl.rc_context(rc={**defaults, **_RC}):
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of this size in inches, to be laid out around what it holds.

    It has `DPI` points an inch, or as many as fit where it is very long.
    """
    dpi = min(DPI, LONGEST_SIDE / max(width, height))
    return Figure(figsize=(width, height), dpi=dpi, layout="constrained")


def arm_colour(number: int) -> str:
    """The colour of an arm, by its place among the robot's arms."""
    return ARM_COLOURS[number % len(ARM_COLOURS)]


def arm_line(number: int) -> Line:
    """The line of an arm: another one where the colours begin anew."""
    return ARM_LINES[number // len(ARM_COLOURS) % len(ARM_LINES)]


def sample(colour: str, line: Line = "-", width: float = 1.0) -> Line2D:
    """A piece of a curve for a legend."""
    return Line2D([], [], color=colour, linestyle=line, linewidth=width)


def shown(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text from outside as a figure can show it: one line, cut, without unknown glyphs."""
    known = _glyphs()
    line = " ".join(text.split())
    plain = "".join(c if c.isprintable() and ord(c) in known else "\ufffd" for c in line)
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"


@functools.cache
def _glyphs() -> frozenset[int]:
    font = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return frozenset(FT2Font(str(font)).get_charmap())


def legend_above(figure: Figure, entries: Sequence[tuple[str, Artist]], columns: int) -> None:
    """A legend above all panels, where it covers no curve."""
    handles = [handle for _, handle in entries]
    places = [str(number) for number in range(len(entries))]
    made = figure.legend(handles, places, loc="outside upper left", ncols=columns)
    # Set afterwards: matplotlib leaves out what is labelled with a leading underscore.
    for drawn, (text, _) in zip(made.get_texts(), entries, strict=True):
        drawn.set_text(text)


def mark(axes: Axes, episode: EpisodeData) -> None:
    """Shade what is not scored, and mark when the simulator broke."""
    for begin, end in episode.unscored_spans():
        axes.axvspan(begin, end, color=UNSCORED, linewidth=0, zorder=0.5)
    if episode.failed_at is not None:
        axes.axvline(episode.failed_at, color=BROKEN, linewidth=1.0, linestyle="--", zorder=4)


def mark_entries(episode: EpisodeData) -> list[tuple[str, Artist]]:
    """What these marks mean, for a legend; nothing where there are none."""
    entries: list[tuple[str, Artist]] = []
    if episode.unscored_spans():
        entries.append(("not scored", Patch(facecolor=UNSCORED, edgecolor="none")))
    if episode.failed_at is not None:
        entries.append(("simulator broke", sample(BROKEN, "--")))
    return entries
