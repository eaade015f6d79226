"""`twinbench export`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import workspace
from bench.cli.outputs import check_output, output_option
from bench.cli.progress import bar


@click.command()
@click.argument("dataset")
@click.option(
    "--part",
    default="calibration",
    show_default=True,
    help="calibration, validation or holdout_inputs; the truth is not exported.",
)
@click.option("--format", "form", default="csv", show_default=True, help="csv or hdf5.")
@output_option("Folder (csv) or file (hdf5) to write.")
@click.pass_context
def command(
    context: click.Context, dataset: str, part: str, form: str, output: Path, overwrite: bool
) -> None:
    """Write the episodes of one open part as a folder of CSV files or as one HDF5 file."""
    from bench.publish.exports import export, is_folder
    from bench.publish.listing import part_store

    episodes = part_store(workspace(context).dataset(dataset), part).load()
    check_output(output, folder=is_folder(form), overwrite=overwrite, own=("*.csv",))
    with bar(f"export {part}", "episodes") as progress:
        export(form, output, episodes, progress)
    click.echo(f"{dataset} {part}: {len(episodes)} episodes in {output}")
