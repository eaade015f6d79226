"""One block of rows of a folded chain, evaluated in work space that is given.

The plane x, y is one complex number and z a real one, so a turn is one complex product. The
position is gathered from the tool to the base, the rotation (two complex numbers, see `chain`)
from the base to the tool; the phase of half the angle serves the rotation and its square the
position.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.kinematics.chain import Chain
from bench.kinematics.phases import half_phases

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class Reach:
    """What the turns of a chain give, without head and tail: z and x + iy, rotation a + b i."""

    lift: Array
    plane: Complex
    a: Complex
    b: Complex


class Space:
    """Work space of one thread for blocks of up to `rows` rows, and so many `results`.

    One allocation: a large one gets large pages, several smaller ones cost a page fault for every
    four kilobytes (measured: a third of the whole time at 100,000 rows).
    """

    def __init__(self, turns: int, rows: int, results: int) -> None:
        """Allocate it."""
        memory = np.empty((7 * turns + 4 + 7 * results, rows))

        def pairs(start: int, count: int) -> Complex:
            both = memory[start : start + 2 * count].reshape(count, 2 * rows)
            return both.view(np.complex128)

        self.angles = memory[: 3 * turns].reshape(3, turns, rows)
        self.half = pairs(3 * turns, turns)
        self.full = pairs(5 * turns, turns)
        self.spare = pairs(7 * turns, 2)
        ends = range(7 * turns + 4, len(memory), 7)
        self.results = tuple(Reach(memory[k], *pairs(k + 1, 3)) for k in ends)


def reach(chain: Chain, q: Array, space: Space, result: Reach) -> Reach:
    """Evaluate the turns for the rows `q`, into the beginning of the arrays of `result`."""
    n = len(q)
    half, full = space.half[:, :n], space.full[:, :n]
    angles, first, second = space.angles[:, :, :n]
    for i, turn in enumerate(chain.turns):
        np.multiply(q[:, turn.column], turn.gain, out=angles[i])
        angles[i] += turn.offset
        if turn.follows:
            angles[i] += angles[i - 1]
    half_phases(angles, first, second, half)
    np.multiply(half, half, out=full)
    part = Reach(result.lift[:n], result.plane[:n], result.a[:n], result.b[:n])
    _gather_position(chain, q, full, part, space.spare[:, :n])
    _gather_rotation(chain, half, part, space.spare[:, :n])
    return part


def _gather_position(chain: Chain, q: Array, full: Complex, out: Reach, spare: Complex) -> None:
    """From the tool to the base: turned(i) = phase(i) · (shift(i) + tilted turned(i + 1)).

    Turns about one axis add up in their phases, so nothing is turned twice there.
    """
    plane, lift = out.plane, out.lift
    last = len(chain.turns) - 1
    lift.fill(0.0)
    for i in range(last, -1, -1):
        turn, phase = chain.turns[i], full[i]
        if i == last:
            np.multiply(phase, turn.shift, out=plane)
        else:
            if not chain.turns[i + 1].follows:
                _tilt(plane, lift, turn.tilt, spare)
                plane *= phase
            np.multiply(phase, turn.shift, out=spare[0])
            plane += spare[0]
        for slide in turn.slides:
            np.multiply(q[:, slide.column], slide.shift, out=spare[0])
            spare[0] *= phase
            plane += spare[0]
    for slide in chain.slides:
        np.multiply(q[:, slide.column], slide.shift, out=spare[0])
        plane += spare[0]
        lift += q[:, slide.column] * slide.lift


def _tilt(plane: Complex, lift: Array, angle: float, spare: Complex) -> None:
    """Turn the points (x + iy, z) about x by `angle`, in place."""
    y, cosine, sine = plane.imag, math.cos(angle), math.sin(angle)
    from_y = spare[0].view(np.float64)[: len(lift)]
    from_z = spare[1].view(np.float64)[: len(lift)]
    np.multiply(y, sine, out=from_y)
    np.multiply(lift, sine, out=from_z)
    y *= cosine
    y -= from_z
    lift *= cosine
    lift += from_y


def _gather_rotation(chain: Chain, half: Complex, out: Reach, spare: Complex) -> None:
    """From the base to the tool: (a, b) · phase = (a · phase, b · conj(phase)), then the tilt."""
    a, b = out.a, out.b
    # The last of the turns about one axis holds the sum of their angles.
    ends = [i for i, turn in enumerate(chain.turns[1:]) if not turn.follows] + [len(half) - 1]
    for i in ends:
        cosine, sine = math.cos(chain.turns[i].tilt / 2), math.sin(chain.turns[i].tilt / 2)
        if i == ends[0]:
            np.multiply(half[i], cosine, out=a)
            np.multiply(half[i], sine, out=b)
            continue
        a *= half[i]
        np.conjugate(half[i], out=spare[0])
        b *= spare[0]
        if sine:
            np.multiply(a, sine, out=spare[0])
            np.multiply(b, sine, out=spare[1])
            a *= cosine
            a -= spare[1]
            b *= cosine
            b += spare[0]


def finish(chain: Chain, result: Reach, space: Space, out: Array) -> None:
    """Add head and tail and write x, y, z and w, x, y, z into the rows of `out`."""
    plane, lift, a, b = result.plane, result.lift, result.a, result.b
    first, second = space.spare[:, : len(plane)]
    if chain.head_tilt:
        _tilt(plane, lift, chain.head_tilt, space.spare[:, : len(plane)])
        plane *= cmath.exp(1j * chain.head_turn)
    np.add(plane.real, chain.origin[0], out=out[0])
    np.add(plane.imag, chain.origin[1], out=out[1])
    np.add(lift, chain.origin[2], out=out[2])
    p, r = chain.tail  # (a + b i)(p + r i)
    np.multiply(a, r, out=first)
    np.multiply(b, r.conjugate(), out=second)
    a *= p
    a -= second
    b *= p.conjugate()
    b += first
    if chain.head_tilt:
        p, r = chain.head  # (p + r i)(a + b i)
        np.conjugate(a, out=first)
        np.conjugate(b, out=second)
        first *= r
        second *= r
        a *= p
        a -= second
        b *= p
        b += first
    out[3], out[4], out[5], out[6] = a.real, b.real, b.imag, a.imag


def distance(left: Reach, right: Reach, out: Array) -> None:
    """Write the Euclidean distances to `out`; overwrites the positions of `left`."""
    plane, lift = left.plane, left.lift
    plane -= right.plane
    lift -= right.lift
    lift *= lift
    parts = plane.view(np.float64)
    parts *= parts
    np.add(plane.real, plane.imag, out=out)
    out += lift
    np.sqrt(out, out=out)


def angle(left: Reach, right: Reach, space: Space, out: Array) -> None:
    """Write the angles between the rotations to `out`; overwrites `left`.

    4 atan(|a - b| / |a + b|) of the quaternions a and b, with |a + b| the larger of the two.
    """
    minus_a, minus_b, other = left.a, left.b, left.lift
    plus_a, plus_b = space.spare[:, : len(out)]
    np.add(minus_a, right.a, out=plus_a)
    np.add(minus_b, right.b, out=plus_b)
    minus_a -= right.a
    minus_b -= right.b
    for pair in (plus_a, plus_b, minus_a, minus_b):
        parts = pair.view(np.float64)
        parts *= parts
    plus_a += plus_b
    minus_a += minus_b
    np.add(plus_a.real, plus_a.imag, out=out)
    np.add(minus_a.real, minus_a.imag, out=other)
    larger = np.maximum(out, other, out=plus_b.view(np.float64)[: len(out)])
    np.minimum(out, other, out=out)
    out /= larger
    np.sqrt(out, out=out)
    np.arctan(out, out=out)
    out *= 4.0
