"""The option `--entry`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def entry_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option to a verb that takes a result and reads its entry, as `folder`."""
    return click.option(
        "--entry",
        "folder",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help="Folder of the entry; default: where the pipeline or `submit` puts it.",
    )(function)
