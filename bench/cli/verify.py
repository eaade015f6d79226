"""`twinbench verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.main import printable, workspace
from bench.cli.workers import workers_option

if TYPE_CHECKING:
    from bench.leaderboard.verifying import Verification


@click.command()
@click.argument("result")
@click.option(
    "--entry",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the entry; default: where the pipeline or `submit` puts it.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 0.1),
    help="Largest relative difference of a number; default: none in nine digits. 1e-6 allows for "
    "another machine.",
)
@workers_option
@click.pass_context
def command(
    context: click.Context, result: str, folder: Path | None, tolerance: float | None, workers: int
) -> None:
    """Recompute a RESULT from the data that it names and say whether every number agrees.

    RESULT is a result file, or <dataset>/<entry> for the one on a leaderboard. Seed, resamples,
    level and thresholds are those that the result names. Nothing is written.
    """
    from bench.io.problems import ProblemsError
    from bench.leaderboard.agreement import ANOTHER_MACHINE, SAME_MACHINE, Tolerance
    from bench.leaderboard.results import find_result
    from bench.leaderboard.verifying import verify
    from bench.scoring.score import Computing

    place = workspace(context)
    paths, claimed = find_result(place, result)
    allowed = SAME_MACHINE
    if tolerance is not None:
        allowed = Tolerance(tolerance, ANOTHER_MACHINE.absolute)
    found = verify(
        place, paths, claimed, folder=folder, tolerance=allowed, computing=Computing(workers)
    )
    _print(found, place.root)
    problems = found.agreement.problems(claimed["entry"]["name"])
    if problems:
        raise ProblemsError(problems)


def _print(found: Verification, root: Path) -> None:
    from bench.leaderboard.agreement import ANOTHER_MACHINE

    claimed, agreed = found.claimed, found.agreement
    entry, dataset, scorer = claimed["entry"], claimed["dataset"], claimed["scorer"]
    source = found.source.resolve()
    inside = source.is_relative_to(root.resolve())
    shown = source.relative_to(root.resolve()) if inside else found.source
    click.echo(printable(f"{dataset['name']}/{entry['name']}: recomputed from {shown}"))
    head = f"{dataset['name']} version {dataset['version']}, holdout {dataset['holdout'][:12]}"
    _line("dataset", head)
    _line("robot", f"{dataset['robot']}, {claimed['robot_hash'][:12]}")
    if entry["predictions"] is not None:
        _line("entry", f"{entry['hash'][:12]}, predictions {entry['predictions'][:12]}")
    settings = f"seed {scorer['seed']}, {scorer['resamples']} resamples, level {scorer['level']}"
    _line("scorer", f"{scorer['version']}, {settings}")
    for other in found.settings:
        _line("setting", f"{other.where}: {other.claimed!r} as the result says; {other.own!r} here")
    largest = f"largest relative difference {agreed.largest:.1e}" if agreed.largest else "all equal"
    _line("numbers", f"{agreed.agreeing} of {agreed.numbers} agree; {largest}")
    differing = len(agreed.disagreements) - (agreed.numbers - agreed.agreeing)
    _line("others", f"{agreed.others - differing} of {agreed.others} agree")
    if agreed.agreeing < agreed.numbers and agreed.largest <= ANOTHER_MACHINE.relative:
        click.echo("What differs is within what another machine gives: see --tolerance.")


def _line(name: str, text: str) -> None:
    click.echo(printable(f"  {name:<9}{text}"))
