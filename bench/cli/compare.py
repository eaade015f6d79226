"""`twinbench compare`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bench.cli.main import printable, workspace
from bench.cli.sentences import print_sentence
from bench.io.documents import Document, dump

if TYPE_CHECKING:
    from bench.scoring.metrics.metric import Metric

LISTED = 10
"""Groups and episodes that are printed."""


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--metric", "name", default="joint_rmse", show_default=True, help="Metric to compare."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole comparison as JSON.")
@click.pass_context
def command(context: click.Context, a: str, b: str, name: str, as_json: bool) -> None:
    """Compare the results A and B by themselves: by how much they differ, and what decides.

    A and B are result files, or <dataset>/<entry> for those on a leaderboard. The interval is
    not adjusted for other comparisons; `rank` compares all pairs of a leaderboard together.
    """
    from bench.leaderboard.comparing import compare_named

    found = compare_named(workspace(context), a, b, name)
    if as_json:
        click.echo(dump(found), nl=False)
    else:
        _print(found)


def _print(found: Document) -> None:
    from bench.leaderboard.tables import shown
    from bench.scoring.metrics.registry import metric

    compared = metric(found["metric"])
    unit, factor = compared.shown_unit, compared.shown_factor
    of = "" if unit == "1" else f" [{unit}]"
    click.echo(f"{found['dataset']['name']}: {compared.name}{of}, {_better(compared)}")
    for side in ("a", "b"):
        click.echo(f"  {side:<7}{shown(factor * found[side]['mean']):>10}  {_named(found[side])}")
    click.echo(f"  {'a - b':<7}{_difference(found['difference'], factor)}")
    print_sentence(_interval(found))
    print_sentence(_verdict(found, compared))
    _print_left_out(found["left_out"])
    if all(episode["contribution"] == 0 for episode in found["episodes"]):
        return
    if found["difference"]["value"] != 0:
        print_sentence(_deciding(found))
    _print_table(f"part of the difference{of} by group", _groups(found, factor))
    _print_table(f"by episode{of}", _episodes(found, factor))


def _better(shown: Metric) -> str:
    if shown.target is not None:
        return f"best at {shown.shown_factor * shown.target:g}"
    return f"{shown.direction} is better"


def _named(side: Document) -> str:
    return printable(f"{side['entry']} ({side['lab']}, {side['status']})")


def _difference(estimate: Document, factor: float) -> str:
    from bench.leaderboard.tables import shown

    text = f"{shown(factor * estimate['value']):>10}"
    if estimate["low"] is None:
        return text
    return f"{text}  [{shown(factor * estimate['low'])}, {shown(factor * estimate['high'])}]"


def _interval(found: Document) -> str:
    """What the interval means, or why there is none."""
    estimate = found["difference"]
    over = f"{estimate['episodes']} episodes in {estimate['groups']} groups"
    if estimate["low"] is None:
        return f"Over {over}. No interval: {estimate['reason']}."
    return (
        f"{100 * found['scorer']['level']:g} % interval over {over}, not adjusted: it holds for "
        "two entries that were chosen before looking. For entries picked from a leaderboard see "
        "their ranks, which compare all pairs."
    )


def _verdict(found: Document, compared: Metric) -> str:
    """In words which of the two is better, or why that cannot be told."""
    estimate = found["difference"]
    if all(episode["contribution"] == 0 for episode in found["episodes"]):
        return "The two are equal in every episode."
    if estimate["low"] is None:
        return "Which of the two is better cannot be told without an interval."
    if estimate["low"] <= 0 <= estimate["high"]:
        return "Which of the two is better cannot be told: the interval contains 0."
    below = estimate["value"] < 0
    outside = f"the interval lies {'below' if below else 'above'} 0"
    if compared.target is not None:
        gaps = {side: abs(found[side]["mean"] - compared.target) for side in ("a", "b")}
        nearer = min(gaps, key=lambda side: gaps[side])
        best = f"{compared.shown_factor * compared.target:g}"
        return (
            f"The two differ: {outside}. {nearer}, {found[nearer]['entry']}, has the mean nearer "
            f"to {best}; the interval is not that of the distance from {best}."
        )
    better = "a" if below == (compared.direction == "lower") else "b"
    return f"{better}, {found[better]['entry']}, is better: {outside}."


def _deciding(found: Document) -> str:
    """What becomes of the difference without any one group."""
    if found["deciding"]:
        names = ", ".join(found["deciding"])
        return (
            f"Without any one of these groups the difference is 0 or has the other sign: {names}."
        )
    return "The difference keeps its sign without any one of the groups."


def _print_left_out(episodes: Sequence[Document]) -> None:
    if not episodes:
        return
    click.echo(f"Left out of both, as one has no value there: {len(episodes)} episode(s).")
    for episode in episodes[:LISTED]:
        without = "; ".join(f"{one['entry']}: {one['reason']}" for one in episode["without"])
        click.echo(printable(f"  {episode['id']}: {without}"))
    _print_more(len(episodes))


def _groups(found: Document, factor: float) -> list[Document]:
    return [
        {
            "group": group["group"],
            "episodes": group["episodes"],
            "part": _signed(factor * group["contribution"]),
            "share": "–" if group["share"] is None else f"{100 * group['share']:+.1f} %",
            "difference without it": (
                "–" if group["without"] is None else _signed(factor * group["without"])
            ),
        }
        for group in found["groups"]
    ]


def _episodes(found: Document, factor: float) -> list[Document]:
    from bench.leaderboard.tables import shown

    return [
        {
            "episode": episode["id"],
            "group": episode["group"],
            "a": shown(factor * episode["a"]),
            "b": shown(factor * episode["b"]),
            "a - b": _signed(factor * (episode["a"] - episode["b"])),
        }
        for episode in found["episodes"]
    ]


def _signed(value: float) -> str:
    from bench.leaderboard.tables import shown

    return f"+{shown(value)}" if value > 0 else shown(value)


def _print_table(heading: str, records: Sequence[Document]) -> None:
    """The first `LISTED` records in columns, and how many more there are."""
    from bench.cli.columns import columns

    click.echo(f"\n{heading}")
    for line in columns(records[:LISTED]):
        click.echo(f"  {line}")
    _print_more(len(records))


def _print_more(number: int) -> None:
    if number > LISTED:
        click.echo(f"  … {number - LISTED} more; --json has all")
