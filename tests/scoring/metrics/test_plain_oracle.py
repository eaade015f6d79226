"""Every metric of a bimanual scene against a plain computation that shares no code with it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import theilslopes

from bench.kinematics.robot import Arm, Joint, Transform
from bench.scoring.metrics.registry import METRICS, metric
from bench.scoring.trace import EpisodeTrace
from tests.support.scenes import Scene, scene


@pytest.fixture(scope="module")
def given() -> Scene:
    made = scene(executions=21, episodes=2)
    return Scene(made.robot, made.reference, made.entry, made.declared)


@pytest.fixture(scope="module")
def pairs(given: Scene) -> list[tuple[Plain, EpisodeTrace]]:
    return [(Plain(given, number), trace) for number, trace in enumerate(given.traces())]


def _turn(axis: np.ndarray, angle: float) -> np.ndarray:
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross


def _of_quaternion(w: float, x: float, y: float, z: float) -> np.ndarray:
    angle = 2 * math.atan2(math.hypot(x, y, z), w)
    size = math.hypot(x, y, z)
    return _turn(np.array([x, y, z]) / size, angle) if size else np.eye(3)


def _matrix(pose: Transform) -> np.ndarray:
    made = np.eye(4)
    made[:3, :3], made[:3, 3] = _of_quaternion(*pose.quaternion), pose.xyz
    return made


def _moved(one: Joint, position: float) -> np.ndarray:
    made = np.eye(4)
    axis = np.array(one.axis)
    if one.type == "prismatic":
        made[:3, 3] = position * axis
    else:
        made[:3, :3] = _turn(axis, position)
    return made


def _tool(arm: Arm, positions: np.ndarray) -> np.ndarray:
    made = _matrix(arm.mount)
    for one, position in zip(arm.joints, positions, strict=True):
        made = made @ _matrix(one.origin) @ _moved(one, position)
    return made @ _matrix(arm.tool)


class Plain:
    """One episode, computed row by row."""

    def __init__(self, given: Scene, number: int) -> None:
        rows = given.reference.rows(number)
        self.robot = given.robot
        self.noise = given.declared.noise
        self.time = given.reference.signals["time"][rows]
        self.q = given.reference.signals["q"][rows]
        self.p = given.entry.signals["q"][rows]
        self.samples = given.entry.signals["samples"][rows]
        self.actions = given.entry.signals["q_command"][rows]
        self.commands = given.reference.signals["q_command"][rows]
        valid = given.reference.signals["q_command_valid"][rows].copy()
        valid[0] = False
        self.valid = valid
        self.omega = np.zeros(len(self.time))
        for k in range(1, len(self.time)):
            if valid[k] and valid[k - 1]:
                step = (self.time[k] - self.time[k - 1]) / 2
                self.omega[k - 1] += step
                self.omega[k] += step
        self.names = list(given.robot.joint_names)
        joints = given.robot.logged_joints
        self.angles = [k for k, j in enumerate(joints) if j.unit == "rad"]
        self.grips = [k for k, j in enumerate(joints) if j.unit == "fraction"]
        self.slides = [k for k, j in enumerate(joints) if j.unit == "m"]
        self.delta = np.array([j.range for j in joints])
        self.weight = np.array([j.weight for j in joints])

    def mean(self, values) -> float:
        return float(sum(w * v for w, v in zip(self.omega, values, strict=True)) / sum(self.omega))

    def rms(self, values) -> float:
        return math.sqrt(self.mean([v * v for v in values]))

    def error(self, k: int) -> np.ndarray:
        return self.p[:, k] - self.q[:, k]

    def norm(self) -> np.ndarray:
        squares = []
        for arm in self.robot.arms:
            own = [self.names.index(j.name) for j in (*arm.joints, *arm.grippers)]
            squares.append(sum(self.weight[k] * (self.error(k) / self.delta[k]) ** 2 for k in own))
        return np.sqrt(sum(squares) / len(squares))

    def quantile(self, values: np.ndarray, share: float) -> float:
        order = sorted(k for k in range(len(values)) if self.omega[k] > 0)
        order.sort(key=lambda k: values[k])
        reached, whole = 0.0, sum(self.omega)
        for k in order:
            reached += self.omega[k]
            if reached >= share * whole * (1 - 1e-9):
                return float(values[k])
        raise AssertionError

    def tools(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances and angles (N, A)."""
        distances, angles = [], []
        for arm in self.robot.arms:
            own = [self.names.index(j.name) for j in arm.joints]
            d, a = [], []
            for q, p in zip(self.q[:, own], self.p[:, own], strict=True):
                one, other = _tool(arm, q), _tool(arm, p)
                d.append(np.linalg.norm(one[:3, 3] - other[:3, 3]))
                turn = one[:3, :3].T @ other[:3, :3]
                skew = turn - turn.T
                sine = math.hypot(skew[2, 1], skew[0, 2], skew[1, 0]) / 2
                a.append(math.atan2(sine, (np.trace(turn) - 1) / 2))
            distances.append(d)
            angles.append(a)
        return np.array(distances).T, np.array(angles).T

    def growth(self) -> float:
        norm, ends = self.norm(), np.linspace(2.0, self.time[-1] - self.time[0], 11)
        level, middle = [], []
        for first, last in itertools.pairwise(ends):
            rows = [
                k
                for k, t in enumerate(self.time - self.time[0])
                if first <= t < last or (t == last == ends[-1])
            ]
            part = [k for k in rows if self.omega[k] > 0]
            square = sum(self.omega[k] * norm[k] ** 2 for k in part) / sum(
                self.omega[k] for k in part
            )
            level.append(math.log(math.sqrt(square)))
            middle.append(math.log((first + last) / 2))
        return float(theilslopes(level, middle).slope)

    def crps(self, k: int) -> list[float]:
        found = []
        for x, q in zip(self.samples[:, :, k], self.q[:, k], strict=True):
            m = len(x)
            spread = sum(abs(a - b) for a, b in itertools.combinations(x, 2))
            found.append(np.mean(np.abs(x - q)) - spread / (m * (m - 1)))
        return found

    def energy(self) -> list[float]:
        scale = 1 / self.delta[self.angles]
        found = []
        for x, q in zip(self.samples[:, :, self.angles], self.q[:, self.angles], strict=True):
            m = len(x)
            distance = np.mean([np.linalg.norm((one - q) * scale) for one in x])
            pairs = itertools.combinations(x, 2)
            spread = sum(np.linalg.norm((a - b) * scale) for a, b in pairs)
            found.append(distance - spread / (m * (m - 1)))
        return found


