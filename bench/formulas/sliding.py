"""Sums and products under a pattern that slides along signals, for every shift at once.

No BLAS: the same numbers whatever the number of threads. Fourier transforms by numpy's pocketfft.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

SHORTEST = 256
"""Samples; the shortest transform that is worth its call."""
FEW = 40
"""Shifts up to which a transform costs more than the products one by one."""
VALUES_AT_ONCE = 1 << 15
"""Samples that are transformed in one go, if more than one block: they should stay in the cache."""


def stretches(flags: Flags) -> Places:
    """(R, 2) first place, and place after the last, of each stretch of set `flags` (n,)."""
    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False))
    return edges.reshape(-1, 2)


def sliding_sums(signals: Floats, runs: Places, width: int) -> Floats:
    """Sum of each signal over stretches, moved by 0, 1, … width − 1 samples.

    The first sum is taken whole; the others differ from it by what enters and leaves, so that no
    long sum is subtracted from another one.

    Args:
        signals: (J, n) samples.
        runs: (R, 2) first place, and place after the last, of each stretch; the last one ends at
            n − width + 1 or before.
        width: number of shifts, at least 1.

    Returns:
        (J, width).
    """
    sums = np.zeros((len(signals), width))
    for first, after in runs:
        sums[:, 0] += np.add.reduce(signals[:, first:after], axis=1)
        sums[:, 1:] += signals[:, after : after + width - 1]
        sums[:, 1:] -= signals[:, first : first + width - 1]
    return np.cumsum(sums, axis=1)


def sliding_products(signals: Floats, patterns: Floats, width: int) -> Floats:
    """Σ_k pattern[k] · signal[k + s] for s = 0 … width − 1, each signal with its own pattern.

    A few shifts one by one; more by Fourier transforms of overlapping blocks, added up before the
    one transform back.

    Args:
        signals: (J, m + width − 1) samples.
        patterns: (J, m) samples.
        width: number of shifts, at least 1.

    Returns:
        (J, width).
    """
    joints, samples = patterns.shape
    if width <= FEW:
        windows = sliding_window_view(signals, samples, axis=1)
        products: Floats = np.einsum("jn,jwn->jw", patterns, windows)
        return products
    size = fast_length(max(SHORTEST, 4 * width))
    length = size - width + 1
    at_once = max(1, VALUES_AT_ONCE // (size * max(joints, 1)))
    whole = samples // length
    spectrum = np.zeros((joints, size // 2 + 1), dtype=np.complex128)
    for block in range(0, whole, at_once):
        blocks = min(at_once, whole - block)
        first, after = block * length, (block + blocks) * length
        fixed = patterns[:, first:after].reshape(joints, blocks, length)
        moved = sliding_window_view(signals, size, axis=1)[:, first:after:length]
        spectrum += _product(moved, fixed, size)
    if whole * length < samples:
        rest = slice(whole * length, None)
        spectrum += _product(signals[:, None, rest], patterns[:, None, rest], size)
    return np.fft.irfft(spectrum, size, axis=1)[:, :width]


def _product(signals: Floats, patterns: Floats, size: int) -> NDArray[np.complex128]:
    """(J, size//2+1) sum over blocks of the product of the spectra; (J, B, ≤ size) samples each."""
    product: NDArray[np.complex128] = np.fft.rfft(patterns, size, axis=2)
    np.conjugate(product, out=product)
    product *= np.fft.rfft(signals, size, axis=2)
    total: NDArray[np.complex128] = np.add.reduce(product, axis=1)
    return total


def periodogram(signals: Floats) -> Floats:
    """(n//2+1,) squared magnitude of the Fourier transform, summed over the signals (J, n).

    By way of the autocorrelation, whose sum over signals is transformed once: a transform of n
    values takes ten times as long for some n.
    """
    samples = signals.shape[1]
    size = fast_length(2 * samples)
    power = np.zeros(size // 2 + 1)
    at_once = max(1, VALUES_AT_ONCE // size)
    for first in range(0, len(signals), at_once):
        spectrum = np.fft.rfft(signals[first : first + at_once], size, axis=1)
        power += np.add.reduce(spectrum.real**2 + spectrum.imag**2, axis=0)
    correlation = np.fft.irfft(power, size)[:samples]
    correlation[1:] += correlation[:0:-1].copy()
    return np.maximum(np.fft.rfft(correlation).real, 0.0)


def fast_length(least: int) -> int:
    """The smallest of 8, 9, 10, 12 and 15 times a power of two that is at least `least`."""
    doubled = max(1, -(-least // 15))
    power = 1 << (doubled - 1).bit_length()
    return min(
        factor * step
        for step in (power // 2, power)
        for factor in (8, 9, 10, 12, 15)
        if factor * step >= least
    )
