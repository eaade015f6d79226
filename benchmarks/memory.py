"""Peak memory of scoring as the data grow, beside the usual way.

    python benchmarks/memory.py                        # prints a Markdown table; two minutes
    python benchmarks/memory.py --episodes 2 --times 1 3
    python benchmarks/memory.py --write                # and puts it into docs/benchmarks.md

Each figure is a process of its own: the verb `twinbench score` with all it does (checks of the
entry, hashes of truth and entry, scores, errors of every row), by itself and with workers; the
usual way (`benchmarks/usual.py`, SciPy for evo), episode by episode and all episodes at once. What
is stated is the high-water mark of resident memory that the system keeps of a process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import bimanual, checkout, usual
from benchmarks.measure import arguments, cores, publish, table, versions

SCORE = "from bench.cli import main; main()"
USUAL = "import sys; from benchmarks import memory; memory.run_usual(*sys.argv[1:])"
USUAL_EPISODES = 200
"""Episodes up to which the usual way is measured: all at once it takes gigabytes."""
POLL = 0.02
"""s between two looks at the processes; a mark only rises, so no peak is missed in between."""


def run_usual(robot: str, truth: str, entry: str, how: str) -> None:
    """Score both folders: `each` episode by itself, or `all` at once."""
    import torch

    torch.set_num_threads(1)  # the memory is the same, and cores that are busy cost less time
    arms = usual.arm_columns(bimanual.robot(robot))
    if how == "each":
        usual.score(Path(truth), Path(entry), arms, usual.with_scipy)
        return
    whole = [
        [usual.read_file(path) for path in sorted(Path(folder).iterdir())]
        for folder in (truth, entry)
    ]
    joined = [{n: np.concatenate([e[n] for e in es]) for n in es[0]} for es in whole]
    for each in joined:
        each["time"] = np.arange(len(each["time"])) / bimanual.RATE
    usual.score_episode(joined[0], joined[1], arms, usual.with_scipy)


def peaks(command: Sequence[str], folder: Path) -> list[float]:
    """High-water marks in MB of the process of a command, first, and of all that it starts.

    Raises:
        RuntimeError: the command fails.
    """
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    found: dict[int, float] = {process.pid: 0.0}
    while process.poll() is None:
        for pid in [*found, *_children(found)]:
            mark = _mark(pid)
            found[pid] = max(found.get(pid, 0.0), mark)
        time.sleep(POLL)
    if process.returncode:
        raise RuntimeError(f"exit status {process.returncode} of {' '.join(command)}")
    return list(found.values())


def _children(pids: Sequence[int] | dict[int, float]) -> list[int]:
    found: list[int] = []
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                found += [int(word) for word in task.read_text().split()]
            except OSError:
                continue  # it has ended
    return found


def _mark(pid: int) -> float:
    """The high-water mark in MB; 0 of a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    marks = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return float(marks[0]) / 1024 if marks else 0.0


def marks(folder: Path, robot: str, files: Path, episodes: int) -> list[str]:
    """One line: each way on the data of a folder."""
    score = [sys.executable, "-c", SCORE, "score", checkout.DATASET, checkout.ENTRY, "--quiet"]
    theirs = [sys.executable, "-c", USUAL, robot, str(files / "truth"), str(files / "entry")]
    alone = peaks(score, folder)
    pool = peaks([*score, "--workers", str(cores())], folder)
    hows = ("each", "all") if episodes <= USUAL_EPISODES else ()
    usual_peaks = [f"{peaks([*theirs, how], folder)[0]:.0f}" for how in hows] or ["", ""]
    workers = sorted(pool[1:], reverse=True)[: cores()]
    return [
        f"{alone[0]:.0f}",
        " + ".join(f"{mark:.0f}" for mark in (pool[0], *workers)),
        *usual_peaks,
    ]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--episodes", type=int, default=10, help="of 30 s; once the data")
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--robot", default="", help="default: the first with two arms")
    chosen = parser.parse_args()
    robot = bimanual.robot(chosen.robot)
    lines = []
    for times in chosen.times:
        size = bimanual.Size(times * chosen.episodes)
        pair = bimanual.make(robot, size, chosen.seed)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            checkout.make(folder, robot, pair)
            (folder / "files").mkdir()
            usual.write_files(folder / "files" / "truth", pair.reference)
            usual.write_files(folder / "files" / "entry", pair.prediction)
            del pair
            found = marks(folder, robot.name, folder / "files", size.episodes)
        lines.append([f"{times}", f"{size.episodes:,}", f"{size.rows:,}", *found])
    head = ["times the data", "episodes", "rows", "`twinbench score`, MB"]
    head += [f"with --workers {cores()}: its own and theirs, MB"]
    head += ["usual way, MB", "usual way, all at once, MB"]
    about = (
        f"{robot.name}, {len(robot.joint_names)} joints, 50 Hz. High-water marks of resident "
        f"memory. {versions('numpy', 'zarr', 'torch', 'pytorch-kinematics')}."
    )
    publish("memory", [table(head, lines), about], chosen.write)


if __name__ == "__main__":
    main()
