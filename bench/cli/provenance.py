"""`twinbench provenance`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from bench.cli.main import printable, workspace


@click.group()
def command() -> None:
    """Say and check what a twin was made from."""


@command.command("show")
@click.argument("record")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show(context: click.Context, record: str, as_json: bool) -> None:
    """Say in five lines what a RECORD names: data, parameters, ranges, holdout, guard.

    RECORD is a provenance.json, a folder with one, or <dataset>/<entry>.
    """
    from bench.entries.provenance.claims import claims, lines
    from bench.entries.provenance.finding import find_papers
    from bench.io.documents import dump

    said = claims(find_papers(workspace(context), record).record)
    if as_json:
        click.echo(dump(said), nl=False)
    else:
        _print(lines(said))


@command.command("check")
@click.argument("record")
@click.pass_context
def check(context: click.Context, record: str) -> None:
    """Hold a RECORD against stores, lock, guard and twin: what it names must be there and hold.

    Then come the findings of the leakage guard. RECORD is a provenance.json, a folder with one, or
    <dataset>/<entry>.
    """
    from bench.entries.provenance.checking import check_papers
    from bench.entries.provenance.finding import find_papers
    from bench.guard.flow import said
    from bench.guard.record.guarding import guard_record
    from bench.guard.record.known import known_of

    place = workspace(context)
    papers = find_papers(place, record)
    looked = check_papers(place, papers)
    known = known_of(place.dataset(papers.record["dataset"]))
    found = [said(finding) for finding in guard_record(papers.record, known)]
    _print([*looked.items(), *(("findings", line) for line in found or ["none"])])


def _print(labelled: Iterable[tuple[str, str]]) -> None:
    for label, text in labelled:
        click.echo(printable(f"{label:<17}{text}"))
