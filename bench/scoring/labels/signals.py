"""What several rules read from a trace."""

from __future__ import annotations

from collections.abc import Sequence

from bench.scoring.labels.label import Label
from bench.scoring.trace import EpisodeTrace


def names(trace: EpisodeTrace, columns: list[int]) -> tuple[str, ...]:
    """The names of the joints in these columns."""
    return tuple(trace.joints[column] for column in columns)


def scored_interval(trace: EpisodeTrace) -> tuple[float, float]:
    """Times of the first and the last scored row, s; there is one."""
    first, last = trace.scored_rows[[0, -1]]
    return float(trace.time[first]), float(trace.time[last])


def energy(trace: EpisodeTrace, columns: list[int], rows: slice) -> float:
    """Σω w e²/Δ² over some rows and joints: what an arm's mean rmse_norm² sums up."""
    scaled = (trace.error[rows, columns] / trace.ranges[columns]) ** 2
    parts = scaled * trace.joint_weights[columns] * trace.weights[rows, None]
    return float(parts.sum())


def share(part: float, trace: EpisodeTrace, columns: list[int]) -> float:
    """Which share `part` is of the energy of the arm with these columns, 0 to 1; 0 of nothing."""
    if not trace.is_scored:
        return 0.0
    squares = (trace.joint_rms / trace.ranges) ** 2 * trace.joint_weights
    whole = float(squares[columns].sum() * trace.weights.sum())
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0


def rows_label(
    trace: EpisodeTrace, name: str, column: int, rows: Sequence[slice], numbers: dict[str, float]
) -> Label:
    """A label of one joint's whole error on some stretches of rows, in the order of time."""
    arm = trace.arm_of[column]
    part = sum(energy(trace, [column], each) for each in rows)
    return Label(
        name=name,
        episode=trace.id,
        arm=arm,
        joints=(trace.joints[column],),
        interval=(float(trace.time[rows[0].start]), float(trace.time[rows[-1].stop - 1])),
        strength=share(part, trace, trace.columns_of[arm]),
        numbers=numbers,
    )


def joint_label(
    trace: EpisodeTrace,
    name: str,
    column: int,
    deviation: float,
    numbers: dict[str, float],
    interval: tuple[float, float] | None = None,
) -> Label:
    """A label of a part of one joint's error.

    Args:
        trace: of the episode.
        name: of the rule.
        column: of the joint.
        deviation: root mean square of the part of its error that the rule names, rad.
        numbers: behind the label.
        interval: s; all scored rows if there is none.
    """
    arm = trace.arm_of[column]
    part = trace.joint_weights[column] * (deviation / trace.ranges[column]) ** 2
    return Label(
        name=name,
        episode=trace.id,
        arm=arm,
        joints=(trace.joints[column],),
        interval=interval or scored_interval(trace),
        strength=share(float(part * trace.weights.sum()), trace, trace.columns_of[arm]),
        numbers=numbers,
    )
