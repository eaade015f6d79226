"""Golden scores of the naive entries and of the repeat on the SO-101 holdout.

Part of an oracle: it shares no code with the package. From the root of the repository,

    python -m tests.oracles.so101_scores MIRROR OUT.json

reads the logs below MIRROR and writes `golden(MIRROR)` in less than a minute. Angles in rad,
lengths in m, time in s, gripper as fraction; joints in URDF order.

Choices that the description of the dataset leaves open stand in `so101_entries.py` (fits) and
`so101_measures.py` (scores); the remaining ones:

- A repeat is run-b scored as a prediction of run-a, row k against row k, at the times and weights
  of run-a. 22 of the 24 holdout motions have equal command rows.
- The shift between the runs is, per joint, run-a minus run-b averaged over the rows of a motion
  with equal weights, row 0 included, then over the 15 calibration motions with equal command rows.
- Aggregates are plain means over episodes, also of maxima, medians and percentiles.
- The published reference figures score all rows, row 0 included, with equal weights; the headlines
  in that definition are given apart, to be compared with them.
- Skill takes all three errors over the 22 motions that have a repeat.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.oracles import so101_entries as entries
from tests.oracles import so101_measures as measures
from tests.oracles.so101_logs import (
    ARM,
    CALIBRATION,
    HOLDOUT,
    JOINTS,
    VALIDATION,
    Log,
    read_logs,
    same_commands,
)

Floats = NDArray[np.float64]
Logs = dict[str, Log]

JAMMED = "single_joint_wrist_roll"  # the wrist roll of run-a jams; published figures leave it out


def golden(mirror: Path) -> dict[str, Any]:
    """Everything that the tests compare with, as plain nested dicts, lists and numbers."""
    calibration = read_logs(mirror, "run-a", CALIBRATION)
    validation = read_logs(mirror, "run-a", VALIDATION)
    holdout = read_logs(mirror, "run-a", HOLDOUT)
    calibration_repeats = equal_pairs(calibration, read_logs(mirror, "run-b", CALIBRATION))
    holdout_repeats = equal_pairs(holdout, read_logs(mirror, "run-b", HOLDOUT))

    predictors, fits = fit_entries(list(calibration.values()), list(validation.values()))
    shift = entries.fit_shift(
        [(calibration[motion], repeat) for motion, repeat in calibration_repeats.items()]
    )
    fits["repeat_shift"] = shift.tolist()
    fits["repeat_shift_motions"] = sorted(calibration_repeats)

    scored = {name: score(holdout, run(one, holdout)) for name, one in predictors.items()}
    repeat = score(holdout, {motion: log.q for motion, log in holdout_repeats.items()})
    shifted = score(holdout, {motion: log.q + shift for motion, log in holdout_repeats.items()})
    return {
        "joints": list(JOINTS),
        "reference": {motion: describe(log) for motion, log in holdout.items()},
        "fits": fits,
        "entries": scored,
        "repeat": repeat,
        "repeat_shifted": shifted,
        "skill": skills(scored, repeat),
        "published_definition": {
            **published_entries(predictors, calibration, validation, holdout),
            **published_repeats(calibration, calibration_repeats, shift, "calibration"),
            **published_repeats(holdout, holdout_repeats, shift, "holdout"),
        },
    }


def fit_entries(
    calibration: list[Log], validation: list[Log]
) -> tuple[dict[str, entries.Predictor], dict[str, Any]]:
    """The four naive entries by name, and what was fitted for them."""
    delay = entries.fit_delay(calibration)
    offset = entries.fit_offset(calibration, delay)
    model, validation_headlines = entries.choose_regression(calibration, validation)
    predictors: dict[str, entries.Predictor] = {
        "command-echo": entries.command_echo,
        "delayed-echo": entries.delayed_echo_by(delay),
        "delayed-echo-offset": lambda log: entries.delayed_echo(log, delay) + offset,
        "command-regression": entries.regression_by(model),
    }
    fits = {
        "delay": delay,
        "offset": offset.tolist(),
        "regression": {
            "lags": model.lags,
            "ridge": model.ridge,
            "coefficients": model.coefficients.tolist(),
            "validation_headlines": validation_headlines,
        },
        "calibration_headlines": {
            name: entries.headline(calibration, predict) for name, predict in predictors.items()
        },
        "validation_headlines": {
            name: entries.headline(validation, predict) for name, predict in predictors.items()
        },
    }
    return predictors, fits


def equal_pairs(first: Logs, second: Logs) -> Logs:
    """The runs of `second` whose commands equal those of the same motion in `first`."""
    return {
        motion: second[motion] for motion in first if same_commands(first[motion], second[motion])
    }


def describe(log: Log) -> dict[str, Any]:
    """Length and motion of one reference: what the scores of moving joints rest on."""
    weights = measures.trapezoid_weights(log.time)
    return {
        "rows": len(log.time),
        "scored_time": float(np.sum(weights)),
        "joint_sd": [measures.weighted_sd(log.q[:, j], weights) for j in range(ARM)],
        "moving": [JOINTS[j] for j in measures.moving_joints(log.q, weights)],
    }


def score(reference: Logs, predicted: dict[str, Floats]) -> dict[str, Any]:
    """Scores per motion that was predicted, and their mean."""
    episodes = {
        motion: measures.episode_scores(reference[motion].time, reference[motion].q, q)
        for motion, q in predicted.items()
    }
    return {"episodes": episodes, "mean": measures.mean_scores(episodes)}


def skills(scored: dict[str, Any], repeat: dict[str, Any]) -> dict[str, Any]:
    """Skill of each entry on the headline, and the errors behind it."""
    motions = list(repeat["episodes"])
    errors = {name: mean_headline(one, motions) for name, one in scored.items()}
    naive = errors["delayed-echo"]
    e_repeat = mean_headline(repeat, motions)
    return {
        "episodes": len(motions),
        "repeat": e_repeat,
        "error": errors,
        "skill": {name: measures.skill(naive, error, e_repeat) for name, error in errors.items()},
    }


def mean_headline(scored: dict[str, Any], motions: list[str]) -> float:
    """Mean of the episodes' headline over some of them."""
    return float(np.mean([scored["episodes"][motion]["arm_rmse"] for motion in motions]))