CHECKED: set[str] = set()


def check(pairs, name: str, value) -> None:
    CHECKED.add(name)
    for plain, trace in pairs:
        assert metric(name).compute(trace) == pytest.approx(value(plain), rel=1e-9), name


def test_joint_errors(pairs) -> None:
    check(pairs, "joint_rmse", lambda e: np.mean([e.rms(e.error(k)) for k in e.angles]))
    check(pairs, "prismatic_rmse", lambda e: np.mean([e.rms(e.error(k)) for k in e.slides]))
    check(
        pairs,
        "gripper_rmse",
        lambda e: np.mean([e.rms(e.error(k) / e.delta[k]) for k in e.grips]),
    )
    check(
        pairs,
        "joint_rmse_centred",
        lambda e: np.mean([e.rms(e.error(k) - e.mean(e.error(k))) for k in e.angles]),
    )

    def moving(e: Plain) -> float:
        spread = {k: e.rms(e.q[:, k] - e.mean(e.q[:, k])) for k in e.angles}
        return float(np.mean([e.rms(e.error(k)) for k in e.angles if spread[k] > 0.02]))

    check(pairs, "joint_rmse_moving", moving)
    check(
        pairs,
        "action_rmse",
        lambda e: np.mean([e.rms(e.actions[:, k] - e.commands[:, k]) for k in e.angles]),
    )


def test_normalised_errors(pairs) -> None:
    check(pairs, "rmse_norm_rms", lambda e: e.rms(e.norm()))
    check(pairs, "rmse_norm_median", lambda e: e.quantile(e.norm(), 0.5))
    check(pairs, "rmse_norm_p95", lambda e: e.quantile(e.norm(), 0.95))
    check(pairs, "rmse_norm_max", lambda e: max(e.norm()[e.omega > 0]))

    def weighted(e: Plain) -> float:
        arms = []
        for arm in e.robot.arms:
            own = [e.names.index(j.name) for j in arm.joints if j.unit == "rad"]
            part = sum(e.weight[k] * e.rms(e.error(k)) ** 2 for k in own)
            arms.append(part / sum(e.weight[k] for k in own))
        return math.sqrt(np.mean(arms))

    check(pairs, "rmse_weighted", weighted)
    check(pairs, "growth", Plain.growth)


