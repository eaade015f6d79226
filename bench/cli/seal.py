"""`twinbench seal`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import printable, workspace


@click.command()
@click.argument("dataset")
@click.option(
    "--to",
    "key_files",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    required=True,
    help="File with the public key of an organiser; repeatable.",
)
@click.option(
    "--remove-truth",
    is_flag=True,
    help="Remove holdout_truth.zarr and all.zarr of the dataset once the truth is sealed.",
)
@click.option("--overwrite", is_flag=True, help="Seal anew what is sealed already.")
@click.pass_context
def command(
    context: click.Context,
    dataset: str,
    key_files: tuple[Path, ...],
    remove_truth: bool,
    overwrite: bool,
) -> None:
    """Encrypt the truth of a dataset's holdout for its organisers.

    Writes truth.sealed and sealed.json, which says what is committed to and who can open it.
    """
    from bench.datasets.sealing.keys import read_public_key
    from bench.datasets.sealing.seal import seal

    place = workspace(context)
    keys = [read_public_key(file) for file in key_files]
    done = seal(place.dataset(dataset), keys, remove_truth=remove_truth, overwrite=overwrite)
    document = done.document
    click.echo(f"{dataset}: {document['size']} bytes in {place.relative(done.place)}")
    click.echo(f"{dataset}: holdout {document['root'][:12]}, SHA-256 {document['sha256'][:12]}")
    for one in document["organisers"]:
        line = f"{dataset}: can be opened by {one['name']} ({one['contact']}), key {one['id'][:16]}"
        click.echo(printable(line))
    for path in done.open_places:
        click.echo(f"{dataset}: still in the open: {path.relative_to(place.root)}", err=True)
