"""Numbers estimated anew, on twins whose rollout is a formula."""

from __future__ import annotations

import numpy as np
import pytest

from bench.attribution.changes import KNOBS
from bench.attribution.estimation import common_factor, estimates, likeness
from bench.attribution.window import Window
from bench.io.problems import Problem, ProblemsError
from bench.twins.twin import Parameter, Twin

TIME = np.arange(400) * 0.02
QUANTITIES = ("kp", "damping", "frictionloss", "armature", "force_max", "offset", "delay")


def twin(**other: float) -> Twin:
    values = dict.fromkeys(QUANTITIES, 1.0) | {"offset": 0.0, "delay": 0.05} | other
    own = [Parameter(f"a.{name}", value, "1", "known") for name, value in values.items()]
    return Twin("one", "mujoco", "so101", tuple(own))


def formula(one: Twin) -> np.ndarray:
    """A rollout: each number has a shape of its own; the gain divides three of them."""
    v = {p.name.removeprefix("a."): p.value for p in one.parameters}
    late = TIME - v["delay"]
    q = np.sin(late) + 0.3 * np.sin(2.3 * late) + v["offset"]
    q = q - 0.05 * v["damping"] / v["kp"] * np.cos(late)
    q = q - 0.03 * v["frictionloss"] / v["kp"] * np.sign(np.cos(late))
    q = q + 0.02 * v["armature"] / v["kp"] * np.sin(3.1 * late)
    return q[:, None]


def window(missing: np.ndarray) -> Window:
    weights = np.full(missing.shape, 0.5)
    return Window(slice(0, len(missing)), weights, (missing * weights).ravel())


def found(true: Twin, own: Twin, together: bool = False) -> dict:
    missing = formula(true) - formula(own)
    return estimates(own, "a", window(missing), formula, together)


@pytest.mark.parametrize(
    ("hypothesis", "quantity", "value"),
    [
        ("delay", "delay", 0.11),
        ("gain", "kp", 0.4),
        ("damping", "damping", 2.2),
        ("friction", "frictionloss", 1.9),
        ("armature", "armature", 0.5),
        ("joint_offset", "offset", 0.08),
    ],
)
@pytest.mark.parametrize("together", [False, True])
def test_the_number_that_is_off_is_found(
    hypothesis: str, quantity: str, value: float, together: bool
) -> None:
    all_of_them = found(twin(**{quantity: value}), twin(), together)
    best = min(all_of_them.values(), key=lambda one: one.left)
    assert best.hypothesis == hypothesis
    assert best.left < 0.02
    assert best.values[f"a.{quantity}"] == pytest.approx(value, rel=0.1, abs=0.003)


def test_a_number_that_does_nothing_is_left_out() -> None:
    assert "saturation" not in found(twin(kp=0.5), twin())


def test_a_twin_without_a_number_has_no_estimate_of_it() -> None:
    own = Twin("one", "mujoco", "so101", tuple(p for p in twin().parameters if "kp" not in p.name))

    def simulate(one: Twin) -> np.ndarray:
        return formula(Twin("", "", "", (*one.parameters, Parameter("a.kp", 1.0, "1", ""))))

    missing = formula(twin(damping=2.0)) - formula(twin())
    assert "gain" not in estimates(own, "a", window(missing), simulate, together=False)


def test_an_entry_that_is_more_than_its_twin_is_judged_too() -> None:
    """What the entry adds to its twin's rollout is no concern of a number that is off."""
    missing = formula(twin(offset=0.1)) - formula(twin()) + 0.01 * np.sin(40 * TIME)[:, None]
    all_of_them = estimates(twin(), "a", window(missing), formula, together=False)
    assert all_of_them["joint_offset"].amount == pytest.approx(0.1, abs=0.002)
    assert 0 < all_of_them["joint_offset"].left < 0.02


def test_a_twin_that_cannot_be_rolled_out_gives_nothing() -> None:
    def broken(_one: Twin) -> np.ndarray:
        raise ProblemsError([Problem("out_of_range", "twin", "a robot", "none")])

    missing = np.ones((400, 1))
    assert estimates(twin(), "a", window(missing), broken, together=False) == {}


def test_a_trial_that_breaks_is_taken_back_halfway() -> None:
    def simulate(one: Twin) -> np.ndarray:
        if next(p.value for p in one.parameters if p.name == "a.offset") > 0.15:
            raise ProblemsError([Problem("out_of_range", "twin", "a robot", "none")])
        return formula(one)

    missing = formula(twin(offset=0.2)) - formula(twin())
    one = estimates(twin(), "a", window(missing), simulate, together=False)["joint_offset"]
    assert one.values["a.offset"] == pytest.approx(0.1, rel=0.01)
    assert one.left == pytest.approx(0.25, rel=0.05)


def test_amounts_stay_within_their_bounds() -> None:
    one = found(twin(offset=5.0), twin())["joint_offset"]
    assert one.amount == KNOBS["joint_offset"].most


def test_the_standard_error_counts_rows_as_far_as_they_are_independent() -> None:
    draw = np.random.default_rng(3)
    slope = np.ones(2000)
    alone = draw.normal(size=2000)
    alike = np.repeat(draw.normal(size=200), 10)
    own = Window(slice(0, 2000), np.ones((2000, 1)), alone)
    assert own.standard_error(alone, slope) == pytest.approx(1 / np.sqrt(2000), rel=0.1)
    assert own.standard_error(alike, slope) == pytest.approx(1 / np.sqrt(200), rel=0.6)


def test_likeness_has_no_sign_and_no_size() -> None:
    one = np.array([1.0, 2.0, -1.0])
    assert likeness(one, -3 * one) == pytest.approx(1)
    assert likeness(one, np.array([2.0, -1.0, 0.0])) == pytest.approx(0)
    assert likeness(one, np.zeros(3)) == 0


def test_a_gain_is_like_damping_friction_and_inertia_grown_together() -> None:
    all_of_them = found(twin(kp=0.8), twin())
    together = common_factor(all_of_them)
    assert together is not None
    assert likeness(all_of_them["gain"].effect, together) > 0.999
    assert likeness(all_of_them["gain"].effect, all_of_them["damping"].effect) < 0.95


def test_one_of_them_alone_is_no_common_factor() -> None:
    all_of_them = found(twin(kp=0.8), twin())
    assert common_factor({"damping": all_of_them["damping"]}) is None
