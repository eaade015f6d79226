"""Twins of faults that were put in, and one case from end to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.attribution.cases import WIDTH, examined, failing, twin_of_case
from bench.attribution.classifier import classifiers
from bench.attribution.episode import conclude
from bench.io.workspace import Workspace
from bench.scoring.score import declared, robot_of
from bench.twins.faults.pairs import Case, make
from bench.twins.faults.registry import fault
from bench.twins.generate import true_physics


def case(name: str, strength: float, kind: str = "waves") -> Case:
    return Case(fault(name), strength, 2, kind)


def test_a_twin_has_the_robot_s_numbers_but_for_the_fault() -> None:
    right, wrong = twin_of_case(case("none", 1.0)), twin_of_case(case("friction", 0.05))
    different = {p.name for p, q in zip(right.parameters, wrong.parameters, strict=True) if p != q}
    assert different == {"elbow_flex.frictionloss"}
    servo = true_physics().servos["elbow_flex"]
    assert right.value("elbow_flex.frictionloss") == servo.frictionloss
    assert wrong.value("elbow_flex.frictionloss") == pytest.approx(
        servo.frictionloss + 0.05 * servo.kp
    )


@pytest.mark.parametrize("name", ["encoder_noise", "dropped_commands", "other_commands", "jam"])
def test_what_is_shown_or_commanded_is_not_in_the_twin(name: str) -> None:
    strength = fault(name).strengths[0]
    own, right = twin_of_case(case(name, strength)), twin_of_case(case("none", 1.0))
    assert own.parameters == right.parameters


def test_ranges_lie_around_the_twin_s_own_values() -> None:
    twin = twin_of_case(case("delay", 0.1))
    assert WIDTH < 0.2
    for own in twin.residual_ranges:
        assert own.low < twin.value(own.parameter) < own.high
    assert "elbow_flex.kp" in {own.parameter for own in twin.residual_ranges}


def test_a_delay_from_end_to_end(repository: Path) -> None:
    """The delay of this strength and seed is in no set that the coefficients were fitted on."""
    place = Workspace(repository)
    paths = place.dataset("so101-synth")
    folder, robot = place.robot_folder("so101"), robot_of(place, paths)
    cases = [case("delay", 0.12), case("none", 1.0)]
    pairs = make(folder, cases, lambda _done, _total: None)
    (one,) = failing(pairs, cases, robot, declared(paths.document(), 1), {})
    assert one.case.fault.name == "delay"
    evidence = examined(one, pairs, robot, folder)
    best = min(evidence.estimates.values(), key=lambda each: each.left)
    assert best.hypothesis == "delay"
    assert best.amount == pytest.approx(-0.12, abs=0.005)
    conclusion, probabilities = conclude(evidence, classifiers())
    assert conclusion.verdict == "cause"
    (member,) = conclusion.causes[0].members
    assert (member.hypothesis.name, member.outside, member.joints) == ("delay", "yes", ())
    assert sum(probabilities.values()) == pytest.approx(1)
    # Without its twin nothing is estimated, and no range is left.
    conclusion, _ = conclude(evidence.without_twin(), classifiers())
    assert conclusion.causes[0].members[0].hypothesis.name == "delay"
    assert conclusion.causes[0].members[0].outside == "unknown"
