"""How long scoring takes, as ratios to what every Python process of this kind pays.

Run `python benchmarks/scoring.py [DATASET]` in a checkout whose pipeline has run. Each line is a
whole process, timed in turn with the baseline; the median of the ratios is stated.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

BASELINE = [sys.executable, "-c", "import numpy, zarr"]
COMMAND = [sys.executable, "-c", "from bench.cli import main; main()"]


def main() -> None:
    """Time help, validation and scoring of one entry against importing numpy and zarr alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", nargs="?", default=None, help="default: the largest ranked")
    parser.add_argument("--entry", default="delayed-echo")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    dataset = options.dataset or _largest()
    folder = Path("data/rollout") / dataset / options.entry
    cases = {
        "twinbench --help": [*COMMAND, "--help"],
        f"twinbench validate ({dataset})": [*COMMAND, "validate", str(folder)],
        f"twinbench score ({dataset})": [
            *COMMAND, "score", dataset, options.entry,
        ],
    }  # fmt: skip
    print("| process | median s | times importing numpy and zarr |")
    print("| --- | --- | --- |")
    for name, command in cases.items():
        own, base = _paired(command, options.runs)
        ratio = statistics.median(a / b for a, b in zip(own, base, strict=True))
        print(f"| {name} | {statistics.median(own):.2f} | {ratio:.2f} |")
    print(f"| import numpy, zarr | {statistics.median(base):.2f} | 1 |")


def _largest() -> str:
    ready = [path.name for path in Path("data/rollout").iterdir()]
    return "so101-sage" if "so101-sage" in ready else ready[0]


def _paired(command: list[str], runs: int) -> tuple[list[float], list[float]]:
    own, base = [], []
    for _ in range(runs):
        own.append(_seconds(command))
        base.append(_seconds(BASELINE))
    return own, base


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
