"""The commands that still act: a delay makes some of them act later than they were given."""

from __future__ import annotations

import numpy as np

from bench.io.stepper import Floats, Reset, Rows


class History:
    """Rows of commands, the oldest that is needed first.

    Attributes:
        time: (N,) s.
        command: (N, J).
    """

    def __init__(self, time: Floats, command: Floats) -> None:
        """Keep the rows."""
        self.time, self.command = time, command

    @classmethod
    def of(cls, reset: Reset) -> History:
        """The first row of an episode."""
        return cls(np.array([reset.time]), reset.command[np.newaxis])

    def extend(self, rows: Rows) -> None:
        """Add rows; one at the time of the last replaces it."""
        if rows.time[0] <= self.time[-1] or (rows.time[1:] == rows.time[:-1]).any():
            # Of rows at one time the last is in force.
            last = np.append(rows.time[1:] > rows.time[:-1], True)
            rows = Rows(rows.time[last], rows.command[last])
            if rows.time[0] <= self.time[-1]:
                self.time, self.command = self.time[:-1], self.command[:-1]
        self.time = np.concatenate([self.time, rows.time])
        self.command = np.concatenate([self.command, rows.command])

    def held(self, time: Floats, delay: Floats) -> Floats:
        """The commands (M, J) in force at the times (M,) less each joint's delay (J,)."""
        if (delay == delay[0]).all():
            row = np.searchsorted(self.time, time - delay[0], side="right") - 1
            together: Floats = self.command[np.maximum(row, 0)]
            return together
        late = time[:, np.newaxis] - delay
        rows = np.searchsorted(self.time, late.ravel(), side="right").reshape(late.shape) - 1
        found: Floats = self.command[np.maximum(rows, 0), np.arange(len(delay))]
        return found

    def forget(self, before: float) -> None:
        """Drop the rows that no later time needs: all before the last one at or before `before`."""
        first = max(0, int(np.searchsorted(self.time, before, side="right")) - 1)
        self.time, self.command = self.time[first:], self.command[first:]

    def copy(self) -> History:
        """A copy; arrays are replaced and never written to."""
        return History(self.time, self.command)
