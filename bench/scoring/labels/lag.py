"""Predictions that come late or early."""

from __future__ import annotations

from collections.abc import Mapping

from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.signals import names, scored_interval, share
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per arm whose error falls when its prediction is moved in time."""
    found = (_arm_label(trace, arm, columns, settings) for arm, columns in trace.columns_of.items())
    return [label for label in found if label is not None]


def _arm_label(
    trace: EpisodeTrace, arm: str, columns: list[int], settings: Mapping[str, float]
) -> Label | None:
    found = trace.shifts[arm]
    if found is None or abs(found.lag) < settings["lag"]:
        return None
    gone = found.before - found.after
    removed = float(gone.sum() / found.before.sum())
    if removed < settings["removed"]:
        return None
    taking_part = (gone > 0) & (gone >= settings["removed"] * found.before)
    explained = float((gone @ trace.joint_weights[columns]) * trace.weights.sum())
    return Label(
        name=RULE.name,
        episode=trace.id,
        arm=arm,
        joints=names(trace, [j for j, takes in zip(columns, taking_part, strict=True) if takes]),
        interval=scored_interval(trace),
        strength=share(explained, trace, columns),
        numbers={"lag": found.lag, "removed": removed},
    )


RULE = Rule(
    name="lag",
    meaning="the prediction comes late (lag positive) or early (lag negative)",
    signal="reference and predicted position of moving joints",
    thresholds={
        "lag": Threshold(
            0.065,
            "s",
            "two runs of one motion differ by 42 ms at most where the shift removes half of the "
            "squared error; their tail: 0.08 motions an hour",
        ),
        "removed": Threshold(
            0.5, "1", "chosen: the shift removes at least half of the squared, centred error"
        ),
    },
    numbers={
        "lag": "s, positive if the prediction is late",
        "removed": "1, share of the moving joints' centred, Δ-scaled squared error that the shift "
        "removes",
    },
    evidence="so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
    "run-a and in 0.67 h of delayed echo (one delay, 108 ms); 14 on command echo, which is early, "
    "and 6 on an echo after 200 ms, all with the right sign. Between the two runs, slow "
    "motion shows lags of up to 240 ms whose shift removes a quarter of the squared error at most",
    find=find,
    size=Size("lag", "lag"),
)
