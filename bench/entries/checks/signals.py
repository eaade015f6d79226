"""The store has the signals of an entry, in their units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from bench.entries.check import STORE, Check, CheckInput, listed
from bench.io.problems import Problem
from bench.io.store import Episodes
from bench.io.store_info import MAX_SAMPLES, StoreInfo
from bench.io.stored import StoredSignals

SIGNALS = ("time", "q", "samples", "q_command", "failed_at")
REQUIRED = ("time", "q")

CODES = {
    "missing_signal": "the store lacks time or q",
    "unknown_signal": "the store has a signal that no entry has",
    "signal_unit": "a signal's unit is not s (time, failed_at) or not that of its joints",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Look at what the store says of its signals."""
    return () if given.contents.info is None else signal_problems(given.contents.info)


def signal_problems(info: StoreInfo) -> Iterator[Problem]:
    """Signals and units that no entry has, whatever its holdout."""
    for name in REQUIRED:
        if name not in info.signals:
            yield Problem("missing_signal", STORE, f"the signal {name}", "none")
    for name in info.signals:
        if name not in SIGNALS:
            yield Problem("unknown_signal", STORE, "only " + ", ".join(SIGNALS), repr(name))
    for name in SIGNALS:
        units = info.signals.get(name)
        valid = [("s",)] if name in ("time", "failed_at") else _units(info)
        if units is not None and units not in valid:
            where = f"{STORE}: {name}"
            yield Problem("signal_unit", where, f"the unit {listed(valid[0])}", listed(units))


def shape_problems(episodes: Episodes) -> Iterator[Problem]:
    """Arrays in memory that do not have the form of an entry's signals."""
    if isinstance(episodes.signals, StoredSignals):
        return  # its shapes were checked when it was opened
    rows, joints, number = int(episodes.start[-1]), len(episodes.info.joints), len(episodes)
    forms = {"time": (rows,), "failed_at": (number,), "q": (rows, joints)}
    forms["q_command"] = forms["q"]
    for name, values in episodes.signals.items():
        shape = np.shape(values)
        if name == "samples":
            fits = len(shape) == 3 and (shape[0], shape[2]) == (rows, joints)
            if not fits or not 1 <= shape[1] <= MAX_SAMPLES:
                expected = f"shape ({rows}, 1 to {MAX_SAMPLES} executions, {joints})"
                yield Problem("shape", f"{STORE}: {name}", expected, f"{shape}")
        elif name in forms and shape != forms[name]:
            yield Problem("shape", f"{STORE}: {name}", f"shape {forms[name]}", f"{shape}")


def _units(info: StoreInfo) -> list[tuple[str, ...]]:
    """One unit for each joint, or a single one that all joints have."""
    return [info.units, *([info.units[:1]] if len(set(info.units)) == 1 else [])]


CHECK = Check("signals", "the store has time and q, in their units", CODES, run)
