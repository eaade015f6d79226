"""`twinbench guard`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.key_option import given_key, key_option
from bench.cli.main import printable, workspace

if TYPE_CHECKING:
    from bench.publish.guarding import Guarded


@click.command()
@click.argument("subject")
@click.argument("entry", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@key_option
@click.pass_context
def command(
    context: click.Context, subject: str, entry: str | None, as_json: bool, key_file: Path | None
) -> None:
    """Say what the guard found in a dataset or an entry, and what follows from it.

    SUBJECT is a dataset, <dataset>/<entry>, or the folder of an entry, which is held against the
    truth now; with ENTRY, the dataset of that entry. The exit status is 1 if a finding is certain.
    """
    from bench.io.documents import dump

    found = _found(context, subject, entry, key_file)
    if as_json:
        click.echo(dump(vars(found)), nl=False)
    else:
        _print(found)
    if found.certain:
        context.exit(1)


def _found(
    context: click.Context, subject: str, entry: str | None, key_file: Path | None
) -> Guarded:
    from bench.cli.progress import bar
    from bench.publish import guarding

    place = workspace(context)
    if entry is not None:
        return guarding.guarded_result(place, subject, entry)
    if subject not in place.datasets() and (Path(subject) / "entry.json").exists():
        with bar("guard", "episodes") as told:
            key = given_key(context, key_file)
            return guarding.guarded_folder(place, Path(subject), key, told)
    dataset, _, name = subject.partition("/")
    if name:
        return guarding.guarded_result(place, dataset, name)
    return guarding.guarded_dataset(place.dataset(subject))


def _print(found: Guarded) -> None:
    from bench.guard.words import explained

    what = f"{found.dataset}: " + ("the split" if found.entry is None else f"entry {found.entry}")
    click.echo(printable(what))
    if found.checks is None:
        click.echo("What was looked at is not published.")
    for line in explained(found.checks, found.findings, of_entry=found.entry is not None):
        click.echo(printable(line))
