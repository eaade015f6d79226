"""`twinbench keys`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import printable


@click.group()
def command() -> None:
    """Make the keys that holdouts are sealed to."""


@command.command("new")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", required=True, help="Who holds the key, as labs shall read it.")
@click.option("--contact", required=True, help="E-mail address or URL: where entries are sent.")
@click.option("--lab", help="Lab whose entries are those of a key holder, and will be marked.")
def new(file: Path, name: str, contact: str, lab: str | None) -> None:
    """Make a key pair: the secret key in FILE, for its owner alone, the public one in FILE.pub.

    Neither is ever replaced. Who loses the secret key cannot open what was sealed to it.
    """
    from bench.datasets.sealing.keys import write_new_keys

    public, beside = write_new_keys(file, name, contact, lab)
    click.echo(printable(f"{file}: the secret key {public.id[:16]} of {name}; give it to nobody"))
    click.echo(printable(f"{beside}: the public key; twinbench seal DATASET --to {beside}"))
