"""Whole processes: start, validation and scoring of one entry, beside importing numpy and zarr.

    python benchmarks/processes.py                     # prints a Markdown table; half a minute
    python benchmarks/processes.py so101-sage --entry delayed-echo
    python benchmarks/processes.py --write             # and puts it into docs/benchmarks.md

Needs a checkout whose pipeline has run; the commands run in a copy of what they need, so that they
leave no result and no attempt behind.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.io.workspace import Workspace
from benchmarks.measure import arguments, in_turn, noise, publish, table

BASE = "import numpy, zarr"
COMMAND = (sys.executable, "-c", "from bench.cli import main; main()")
REPOSITORY = Path(__file__).parent.parent


def run(command: tuple[str, ...], folder: Path) -> None:
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)


def largest(place: Workspace) -> str:
    ready = [name for name in place.datasets() if place.dataset(name).rollout("").is_dir()]
    return "so101-sage" if "so101-sage" in ready else ready[0]


def copied(place: Workspace, dataset: str, entry: str, root: Path) -> Workspace:
    """A checkout at `root` with one dataset and one entry."""
    paths = place.dataset(dataset)
    parts = [paths.part(name) for name in ("holdout_inputs", "holdout_truth")]
    robot = place.robot_folder(paths.document()["robot"])
    for folder in (paths.folder, robot, *parts, paths.rollout(entry)):
        shutil.copytree(folder, root / place.relative(folder))
    shutil.copyfile(place.root / "params.yaml", root / "params.yaml")
    return Workspace(root)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("dataset", nargs="?", default=None, help="default: the largest ranked")
    parser.add_argument("--entry", default="delayed-echo")
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    checkout = Workspace(REPOSITORY)
    dataset = chosen.dataset or largest(checkout)
    commands = {
        "`twinbench --help`": (*COMMAND, "--help"),
        f"`twinbench validate` ({dataset})": (
            *COMMAND, "validate", f"data/rollout/{dataset}/{chosen.entry}",
        ),
        f"`twinbench score` ({dataset})": (*COMMAND, "score", dataset, chosen.entry, "--quiet"),
        BASE: (sys.executable, "-c", BASE),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        place = copied(checkout, dataset, chosen.entry, Path(name))
        ways = {key: functools.partial(run, one, place.root) for key, one in commands.items()}
        found = in_turn(ways, chosen.rounds)
    lines = [
        [name, f"{found.times[name].median:.2f}", str(found.ratio(name, BASE))] for name in ways
    ]
    head = ["process", "median, s", "times importing numpy and zarr"]
    publish("processes", [table(head, lines), noise([found])], chosen.write)


if __name__ == "__main__":
    main()
