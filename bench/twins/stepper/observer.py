"""How a simulated twin corrects itself: position, velocity, and a lasting error of its servos.

A twin whose servos rest elsewhere than the robot's would fall back there as soon as corrections
stop. So the observer also estimates, joint by joint, what has to be added to the command; it is
the integral of the corrections, and stays in a copy that looks ahead.
"""

from __future__ import annotations

import math

import numpy as np

from bench.formulas.rolling_origin import ROUNDING, last_velocity
from bench.io.stepper import Floats

POSITION_TIME = 0.09
"""s in which a difference of positions falls to a third."""
BIAS_GAIN = 0.1
"""Share of each correction that is added to the command from then on; chosen on calibration."""
WINDOW = 0.1
"""s of measurements that give the velocity."""


class Observer:
    """What the observer keeps of the past.

    Attributes:
        bias: (J,) what is added to the command, in the units of the log.
    """

    def __init__(self, bias: Floats, time: Floats, measured: Floats) -> None:
        """Go on from these measurements, (N,) s and (N, J)."""
        self.bias, self._time, self._measured = bias, time, measured

    @classmethod
    def of(cls, joints: int) -> Observer:
        """One that has seen nothing."""
        return cls(np.zeros(joints), np.zeros(0), np.zeros((0, joints)))

    def correct(self, time: float, predicted: Floats, measured: Floats) -> tuple[Floats, Floats]:
        """Positions and velocities (J,) after a measurement.

        Args:
            time: s, of the measurement.
            predicted: (J,) positions before it.
            measured: (J,).
        """
        since = time - self._time[-1] if len(self._time) else time
        kept = self._time >= time - WINDOW - ROUNDING
        self._time = np.append(self._time[kept], time)
        self._measured = np.concatenate([self._measured[kept], measured[np.newaxis]])
        correction = (1 - math.exp(-since / POSITION_TIME)) * (measured - predicted)
        self.bias = self.bias + BIAS_GAIN * correction
        return predicted + correction, last_velocity(self._time, self._measured)

    def copy(self) -> Observer:
        """A copy; arrays are replaced and never written to."""
        return Observer(self.bias, self._time, self._measured)
