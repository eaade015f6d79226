"""What is noted of a run: when, where, with which versions."""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.leaderboard.recording import Run

PACKAGES = ("numpy", "zarr", "h5py", "jsonschema")


def run_clock() -> Callable[[Path], Run]:
    """Start the clock; the function that comes back stops it and makes the record."""
    started, begin = datetime.now(UTC), time.perf_counter()

    def stop(source: Path) -> Run:
        return Run(
            started=started.isoformat(timespec="seconds"),
            seconds=round(time.perf_counter() - begin, 3),
            host=platform.node(),
            python=platform.python_version(),
            packages={name: importlib.metadata.version(name) for name in PACKAGES},
            source=str(source),
        )

    return stop
