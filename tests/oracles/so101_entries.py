"""The naive entries on the SO-101 recordings: echo, delayed echo, offset, regression.

Part of an oracle: it shares no code with the package. Everything is fitted on the calibration
motions of run-a; lags and ridge of the regression are chosen on the validation motions of run-a.

Definitions that the description of the dataset leaves open:

- Delay: grid 0 to 300 ms in steps of 1 ms; of equal headlines the smallest delay.
- Offset: per joint, the residual q - delayed command is averaged over all rows of a motion with
  equal weights, row 0 included, then over the motions. (The mean over the pooled rows is another
  figure; the mean of the motions' means gives the published offsets -1.0, 29.6, 38.5, 5.4 and
  0.8 mrad.)
- Regression: the features of row k are the commands of the same joint in rows k, k-1 .. k-L+1
  (the first command before row 0) and the constant 1; the target is q - q_command at row k. All
  rows of all calibration motions, row 0 included, have equal weight. The ridge is added to the
  diagonal of X^T X, which is a sum over rows and not a mean; the constant is not penalised (the
  published figures do not tell: penalised or not, the headlines differ by less than 0.2 urad).
- Choice: one (L, ridge) for all joints, by the validation headline over all ten motions; of equal
  headlines the first in the order of the lists.
- Predictions are not clipped, the gripper's included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.oracles.so101_logs import JOINTS, Log
from tests.oracles.so101_measures import arm_rmse, trapezoid_weights

Floats = NDArray[np.float64]
Predictor = Callable[[Log], Floats]

DELAYS_MS = range(301)
LAGS = (5, 10, 20)
RIDGES = (0.001, 0.01, 0.1, 1.0)


@dataclass(frozen=True)
class Regression:
    """A chosen regression.

    Attributes:
        lags: number of commands, the current one included.
        ridge: penalty.
        coefficients: (6, lags + 1) per joint; the constant is last.
    """

    lags: int
    ridge: float
    coefficients: Floats


def headline(logs: Iterable[Log], predict: Predictor) -> float:
    """Mean over episodes of the mean over arm joints of the RMSE, rad."""
    return float(
        np.mean([arm_rmse(log.q, predict(log), trapezoid_weights(log.time)) for log in logs])
    )


def command_echo(log: Log) -> Floats:
    """The command of the same row."""
    return log.q_command


def delayed_echo(log: Log, delay: float) -> Floats:
    """The command `delay` s earlier: linear between rows, the first command before row 0."""
    columns = [
        np.interp(log.time - delay, log.time, log.q_command[:, j]) for j in range(len(JOINTS))
    ]
    return np.stack(columns, axis=1)


def delayed_echo_by(delay: float) -> Predictor:
    """The delayed echo with a given delay in s."""
    return lambda log: delayed_echo(log, delay)


def fit_delay(logs: list[Log]) -> float:
    """The delay in s of the lowest headline."""
    headlines = [headline(logs, delayed_echo_by(ms / 1000)) for ms in DELAYS_MS]
    best_ms = DELAYS_MS[int(np.argmin(headlines))]
    if best_ms in (DELAYS_MS[0], DELAYS_MS[-1]):
        raise ValueError(f"the best delay {best_ms} ms lies at the edge of the grid")
    return best_ms / 1000


def mean_of_motions(residuals: Iterable[Floats]) -> Floats:
    """Per joint: mean over motions of the mean over rows of the residuals, each (N, 6)."""
    means = np.array([np.mean(rows, axis=0) for rows in residuals])
    mean: Floats = np.mean(means, axis=0)
    return mean


def fit_offset(logs: list[Log], delay: float) -> Floats:
    """What the delayed echo lacks on average, (6,)."""
    return mean_of_motions(log.q - delayed_echo(log, delay) for log in logs)


def fit_shift(pairs: list[tuple[Log, Log]]) -> Floats:
    """First run minus second run on average, (6,): what a recalibration between them changed."""
    return mean_of_motions(first.q - second.q for first, second in pairs)


def features(command: Floats, lags: int) -> Floats:
    """Design matrix (N, lags + 1) of one joint's commands (N,): newest first, constant last."""
    rows = len(command)
    matrix = np.ones((rows, lags + 1))
    for lag in range(lags):
        matrix[:lag, lag] = command[0]
        matrix[lag:, lag] = command[: rows - lag]
    return matrix


def solve_ridge(matrix: Floats, target: Floats, ridge: float) -> Floats:
    """Solve (X^T X + ridge D) c = X^T y, where D is the identity with 0 for the constant."""
    unpenalised_last = np.eye(matrix.shape[1])
    unpenalised_last[-1, -1] = 0.0
    normal = matrix.T @ matrix + ridge * unpenalised_last
    coefficients: Floats = np.linalg.solve(normal, matrix.T @ target).astype(np.float64)
    return coefficients


def fit_regression(logs: list[Log], lags: int, ridge: float) -> Regression:
    """One ridge regression per joint over all rows of all motions."""
    coefficients = []
    for j in range(len(JOINTS)):
        matrix = np.vstack([features(log.q_command[:, j], lags) for log in logs])
        target = np.concatenate([log.q[:, j] - log.q_command[:, j] for log in logs])
        coefficients.append(solve_ridge(matrix, target, ridge))
    return Regression(lags, ridge, np.array(coefficients))


def command_regression(log: Log, model: Regression) -> Floats:
    """The command of the row plus the regression on the last commands."""
    columns = [
        log.q_command[:, j] + features(log.q_command[:, j], model.lags) @ model.coefficients[j]
        for j in range(len(JOINTS))
    ]
    return np.stack(columns, axis=1)


def regression_by(model: Regression) -> Predictor:
    """The regression of a given model."""
    return lambda log: command_regression(log, model)


def choose_regression(fit: list[Log], choose: list[Log]) -> tuple[Regression, dict[str, float]]:
    """The model of the lowest headline on `choose`, and all headlines in rad by 'L ridge'."""
    models = [fit_regression(fit, lags, ridge) for lags in LAGS for ridge in RIDGES]
    headlines = [headline(choose, regression_by(model)) for model in models]
    names = [f"{model.lags} {model.ridge:g}" for model in models]
    best = models[int(np.argmin(headlines))]
    return best, dict(zip(names, headlines, strict=True))
