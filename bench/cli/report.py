"""`twinbench report`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import workspace
from bench.cli.outputs import check_output
from bench.cli.progress import bar


@click.command()
@click.argument("result")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to write; default: data/reports/DATASET/ENTRY, which is replaced.",
)
@click.option("--episode", "episodes", multiple=True, help="Also draw this episode; repeatable.")
@click.option(
    "--worst",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Draw so many of the worst episodes.",
)
@click.option("--overwrite", is_flag=True, help="Replace the folder that -o names.")
@click.pass_context
def command(
    context: click.Context,
    result: str,
    output: Path | None,
    episodes: tuple[str, ...],
    worst: int,
    overwrite: bool,
) -> None:
    """Draw a RESULT: one page, and its figures as PNG.

    RESULT is a result file, or DATASET/ENTRY for the one on that leaderboard.
    """
    from bench.publish.report.report import PAGE, chosen, write_report
    from bench.publish.report.sources import load_result

    place = workspace(context)
    document = load_result(place, result)
    name, dataset = document["entry"]["name"], document["dataset"]["name"]
    drawn = chosen(document, episodes, worst)
    folder = output or place.root / "data" / "reports" / dataset / name
    own = (PAGE, "*.png")
    check_output(folder, folder=True, overwrite=overwrite or output is None, own=own)
    with bar(f"report {dataset} {name}", "parts") as progress:
        write_report(place, document, folder, drawn, progress)
    click.echo(f"{dataset} {name}: {folder / PAGE}")
