"""The store has the signals of an entry, in their units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.entries.check import STORE, Check, CheckInput, listed
from bench.io.problems import Problem
from bench.io.store import StoreInfo

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


def _units(info: StoreInfo) -> list[tuple[str, ...]]:
    """One unit for each joint, or a single one that all joints have."""
    return [info.units, *([info.units[:1]] if len(set(info.units)) == 1 else [])]


CHECK = Check("signals", "the store has time and q, in their units", CODES, run)
