"""Bodies that an episode moves about: where they are on the robot's side and in the entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bodies:
    """Positions of B bodies and of the tool of each of A arms, on the reference's clock.

    Attributes:
        names: of the bodies.
        reference: (N, B, 3) m, where the bodies were.
        predicted: (N, B, 3) m, where they are in the entry.
        tool_reference: (N, A, 3) m, where the tools were.
        tool_predicted: (N, A, 3) m, where they are in the entry.
    """

    names: tuple[str, ...]
    reference: Floats
    predicted: Floats
    tool_reference: Floats
    tool_predicted: Floats
