"""Joints that oscillate at one frequency as the robot's do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.signals import joint_label
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST = 128
"""Rows below which nothing is told."""
MULTIPLE = 60
"""Rows are a multiple of this."""
NYQUIST = 0.9
"""Share of half the row rate up to which peaks are looked for."""


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose error has a spectral peak that the measured motion lacks."""
    rows = _looked_at(trace)
    if len(rows) < FEWEST:
        return []
    error = trace.followed_error[rows]
    # Without its line from end to end a signal is at most twice as large as it was at its largest.
    possible = np.flatnonzero(np.abs(error).max(axis=0) >= settings["amplitude"] / 3)
    step = float(trace.time[rows[-1]] - trace.time[rows[0]]) / (len(rows) - 1)
    power = _power(error[:, possible])
    frequency = np.arange(power.shape[1]) / (len(rows) * step)
    high = _high(frequency, step, settings)
    if high.start >= high.stop:
        return []
    loud = np.flatnonzero(2 * power[:, high].sum(axis=1) >= settings["amplitude"] ** 2)
    found = []
    for number in loud[_peaked(power[loud], frequency, high, settings)].tolist():
        spectrum = Spectrum(frequency, power[number], high)
        label = _joint_label(trace, int(possible[number]), spectrum, settings)
        found += [] if label is None else [label]
    return found


def _high(frequency: Floats, step: float, settings: Mapping[str, float]) -> slice:
    """The frequencies that are looked at, of rows so many seconds apart."""
    first = int(np.searchsorted(frequency, settings["lowest"]))
    return slice(first, int(np.searchsorted(frequency, NYQUIST / (2 * step), side="right")))


def _peaked(power: Floats, frequency: Floats, high: slice, settings: Mapping[str, float]) -> Flags:
    """(K,) joints whose peak may have its share of what is looked at; the others need no look."""
    peak = high.start + np.argmax(power[:, high], axis=1)
    width = np.maximum(settings["width"] * frequency[peak], 2 * frequency[1])
    first = np.searchsorted(frequency, frequency[peak] - width)
    last = np.searchsorted(frequency, frequency[peak] + width)
    total = np.zeros((len(power), power.shape[1] + 1))
    np.cumsum(power, axis=1, out=total[:, 1:])
    joint = np.arange(len(power))
    first, end = np.maximum(first, high.start), np.minimum(last + 1, high.stop)
    around = total[joint, end] - total[joint, first] + 1e-9 * total[:, -1]
    enough: Flags = around >= settings["share"] * power[:, high].sum(axis=1)
    return enough


def _looked_at(trace: EpisodeTrace) -> NDArray[np.intp]:
    """The longest stretch of scored rows, but a few at its end, so that a fast transform is fast.

    Stretches are not put together: a seam is a step, which has every frequency.
    """
    rows = trace.scored_rows
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    rows = max(parts, key=len)
    return rows[: len(rows) // MULTIPLE * MULTIPLE]


@dataclass(frozen=True)
class Spectrum:
    """Mean square by frequency (Hz), and which frequencies are looked at."""

    frequency: Floats
    power: Floats
    high: slice

    def peak(self, middle: float, width: float) -> float:
        """Mean square within `width` of a frequency, of those that are looked at."""
        first, last = np.searchsorted(self.frequency, (middle - width, middle + width))
        return float(self.power[max(first, self.high.start) : min(last + 1, self.high.stop)].sum())

    def around(self, middle: float, width: float) -> float:
        """Mean square within `width` of a frequency, of all."""
        first, last = np.searchsorted(self.frequency, (middle - width, middle + width))
        return float(self.power[first : last + 1].sum())


def _joint_label(
    trace: EpisodeTrace, column: int, spectrum: Spectrum, settings: Mapping[str, float]
) -> Label | None:
    whole = float(spectrum.power[spectrum.high].sum())
    loudest = spectrum.high.start + int(np.argmax(spectrum.power[spectrum.high]))
    middle = float(spectrum.frequency[loudest])
    width = max(settings["width"] * middle, 2 * float(spectrum.frequency[1]))
    peak = spectrum.peak(middle, width)
    beside = max(spectrum.around(middle + side * 2 * width, width) for side in (-1, 1))
    amplitude = float(np.sqrt(2 * peak))
    if (
        amplitude < settings["amplitude"]
        or peak < settings["share"] * whole
        or peak < settings["stands_out"] * beside
    ):
        return None
    robots = _power(trace.turned.reference[_looked_at(trace)][:, [column]])[0]
    robot = Spectrum(spectrum.frequency, robots, spectrum.high).peak(middle, width)
    if peak < settings["times"] ** 2 * robot:
        return None
    numbers = {
        "frequency": middle,
        "amplitude": amplitude,
        "reference_amplitude": float(np.sqrt(2 * robot)),
        "share": peak / whole,
    }
    return joint_label(trace, RULE.name, column, float(np.sqrt(peak)), numbers)


def _power(signals: Floats) -> Floats:
    """(K, F) mean square by frequency of signals (N, K) without their lines from end to end.

    Rows are taken to stand evenly.
    """
    rows = len(signals)
    line = np.linspace(0, 1, rows)
    level = signals.T - signals[0][:, None] - (signals[-1] - signals[0])[:, None] * line
    found = np.fft.rfft(level, axis=1)
    power: Floats = (found.real**2 + found.imag**2) * (2 / rows**2)
    return power


RULE = Rule(
    name="oscillation",
    meaning="a joint oscillates at one frequency, which the robot's does not",
    signal="error and reference",
    thresholds={
        "lowest": Threshold(
            2.5, "Hz", "above 2.1 Hz, the quickest motion that recordings command on purpose"
        ),
        "width": Threshold(0.15, "1", "chosen: what is within 15 % of the peak belongs to it"),
        "amplitude": Threshold(
            0.008, "rad", "above 6.8 mrad, the largest between two runs of one motion, at 2.1 Hz"
        ),
        "share": Threshold(0.5, "1", "chosen: half of what is above the lowest frequency"),
        "stands_out": Threshold(
            4.0, "1", "chosen: four times the power beside it; the spectrum of a jerk only falls"
        ),
        "times": Threshold(2.0, "1", "chosen: twice the robot's amplitude there"),
    },
    numbers={
        "frequency": "Hz, of the peak",
        "amplitude": "rad, of the error in the peak, as of a steady sine",
        "reference_amplitude": "rad, of the measured motion there",
        "share": "1, of the error's power above the lowest frequency",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; 1 on an echo after 200 ms"
    ),
    find=find,
    size=Size("amplitude", "amplitude"),
)
