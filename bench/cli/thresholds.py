"""`twinbench thresholds`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bench.cli.columns import columns
from bench.cli.main import printable, workspace
from bench.cli.progress import bar

if TYPE_CHECKING:
    from bench.io.documents import Document


@click.command()
@click.argument("dataset")
@click.option(
    "--an-hour",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    help="False labels an hour that all rules with a size may have together; default: 1.",
)
@click.option("--params", "as_params", is_flag=True, help="Print the lines for params.yaml alone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    context: click.Context, dataset: str, an_hour: float, as_params: bool, as_json: bool
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
    with bar("further runs", "pairs") as told:
        document = false_labels(place, place.dataset(dataset), an_hour, told)
    if as_json:
        click.echo(dump(document), nl=False)
        return
    for line in _params(document) if as_params else _lines(document):
        click.echo(printable(line))


def _lines(document: Document) -> Iterator[str]:
    pairs, hours, labels = document["pairs"], document["hours"], document["labels"]
    runs = "1 further run" if pairs == 1 else f"{pairs} further runs"
    yield f"{document['dataset']}: {runs} of calibration and validation, {hours:.3f} h: " + (
        f"{len(labels)} label(s)" if labels else "no label"
    )
    for label in labels:
        first, last = label["interval"]
        where = f"{label['episode']} by {label['run']}, {first:.2f} to {last:.2f} s"
        yield f"  {label['name']}: {where}, {', '.join(label['joints'])}"
    yield ""
    yield from columns([_row(rule) for rule in document["rules"]])
    yield ""
    yield "seen: labels at a fiftieth of the threshold. an hour: how many to expect at the"
    yield "threshold, as fitted to the sizes seen, and on average over what their tail may be."
    together = document["together"]
    for what, prefix in (("with these thresholds", ""), ("with those proposed", "proposed_")):
        fitted, averaged = (together[prefix + key] for key in ("fitted", "averaged"))
        yield f"All rules an hour {what}: {fitted:.2f} as fitted, {averaged:.2f} on average"
    if labels:
        yield "Look at every label above: it is false unless the robot itself did something else."


def _row(rule: Document) -> dict[str, object]:
    def shown(key: str, digits: str) -> object:
        return None if rule[key] is None else format(rule[key], digits)

    return {
        "rule": rule["rule"],
        "threshold": f"{rule['threshold']} {rule['value']:g} {rule['unit']}",
        "seen": rule["found"],
        "largest": shown("largest", ".2g"),
        "an hour": shown("fitted", ".2f"),
        "on average": shown("averaged", ".2f"),
        "proposed": None if rule["proposed"] is None else f"{_raised(rule['proposed']):g}",
    }


def _params(document: Document) -> Iterator[str]:
    proposed = [rule for rule in document["rules"] if rule["proposed"] is not None]
    yield "labels:" if proposed else "labels: {}"
    for rule in proposed:
        yield f"  {rule['rule']}: {{{rule['threshold']}: {_raised(rule['proposed']):g}}}"


def _raised(value: float) -> float:
    """The next higher number of two digits."""
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / step - 1e-9) * step:.9g}")
