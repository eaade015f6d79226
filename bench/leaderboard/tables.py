"""What the tables of a leaderboard say, in plain text; `rendering` gives them a form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.io.documents import Document
from bench.leaderboard.findings import finding_lines, marks, unknown_lines
from bench.leaderboard.notes import OPENS
from bench.scoring.metrics.registry import metric

SHOWN = (
    "joint_rmse",
    "joint_rmse_moving",
    "joint_rmse_centred",
    "rmse_norm_rms",
    "position_rmse",
    "orientation_rmse",
    "lag",
    "band_coverage",
    "band_width",
)
"""Metrics that the tables show, the headline first."""
NARROW = ("joint_rmse", "position_rmse", "orientation_rmse")
"""Those that a narrow terminal shows."""
BAND = ("band_coverage", "band_width")
"""Those of them that are shown only where an entry has repeated executions."""
ERRORS = {"fit": "fit [mrad]", "validation": "validation [mrad]"}
"""Headings of the errors that provenance records have."""
CLAIMED = "†"
"""Stands behind a number that is a lab's word."""
NOTHING = "–"
LEFT_OUT = "Leave one group out: how far the headline moves"
FIRST = 3
"""Labels of an entry that a table names."""


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; the first column names the row, or its rank.

    Attributes:
        headings: of the columns.
        rows: as many cells each.
        texts: headings of the columns that hold words, not numbers.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: frozenset[str]


def table(
    board: Document,
    metrics: Sequence[str] = SHOWN,
    *,
    intervals: tuple[bool, bool] = (True, True),
    brief: bool = False,
    errors: bool = True,
) -> Table:
    """The leaderboard: entries first, then the robot itself.

    A mean over fewer episodes than the board has says over how many.

    Args:
        board: the leaderboard.
        metrics: which metrics, the headline first.
        intervals: whether the headline and skill show theirs.
        brief: say `(20)`, which the reader must be told the meaning of, for `(20 of 24)`.
        errors: show those of the provenance records, where a row has any.
    """

    def over(episodes: int) -> str:
        whole: int = board["episodes"]
        if episodes == whole:
            return ""
        return f" ({episodes})" if brief else f" ({episodes} of {whole})"

    shown = [name for name in metrics if _is_shown(board, name)]
    units = [f"{name} [{metric(name).shown_unit}]" for name in shown]
    rows = (*board["rows"], *board["repeatability"])
    claims = ERRORS if errors and any(row.get("errors") for row in rows) else {}
    numbers = (units[0], *claims.values(), *units[1:])
    last = ("skill", "divergence", "labels", "scored", "status")
    headings = ("rank", "entry", "lab", *numbers, *last)
    cells = tuple(_cells(row, shown, claims, intervals, over) for row in rows)
    return Table(headings, cells, frozenset({"entry", "lab", "divergence", "labels", "status"}))


def _is_shown(board: Document, name: str) -> bool:
    """Whether the board has a metric; one of repeated executions must have a value."""
    estimates = [row["metrics"].get(name) for row in board["rows"]]
    return estimates[0] is not None and (
        name not in BAND or any(one and one["value"] is not None for one in estimates)
    )


def _cells(
    row: Document,
    metrics: Sequence[str],
    claims: Iterable[str],
    intervals: tuple[bool, bool],
    over: Callable[[int], str],
) -> tuple[str, ...]:
    headline, *others = metrics
    return (
        rank_text(row["rank"]),
        row["entry"] + (f" {OPENS}" if row.get("opens_truth") else ""),
        row["lab"],
        _number(row, headline, over, interval=intervals[0]),
        *(_claim(row.get("errors"), name) for name in claims),
        *(_number(row, name, over, interval=False) for name in others),
        estimate_text(row["skill"], interval=intervals[1]),
        row["divergence"] or NOTHING,
        _labels(row["labels"]),
        f"{100 * row['coverage']:.2f} %",
        row["status"] + marks(row),
    )


def _labels(counts: Mapping[str, int]) -> str:
    """The most frequent labels with their numbers of episodes, and how many others there are."""
    order = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    parts = [f"{name} {count}" for name, count in order[:FIRST]]
    if len(order) > FIRST:
        parts.append(f"{len(order) - FIRST} more")
    return ", ".join(parts) or "none"


def rank_text(rank: Sequence[int] | None) -> str:
    """A range of ranks; one rank where both ends are the same."""
    if rank is None:
        return NOTHING
    low, high = rank
    return f"{low}" if low == high else f"{low}–{high}"


def _claim(errors: Document | None, name: str) -> str:
    """An error of the provenance record in mrad, marked where it is a lab's word."""
    if errors is None or errors[name] is None:
        return NOTHING
    return shown(1e3 * errors[name]) + (CLAIMED if errors["claimed"] else "")


def _number(row: Document, name: str, over: Callable[[int], str], *, interval: bool) -> str:
    factor, estimate = metric(name).shown_factor, row["metrics"][name]
    if estimate["value"] is None:
        return NOTHING
    text = shown(factor * estimate["value"])
    if interval and estimate["low"] is not None:
        text += f" [{shown(factor * estimate['low'])}, {shown(factor * estimate['high'])}]"
    return text + over(row["episodes"][name])


