"""`twinbench generate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.main import workspace
from bench.cli.progress import bar

if TYPE_CHECKING:
    from bench.io.documents import Document
    from bench.io.workspace import DatasetPaths

TRUE_PARAMETERS = "true_parameters.json"


@click.command()
@click.argument("dataset")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; default: the dataset's own counts.npz.",
)
@click.option(
    "--seed-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with a secret seed in hexadecimal, at least 128 bits, for a holdout to be sealed.",
)
@click.pass_context
def command(
    context: click.Context, dataset: str, output: Path | None, seed_file: Path | None
) -> None:
    """Simulate the raw counts of a generated dataset.

    The counts are committed, so that the holdout is the same on every machine; this is how they
    were made. With a secret seed they go where git ignores them, and the seed is written nowhere.
    It needs the extra `sim`.
    """
    from bench.datasets.ingest import raw_folder
    from bench.datasets.readers.counts import write_counts
    from bench.twins.generate import generate

    place = workspace(context)
    paths = place.dataset(dataset)
    document = paths.document()
    seed = _public_seed(paths) if seed_file is None else _secret_seed(paths, document, seed_file)
    with bar(f"generate {dataset}", "runs") as progress:
        log = generate(place.robot_folder(document["robot"]), seed, progress)
    target = output or raw_folder(paths, document) / document["reader_settings"]["file"]
    write_counts(target, log)
    click.echo(f"{dataset}: {len(log.runs)} runs in {target}")


def _public_seed(paths: DatasetPaths) -> int:
    import json

    from bench.io.problems import Problem, ProblemsError

    truth = paths.folder / TRUE_PARAMETERS
    if not truth.exists():
        expected = f"a generated dataset, with {truth.name}"
        raise ProblemsError([Problem("not_generated", paths.name, expected, "none")])
    seed: int = json.loads(truth.read_text())["seed"]
    return seed


def _secret_seed(paths: DatasetPaths, document: Document, file: Path) -> bytes:
    """The seed of a file, for a dataset that gives it away nowhere."""
    from bench.datasets.sealing.seed import read_seed
    from bench.io.problems import Problem, ProblemsError

    problems = []
    if document["reader"] != "counts" or document["robot"] != "so101":
        expected, came = "counts of so101", f"{document['reader']} of {document['robot']}"
        problems.append(Problem("not_generated", paths.name, expected, came))
    if (paths.folder / TRUE_PARAMETERS).exists():
        expected = f"no {TRUE_PARAMETERS}, which names a seed that anyone may know"
        problems.append(Problem("public_seed", paths.name, expected, "one"))
    if document["raw"] == "committed":
        expected = 'raw "fetched": counts in data/raw, which git ignores'
        problems.append(Problem("raw_committed", f"{paths.name}: dataset.json", expected, "others"))
    if problems:
        raise ProblemsError(problems)
    return read_seed(file)
