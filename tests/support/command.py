"""Running the command as a user does: a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

START = [sys.executable, "-c", "from bench.cli import main; main()"]


def twinbench(root: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `twinbench WORDS` in the checkout at `root`."""
    return subprocess.run(
        [*START, *map(str, words)], cwd=root, capture_output=True, text=True, check=False
    )
