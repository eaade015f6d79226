"""The kinds of twin: one line each."""

from __future__ import annotations

import importlib

from bench.io.problems import UnknownNameError
from bench.twins.twin import Kind

KINDS = {
    "echo": "bench.twins.echo",
    "regression": "bench.twins.regression",
    "mujoco": "bench.twins.simulation.kind",
    "servo": "bench.twins.servo",
    "sysid": "bench.twins.sysid",
    "calibrated": "bench.twins.identification.kind",
}


def kind(name: str) -> Kind:
    """The kind of that name; its module is imported now.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in KINDS:
        raise UnknownNameError("twin kind", name, sorted(KINDS))
    found: Kind = importlib.import_module(KINDS[name]).KIND
    return found
