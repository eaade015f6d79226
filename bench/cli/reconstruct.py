"""`twinbench reconstruct`."""

from __future__ import annotations

import click

from bench.cli.main import workspace
from bench.cli.progress import bar


@click.command()
@click.argument("dataset")
@click.argument("entry")
@click.pass_context
def command(context: click.Context, dataset: str, entry: str) -> None:
    """Fit the twin ENTRY of params.yaml to a dataset's calibration episodes.

    Writes twin.json and provenance.json. Reads calibration and validation, never the holdout.
    """
    from bench.twins.reconstruct import reconstruct

    with bar(f"reconstruct {entry}") as progress:
        provenance = reconstruct(workspace(context), dataset, entry, progress)
    errors = {name: value for name, value in provenance["errors"].items() if value is not None}
    shown = ", ".join(f"{name} {1000 * value:.2f} mrad" for name, value in errors.items())
    click.echo(f"{dataset} {entry}: {len(provenance['parameters'])} parameters, {shown}")
