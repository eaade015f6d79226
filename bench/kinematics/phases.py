"""Sines and cosines of whole blocks of angles, as complex phases of the half angles.

NumPy computes sine and cosine of float64 one value at a time (10 ns each, measured; 21 ns the
pair) where the processor has no AVX-512. The arithmetic below needs 8 ns for the pair, because
every step runs over the block at the processor's full width.

An angle comes in turns. Its fraction f in [-1/2, 1/2] is what is left after rounding to whole
turns; that may change the sign of the half phase, thus of a quaternion, never its rotation. Then
tan(π f / 2) = f N(f²) / D(f²) with the best N and D of degree 3 (Remez, 60 digits; relative error
2.4e-17), and with t = tan(π f / 2)

    cos(π f) = 2 / (1 + t²) - 1        sin(π f) = 2 t / (1 + t²)

The error is below 1e-15 and, from the rounding of the turns, below 4e-16 times the angle in rad.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_N = (1.5707963267948966557, -0.49720409205279861898, 0.026834692300227641647)
_N3 = -0.00017661695200526035753
_D = (1.0, -1.1389969893269876558, 0.14212854531065967604, -0.003131554872078861495)


def half_phases(
    turns: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    out: NDArray[np.complex128],
) -> None:
    """Write cos(π x) + i sin(π x), up to its sign, for x = `turns` into `out`.

    Args:
        turns: angles in turns; overwritten.
        first: work space of the same shape.
        second: work space of the same shape.
        out: the phases, of the same shape.
    """
    n0, n1, n2 = (coefficient / _N3 for coefficient in _N)
    d0, d1, d2, d3 = (coefficient / _N3 for coefficient in _D)
    fraction, square, quotient = turns, first, second
    np.rint(turns, out=square)
    fraction -= square
    np.multiply(fraction, fraction, out=square)
    np.multiply(square, d3, out=quotient)
    quotient += d2
    quotient *= square
    quotient += d1
    quotient *= square
    quotient += d0
    np.divide(fraction, quotient, out=quotient)
    tangent = fraction
    np.add(square, n2, out=tangent)
    tangent *= square
    tangent += n1
    tangent *= square
    tangent += n0
    tangent *= quotient
    np.multiply(tangent, tangent, out=square)
    square += 1.0
    np.divide(2.0, square, out=square)
    np.subtract(square, 1.0, out=out.real)
    np.multiply(square, tangent, out=out.imag)
