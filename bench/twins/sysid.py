"""The kind `sysid`: `mujoco.sysid` as its documentation uses it, on the same data as ours.

Free are gain, damping, friction loss and armature of every joint, with one transport delay for all:
the recipe that MuJoCo Playground publishes for the SO-101. The residual is the difference of joint
positions, the optimiser is the toolbox's own, intervals are the toolbox's: independent errors of
one variance.

Settings: `servo` (published set to start from), `bounds` of the five quantities, `seconds` of each
calibration run, `step`, `iterations`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from io import StringIO
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.twins.prediction import references, scored_columns
from bench.twins.simulation.integrate import held_commands
from bench.twins.simulation.kind import TWIN_SETTINGS, expects, rollout
from bench.twins.simulation.links import model_file
from bench.twins.simulation.model import all_positions, build_spec, joint_ranges
from bench.twins.simulation.physics import REQUIRED, SERVO_UNITS, Physics, Servo
from bench.twins.simulation.published import published_parameters
from bench.twins.twin import Fit, Kind, Material, Parameter, Progress

Floats = NDArray[np.float64]

FREE = ("kp", "damping", "frictionloss", "armature")
DELAY = "delay"
LEAST_DAMPING, DAMPING_FACTOR = 1e-4, 10.0
"""Of Levenberg's term. The toolbox's own factor raises it by a tenth of a decade at a time, and all
runs are simulated for each."""
DIFFERENCE = 1e-3
"""Step of the finite differences; the toolbox's own, 1.5e-8, meets the noise of friction."""
UNSEEN = 1e-6
"""A parameter with less than this share of the largest effect on what is measured has none."""
TAIL = 0.975
"""The toolbox's intervals are Student's, from one less this to this."""


def fit(material: Material, progress: Progress) -> Fit:
    """Hand the reference runs of calibration to the toolbox.

    Raises:
        ProblemsError: a bound excludes its start.
    """
    from mujoco import sysid

    joints = material.calibration.info.joints
    published = published_parameters(
        material.robot_folder / "servos.json", material.settings["servo"], joints
    )
    start = {parameter.name: parameter.value for parameter in published}
    parameters = parameters_of(material, start)
    longest = material.settings["bounds"][DELAY][1]
    residual = sysid.build_residual_fn(
        models_sequences=[sequences_of(material, start)],
        modify_residual=residual_of(longest),
    )
    told = _counted(progress, material.settings["iterations"])
    found, result = sysid.optimize(
        parameters,
        residual,
        verbose=False,
        output=StringIO(),  # the solver's own report
        eps=DIFFERENCE,
        mu_min=LEAST_DAMPING,
        mu_factor=DAMPING_FACTOR,
        max_iters=material.settings["iterations"],
        iter_callback=lambda _trace: told(),
    )
    at_best, _, _ = residual(found.as_vector(), found)
    fitted = _fitted(found, *intervals(at_best, np.asarray(result.jac)))
    names = {parameter.name for parameter in fitted}
    rest = tuple(p for p in published if p.name not in names)
    return Fit(fitted + rest, {"step": material.settings["step"]})


def _counted(progress: Progress, expected: int) -> Callable[[], None]:
    done = 0

    def told() -> None:
        nonlocal done
        done = min(done + 1, expected)
        progress(done, expected)

    return told


def parameters_of(material: Material, start: dict[str, float]) -> Any:
    """The toolbox's parameters, each with what it changes in the model."""
    from mujoco import sysid

    bounds = material.settings["bounds"]
    values = {
        f"{joint}.{quantity}": (start[f"{joint}.{quantity}"], bounds[quantity], joint, quantity)
        for joint in material.calibration.info.joints
        for quantity in FREE
    }
    values[DELAY] = (material.settings["delay"], bounds[DELAY], "", DELAY)
    chosen = sysid.ParameterDict()
    problems = []
    for name, (value, (low, high), joint, quantity) in values.items():
        if not low <= value <= high:
            expected = f"within [{low:.9g}, {high:.9g}]"
            problems.append(Problem("start_out_of_bounds", name, expected, f"{value:.9g}"))
        change = None if name == DELAY else partial(_change, joint, quantity)
        chosen.add(sysid.Parameter(name, value, low, high, modifier=change))
    if problems:
        raise ProblemsError(problems)
    return chosen


def _change(joint: str, quantity: str, spec: Any, parameter: Any) -> None:
    value = float(parameter.value[0])
    if quantity == "kp":
        actuator = next(a for a in spec.actuators if a.name == joint)
        actuator.gainprm[0], actuator.biasprm[1] = value, -value
    elif quantity == "damping":
        damping = np.array(next(j for j in spec.joints if j.name == joint).damping)
        damping[0] = value
        next(j for j in spec.joints if j.name == joint).damping = damping
    else:
        setattr(next(j for j in spec.joints if j.name == joint), quantity, value)


