from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from bench.datasets.split import Parts, split
from bench.guard.checks.near_duplicates import run
from bench.io.store import Episodes
from tests.guard.near_duplicates.motions import quicker, wandering
from tests.support.episodes import make_episodes

RULE = {
    "assignment": {"calibration": ["a", "b"], "validation": ["c"], "holdout": ["d"]},
    "groups": [],
}
RATE = 50


def long_motion(seed: int, seconds: float = 60.0) -> np.ndarray:
    """(T, J) a motion at 50 Hz, and J as the made episodes have it."""
    joints = len(make_episodes(("a",)).info.joints)
    coarse = wandering(np.random.default_rng(seed), int(seconds * 5), joints)
    return quicker(coarse, 5 / RATE)


def parts_with(motions: Mapping[str, np.ndarray]) -> Parts:
    """A split whose episodes measured these motions."""
    made = make_episodes(tuple("abcd"))
    chosen = made.select([made.index[f"{name}.run-a"] for name in "abcd"], "all")
    lengths = [len(motions[name]) for name in "abcd"]
    signals = {
        name: np.resize(values, (sum(lengths), *values.shape[1:]))
        for name, values in chosen.signals.items()
    }
    signals["time"] = np.concatenate([np.arange(n) / RATE for n in lengths])
    signals["q"] = np.concatenate([motions[name] for name in "abcd"])
    start = np.cumsum([0, *lengths])
    return split(Episodes(chosen.info, start, signals), RULE)


def different() -> dict[str, np.ndarray]:
    return {name: long_motion(seed) for seed, name in enumerate("abcd")}


def test_different_motions_give_no_finding() -> None:
    assert run(parts_with(different())) == (4, [])


def shifted(motion: np.ndarray) -> np.ndarray:
    return np.concatenate([np.repeat(motion[:1], 4 * RATE, axis=0), motion])


def replaced(motion: np.ndarray) -> np.ndarray:
    found = motion.copy()
    found[:, 1] = long_motion(99)[: len(found), 1]
    return found


@pytest.mark.parametrize(
    ("planted", "scale", "shift"),
    [
        (lambda m: m + np.random.default_rng(0).normal(0, 0.003, m.shape), 1.0, 0.0),
        (shifted, 1.0, -4.0),
        (lambda m: quicker(m, 1.7), 1.7, 0.0),
        (lambda m: quicker(m, 1 / 1.7), 1 / 1.7, 0.0),
        (lambda m: m[RATE * 20 :], 1.0, 20.0),
        (replaced, 1.0, 0.0),
        (lambda m: m + 0.04, 1.0, 0.0),
    ],
    ids=["noise", "shifted", "quicker", "slower", "cropped", "one joint", "offset"],
)
@pytest.mark.parametrize("part", ["b", "c"])
def test_a_planted_copy_is_found(planted, scale: float, shift: float, part: str) -> None:
    motions = different()
    motions["d"] = planted(motions[part])
    compared, findings = run(parts_with(motions))
    store = "calibration" if part == "b" else "validation"
    assert compared == 4
    assert {finding.code for finding in findings} == {"near_duplicate"}
    best = findings[0]
    assert best.certainty == "likely"
    assert best.evidence["episode"] == "d.run-a"
    assert best.evidence["like"] == f"{store}: {part}.run-a"
    assert best.evidence["share"] >= 0.7
    held = next(f.evidence for f in findings if f.evidence["share_of"] == "holdout")
    # The fitted motion has to be taken so many times quicker to be the holdout's.
    assert held["time_scale"] == pytest.approx(scale, rel=0.02)
    if scale == 1.0:
        assert held["shift"] == pytest.approx(shift, abs=0.6)


def test_a_short_piece_of_the_holdout_among_fitted_motions_is_found_by_its_own_share() -> None:
    motions = different()
    motions["a"] = motions["d"][RATE * 15 : RATE * 30]
    _, findings = run(parts_with(motions))
    assert [(f.certainty, f.evidence["share_of"]) for f in findings] == [("likely", "fitted")]
    assert findings[0].evidence["share"] == 1.0


def test_half_a_motion_is_a_hint() -> None:
    motions = different()
    half = RATE * 30
    motions["d"] = np.concatenate([motions["a"][:half], long_motion(77)[half:]])
    _, findings = run(parts_with(motions))
    assert {f.certainty for f in findings} == {"hint"}
    assert all(0.3 <= f.evidence["share"] < 0.7 for f in findings)


def test_episodes_of_one_part_may_be_alike() -> None:
    motions = different()
    motions["b"] = motions["a"]
    motions["c"] = replace_noise(motions["a"])
    assert run(parts_with(motions))[1] == []


def replace_noise(motion: np.ndarray) -> np.ndarray:
    return motion + np.random.default_rng(3).normal(0, 0.002, motion.shape)


def test_the_finding_says_where_it_is_explained() -> None:
    motions = different()
    motions["d"] = motions["a"]
    document = run(parts_with(motions))[1][0].document()
    assert document["anchor"] == "docs/guard.md#near_duplicate"
    assert document["evidence"] == {
        "episode": "d.run-a",
        "like": "calibration: a.run-a",
        "share_of": "holdout",
        "share": 1.0,
        "time_scale": 1.0,
        "shift": pytest.approx(0.0, abs=0.6),
        "windows": document["evidence"]["windows"],
    }
