"""What `make bench` runs: the DVC pipeline, then the leaderboards in the terminal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

EMBEDDED = "so101-synth"
RECORDED = ("so101-sage", "ur5-force")


def main() -> int:
    """Run the pipeline for the generated dataset, and for the recordings that are here."""
    here = [name for name in RECORDED if _is_here(name)]
    missing = [name for name in RECORDED if name not in here]
    status = 0
    for name in (EMBEDDED, *here):
        status = _board(name) or status
    if status == 0 and missing:
        stages = " ".join(f"rank@{name}" for name in missing)
        sys.stdout.write(
            f"\nReal recordings ({', '.join(missing)}) were left out. To get them from upstream "
            f"and rank on them:\n  .venv/bin/dvc repro {stages}\n"
            "or name a mirror of them: TWINBENCH_MIRROR=DIR make bench\n"
        )
    return status


def _is_here(name: str) -> bool:
    """Whether a dataset's recordings were fetched, or lie in the mirror that is named."""
    if any(Path("data", "raw", name).rglob("*.csv")):
        return True
    mirror = os.environ.get("TWINBENCH_MIRROR", "")
    if not mirror or "://" in mirror:
        return bool(mirror)
    source = json.loads(Path("datasets", name, "source.json").read_text(encoding="utf-8"))
    return all(Path(mirror, tree["repository"]).is_dir() for tree in source["trees"])


def _board(name: str) -> int:
    """Make one dataset's leaderboard and print it."""
    dvc, twinbench = (shutil.which(word) or word for word in ("dvc", "twinbench"))
    status = _run([dvc, "repro", f"rank@{name}"])
    if status:
        return status
    sys.stdout.write("\n")
    sys.stdout.flush()
    return _run([twinbench, "show", "leaderboard", name])


def _run(command: list[str]) -> int:
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
