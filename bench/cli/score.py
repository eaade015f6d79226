"""`twinbench score`."""

from __future__ import annotations

import click

from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.argument("entry")
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
@click.option("--quiet", is_flag=True, help="Print the headline alone.")
@click.pass_context
def command(
    context: click.Context,
    dataset: str,
    entry: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Score the pipeline's ENTRY on a dataset's holdout and record the result.

    Entries of labs are recorded with `twinbench submit`.
    """
    from bench.cli.results import print_headline, print_result
    from bench.cli.runs import run_clock
    from bench.entries.checking import checked_entry
    from bench.io.atomic import Transaction
    from bench.leaderboard.rank import board_lock
    from bench.leaderboard.recording import record_result
    from bench.scoring.score import score

    clock = run_clock()
    place = workspace(context)
    paths = place.dataset(dataset)
    place.method(entry)
    source = paths.rollout(entry)
    result = score(place, paths, checked_entry(place, paths, source), "pipeline")
    with board_lock(paths), Transaction() as transaction:
        record_result(transaction, paths, result, clock(source))
    if quiet:
        print_headline(result)
    else:
        print_result(result, as_json=as_json)
