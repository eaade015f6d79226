"""The servo: its equation is solved, its numbers are found again, and what is masked is left out.

The oracle integrates the differential equation with scipy, piece by piece between the times at
which the delayed command bends.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from bench.datasets.split import inputs_of
from bench.io.documents import check_schema
from bench.io.problems import ProblemsError
from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.twins.kinds import kind
from bench.twins.servo import KIND
from bench.twins.twin import Fit, Parameter, Twin, parameters_document
from tests.support.episodes import JOINTS
from tests.twins.made import episodes_of, material, silent

NAMES = ("frequency", "damping", "integral", "feed_forward", "delay", "friction")
TRUE = (60.0, 0.8, 0.1, 0.9, 0.004, 0.002)
BOUNDS: dict[str, list[float]] = {
    "frequency": [5, 500],
    "damping": [0.1, 5],
    "integral": [0, 0.5],
    "feed_forward": [0, 1.5],
    "delay": [0, 0.05],
    "friction": [0, 0.01],
}
MOVED = "shoulder_pan"
"""The joint that the made episodes move; it is column 0."""


def integrated(
    time: np.ndarray, command: np.ndarray, servo: Sequence[float], q: float, dq: float
) -> np.ndarray:
    """q'' = w² (x − q + i ∫(x − q)) + 2 z w (f x' − q') − w² g sat(x' / 0.01), at the times."""
    w, z, share, forward, delay, friction = servo
    i = share * 2 * z * w
    knots = np.concatenate([[time[0] - 1e3], time])
    values = np.concatenate([command[:1], command])
    state, found = np.array([q, dq, 0.0]), {time[0]: q}
    breaks = np.unique(np.concatenate([time, time + delay]))
    breaks = breaks[breaks <= time[-1]]
    for begin, end in itertools.pairwise(breaks):
        middle = (begin + end) / 2 - delay
        piece = min(int(np.searchsorted(knots, middle)), len(knots) - 1)
        rate = (values[piece] - values[piece - 1]) / (knots[piece] - knots[piece - 1])
        drag = w**2 * friction * np.clip(rate / 0.01, -1, 1)

        def slope(
            t: float,
            y: np.ndarray,
            rate: float = rate,
            at: float = knots[piece],
            to: float = values[piece],
            drag: float = drag,
        ) -> list[float]:
            x = to + rate * (t - delay - at)
            force = w**2 * (x - y[0] + i * y[2]) + 2 * z * w * (forward * rate - y[1]) - drag
            return [y[1], force, x - y[0]]

        solution = solve_ivp(slope, (begin, end), state, "DOP853", rtol=1e-10, atol=1e-13)
        state = solution.y[:, -1]
        found[end] = state[0]
    return np.array([found[t] for t in time])


def clock_of(rows: int, seed: int) -> np.ndarray:
    """Rows 8 or 24 ms apart."""
    steps = np.random.default_rng(seed).choice([0.008, 0.024], rows - 1)
    return 3e-3 + np.concatenate([[0.0], np.cumsum(steps)])


def moves(time: np.ndarray, seed: int) -> np.ndarray:
    """Moves at constant speeds with rests between, and one step."""
    draw = np.random.default_rng(seed)
    speed = np.repeat(draw.choice([-0.9, -0.3, 0.0, 0.4, 0.8], len(time) // 10 + 1), 10)
    path = np.concatenate([[0.0], np.cumsum(speed[: len(time) - 1] * np.diff(time))])
    return 0.2 + path + 0.05 * (np.arange(len(time)) > len(time) // 2)


def one_joint(tracks: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]], **more: Any) -> Episodes:
    """Episodes in which one joint moves as given, and the others rest off their command."""
    full = []
    for time, command, q in tracks:
        commands = np.tile(np.linspace(-0.5, 0.5, 6), (len(time), 1))
        measured = commands + 0.01
        commands[:, 0], measured[:, 0] = command, q
        full.append((time, commands, measured))
    return episodes_of(full, **more)


def simulated(
    servo: Sequence[float] = TRUE, seeds: Sequence[int] = (1, 2), rows: int = 80
) -> Episodes:
    """What a joint with that servo does, from rest and a little off its command."""
    tracks = []
    for seed in seeds:
        time = clock_of(rows, seed)
        command = moves(time, seed)
        q = integrated(time, command, servo, command[0] + 0.003, 0.0)
        tracks.append((time, command, q))
    return one_joint(tracks)


@pytest.fixture(scope="module")
def true() -> Episodes:
    """Two episodes of the servo `TRUE`; not to be changed."""
    return simulated()


def noisy(episodes: Episodes, size: float = 1e-3) -> Episodes:
    q = episodes.signals["q"]
    return with_signals(episodes, q=q + np.random.default_rng(0).normal(0, size, q.shape))


def with_signals(episodes: Episodes, **signals: np.ndarray) -> Episodes:
    return replace(episodes, signals={**episodes.signals, **signals})


def fit(
    repository: Path,
    calibration: Episodes,
    validation: Episodes | None = None,
    criteria: Sequence[str] = ("root_mean_square",),
    **bounds: list[float],
) -> Fit:
    held = material(
        repository,
        calibration,
        calibration if validation is None else validation,
        bounds={**BOUNDS, **bounds},
        criteria=list(criteria),
    )
    return KIND.fit(held, silent)


def numbers(fitted: Fit, joint: str = MOVED) -> dict[str, float]:
    found = {p.name: p.value for p in fitted.parameters}
    return {name: found[f"{joint}.{name}"] for name in NAMES}


def twin_of(servo: Sequence[float], joint: str = MOVED) -> Twin:
    parameters = [
        Parameter(f"{joint}.{name}", value, "1", "assumed")
        for name, value in zip(NAMES, servo, strict=True)
    ]
    return Twin("s", "servo", "so101", tuple(parameters), {})


def rolled(repository: Path, twin: Twin, inputs: Episodes) -> np.ndarray:
    held = material(repository, inputs, inputs)
    q: np.ndarray = KIND.rollout(twin, inputs, held.robot, held.robot_folder, silent).signals["q"]
    return q


# The response.


def inputs_with(
    time: np.ndarray, command: np.ndarray, q: float = 0.0, dq: float | None = None
) -> Episodes:
    """Inputs of one episode, one joint."""
    info = StoreInfo(
        "toy",
        "so101",
        "recorded",
        "holdout_inputs",
        (MOVED,),
        ("rad",),
        {"time": ("s",), "q_command": ("rad",), "q_start": ("rad",)},
        (EpisodeInfo("m.run", "m", "m", "run", "reference"),),
    )
    signals = {"time": time, "q_command": command[:, None], "q_start": np.array([[q]])}
    if dq is not None:
        signals["dq_start"] = np.array([[dq]])
    return Episodes(info, np.array([0, len(time)]), signals)


SERVOS = st.tuples(
    st.floats(3, 300),
    st.floats(0.1, 5),
    st.floats(0, 0.9),
    st.floats(0, 1.5),
    st.floats(0, 0.06),
    st.floats(0, 0.05),
)


@settings(max_examples=25)
@given(
    SERVOS,
    st.lists(st.tuples(st.floats(1e-3, 0.05), st.floats(-0.03, 0.03)), min_size=1, max_size=7),
    st.floats(-0.1, 0.1),
    # SciPy divides nothing by nothing where a speed squared underflows.
    st.floats(-1, 1).map(lambda speed: round(speed, 9)),
)
def test_the_response_solves_the_equation_on_any_clock(
    repository: Path,
    servo: tuple[float, ...],
    pieces: list[tuple[float, float]],
    off: float,
    dq: float,
) -> None:
    time = np.concatenate([[2e-3], 2e-3 + np.cumsum([step for step, _ in pieces])])
    command = 0.3 + np.concatenate([[0.0], np.cumsum([rise for _, rise in pieces])])
    inputs = inputs_with(time, command, 0.3 + off, dq)
    found = rolled(repository, twin_of(servo), inputs)[:, 0]
    expected = integrated(time, command, servo, 0.3 + off, dq)
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-8)


@pytest.mark.parametrize(
    "servo",
    [
        (50.0, 1.0, 0.0, 1.0, 0.0, 0.0),
        (50.0, 1.0, 0.0, 0.7, 0.01, 0.003),
        # (r + k)³ = r³ + 3 k r² + 3 k² r + k³: w² = 3 k², 2 z w = 3 k, share = 1/9.
        (30 * 3**0.5, 3**0.5 / 2, 1 / 9, 0.8, 0.005, 0.002),
    ],
)
def test_roots_that_coincide(repository: Path, servo: tuple[float, ...]) -> None:
    time = clock_of(12, 3)
    command = moves(time, 3)
    found = rolled(repository, twin_of(servo), inputs_with(time, command, 0.25, 0.1))[:, 0]
    expected = integrated(time, command, servo, 0.25, 0.1)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


@settings(max_examples=40)
@given(SERVOS, st.integers(0, 2**31), st.floats(0.1, 0.9))
def test_rows_on_the_straight_lines_of_the_command_change_nothing(
    repository: Path, servo: tuple[float, ...], seed: int, part: float
) -> None:
    time = clock_of(9, seed)
    command = moves(time, seed)
    between = time[:-1] + part * np.diff(time)
    finer = np.sort(np.concatenate([time, between]))
    more = inputs_with(finer, np.interp(finer, time, command), 0.1, 0.2)
    found = rolled(repository, twin_of(servo), more)[np.isin(finer, time), 0]
    plain = rolled(repository, twin_of(servo), inputs_with(time, command, 0.1, 0.2))[:, 0]
    np.testing.assert_allclose(found, plain, rtol=0, atol=3e-9)


@settings(max_examples=40)
@given(SERVOS, st.integers(0, 2**31), st.floats(-3, 3))
def test_zero_and_sign_of_the_joint_do_not_matter(
    repository: Path, servo: tuple[float, ...], seed: int, shift: float
) -> None:
    twin = twin_of(servo)
    time = clock_of(9, seed)
    command = moves(time, seed)
    plain = rolled(repository, twin, inputs_with(time, command, 0.1, 0.2))
    shifted = rolled(repository, twin, inputs_with(time, command + shift, 0.1 + shift, 0.2))
    mirrored = rolled(repository, twin, inputs_with(time, -command, -0.1, -0.2))
    np.testing.assert_allclose(shifted - shift, plain, rtol=0, atol=3e-9)
    np.testing.assert_allclose(mirrored, -plain, rtol=0, atol=3e-9)


def test_episodes_do_not_touch_one_another(repository: Path, true: Episodes) -> None:
    """Also where the delay is longer than an episode and the pause after it."""
    inputs = inputs_of(true)
    for servo in (TRUE, (*TRUE[:4], 3.0, 0.002)):
        both = rolled(repository, twin_of(servo), inputs)
        for number in range(2):
            alone = rolled(repository, twin_of(servo), inputs.select([number], "holdout_inputs"))
            np.testing.assert_allclose(both[inputs.rows(number)], alone, rtol=0, atol=2e-9)


def test_an_episode_of_one_row_is_its_start(repository: Path) -> None:
    inputs = inputs_with(np.array([0.5]), np.array([0.2]), 0.7, 0.1)
    assert rolled(repository, twin_of(TRUE), inputs).tolist() == [[0.7]]


def test_without_a_speed_the_joint_starts_at_rest(repository: Path) -> None:
    time = clock_of(9, 4)
    command = moves(time, 4)
    still = rolled(repository, twin_of(TRUE), inputs_with(time, command, 0.1, 0.0))
    np.testing.assert_array_equal(
        rolled(repository, twin_of(TRUE), inputs_with(time, command, 0.1)), still
    )


def masked(episodes: Episodes, valid: np.ndarray) -> Episodes:
    """With other commands in the masked rows."""
    command = np.where(valid[:, None], episodes.signals["q_command"], 7.0)
    units = {**episodes.info.signals, "q_command_valid": ("1",)}
    held = replace(episodes, info=replace(episodes.info, signals=units))
    return with_signals(held, q_command=command, q_command_valid=valid)


def test_where_an_episode_begins_masked_the_joint_stays_until_it_is_commanded(
    repository: Path, true: Episodes
) -> None:
    valid = np.arange(len(true.signals["time"])) >= 20
    inputs = inputs_of(masked(true.select([0, 1], "holdout_inputs"), valid))
    q = rolled(repository, twin_of(TRUE), inputs)[inputs.rows(0), 0]
    np.testing.assert_array_equal(q[:20], np.full(20, np.round(true.signals["q"][0, 0], 9)))
    assert abs(q[40] - q[0]) > 0.01


# The fit.


@pytest.mark.parametrize("criterion", ["root_mean_square", "mean_absolute"])
def test_the_servo_that_made_the_data_is_found(
    repository: Path, true: Episodes, criterion: str
) -> None:
    fitted = fit(repository, true, criteria=[criterion])
    found = numbers(fitted)
    for name, value in zip(NAMES, TRUE, strict=True):
        assert found[name] == pytest.approx(value, rel=2e-3), name
    assert fitted.settings == {"criterion": criterion}
    units = {p.name.split(".")[1]: p.unit for p in fitted.parameters if MOVED in p.name}
    assert units == dict(zip(NAMES, ("rad/s", "1", "1", "1", "s", "rad"), strict=True))


def test_an_overdamped_servo_without_integral_and_friction_is_found(repository: Path) -> None:
    servo = (90.0, 2.5, 0.0, 0.95, 0.0, 0.0)
    fitted = fit(repository, simulated(servo, seeds=(5, 6)))
    found = numbers(fitted)
    for name, value in zip(NAMES, servo, strict=True):
        assert found[name] == pytest.approx(value, rel=5e-3, abs=2e-5), name


def test_a_joint_that_does_not_move_is_not_determined_and_keeps_its_command(
    repository: Path, true: Episodes
) -> None:
    fitted = fit(repository, noisy(true))
    assert len(fitted.parameters) == len(NAMES) + 4  # the gripper is not scored
    for joint in JOINTS[1:5]:
        (found,) = [p for p in fitted.parameters if p.name.startswith(f"{joint}.")]
        assert (found.name, found.value, found.unit) == (f"{joint}.delay", 0.0, "s")
        assert found.determined == "not determined: the joint hardly moves in calibration"
    inputs = inputs_of(true)
    q = rolled(repository, Twin("s", "servo", "so101", fitted.parameters, {}), inputs)
    np.testing.assert_array_equal(q[:, 1:], inputs.signals["q_command"][:, 1:])
    assert np.abs(q[:, 0] - true.signals["q"][:, 0]).max() < 1e-3


def test_where_nothing_moves_nothing_is_fitted(repository: Path) -> None:
    time = clock_of(20, 1)
    still = one_joint([(time, np.full(20, 0.3), np.full(20, 0.31))])
    fitted = fit(repository, still, criteria=["mean_absolute", "root_mean_square"])
    assert [p.name for p in fitted.parameters] == [f"{joint}.delay" for joint in JOINTS[:5]]
    assert (fitted.settings, fitted.evaluations) == ({"criterion": "mean_absolute"}, 0)


def test_the_bounds_hold_and_what_ends_on_one_says_so(repository: Path, true: Episodes) -> None:
    fitted = fit(repository, true, frequency=[5, 40], delay=[0.006, 0.05])
    found = {p.name.split(".")[1]: p for p in fitted.parameters if MOVED in p.name}
    for name, (low, high) in {**BOUNDS, "frequency": [5, 40], "delay": [0.006, 0.05]}.items():
        assert low <= found[name].value <= high
        assert found[name].bounds == (low, high)
    ends = {name for name in NAMES if found[name].determined == "at a bound of the search"}
    assert {"frequency", "delay"} <= ends
    assert (found["frequency"].value, found["delay"].value) == (40, 0.006)
    assert all(found[n].determined == "fitted" for n in NAMES if n not in ends)


def test_equal_bounds_set_a_value_and_their_order_is_free(repository: Path, true: Episodes) -> None:
    given_one = fit(repository, true, damping=[0.8, 0.8], integral=[0.5, 0])
    found = {p.name.split(".")[1]: p for p in given_one.parameters if MOVED in p.name}
    assert (found["damping"].value, found["damping"].determined) == (0.8, "assumed")
    assert found["frequency"].value == pytest.approx(60, rel=2e-3)
    assert found["integral"].bounds == (0, 0.5)


def test_two_fits_give_the_same_bytes(repository: Path, true: Episodes) -> None:
    measured = noisy(true)
    both = ["root_mean_square", "mean_absolute"]
    fits = [fit(repository, measured, criteria=both) for _ in range(2)]
    papers = [json.dumps([parameters_document(f.parameters), dict(f.settings)]) for f in fits]
    assert papers[0] == papers[1]
    twin = Twin("s", "servo", "so101", fits[0].parameters, {})
    first, second = (rolled(repository, twin, inputs_of(true)).tobytes() for _ in range(2))
    assert first == second


def test_what_is_not_scored_is_not_fitted(repository: Path, true: Episodes) -> None:
    """Masked rows, repeats, row 0 beyond its use as the start, and episodes of one row."""
    measured = noisy(true)
    valid = np.ones(len(measured.signals["time"]), bool)
    valid[25:45] = False
    plain = masked(measured, valid)
    q = np.where(valid[:, None], plain.signals["q"], 9.0)
    last = [measured.signal(name, 1) for name in ("time", "q_command", "q")]
    tracks = [tuple(plain.signal(n, e) for n in ("time", "q_command", "q")) for e in (0, 1)]
    more = episodes_of(
        [tracks[0], tracks[1], [x[:1] for x in last], [x + 1 for x in last]],
        ("reference", "reference", "reference", "repeat"),
    )
    joined = masked(more, np.concatenate([valid, np.ones(1 + len(last[0]), bool)]))
    spoiled = with_signals(joined, q=np.concatenate([q, joined.signals["q"][len(q) :]]))
    both = ["root_mean_square", "mean_absolute"]
    fits = [fit(repository, episodes, episodes, both) for episodes in (spoiled, plain)]
    assert fits[0] == fits[1]


def pushed(episodes: Episodes) -> Episodes:
    """The first episode; for a while after its step something pushes the joint."""
    first = noisy(episodes, 1e-4).select([0], "calibration")
    q = first.signals["q"].copy()
    q[41:49, 0] += 0.1
    return with_signals(first, q=q)


def test_validation_chooses_the_criterion(repository: Path, true: Episodes) -> None:
    """A short disturbance bends what has the least squares, not what has the least absolutes."""
    both = ["root_mean_square", "mean_absolute"]
    fitted = fit(repository, pushed(true), true, criteria=both)
    assert (fitted.settings["criterion"], fitted.evaluations) == ("mean_absolute", 2)
    assert numbers(fitted)["frequency"] == pytest.approx(60, rel=0.1)
    # Held against the disturbed episode itself, the other one wins.
    again = fit(repository, pushed(true), pushed(true), criteria=both)
    assert (again.settings["criterion"], again.evaluations) == ("root_mean_square", 2)
    assert numbers(again)["frequency"] != pytest.approx(60, rel=0.5)


def test_with_one_criterion_validation_is_not_looked_at(repository: Path, true: Episodes) -> None:
    spoiled = with_signals(true, q=np.full_like(true.signals["q"], np.nan))
    fitted = fit(repository, noisy(true), spoiled, criteria=["mean_absolute"])
    assert fitted.evaluations == 0
    assert fitted.parameters == fit(repository, noisy(true), criteria=["mean_absolute"]).parameters


# The settings.


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bounds": {**BOUNDS, "delay": [0]}}, "bounds/delay: expected at least 2 items, came [0]"),
        (
            {"bounds": {**BOUNDS, "damping": [0, 5]}},
            "bounds/damping/0: expected at least 0.01, came 0",
        ),
        (
            {"bounds": {**BOUNDS, "integral": [0, 1]}},
            "bounds/integral/1: expected at most 0.95, came 1",
        ),
        (
            {"bounds": {**BOUNDS, "frequency": ["slow", 5]}},
            'bounds/frequency/0: expected a number, came "slow"',
        ),
        ({"criteria": []}, "criteria: expected at least 1 items, came []"),
    ],
)
def test_wrong_settings_are_named(change: dict[str, Any], message: str) -> None:
    chosen = {"bounds": BOUNDS, "criteria": ["root_mean_square"], **change}
    with pytest.raises(ProblemsError) as raised:
        check_schema(chosen, KIND.settings, "params.yaml: entries/servo/settings")
    assert str(raised.value) == f"schema: params.yaml: entries/servo/settings: {message}"


def test_the_kind_is_registered() -> None:
    assert kind("servo") is KIND
