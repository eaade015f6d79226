"""`twinbench verify`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.entry_option import entry_option
from bench.cli.main import printable, workspace
from bench.cli.workers import workers_option

if TYPE_CHECKING:
    from bench.leaderboard.agreement import Agreement
    from bench.leaderboard.verifying import Verification


def _no_nan(
    _context: click.Context, _parameter: click.Parameter, value: float | None
) -> float | None:
    """Refuse nan, which no bound of a range keeps out."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is not in the range 0<=x<=0.1.")
    return value


@click.command()
@click.argument("result")
@entry_option
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 0.1),
    callback=_no_nan,
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
    from bench.leaderboard.agreement import ANOTHER_MACHINE, short

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
        said, here = short(other.claimed), short(other.own)
        _line("setting", f"{other.where}: {said} as the result says; {here} here")
    _line("numbers", f"{agreed.agreeing} of {agreed.numbers} agree; {_how_far(agreed)}")
    differing = len(agreed.disagreements) - (agreed.numbers - agreed.agreeing)
    _line("others", f"{agreed.others - differing} of {agreed.others} agree")
    if agreed.agreeing < agreed.numbers and agreed.largest <= ANOTHER_MACHINE.relative:
        click.echo("What differs is within what another machine gives: see --tolerance.")


def _how_far(agreed: Agreement) -> str:
    """How far numbers lie apart, and whether some were left out as only one document has them."""
    if agreed.largest:
        text = f"largest relative difference {agreed.largest:.1e}"
    else:
        text = "those are equal" if agreed.unpaired else "all equal"
    if not agreed.unpaired:
        return text
    places = "place" if agreed.unpaired == 1 else "places"
    return f"{text}; {agreed.unpaired} {places} where only one of the two has more, not compared"


def _line(name: str, text: str) -> None:
    click.echo(printable(f"  {name:<9}{text}"))