def sequences_of(material: Material, start: dict[str, float]) -> Any:
    """The model, and the runs on the simulation's clock."""
    from mujoco import sysid

    step, seconds = material.settings["step"], material.settings["seconds"]
    runs = references(material.calibration)
    info, scored = runs.info, scored_columns(runs, material.robot)
    servos = {joint: _servo(start, joint) for joint in info.joints}
    spec = build_spec(model_file(material.robot_folder), Physics(servos, step=step))
    for column in scored:
        joint = info.joints[column]
        spec.add_sensor(
            name=joint,
            type=mujoco.mjtSensor.mjSENS_JOINTPOS,
            objtype=mujoco.mjtObj.mjOBJ_JOINT,
            objname=joint,
        )
    model = spec.compile()
    low, width = _log_to_joint(model, info.units)
    states, controls, sensors = [], [], []
    for episode in range(len(runs)):
        time, command, q = (runs.signal(n, episode) for n in ("time", "q_command", "q"))
        clock = time - time[0]
        steps = int(min(clock[-1], seconds) / step)
        wanted = held_commands(clock, low + width * command, np.zeros(len(low)), steps, step)
        grid = np.arange(steps) * step
        position = all_positions(model, low + width * q[0])
        states.append(sysid.create_initial_state(model, position))
        controls.append(_series(sysid, grid, wanted, model, control=True))
        kept = clock <= grid[-1]
        sensors.append(_series(sysid, clock[kept], q[kept][:, scored], model, control=False))
    names = [episode.id for episode in info.episodes]
    return sysid.ModelSequences("robot", spec, names, states, controls, sensors)


def _servo(start: dict[str, float], joint: str) -> Servo:
    values: dict[str, Any] = {name: start[f"{joint}.{name}"] for name in REQUIRED}
    return Servo(**values)


def _series(sysid: Any, time: Floats, values: Floats, model: Any, *, control: bool) -> Any:
    kinds = sysid.TimeSeries
    mapping = (
        kinds.compute_all_control_mapping(model)
        if control
        else kinds.compute_all_sensor_mapping(model)
    )
    return sysid.TimeSeries(time, values, mapping)


def _log_to_joint(model: Any, units: tuple[str, ...]) -> tuple[Floats, Floats]:
    """(J,) joint angle at the logged value 0, and per unit of it."""
    limits, part = joint_ranges(model), np.array([unit == "fraction" for unit in units])
    return np.where(part, limits[:, 0], 0.0), np.where(part, limits[:, 1] - limits[:, 0], 1.0)


def residual_of(longest: float) -> Callable[..., Any]:
    """The toolbox's `modify_residual`, from so many s on: no delay may be longer."""
    return partial(_residual, longest=longest)


def _residual(
    parameters: Any,
    predicted: Any,
    measured: Any,
    _model: Any,
    _return_all: bool,
    *,
    longest: float,
    **_more: Any,
) -> tuple[Floats, Any, Any]:
    """Measured minus predicted positions, the prediction late by the transport delay."""
    from mujoco import sysid

    delay = float(parameters[DELAY].value[0])
    kept = (measured.times >= longest) & (measured.times <= predicted.times[-1])
    times = measured.times[kept]
    seen = sysid.TimeSeries(times, measured.data[kept], measured.signal_mapping)
    late = predicted.resample(times - delay)
    shown = sysid.TimeSeries(times, late.data, predicted.signal_mapping)
    return seen.data - shown.data, shown, seen


def intervals(residuals: Any, jacobian: Floats) -> tuple[Floats, Floats]:
    """The toolbox's standard errors and half widths; infinite for what nothing measured depends on.

    The toolbox takes eigenvalues below 1e-15 of the largest for zero, and with them everything that
    their eigenvectors touch. Columns of unlike units bring that about where nothing is singular, on
    one machine and not on another, so each column is handed over at length one.

    Args:
        residuals: list of arrays, at the best parameters.
        jacobian: (R, P) derivatives there.

    Returns:
        (P,) standard errors, and (P,) half widths of the 95 % intervals.
    """
    from mujoco import sysid
    from scipy.special import stdtrit

    length = np.sqrt(np.einsum("rp,rp->p", jacobian, jacobian))
    seen = length > UNSEEN * length.max()
    half = np.full(len(length), np.inf)
    _, found = sysid.calculate_intervals(residuals, jacobian[:, seen] / length[seen])
    half[seen] = np.asarray(found) / length[seen]
    # The toolbox reports no standard errors, but half widths at Student's quantile.
    degrees = sum(each.size for each in residuals) - int(seen.sum())
    return half / float(stdtrit(degrees, TAIL)), half


def _fitted(found: Any, errors: Floats, halves: Floats) -> tuple[Parameter, ...]:
    units = {**SERVO_UNITS, DELAY: "s"}
    fitted = []
    for (name, parameter), error, half in zip(
        found.items(), errors.tolist(), halves.tolist(), strict=True
    ):
        quantity = name.rsplit(".", 1)[-1]
        value, low, high = (
            float(each[0]) for each in (parameter.value, parameter.min_value, parameter.max_value)
        )
        known = math.isfinite(error)
        fitted.append(
            Parameter(
                name,
                value,
                units[quantity],
                "fitted" if known else "not determined by the data",
                standard_error=error if known else None,
                bounds=(low, high),
                interval=(value - half, value + half) if known else None,
            )
        )
    return tuple(fitted)


_PAIR = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
SETTINGS: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["servo", "delay", "bounds", "seconds", "step", "iterations"],
    "properties": {
        "servo": {"type": "string"},
        "delay": {"type": "number", "minimum": 0},
        "seconds": {"type": "number", "exclusiveMinimum": 0},
        "step": {"type": "number", "exclusiveMinimum": 0},
        "iterations": {"type": "integer", "minimum": 1, "maximum": 1000},
        "bounds": {
            "type": "object",
            "additionalProperties": False,
            "required": [*FREE, DELAY],
            "properties": dict.fromkeys((*FREE, DELAY), _PAIR),
        },
    },
}
KIND = Kind(
    "sysid",
    "MuJoCo: the robot's links, a position servo at each joint, fitted with mujoco.sysid",
    fit,
    rollout,
    SETTINGS,
    assets=("servos.json",),
    simulates=True,
    expects=expects,
    twin_settings=TWIN_SETTINGS,
)
