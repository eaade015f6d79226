"""What somebody else's `entry.json` may be, handed to `pack`."""

from __future__ import annotations

import os
from pathlib import Path


def pipe(description: Path) -> None:
    description.unlink()
    os.mkfifo(description)


def link_to_an_endless_device(description: Path) -> None:
    description.unlink()
    description.symlink_to("/dev/zero")


def hole_of_a_terabyte(description: Path) -> None:
    with description.open("r+b") as file:
        file.truncate(2**40)
