from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from bench.datasets.split import Parts, split
from bench.guard.checks.hashes import run
from bench.io.store import Episodes
from tests.support.episodes import make_episodes

RULE = {"assignment": {"calibration": ["a"], "validation": ["b"], "holdout": ["c"]}, "groups": []}


def parts_of(episodes: Episodes) -> Parts:
    return split(episodes, RULE)


def plain_hash(episodes: Episodes, name: str) -> str:
    """The documented content hash, written out."""
    digest = hashlib.sha256()
    for signal in ("dq", "q", "q_command", "time"):
        values = episodes.signal(signal, episodes.index[name])
        digest.update(f"{signal}:float64:{values.shape}\n".encode())
        digest.update(np.ascontiguousarray(values, "<f8").tobytes())
    return digest.hexdigest()


def test_every_recording_is_looked_at_once() -> None:
    """The inputs of the holdout are parts of its truth and do not count."""
    assert run(parts_of(make_episodes(("a", "b", "c")))) == (6, [])


def test_one_recording_in_three_parts_is_one_finding() -> None:
    episodes = make_episodes(("a", "b", "c"))
    number = episodes.index["a.run-b"]
    parts = parts_of(episodes)
    copied = replace(
        parts,
        validation=episodes.select([number], "validation"),
        holdout_truth=episodes.select([episodes.index["c.run-a"], number], "holdout_truth"),
    )
    looked_at, (finding,) = run(copied)
    assert looked_at == 2 + 1 + 2
    assert (finding.code, finding.certainty) == ("equal_recordings", "certain")
    assert finding.evidence == {
        "hash": plain_hash(episodes, "a.run-b"),
        "episodes": ["a.run-b"] * 3,
        "parts": ["calibration", "holdout_truth", "validation"],
    }


def test_twice_in_one_part_is_found_as_well() -> None:
    parts = parts_of(make_episodes(("a", "b", "c")))
    twice = parts.validation.select([0, 0, 1], "validation")
    looked_at, (finding,) = run(replace(parts, validation=twice))
    assert looked_at == 7
    assert finding.evidence["episodes"] == ["b.run-a", "b.run-a"]
    assert finding.evidence["parts"] == ["validation"]


def test_one_bit_makes_another_recording() -> None:
    parts = parts_of(make_episodes(("a", "b", "c")))
    twice = parts.validation.select([0, 0], "validation")
    q = twice.signals["q"].copy()
    q[-1, -1] = np.nextafter(q[-1, -1], 1)
    almost = replace(twice, signals={**twice.signals, "q": q})
    assert run(replace(parts, validation=almost)) == (6, [])


def test_a_copy_in_the_diagnostic_pool_is_found() -> None:
    episodes = make_episodes(("a", "b", "c"))
    number = episodes.index["c.run-a"]
    pool = episodes.select([number], "diagnostic")
    looked_at, (finding,) = run(replace(parts_of(episodes), diagnostic=pool))
    assert looked_at == 7
    assert finding.evidence["parts"] == ["diagnostic", "holdout_truth"]
