"""Rows whose command gives the measurement away.

Some controllers log as the command what they have just measured, for instance while the arm
rests; some data sets take the next measured state as the action. Who is shown such a command is
shown the answer. Two rules find such rows, in each part of the robot by itself: whole chains that
copy to the last digit, however briefly (`bench.datasets.exact_copies`), and chains and single
joints that copy to within a resolution, or late or early, for long (`bench.datasets.near_copies`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.datasets.exact_copies import exact_copies
from bench.datasets.layout import Layout
from bench.datasets.near_copies import near_copies

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def revealed_rows(time: Floats, command: Floats, q: Floats, layout: Layout) -> Flags:
    """The rows of one recording whose command gives the measurement away, in any part.

    Args:
        time: (N,) s, rising.
        command: (N, J) in the joints' units.
        q: (N, J) measured positions, in the same units.
        layout: the arms and the noise of the J joints.

    Returns:
        (N,) true where it does.
    """
    revealed = np.zeros(len(time), dtype=np.bool_)
    for chain in layout.chains:
        if len(chain) > 1:
            joints = list(chain)
            own, measured, noise = command[:, joints], q[:, joints], layout.noise[joints]
            revealed |= exact_copies(time, own, measured, noise)
    return revealed | near_copies(command, q, layout, revealed)
