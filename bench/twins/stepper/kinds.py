"""The kinds of twin that can be stepped: one line each."""

from __future__ import annotations

import importlib

from bench.io.problems import Problem, ProblemsError
from bench.twins.stepper.state import Steppable
from bench.twins.twin import Twin

STEPPABLE = {
    "echo": "bench.twins.stepper.echo",
    "mujoco": "bench.twins.stepper.simulated",
}


def steppable(twin: Twin) -> Steppable:
    """What steps twins of this kind; its module is imported now.

    Raises:
        ProblemsError: nothing does.
    """
    if twin.kind not in STEPPABLE:
        expected = f"one of the kinds {', '.join(STEPPABLE)}"
        raise ProblemsError([Problem("no_stepper", f"twin {twin.name}", expected, twin.kind)])
    found: Steppable = importlib.import_module(STEPPABLE[twin.kind]).STEPPABLE
    return found
