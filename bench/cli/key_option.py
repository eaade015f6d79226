"""The key that opens sealed holdouts: from a file, or from the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bench.datasets.sealing.keys import SecretKey

VARIABLE = "TWINBENCH_KEY"


def take_from_environment(context: click.Context) -> None:
    """Keep the key of the environment for this command, and from every process that it starts."""
    context.meta[VARIABLE] = os.environ.pop(VARIABLE, None)


def key_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option `--key` to a verb that opens a sealed holdout."""
    return click.option(
        "--key",
        "key_file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="File with an organiser's secret key, for a sealed holdout; "
        f"default: the key itself in {VARIABLE}.",
    )(function)


def given_key(context: click.Context, file: Path | None) -> SecretKey | None:
    """The key of `--key`, else that of the environment, else none.

    Raises:
        ProblemsError: what is given is no key.
    """
    text: str = context.meta.get(VARIABLE) or ""
    if file is None and not text:
        return None
    from bench.datasets.sealing.keys import parse_secret_key, read_secret_key

    return parse_secret_key(text, VARIABLE) if file is None else read_secret_key(file)
