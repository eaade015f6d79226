"""`twinbench score`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.key_option import given_key, key_option
from bench.cli.main import workspace
from bench.cli.workers import workers_option


@click.command()
@click.argument("dataset")
@click.argument("entry")
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
@click.option("--quiet", is_flag=True, help="Print the headline alone.")
@workers_option
@key_option
@click.pass_context
def command(
    context: click.Context,
    dataset: str,
    entry: str,
    as_json: bool,
    quiet: bool,
    workers: int,
    key_file: Path | None,
) -> None:
    """Score the pipeline's ENTRY on a dataset's holdout and record the result.

    Entries of labs are recorded with `twinbench submit`.
    """
    from bench.cli.progress import bar, waiting
    from bench.cli.results import print_headline, print_result
    from bench.cli.runs import run_clock
    from bench.leaderboard.released import public_form
    from bench.leaderboard.scoring import score_entry
    from bench.scoring.score import Computing

    place = workspace(context)
    key = given_key(context, key_file)
    with bar(f"score {entry}", "episodes") as told:
        computing = Computing(workers, told)
        result = score_entry(place, dataset, entry, run_clock(), computing, waiting, key)
    result = public_form(place.dataset(dataset), result)
    if quiet:
        print_headline(result)
    else:
        print_result(result, as_json=as_json)
