"""The delayed command as a stepper: a correction shifts it to where the robot was measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.formulas.interpolation import at_times
from bench.io.stepper import Floats, Reset, Rows
from bench.twins.stepper.history import History
from bench.twins.stepper.state import Begin
from bench.twins.twin import Twin


class Echo:
    """The command as it was `delay` ago, linear between rows, plus a shift.

    Its own correction is that of a log: the last residual is added to all that follows.
    """

    def __init__(self, history: History, delay: float, shift: Floats) -> None:
        """Begin with the first command, shifted."""
        self._history, self._delay, self._shift = history, delay, shift

    def advance(self, rows: Rows) -> Floats:
        """The delayed commands at the rows."""
        self._history.extend(rows)
        echoed = self._echoed(rows.time)
        self._history.forget(rows.time[-1] - self._delay)
        positions: Floats = echoed + self._shift
        return positions

    def move(self, q: Floats, dq: Floats) -> None:  # noqa: ARG002
        """Shift the echo; it has no velocity of its own."""
        self._shift = q - self._echoed(self._history.time[-1:])[0]

    def observe(self, q: Floats) -> Floats:
        """Shift the echo to the measured positions."""
        self.move(q, np.zeros_like(q))
        return q

    def copy(self) -> Echo:
        """A copy."""
        return Echo(self._history.copy(), self._delay, self._shift)

    def _echoed(self, time: Floats) -> Floats:
        history = self._history
        return at_times(time - self._delay, history.time, history.command)


def begin_of(twin: Twin, _folder: Path) -> Begin:
    """What begins episodes of a twin of the kind `echo`."""
    offsets = {p.name.removesuffix(".offset"): p.value for p in twin.parameters if "." in p.name}
    delay = twin.value("delay")

    def begin(reset: Reset) -> Echo:
        shift = np.array([offsets.get(name, 0.0) for name in reset.joints])
        return Echo(History.of(reset), delay, shift)

    return begin
