"""`twinbench pack`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import printable, workspace
from bench.cli.outputs import check_output, output_option
from bench.cli.progress import bar


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--entry",
    "description",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    required=True,
    help="The filled-in entry.json; `twinbench inputs` hands out a template.",
)
@click.option("--format", "form", help="csv, npz or hdf5; default: what SOURCE looks like.")
@output_option("Entry folder to write.")
@click.pass_context
def command(
    context: click.Context,
    source: Path,
    description: Path,
    form: str | None,
    output: Path,
    overwrite: bool,
) -> None:
    """Turn predicted trajectories into an entry.

    SOURCE is a folder with a CSV or NPZ file an episode, or an HDF5 file with a group an
    episode. With any problem nothing is written.
    """
    from bench.entries.check import STORE
    from bench.entries.entry import PAPERS
    from bench.entries.packing.into_entry import pack_entry

    own = ("entry.json", STORE, *(f"{kind}.json" for kind in PAPERS))
    check_output(output, folder=True, overwrite=overwrite, source=source, own=own)
    with bar("pack") as progress:
        packed = pack_entry(workspace(context), source, description, output, format_name=form)
        progress(1, 1)
    for note in packed.notes:
        click.echo(printable(note))
    click.echo(f"{len(packed.episodes)} episodes from {packed.format} in {output}")
    click.echo(f"next: twinbench submit {output}")
