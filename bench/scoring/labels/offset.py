"""Joints that are off by the same amount all along."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.signals import scored_interval, share
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose mean error is large, and most of its error."""
    if not trace.is_scored:
        return []
    mean, square = trace.mean_error, trace.followed_rms**2
    stands_out = (np.abs(mean) >= settings["mean"]) & (mean**2 >= settings["share"] * square)
    explained = trace.weights.sum() * trace.joint_weights * (mean / trace.ranges) ** 2
    return [
        Label(
            name=RULE.name,
            episode=trace.id,
            arm=arm,
            joints=(trace.joints[j],),
            interval=scored_interval(trace),
            strength=share(float(explained[j]), trace, columns),
            numbers={
                "mean_error": float(mean[j]),
                "rms_error": float(trace.followed_rms[j]),
                "share": float(min(mean[j] ** 2 / square[j], 1.0)),
            },
        )
        for arm, columns in trace.columns_of.items()
        for j in columns
        if stands_out[j]
    ]


RULE = Rule(
    name="offset",
    meaning="a joint is off by the same amount all along the episode",
    signal="error",
    thresholds={
        "mean": Threshold(
            0.044,
            "rad",
            "two runs of one motion differ by 26.1 mrad at most; their tail: 0.14 motions an hour",
        ),
        "share": Threshold(0.5, "1", "chosen: the offset is at least half of the squared error"),
    },
    numbers={
        "mean_error": "rad, time-weighted mean of the error",
        "rms_error": "rad, root mean square error",
        "share": "1, mean_error² over rms_error²",
    },
    evidence="so101-sage, calibration and validation: run-b as prediction of run-a has no label in "
    "0.66 h; delayed echo has 10, all on shoulder lift and elbow, where the arm is on average "
    "44 to 81 mrad above the command",
    find=find,
    size=Size("mean", "mean_error"),
)
