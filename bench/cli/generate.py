"""`twinbench generate`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import workspace
from bench.cli.progress import bar


@click.command()
@click.argument("dataset")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; default: the dataset's own counts.npz.",
)
@click.pass_context
def command(context: click.Context, dataset: str, output: Path | None) -> None:
    """Simulate the raw counts of a generated dataset.

    The counts are committed, so that the holdout is the same on every machine; this is how they
    were made. It needs the extra `sim`.
    """
    import json

    from bench.datasets.readers.counts import write_counts
    from bench.io.problems import Problem, ProblemsError
    from bench.twins.generate import generate

    place = workspace(context)
    paths = place.dataset(dataset)
    truth = paths.folder / "true_parameters.json"
    if not truth.exists():
        expected = f"a generated dataset, with {truth.name}"
        raise ProblemsError([Problem("not_generated", dataset, expected, "none")])
    document = paths.document()
    seed = json.loads(truth.read_text())["seed"]
    with bar(f"generate {dataset}", "runs") as progress:
        log = generate(place.robot_folder(document["robot"]), seed, progress)
    target = output or paths.folder / document["reader_settings"]["file"]
    write_counts(target, log)
    click.echo(f"{dataset}: {len(log.runs)} runs in {target}")
