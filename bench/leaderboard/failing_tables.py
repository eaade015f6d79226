"""What the tables of a leaderboard say about failures: what fails, and whether as on the robot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.io.documents import Document
from bench.leaderboard.tables import FIRST, NOTHING, Table, estimate_text

FAILING = "What fails"
FAILING_NOTE = (
    "The most frequent labels of each entry, with the share of the scored episodes in which they "
    "stand, the joints that show them most often, and the median strength: the share of the arm's "
    "squared error that is theirs. labels.csv has all of them."
)
SHARED = "Whether entries fail where the robot does"
SHARED_NOTE = (
    "Failures of robot and entry, each held against its command: Cohen's kappa over episodes (1 in "
    "the same ones, 0 no more than by chance), and in how many episodes each fails. Distribution: "
    "1 minus the Jensen-Shannon divergence of what kinds of failures they have. There is no "
    "interval where fewer than six groups have a failure."
)


def failing(board: Document) -> Table | None:
    """What fails in each entry: the most frequent labels, how often, where and how strong.

    None where no row has a label.
    """
    rows = [*board["rows"], *board["repeatability"]]
    if not any(row.get("profile") for row in rows):
        return None
    headings = ("entry", "most often", "then", "and", "more")
    cells = tuple((row["entry"], *_places(row)) for row in rows)
    return Table(headings, cells, frozenset(headings[:-1]))


def _places(row: Document) -> tuple[str, ...]:
    """The first items of a row's profile, and how many others there are."""
    profile = row.get("profile", ())
    cells = [place_text(item, row["arms"]) for item in profile[:FIRST]] or ["none"]
    return (*cells, *[NOTHING] * (FIRST - len(cells)), f"{max(len(profile) - FIRST, 0)}")


def place_text(item: Document, arms: Sequence[str]) -> str:
    """An item of a profile: label, share of the episodes, joints and median strength.

    Args:
        item: of the profile.
        arms: names of the robot's arms; the item's is said where there are several.
    """
    share = "" if item["share"] is None else f" {100 * item['share']:.0f} %"
    arm = f" {item['arm']}:" if len(arms) > 1 else ""
    names = list(item["joints"])
    joints = " " * bool(names) + ", ".join(names[:FIRST]) + " …" * (len(names) > FIRST)
    strength = "" if item["strength"] is None else f" ({item['strength']:.2f})"
    return f"{item['label']}{share}{arm}{joints}{strength}"


def shared(board: Document) -> Table | None:
    """How far entries fail in the same episodes as the robot does.

    None where neither the robot nor an entry fails, or no row says so.
    """
    rows = [r for r in (*board["rows"], *board["repeatability"]) if r.get("shared_failures")]
    kinds = [name for name in _kinds(rows) if any(_shown(r, name) for r in rows)]
    if not kinds:
        return None
    cells = tuple(
        (
            row["entry"],
            *(_agreed(row, name) for name in kinds),
            estimate_text(row["shared_failures"]["distribution"]),
        )
        for row in rows
    )
    return Table(("entry", *kinds, "distribution"), cells, frozenset({"entry", *kinds}))


def _kinds(rows: Sequence[Document]) -> Iterator[str]:
    if rows:
        yield from rows[0]["shared_failures"]["failures"]


def _shown(row: Document, name: str) -> bool:
    failure = row["shared_failures"]["failures"][name]
    return bool(failure["reference"] or failure["entry"])


def _agreed(row: Document, name: str) -> str:
    if not _shown(row, name):
        return NOTHING
    failure = row["shared_failures"]["failures"][name]
    counts = f"robot {failure['reference']}, entry {failure['entry']}, both {failure['both']}"
    return f"{estimate_text(failure['kappa'])}; {counts}"