def published_entries(
    predictors: dict[str, entries.Predictor], calibration: Logs, validation: Logs, holdout: Logs
) -> dict[str, float]:
    """Headlines of the entries as the published reference figures define them."""
    splits = {
        "calibration": calibration,
        "validation": {motion: log for motion, log in validation.items() if motion != JAMMED},
        "validation with jam": validation,
        "holdout": holdout,
    }
    return {
        f"{name}, {split}": unweighted_headline(logs, run(predict, logs))
        for name, predict in predictors.items()
        for split, logs in splits.items()
    }


def published_repeats(
    reference: Logs, repeats: Logs, shift: Floats, split: str
) -> dict[str, float]:
    """Headlines of the repeat and of the shifted repeat, in the same definition."""
    plain = {motion: log.q for motion, log in repeats.items()}
    shifted = {motion: log.q + shift for motion, log in repeats.items()}
    return {
        f"repeat, {split}": unweighted_headline(reference, plain),
        f"repeat_shifted, {split}": unweighted_headline(reference, shifted),
    }


def run(predict: entries.Predictor, logs: Logs) -> dict[str, Floats]:
    """The prediction for each motion."""
    return {motion: predict(log) for motion, log in logs.items()}


def unweighted_headline(reference: Logs, predicted: dict[str, Floats]) -> float:
    """As `entries.headline`, over all rows with equal weights, row 0 included."""
    errors = [
        measures.arm_rmse(reference[motion].q, q, np.ones(len(q)))
        for motion, q in predicted.items()
    ]
    return float(np.mean(errors))


def rounded(value: Any) -> Any:
    """The same nested value with every float rounded to 12 significant digits."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.11e}")
    return value


def main(arguments: list[str]) -> None:
    """Write golden scores: mirror and output file as arguments."""
    mirror, out = arguments
    text = json.dumps(rounded(golden(Path(mirror))), indent=1, sort_keys=True, allow_nan=False)
    Path(out).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
