"""`twinbench compare`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bench.cli.main import printable, workspace
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
    from bench.leaderboard.comparing import compare_results
    from bench.leaderboard.results import find_result

    place = workspace(context)
    (_, one), (_, other) = find_result(place, a), find_result(place, b)
    found = compare_results(one, other, name)
    if as_json:
        click.echo(dump(found), nl=False)
    else:
        _print(found)


def _print(found: Document) -> None:
    from bench.scoring.metrics.registry import metric

    shown = metric(found["metric"])
    unit, factor = shown.shown_unit, shown.shown_factor
    click.echo(f"{found['dataset']['name']}: {shown.name} [{unit}], {_better(shown)}")
    for side in ("a", "b"):
        click.echo(f"  {side:<7}{factor * found[side]['mean']:10.3f}  {_named(found[side])}")
    click.echo(f"  {'a - b':<7}{_difference(found['difference'], factor)}")
    click.echo(_interval(found))
    _print_left_out(found["left_out"])
    if found["deciding"]:
        names = ", ".join(map(printable, found["deciding"]))
        click.echo(f"Without any one of these groups it is 0 or has the other sign: {names}.")
    else:
        click.echo("No group decides alone: without any one of them the sign stays.")
    _print_table(f"part of the difference [{unit}] by group", _groups(found, factor))
    _print_table(f"by episode [{unit}]", _episodes(found, factor))


def _better(shown: Metric) -> str:
    if shown.target is not None:
        return f"best at {shown.shown_factor * shown.target:g}"
    return f"{shown.direction} is better"


def _named(side: Document) -> str:
    return printable(f"{side['entry']} ({side['lab']}, {side['status']})")


def _difference(estimate: Document, factor: float) -> str:
    text = f"{factor * estimate['value']:10.3f}"
    if estimate["low"] is None:
        return text
    return f"{text}  [{factor * estimate['low']:.3f}, {factor * estimate['high']:.3f}]"


def _interval(found: Document) -> str:
    """What the interval means, or why there is none."""
    estimate = found["difference"]
    over = f"{estimate['episodes']} episodes in {estimate['groups']} groups"
    if estimate["low"] is None:
        return f"Over {over}. No interval: {estimate['reason']}."
    return (
        f"{100 * found['scorer']['level']:.0f} % interval over {over}, not adjusted: it holds for "
        "two entries that were\nchosen before looking. For entries picked from a leaderboard see "
        "their ranks, which compare all pairs."
    )


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
            "share": _none(group["share"], 100, " %"),
            "difference without it": _none(group["without"], factor, ""),
        }
        for group in found["groups"]
    ]


def _episodes(found: Document, factor: float) -> list[Document]:
    return [
        {
            "episode": episode["id"],
            "group": episode["group"],
            "a": f"{factor * episode['a']:.3f}",
            "b": f"{factor * episode['b']:.3f}",
            "a - b": _signed(factor * (episode["a"] - episode["b"])),
        }
        for episode in found["episodes"]
    ]


def _signed(value: float) -> str:
    return f"{value:+.3f}"


def _none(value: float | None, factor: float, unit: str) -> str:
    return "–" if value is None else f"{factor * value:+.{1 if unit else 3}f}{unit}"


def _print_table(heading: str, records: Sequence[Document]) -> None:
    """The first `LISTED` records in columns, and how many more there are."""
    from bench.cli.list import columns

    click.echo(f"\n{heading}")
    for line in columns(records[:LISTED]):
        click.echo(f"  {line}")
    _print_more(len(records))


def _print_more(number: int) -> None:
    if number > LISTED:
        click.echo(f"  … {number - LISTED} more; --json has all")
