"""`twinbench show`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from bench.cli.main import printable, workspace
from bench.io.documents import Document, dump

WHAT = ("dataset", "episode", "entry", "leaderboard")


@click.command()
@click.argument("what", type=click.Choice(WHAT))
@click.argument("dataset")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    context: click.Context, what: str, dataset: str, name: str | None, as_json: bool
) -> None:
    """Show a DATASET, its leaderboard, or the episode or entry NAME of it.

    The robot's further runs are the entries `repeat` and `repeat-shifted`.
    """
    from bench.cli.boards import print_board
    from bench.cli.results import print_result
    from bench.publish import listing

    paths = workspace(context).dataset(dataset)
    if what in ("episode", "entry") and name is None:
        hint = "entries" if what == "entry" else "episodes"
        raise click.UsageError(f"show {what} needs a name; see: twinbench list {hint} {dataset}")
    if what in ("dataset", "leaderboard") and name is not None:
        raise click.UsageError(f"show {what} takes no name")
    match what:
        case "dataset":
            _print(paths.document(), as_json)
        case "episode":
            _print(listing.episode(paths, name or ""), as_json)
        case "entry":
            print_result(listing.entry(paths, name or ""), as_json=as_json)
        case _:
            print_board(listing.leaderboard(paths), as_json=as_json)


def _print(document: Document, as_json: bool) -> None:
    if as_json:
        click.echo(dump(document), nl=False)
        return
    for key, value in document.items():
        for line in _lines(key, value):
            click.echo(printable(line))


def _lines(key: str, value: object, depth: int = 0) -> Iterator[str]:
    """A field of a document: on one line if it is plain, else with its parts below it."""
    from bench.cli.columns import columns

    indent, inner = "  " * depth, "  " * (depth + 1)
    if isinstance(value, dict) and value:
        yield f"{indent}{key}"
        for name, content in value.items():
            yield from _lines(name, content, depth + 1)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        yield f"{indent}{key}"
        if len({tuple(item) for item in value}) == 1:
            yield from (f"{inner}{line}" for line in columns(value))
            return
        for number, item in enumerate(value, 1):
            yield from _lines(str(number), item, depth + 1)
    else:
        yield f"{indent}{key:<{20 - len(indent)}} {_text(value)}"


def _text(value: object) -> str:
    if value is None or value in ([], {}):
        return "none"
    if isinstance(value, list):
        return ", ".join(_text(inner) for inner in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
