"""The kinds of twin that can be stepped: one line each."""

from __future__ import annotations

import importlib
from pathlib import Path

from bench.io.problems import Problem, ProblemsError
from bench.twins.stepper.state import Begin
from bench.twins.twin import Twin

STEPPABLE = {
    "echo": "bench.twins.stepper.echo",
    "mujoco": "bench.twins.stepper.simulated",
    "sysid": "bench.twins.stepper.simulated",
    "calibrated": "bench.twins.stepper.simulated",
}


def begin_of(twin: Twin, folder: Path) -> Begin:
    """What begins episodes of a twin; the module that steps it is imported now.

    Args:
        twin: the twin.
        folder: its robot's.

    Raises:
        ProblemsError: nothing steps twins of this kind.
    """
    if twin.kind not in STEPPABLE:
        expected = f"one of the kinds {', '.join(STEPPABLE)}"
        raise ProblemsError([Problem("no_stepper", f"twin {twin.name}", expected, twin.kind)])
    begin: Begin = importlib.import_module(STEPPABLE[twin.kind]).begin_of(twin, folder)
    return begin
