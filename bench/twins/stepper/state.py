"""What a twin must be able to do to be stepped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Self

from bench.io.stepper import Floats, Reset, Rows


class State(Protocol):
    """A twin in the middle of an episode. Positions are in the units of the log."""

    def advance(self, rows: Rows) -> Floats:
        """Go on to each row in turn; the positions (N, J) there."""

    def move(self, q: Floats, dq: Floats) -> None:
        """Take the positions (J,) and velocities (J,); what else the state holds stays."""

    def observe(self, q: Floats) -> Floats:
        """Correct in its own way by measured positions (J,); the positions after it."""

    def copy(self) -> Self:
        """A copy; neither changes with the other."""


Begin = Callable[[Reset], State]
"""Makes the state of an episode's first row."""
