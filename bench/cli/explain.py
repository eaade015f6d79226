"""`twinbench explain`."""

from __future__ import annotations

import click

from bench.cli.main import workspace
from bench.cli.sentences import print_sentence
from bench.io.documents import Document, dump

LISTED = 3
"""How much advice is printed."""


@click.command()
@click.argument("result")
@click.argument("episode", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
@click.pass_context
def command(context: click.Context, result: str, episode: str | None, as_json: bool) -> None:
    """Say what went wrong in a RESULT, or in one EPISODE of it, and what to try first.

    RESULT is a result file, or DATASET/ENTRY for the one on that leaderboard.
    """
    from bench.publish.explain.explaining import explain

    found = explain(workspace(context), result, episode)
    if as_json:
        click.echo(dump(found), nl=False)
    else:
        _print(found)


def _print(found: Document) -> None:
    where = f"{found['entry']} on {found['dataset']}"
    if found["episode"] is not None:
        where = f"{where}, {found['episode']}"
    print_sentence(f"{where}: {found['summary']}", hanging=2)
    for symptom in found["symptoms"]:
        click.echo()
        print_sentence(f"{symptom['label']}: {symptom['sentence']}", hanging=2)
    if found["causes"]:
        click.echo("\nWhat may be behind it")
    for cause in found["causes"] or ():
        print_sentence(f"- {cause['sentence']}", hanging=2)
    if found["advice"]:
        click.echo("\nWhat to try first")
    for number, advice in enumerate(found["advice"][:LISTED], 1):
        print_sentence(f"{number}. {advice['text']} ({', '.join(advice['labels'])})", hanging=3)
    if len(found["advice"]) > LISTED:
        click.echo(f"… {len(found['advice']) - LISTED} more; --json has all")
    for note in found["notes"]:
        click.echo()
        print_sentence(note, hanging=2)