@pytest.mark.parametrize(("quantity", "place"), [("position", 0), ("orientation", 1)])
def test_tool_errors(pairs, quantity: str, place: int) -> None:
    values = {id(plain): plain.tools()[place] for plain, _ in pairs}

    def over_arms(value):
        return lambda e: np.mean([value(e, column) for column in values[id(e)].T])

    check(pairs, f"{quantity}_rmse", over_arms(lambda e, d: e.rms(d)))
    check(pairs, f"{quantity}_mean", over_arms(lambda e, d: e.mean(d)))
    check(pairs, f"{quantity}_max", over_arms(lambda e, d: max(d[e.omega > 0])))

    def end(e: Plain, d: np.ndarray) -> float:
        rows = [k for k in range(len(d)) if e.omega[k] > 0 and e.time[k] >= e.time[-1] - 0.5]
        return sum(e.omega[k] * d[k] for k in rows) / sum(e.omega[k] for k in rows)

    check(pairs, f"{quantity}_end", over_arms(end))


def test_repeated_executions(pairs) -> None:
    check(pairs, "crps", lambda e: np.mean([e.mean(e.crps(k)) for k in e.angles]))
    check(pairs, "energy_score", lambda e: e.mean(e.energy()))


def test_bands_without_measurement_noise(given: Scene) -> None:
    quiet = Scene(given.robot, given.reference, given.entry, type(given.declared)())
    pairs = [(Plain(quiet, n), trace) for n, trace in enumerate(quiet.traces())]

    def ends(e: Plain) -> tuple[np.ndarray, np.ndarray]:
        low, high = np.quantile(e.samples, [0.05, 0.95], axis=1, method="weibull")
        return low, high

    def over_joints(value):
        def of(e: Plain) -> float:
            low, high = ends(e)
            columns = ((low[:, k], high[:, k], e.q[:, k]) for k in e.angles)
            return float(np.mean([e.mean(value(*each)) for each in columns]))

        return of

    check(pairs, "band_coverage", over_joints(lambda low, high, q: (low <= q) & (q <= high)))
    check(pairs, "band_width", over_joints(lambda low, high, _q: high - low))

    def scored(low: np.ndarray, high: np.ndarray, q: np.ndarray) -> np.ndarray:
        return high - low + 20 * np.maximum(low - q, 0) + 20 * np.maximum(q - high, 0)

    check(pairs, "interval_score", over_joints(scored))


def test_measurement_noise_widens_the_band(given: Scene) -> None:
    wide = dict.fromkeys(given.robot.joint_names, 0.05)
    noisy = Scene(given.robot, given.reference, given.entry, type(given.declared)((), wide, 1))
    for before, after in zip(given.traces(), noisy.traces(), strict=True):
        gained = metric("band_width").compute(after) - metric("band_width").compute(before)
        # From the 5 % to the 95 % quantile of the noise alone: 3.29 sd.
        assert 0.6 * 3.29 * 0.05 < gained < 1.1 * 3.29 * 0.05


def test_coverage_and_events(pairs) -> None:
    check(pairs, "coverage", lambda e: sum(e.omega) / (e.time[-1] - e.time[0]))
    for plain, trace in pairs:
        column = plain.names.index("left_grip")
        times = []
        for values in (plain.q[:, column], plain.p[:, column]):
            was_high, found = False, []
            for k in range(len(values)):
                if not plain.omega[k] > 0:
                    was_high = False
                elif values[k] > 0.55:
                    was_high = True
                elif values[k] < 0.45 and was_high:
                    was_high = False
                    back = next(i for i in range(k, 0, -1) if values[i - 1] > 0.5 >= values[i])
                    share = (values[back - 1] - 0.5) / (values[back - 1] - values[back])
                    step = plain.time[back] - plain.time[back - 1]
                    found.append(plain.time[back - 1] + share * step)
            times.append(found)
        recorded, predicted = times
        gaps = [abs(a - b) for a in recorded for b in predicted if abs(a - b) <= 0.5]
        assert recorded
        assert metric("event_timing").compute(trace) == pytest.approx(np.mean(gaps), rel=1e-9)
        assert metric("event_recall").compute(trace) == len(gaps) / len(recorded)
        assert metric("event_precision").compute(trace) == len(gaps) / len(predicted)


def test_no_metric_is_left_without_an_oracle() -> None:
    """Runs last. The lag has an oracle in the tests of its formula, the order of events, too."""
    elsewhere = {"lag", "event_order", "event_timing", "event_recall", "event_precision"}
    assert CHECKED | elsewhere == {found.name for found in METRICS}
