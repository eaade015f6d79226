from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.entries.entry import entry_hash, write_entry
from bench.io.atomic import Transaction
from bench.io.problems import ProblemsError
from bench.io.store import Episodes
from tests.entries.toy import ROWS, UNITS, Holdout, Tracks, episodes_of

EVENTS = {"grasp": [1.5, 2.25]}


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_was_written_is_what_is_read(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    papers = {"events": EVENTS}
    written = write_entry(tmp_path / "e", holdout.document, episodes_of(tracks), papers)
    entry = holdout.check(tmp_path / "e")
    assert entry.hash == written
    assert (entry.document, entry.documents) == (holdout.document, papers)


def test_the_same_entry_gives_the_same_bytes(
    tmp_path: Path, holdout: Holdout, tracks: Tracks
) -> None:
    for name in ("one", "two"):
        write_entry(tmp_path / name, holdout.document, episodes_of(tracks))
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_writing_again_replaces_the_whole_folder(
    tmp_path: Path, holdout: Holdout, tracks: Tracks
) -> None:
    write_entry(tmp_path / "e", holdout.document, episodes_of(tracks), {"events": EVENTS})
    write_entry(tmp_path / "e", holdout.document, episodes_of(tracks))
    assert not (tmp_path / "e" / "events.json").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["e"]


def test_a_callers_transaction_that_fails_leaves_nothing(
    tmp_path: Path, holdout: Holdout, tracks: Tracks
) -> None:
    def fail() -> None:
        with Transaction() as transaction:
            write_entry(tmp_path / "e", holdout.document, episodes_of(tracks), {}, transaction)
            assert not (tmp_path / "e").exists()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_of_an_entry_that_cannot_be(
    tmp_path: Path, holdout: Holdout, tracks: Tracks
) -> None:
    tracks["wave.run-a"][1][4, 1] = np.inf
    document = holdout.document | {"lab": "a\x1b[31mred", "track": "other"}
    episodes = episodes_of(tracks, failed_at=np.array([np.nan, -1.0, 2.0]))
    with pytest.raises(ProblemsError) as raised:
        write_entry(tmp_path / "e", document, episodes, {"notes": {}, "events": []})  # type: ignore[dict-item]
    assert [str(problem) for problem in raised.value.problems] == [
        "unknown_file: 'notes': expected a document of kind twin or provenance or events, "
        "came another",
        "control_character: entry.json: lab: expected one line of text without control "
        "characters, came 'a\\x1b[31mred'",
        'schema: entry.json: track: expected "rollout", came "other"',
        "schema: events.json: expected a JSON object, came list",
        "failed_at: trajectories.zarr: 'circle.run-a', failed_at: expected a time of at least "
        "0 s, or inf where nothing broke, came nan",
        "failed_at: trajectories.zarr: 'square.run-a', failed_at: expected a time of at least "
        "0 s, or inf where nothing broke, came -1",
        "not_finite: trajectories.zarr: 'wave.run-a', joint 'lift', row 4: "
        "expected a finite number, came inf (1 of 150 rows)",
    ]
    assert list(tmp_path.iterdir()) == []


def test_control_characters_are_refused_with_their_escape(
    tmp_path: Path, holdout: Holdout, tracks: Tracks
) -> None:
    document = holdout.document | {"name": "good-entry\n", "lab": "a\x1b[31mred"}
    with pytest.raises(ProblemsError) as raised:
        write_entry(tmp_path / "e", document, episodes_of(tracks))
    assert [str(problem) for problem in raised.value.problems] == [
        "control_character: entry.json: lab: expected one line of text without control "
        "characters, came 'a\\x1b[31mred'",
        "control_character: entry.json: name: expected one line of text without control "
        "characters, came 'good-entry\\n'",
        "schema: entry.json: name: expected text that matches "
        '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$, came "good-entry\\n"',
    ]


@pytest.mark.parametrize("more", ["dq", "effort"])
def test_other_signals_are_refused(
    tmp_path: Path, holdout: Holdout, tracks: Tracks, more: str
) -> None:
    plain = episodes_of(tracks)
    units = {**plain.info.signals, more: UNITS, "time": ("ms",)}
    signals = {**plain.signals, more: plain.signals["q"]}
    with pytest.raises(ProblemsError) as raised:
        write_entry(
            tmp_path / "e",
            holdout.document,
            replace(plain, info=replace(plain.info, signals=units), signals=signals),
        )
    assert [str(problem) for problem in raised.value.problems] == [
        "unknown_signal: trajectories.zarr: "
        f"expected only time, q, samples, q_command, failed_at, came {more!r}",
        "signal_unit: trajectories.zarr: time: expected the unit 's', came 'ms'",
    ]


def test_hash_is_what_its_description_says(holdout: Holdout, tracks: Tracks) -> None:
    def content(arrays: dict[str, np.ndarray]) -> str:
        lines = b"".join(
            f"{name}:float64:{values.shape}\n".encode() + values.astype("<f8").tobytes("C")
            for name, values in sorted(arrays.items())
        )
        return hashlib.sha256(lines).hexdigest()

    def compact(value: object) -> str:
        return json.dumps(value, sort_keys=True, separators=(",", ":"))

    joints = [["pan", "rad"], ["lift", "rad"], ["elbow", "rad"], ["gripper", "fraction"]]
    lines = [f"entry {compact(holdout.document)}", f"events {compact(EVENTS)}"]
    lines.append(f"joints {compact(joints)}")
    for name in sorted(ROWS):
        time, q = tracks[name]
        lines.append(f'episode "{name}" {content({"time": time, "q": q})}')
    expected = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert entry_hash(holdout.document, episodes_of(tracks), {"events": EVENTS}) == expected


def test_hash_ignores_key_order_and_what_the_store_says_of_an_episode(
    holdout: Holdout, tracks: Tracks
) -> None:
    episodes = episodes_of(tracks)
    turned = dict(reversed(holdout.document.items()))
    other = tuple(replace(e, group="g", motion="m", run="r") for e in episodes.info.episodes)
    renamed = replace(episodes, info=replace(episodes.info, episodes=other, robot="r"))
    assert entry_hash(holdout.document, episodes) == entry_hash(turned, renamed)


def _swapped(episodes: Episodes) -> Episodes:
    first, second, third = episodes.info.episodes
    named = (replace(first, id=second.id), replace(second, id=first.id), third)
    return replace(episodes, info=replace(episodes.info, episodes=named))


def _nudged(episodes: Episodes) -> Episodes:
    q = episodes.signals["q"].copy()
    q[-1, -1] = np.nextafter(q[-1, -1], 1)
    return replace(episodes, signals={**episodes.signals, "q": q})


def _renamed(episodes: Episodes) -> Episodes:
    joints = ("lift", "pan", "elbow", "gripper")
    return replace(episodes, info=replace(episodes.info, joints=joints))


@pytest.mark.parametrize("change", [_swapped, _nudged, _renamed])
def test_hash_changes_with_the_content(holdout: Holdout, tracks: Tracks, change) -> None:  # type: ignore[no-untyped-def]
    episodes = episodes_of(tracks)
    assert entry_hash(holdout.document, episodes) != entry_hash(holdout.document, change(episodes))


def test_hash_changes_with_a_document(holdout: Holdout, tracks: Tracks) -> None:
    episodes = episodes_of(tracks)
    hashes = {
        entry_hash(holdout.document, episodes),
        entry_hash(holdout.document | {"lab": "Another"}, episodes),
        entry_hash(holdout.document, episodes, {"events": EVENTS}),
        entry_hash(holdout.document, episodes, {"events": {}}),
    }
    assert len(hashes) == 4