def shown(number: float) -> str:
    """A number with two decimals, or below 1 with three digits that count."""
    return f"{number:.2f}" if abs(number) >= 1 or number == 0 else f"{number:#.3g}"


def estimate_text(estimate: Document, *, interval: bool = True) -> str:
    """A pure number with two decimals, and its interval."""
    if estimate["value"] is None:
        return NOTHING
    text = f"{estimate['value']:.2f}"
    if estimate["low"] is None or not interval:
        return text
    return f"{text} [{estimate['low']:.2f}, {estimate['high']:.2f}]"


def left_out(board: Document) -> Table | None:
    """How far the headline of each row moves when one group is left out, and which group that is.

    None where no row has two groups.
    """
    headline = metric(board["headline"])
    rows = []
    for row in (*board["rows"], *board["repeatability"]):
        ends = row["leave_one_out"]
        if ends is not None:
            low, high = (shown(headline.shown_factor * ends[end]) for end in ("low", "high"))
            rows.append((row["entry"], low, ends["low_without"], high, ends["high_without"]))
    unit = headline.shown_unit
    lowest, highest = f"lowest [{unit}]", f"highest [{unit}]"
    headings = ("entry", lowest, "lowest without", highest, "highest without")
    texts = frozenset({"entry", "lowest without", "highest without"})
    return Table(headings, tuple(rows), texts) if rows else None


def summary(board: Document, metrics: Sequence[str] = SHOWN, *, errors: bool = True) -> list[str]:
    """The lines that stand under every form of the table.

    Args:
        board: the leaderboard.
        metrics: which metrics the table shows.
        errors: whether it shows those of the provenance records.
    """
    compared = board["comparison"]
    lines = list(board["notes"])
    if board["floor"] is not None:
        lines.append(f"Floor: {shown(1e3 * board['floor'])} mrad (repeatability over √2).")
    if compared["detectable"] is not None:
        lines.append(
            "Smallest detectable difference, median over pairs: "
            f"{shown(1e3 * compared['detectable'])} mrad, over {compared['groups']} groups."
        )
    if compared["reason"]:
        lines.append(f"Not compared: {compared['reason']}.")
    attempts = ", ".join(f"{lab} {count}" for lab, count in board["attempts"].items())
    limit = board.get("attempts_per_lab")
    most = "" if limit is None else f"; a lab may have {limit}"
    lines.append(f"Entries scored on this holdout: {attempts or 'none'}{most}.")
    lines.append(f"Holdout {board['dataset']['holdout'][:12]}, scorer {board['scorer']}.")
    lines += [
        *finding_lines(board["rows"]),
        *_readings(board, metrics),
        *unknown_lines(board["rows"]),
    ]
    return [*lines, *_claimed(board)] if errors else lines


def _readings(board: Document, metrics: Sequence[str]) -> Iterator[str]:
    """How to read the intervals, ranks, skill and lag of a board, where it has them."""
    rows, headline = board["rows"], board["headline"]
    if any(row["metrics"][headline]["low"] is not None for row in rows):
        yield (
            f"Intervals {100 * board['comparison']['level']:g} %, resampled over groups, each for "
            "its own number alone (unadjusted)."
        )
    ranks = [row["rank"] for row in rows if row["rank"] is not None]
    if ranks:
        line = (
            "Ranks come from all pairs compared together (adjusted): a rank range holds every rank "
            "that the data allow"
        )
        crossing = any(
            late < early for pair in pairwise(ranks) for early, late in zip(*pair, strict=True)
        )
        also = ". Being better is not transitive: a lower row may have a better rank"
        yield f"{line}{also if crossing else ''}."
    scales = []
    if any(row["skill"]["value"] is not None for row in rows):
        scales.append("Skill 0 is the naive entry, 1 one further run of the robot.")
    lags = (row["metrics"].get("lag") for row in (*rows, *board["repeatability"]))
    if "lag" in metrics and any(lag and lag["value"] is not None for lag in lags):
        scales.append("A negative lag is early.")
    if scales:
        yield " ".join(scales)
    if BAND[0] in metrics and _is_shown(board, BAND[0]):
        yield (
            "Band: from the 5 % to the 95 % quantile of an entry's executions; it should cover "
            "90 %."
        )


def _claimed(board: Document) -> Iterator[str]:
    """What fit and validation are, where a row has any, and which of them are labs' words."""
    errors = [row["errors"] for row in board["rows"] if row.get("errors")]
    if errors:
        yield (
            "Fit and validation: joint_rmse where the twin was fitted and where it was chosen, as "
            "its provenance record says."
        )
    if any(each["claimed"] for each in errors):
        yield f"{CLAIMED}: the lab's word; not computed here."


def title(board: Document) -> str:
    """Name of the dataset and what its reference is."""
    kind = "recorded" if board["dataset"]["kind"] == "recorded" else "simulated reference"
    return f"{board['dataset']['name']} ({kind})"


def visible(text: str) -> str:
    """The text with a sign in the place of what cannot be seen or would act on a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
