"""An interrupt while a store is being written leaves nothing that still writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys, threading, _thread
from pathlib import Path
import numpy as np
from bench.io.atomic import Transaction
from bench.io.zarr_writes import settled
import zarr

threading.Timer(float(sys.argv[2]), _thread.interrupt_main).start()
try:
    with Transaction() as transaction:
        folder = transaction.folder(Path(sys.argv[1]) / "store.zarr")
        group = zarr.create_group(store=folder, zarr_format=3)
        array = group.create_array("q", shape=(400, 50_000), dtype="float64", chunks=(1, 50_000))
        with settled():
            while True:
                array[...] = np.random.default_rng(0).normal(size=(400, 50_000))
except KeyboardInterrupt:
    pass
"""


def test_nothing_is_left_after_an_interrupt(tmp_path: Path) -> None:
    for delay in ("1.0", "1.4"):
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path), delay],
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stderr == ""
        assert list(tmp_path.iterdir()) == []
