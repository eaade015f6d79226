"""`twinbench fetch`."""

from __future__ import annotations

import math

import click

from bench.cli.main import workspace
from bench.cli.progress import byte_bar


@click.command()
@click.argument("dataset")
@click.option(
    "--mirror",
    envvar="TWINBENCH_MIRROR",
    show_envvar=True,
    help="Folder or URL with the same files as OWNER/REPO/COMMIT/PATH; default: upstream.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Files fetched at once.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds without a byte after which a connection is given up.",
)
@click.pass_context
def command(
    context: click.Context, dataset: str, mirror: str | None, workers: int, timeout: float
) -> None:
    """Get a dataset's recordings and verify every file.

    Files that are here and right are kept; what was cut off goes on where it stopped.
    """
    if not math.isfinite(timeout):
        raise click.UsageError(f"--timeout takes a number of seconds, not {timeout}")
    from bench.datasets.fetch import fetch
    from bench.io.documents import read_document
    from bench.io.problems import Problem, ProblemsError

    paths = workspace(context).dataset(dataset)
    if paths.document()["raw"] != "fetched":
        expected = "a dataset that is fetched"
        raise ProblemsError([Problem("not_fetched", dataset, expected, "one committed here")])
    source = read_document(paths.folder / "source.json", "source")
    try:
        with byte_bar(f"fetch {dataset}") as progress:
            report = fetch(
                source,
                paths.raw,
                mirror=mirror or None,
                workers=workers,
                timeout=timeout,
                progress=progress,
            )
    except ProblemsError:
        if not mirror:
            click.echo("upstream did not give all files; --mirror names another place", err=True)
        raise
    click.echo(
        f"{dataset}: {len(report.fetched)} files fetched, {len(report.kept)} kept, "
        f"from {mirror or 'upstream'}"
    )
    for extra in report.extra:
        click.echo(f"{dataset}: not listed in source.json, left alone: {extra}")
