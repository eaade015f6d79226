"""The option `--workers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def workers_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option to a verb that scores."""
    return click.option(
        "--workers",
        type=click.IntRange(1, 256),
        default=1,
        show_default=True,
        help="Processes that score blocks of episodes; the numbers are the same for any.",
    )(function)
