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
    from bench.entries.checking import holdout_of
    from bench.entries.entry import write_entry
    from bench.entries.packing.pack import pack
    from bench.entries.validation import check_entry
    from bench.io.documents import read_document

    check_output(output, folder=True, overwrite=overwrite, source=source)
    document = read_document(description, "entry")
    place = workspace(context)
    holdout = holdout_of(place, place.dataset(document["dataset"]))
    with bar("pack") as progress:
        packed = pack(source, form, holdout.inputs, document, scored=holdout.scored)
        progress(1, 1)
    for note in packed.notes:
        click.echo(printable(note))
    entry = check_entry(
        document,
        packed.episodes,
        {},
        inputs=holdout.inputs,
        lock=holdout.lock,
        scored=holdout.scored,
        continuous=holdout.continuous,
    )
    write_entry(output, document, entry.episodes)
    click.echo(f"{len(packed.episodes)} episodes from {packed.format} in {output}")
    click.echo(f"next: twinbench submit {output}")
