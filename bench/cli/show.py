"""`twinbench show`."""

from __future__ import annotations

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
    """Show a DATASET, its leaderboard, or the episode or entry NAME of it."""
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
        if isinstance(value, dict):
            click.echo(f"{key}")
            for inner, content in value.items():
                click.echo(f"  {inner:<18} {printable(_text(content))}")
        else:
            click.echo(f"{key:<20} {printable(_text(value))}")


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_text(inner) for inner in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
