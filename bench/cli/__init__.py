"""The command `twinbench`: one module a verb, arguments in, calls, text or JSON out."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; an interrupt while it still starts ends like any other."""
    try:
        from bench.cli.main import run
    except KeyboardInterrupt:
        sys.exit(130)
    run()
