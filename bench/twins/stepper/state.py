"""What a twin must be able to do to be stepped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from bench.io.stepper import Floats, Reset, Rows
from bench.twins.twin import Twin


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


@dataclass(frozen=True)
class Steppable:
    """A kind of twin that can be stepped.

    Attributes:
        kind: name of the kind.
        open: makes the function that begins an episode, of a twin and its robot's folder.
    """

    kind: str
    open: Callable[[Twin, Path], Begin]
