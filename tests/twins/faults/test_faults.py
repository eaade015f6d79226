"""Pairs with one fault each: what is planted is there, and nothing else differs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.twins.faults.motions import MOTIONS, ROWS
from bench.twins.faults.pairs import SETTING_SEEDS, Case, make, proof, setting
from bench.twins.faults.registry import FAULTS, fault

SEED = 3


@pytest.fixture(scope="module")
def made(repository: Path):
    """The pairs of some faults in one motion by steps: `q` of reference and entry (N, 6)."""
    names = ("none", "joint_offset", "encoder_noise", "dead_joint", "jam", "amplitude", "delay")
    cases = [Case(fault(name), fault(name).strengths[2], SEED, "steps") for name in names]
    pairs = make(repository / "robots" / "so101", cases, lambda _done, _total: None)
    return {
        case.fault.name: (
            case,
            pairs.reference.signal("q", number),
            pairs.entry.signal("q", number),
            pairs.reference.signal("q_command", number),
        )
        for number, case in enumerate(cases)
    }


def test_without_a_fault_the_entry_is_the_reference_up_to_the_encoder(made) -> None:
    _, reference, entry, _ = made["none"]
    assert np.abs(reference - entry)[:, :5].max() < 0.012  # friction at the start
    assert np.sqrt(((reference - entry)[:, :5] ** 2).mean()) < 0.003


def test_an_offset_is_where_it_was_put(made) -> None:
    case, reference, entry, _ = made["joint_offset"]
    mean = (entry - reference).mean(axis=0)
    assert mean[case.column] == pytest.approx(case.strength, abs=0.01)
    others = [k for k in range(5) if k != case.column]
    assert np.abs(mean[others]).max() < 0.005


def test_noise_has_its_deviation(made) -> None:
    case, reference, entry, _ = made["encoder_noise"]
    assert np.std(entry - reference, axis=0)[:5] == pytest.approx(case.strength, rel=0.15)


def test_a_dead_joint_stands(made) -> None:
    case, reference, entry, _ = made["dead_joint"]
    assert np.ptp(entry[50:, case.column]) < 0.05
    assert np.ptp(reference[50:, case.column]) > 0.3


def test_a_jam_is_the_references(made) -> None:
    case, reference, entry, command = made["jam"]
    stop = command[:, case.column].max() - case.strength
    assert reference[:, case.column].max() == pytest.approx(
        stop, abs=0.06
    )  # a limit of MuJoCo gives way
    assert entry[:, case.column].max() > stop + 0.15


def test_an_amplitude_is_a_factor(made) -> None:
    case, reference, entry, _ = made["amplitude"]
    far = reference[:, case.column] - reference[0, case.column]
    own = entry[:, case.column] - entry[0, case.column]
    slope = (far @ own) / (far @ far)
    assert slope == pytest.approx(1 + case.strength, abs=0.02)


def test_a_delay_makes_everything_late(made) -> None:
    case, reference, entry, _ = made["delay"]
    rows = round(case.strength * 50)
    late = np.abs(entry[rows:, :5] - reference[:-rows, :5]).mean()
    now = np.abs(entry[:, :5] - reference[:, :5]).mean()
    assert late < now / 4


def test_the_same_case_gives_the_same_bytes(repository: Path, made) -> None:
    case, reference, entry, _ = made["encoder_noise"]
    again = make(repository / "robots" / "so101", [case], lambda _done, _total: None)
    assert again.reference.signals["q"].tobytes() == reference.tobytes()
    assert again.entry.signals["q"].tobytes() == entry.tobytes()


def test_proof_and_setting_share_neither_seeds_nor_strengths() -> None:
    of_proof, of_setting = proof(range(1, 9)), setting()
    assert not {c.seed for c in of_proof} & set(SETTING_SEEDS)
    for each in FAULTS:
        strengths = {c.strength for c in of_proof if c.fault is each}
        others = {c.strength for c in of_setting if c.fault is each}
        assert each.name == "none" or (len(strengths) == 3 and not strengths & others)
        assert list(each.strengths) == sorted(each.strengths)
    names = [case.name for case in of_proof]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", MOTIONS)
def test_motions_stay_within_the_robot(kind: str) -> None:
    for seed in range(40):
        command = MOTIONS[kind](np.random.default_rng(seed))
        assert command.shape == (ROWS, 6)
        assert np.abs(command[:, :5]).max() < 1.6
        assert command[:, 5].min() >= 0.1
        assert command[:, 5].max() <= 0.9
        assert np.ptp(command, axis=0).min() > 0.2
