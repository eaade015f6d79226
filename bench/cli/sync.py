"""`twinbench sync`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.main import printable, workspace
from bench.io.documents import Document, dump

if TYPE_CHECKING:
    from bench.io.workspace import Workspace
    from bench.scoring.sync.score import Entrant

START = (sys.executable, "-c", "from bench.cli import main; main()")
"""This command, without a search for it on the path."""
NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"


@click.command()
@click.argument("dataset")
@click.argument("entry")
@click.option(
    "--command",
    "line",
    help="Program and arguments of a stepper of your own; no shell reads them. "
    "Default: the twin ENTRY of the pipeline.",
)
@click.option("--lab", default="not given", show_default=True, help="Who made the stepper.")
@click.option(
    "--method", default="not given", show_default=True, help="How it predicts, in one line."
)
@click.option(
    "--provenance",
    "record",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="provenance.json of a stepper of your own: what it was made from.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
@click.option("--quiet", is_flag=True, help="Print the headlines alone.")
@click.pass_context
def command(
    context: click.Context,
    dataset: str,
    entry: str,
    line: str | None,
    lab: str,
    method: str,
    record: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Score the stepper ENTRY: corrected by measurements up to an origin, it predicts ahead.

    The result goes into leaderboards/DATASET/sync/results; `twinbench rank DATASET --track sync`
    makes the tables.
    """
    from bench.cli.progress import bar, waiting
    from bench.cli.runs import run_clock
    from bench.datasets.sealing.commitment import check_open
    from bench.leaderboard.sync_results import score_stepper

    place = workspace(context)
    check_open(place.dataset(dataset))
    entrant = _entrant(place, dataset, entry, line, lab, method, record)
    with bar(f"sync {entry}", "s of recordings") as told:
        result = score_stepper(place, dataset, entrant, run_clock(), told, waiting)
    if as_json:
        click.echo(dump(result), nl=False)
    else:
        _print(result, quiet=quiet)


def _entrant(
    place: Workspace,
    dataset: str,
    entry: str,
    line: str | None,
    lab: str,
    method: str,
    record: Path | None,
) -> Entrant:
    """The pipeline's own stepper, or that of a lab."""
    import re

    from bench.entries.texts import is_device
    from bench.scoring.sync.score import Entrant

    if line is None:
        if record is not None:
            message = "is for a stepper of your own, with --command"
            raise click.BadParameter(message, param_hint="--provenance")
        own = place.method(entry)["method"]
        start = (*START, "--root", str(place.root), "stepper", dataset, entry)
        return Entrant(entry, "twinbench", own, start, pipeline=True)
    if entry in place.params()["entries"]:
        raise click.BadParameter(f"{entry!r} is an entry of the pipeline", param_hint="ENTRY")
    if not re.match(NAME, entry):
        raise click.BadParameter("letters, digits, _ and - alone", param_hint="ENTRY")
    if is_device(entry):
        message = "the name of a device of Windows, where no file can have it"
        raise click.BadParameter(message, param_hint="ENTRY")
    try:
        words = tuple(shlex.split(line))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--command") from None
    if not words:
        raise click.BadParameter("no program", param_hint="--command")
    return Entrant(entry, lab, method, words, pipeline=False, record=record)


def _print(result: Document, *, quiet: bool) -> None:
    """The headline of each correction; unless quiet, every horizon and the rows without a model."""
    name = printable(f"{result['dataset']['name']} {result['entry']['name']}")
    runs = {f"corrected by {who}": run for who, run in result["corrections"].items()}
    if quiet:
        for who, run in runs.items():
            click.echo(f"{name}, {who}: {_headline(run)}")
        return
    horizons = ", ".join(f"{horizon:g}" for horizon in result["track"]["horizons"])
    click.echo(f"{name}: joint RMSE, mrad; then {horizons} s ahead")
    for who, run in {**runs, **result["naive"]}.items():
        click.echo(f"  {who:<24} {_headline(run)}{_ahead(run)}")
    for who, run in runs.items():
        if run is not None:
            said = (f"{what} {_value(run[what], 1.0)}" for what in ("skill", "effort"))
            click.echo(f"  {who}: {', '.join(said)}, innovation {_value(run['innovation'], 1e3)}")


def _headline(run: Document | None) -> str:
    if run is None:
        return "the stepper cannot"
    found = run["rmse"]
    if found["value"] is None:
        return f"none: {found['reason']}"
    if found["low"] is None:
        return _value(found, 1e3)
    return f"{_value(found, 1e3)} [{1e3 * found['low']:.2f}, {1e3 * found['high']:.2f}]"


def _ahead(run: Document | None) -> str:
    if run is None or run["rmse"]["value"] is None:
        return ""
    return "  " + ", ".join(_value(one, 1e3) for one in run["horizons"])


def _value(estimate: Document, factor: float) -> str:
    return "none" if estimate["value"] is None else f"{factor * estimate['value']:.2f}"
