"""`twinbench thresholds`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from bench.cli.columns import columns
from bench.cli.main import workspace
from bench.cli.progress import bar
from bench.cli.sentences import print_sentence

if TYPE_CHECKING:
    from bench.io.documents import Document

COLUMNS = (
    "motions: with a label at a {lower}th of the default threshold; largest: of their labels. "
    "an hour: motions to be expected at the threshold, as fitted to the sizes, and on average over "
    "what their tail may be."
)
LOOK = (
    "Look at every label above: it is false unless the robot itself did something else, and then "
    "--without leaves its motion out."
)
NOTHING = "No rule has a label, however low its threshold: nothing is known of larger ones."
LITTLE = 0.5
"""Of the time in which one false label may be: with less recorded, tails tell next to nothing."""


def _within_reason(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if not 1e-6 <= value <= 1e6:
        raise click.BadParameter(f"{value} is not in the range 1e-06<=x<=1e+06.")
    return value


@click.command()
@click.argument("dataset")
@click.option(
    "--without",
    "left_out",
    metavar="EPISODE",
    multiple=True,
    help="Leave out this reference run: something else happened in one of its runs. Repeatable.",
)
@click.option(
    "--an-hour",
    type=float,
    metavar="NUMBER",
    default=1.0,
    callback=_within_reason,
    help="Motions with a false label an hour that all rules with a size may have, as fitted and "
    "added up over the rules; default: 1.",
)
@click.option(
    "--params",
    "as_params",
    is_flag=True,
    help="Print what replaces `labels` in params.yaml, and nothing else.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    context: click.Context,
    dataset: str,
    left_out: tuple[str, ...],
    an_hour: float,
    as_params: bool,
    as_json: bool,
) -> None:
    """Say which labels a DATASET's robot has against itself, and which thresholds allow few.

    Further runs of calibration and validation that had the same commands are labelled as
    predictions of the reference runs. What they show is false, unless the robot did something
    else in one run. Thresholds on the size of a label are proposed by the tail of the sizes seen.
    """
    from bench.io.documents import dump
    from bench.scoring.false_labels import false_labels

    if as_params and as_json:
        raise click.UsageError("--params and --json exclude each other")
    place = workspace(context)
    with bar("further runs", "runs") as told:
        document = false_labels(place, place.dataset(dataset), an_hour, told, left_out)
    if as_json:
        click.echo(dump(document), nl=False)
        return
    used = place.params().get("labels", {})
    if as_params:
        click.echo(_params(document, used), nl=False)
    else:
        _print(document)


def _print(document: Document) -> None:
    from bench.scoring.false_labels import LOWER

    runs, hours, labels = document["runs"], document["hours"], document["labels"]
    counted = "1 further run" if runs == 1 else f"{runs} further runs"
    found = "1 label" if len(labels) == 1 else f"{len(labels) or 'no'} labels"
    parts = " and ".join(document["parts"])
    print_sentence(
        f"{document['dataset']}: {counted} of {parts}, {hours:.3f} h: {found}", hanging=2
    )
    for label in labels:
        print_sentence(_told(label), indent=2, hanging=4)
    click.echo()
    for line in columns([_row(rule) for rule in document["rules"]]):
        click.echo(line)
    click.echo()
    print_sentence(COLUMNS.format(lower=LOWER))
    together = document["together"]
    for what, prefix in (("With these thresholds", ""), ("With those proposed", "proposed_")):
        fitted, averaged = (together[prefix + key] for key in ("fitted", "averaged"))
        if fitted is not None:
            told = f"{fitted:.2f} as fitted, {averaged:.2f} on average"
            print_sentence(f"{what} the rules have, added up: {told}.")
    if together["fitted"] is None:
        print_sentence(NOTHING)
    if hours * document["an_hour"] < LITTLE:
        print_sentence(f"{hours:.3f} h are little: what is expected of an hour is hardly known.")
    if labels:
        print_sentence(LOOK)


def _told(label: Document) -> str:
    from bench.publish.explain.sentences import how_strong, span, what

    where = f"{label['episode']} by {label['run']}, {span(label['interval'])}"
    strong = how_strong(label["strength"])
    told = f"{what(label['label'], label['numbers'])}{f'; {strong}' if strong else ''}"
    return f"{label['label']}: {where}, {', '.join(label['joints'])}: {told}"


def _row(rule: Document) -> dict[str, object]:
    def shown(key: str, digits: str) -> object:
        return None if rule[key] is None else format(rule[key], digits)

    unit = "" if rule["unit"] == "1" else f" {rule['unit']}"
    return {
        "rule": rule["rule"],
        "threshold": f"{rule['threshold']} {rule['value']:g}{unit}",
        "motions": rule["motions"],
        "largest": shown("largest", ".2g"),
        "an hour": shown("fitted", ".2f"),
        "on average": shown("averaged", ".2f"),
        "proposed": shown("proposed", "g"),
    }


def _params(document: Document, used: Mapping[str, Mapping[str, float]]) -> str:
    """All of `labels` in params.yaml: what it has, and what is proposed."""
    import yaml

    labels = {rule: dict(settings) for rule, settings in used.items()}
    for rule in document["rules"]:
        if rule["proposed"] is not None:
            labels.setdefault(rule["rule"], {})[rule["threshold"]] = rule["proposed"]
    text: str = yaml.safe_dump({"labels": labels}, default_flow_style=None, sort_keys=False)
    return text
