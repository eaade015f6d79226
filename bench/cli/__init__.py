"""The command `twinbench`: one module a verb, arguments in, calls, text or JSON out."""

from bench.cli.main import main

__all__ = ["main"]
