"""A method of a lab's own: fits one delay to the calibration episodes.

Called as `fit_delay.py INPUT OUTPUT`. It imports nothing of twinbench: INPUT holds what it may
read, and OUTPUT gets `twin.json` and `provenance.json`.
"""

import json
import sys
from pathlib import Path

import numpy as np
import zarr

STEP = 0.001  # s


def main(given: Path, output: Path) -> None:
    """Fit, and write the two papers of the twin."""
    settings = json.loads((given / "settings.json").read_text())
    longest = settings["options"].get("longest_delay", 0.3)
    episodes = list(reference_runs(given))
    grid = np.arange(round(longest / STEP) + 1) * STEP
    errors = [np.mean([error(delay, *episode) for episode in episodes]) for delay in grid]
    delay = {
        "name": "delay",
        "value": round(float(grid[np.argmin(errors)]), 6),
        "unit": "s",
        "determined": "fitted",
        "source": "",
        "standard_error": None,
        "interval": None,
        "bounds": [0.0, longest],
        "prior": None,
        "prior_source": "",
    }
    twin = {
        "schema": "twinbench/twin/1",
        "name": settings["entry"],
        "kind": "echo",
        "robot": settings["robot"],
        "parameters": [delay],
        "residual_ranges": [],
        "settings": {},
    }
    # The record as far as twinbench knows it; what was fitted is still to be filled in.
    record = json.loads((given / "provenance.json").read_text())
    record["parameters"] = [delay]
    record["residual_ranges_missing"] = "one fit, no estimate of what is left"
    record["figures"] = {"candidates": len(grid)}
    (output / "twin.json").write_text(json.dumps(twin))
    (output / "provenance.json").write_text(json.dumps(record))


def reference_runs(given: Path):
    """Time (N,) s, commands and positions (N, K) rad of the scored joints, of each episode."""
    store = zarr.open_group(given / "calibration.zarr", mode="r")
    robot = json.loads((given / "robot" / "robot.json").read_text())
    scored = {j["name"] for arm in robot["arms"] for j in arm["joints"] if j["scored"]}
    columns = [i for i, j in enumerate(store.attrs["joints"]) if j["name"] in scored]
    start, time = store["start"][:], store["time"][:]
    command, q = store["q_command"][:][:, columns], store["q"][:][:, columns]
    known = store["q_command_valid"][:] if "q_command_valid" in store else np.ones(len(time), bool)
    for number, episode in enumerate(store.attrs["episodes"]):
        if episode["role"] == "reference":
            rows = slice(start[number], start[number + 1])
            yield time[rows], command[rows], q[rows], known[rows]


def error(delay, time, command, q, known) -> float:
    """Mean over joints of the root mean square error of the command after a delay, rad."""
    late = np.stack([np.interp(time - delay, time, column) for column in command.T], axis=1)
    return float(np.mean(np.sqrt(np.mean((late - q)[known] ** 2, axis=0))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
