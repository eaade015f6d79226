"""One good entry, every way to break it with its exact message, and what must be accepted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.entries.validation import check_entry, validate
from bench.io.problems import ProblemsError
from tests.entries.toy import (
    JOINTS,
    ROWS,
    SCORED,
    UNITS,
    Holdout,
    Tracks,
    change,
    episodes_of,
    write_raw,
)

STORE = "trajectories.zarr"
Break = Callable[[Tracks], None]


def test_a_good_entry_passes(holdout: Holdout, entry: Path, tracks: Tracks) -> None:
    found = holdout.check(entry)
    assert found.document == holdout.document
    assert found.documents == {}
    assert [e.id for e in found.episodes.info.episodes] == list(ROWS)
    for number, (time, q) in enumerate(tracks.values()):
        np.testing.assert_array_equal(found.episodes.signal("time", number), time)
        np.testing.assert_array_equal(found.episodes.signal("q", number), q)
    assert found.episodes.info.split == "entry"


def test_scored_joints_alone_pass(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    arm = {name: (time, q[:, :3]) for name, (time, q) in tracks.items()}
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(arm, SCORED, UNITS[:3]))
    assert holdout.check(folder).episodes.info.joints == SCORED


def test_order_of_episodes_is_free(
    tmp_path: Path, holdout: Holdout, entry: Path, tracks: Tracks
) -> None:
    turned = dict(reversed(tracks.items()))
    folder = write_raw(tmp_path / "turned", holdout.document, episodes_of(turned))
    one, other = holdout.check(entry), holdout.check(folder)
    assert one.hash == other.hash
    for name, place in one.episodes.index.items():
        again = other.episodes.signal("q", other.episodes.index[name])
        np.testing.assert_array_equal(one.episodes.signal("q", place), again)


def test_a_clock_of_its_own_passes(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    own = {}
    for name, (time, q) in tracks.items():
        clock = np.arange(-0.003, time[-1] + 0.001, 0.007)
        own[name] = clock, np.stack([np.interp(clock, time, c) for c in q.T], axis=1)
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(own))
    assert len(holdout.check(folder).episodes.signals["time"]) > sum(ROWS.values())


def test_failed_at_passes_and_is_kept(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    failed = np.array([np.inf, 1.0, np.inf])
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(tracks, failed_at=failed))
    np.testing.assert_array_equal(holdout.check(folder).episodes.signals["failed_at"], failed)


# One fault in the trajectories each, and its exact message.


def lack(tracks: Tracks) -> None:
    del tracks["square.run-a"]


def one_too_many(tracks: Tracks) -> None:
    tracks["circle.run-b"] = tracks["circle.run-a"]


def not_a_number(tracks: Tracks) -> None:
    tracks["wave.run-a"][1][[7, 9], 2] = np.nan


def infinite_time(tracks: Tracks) -> None:
    tracks["wave.run-a"][0][-1] = np.inf


def too_big(tracks: Tracks) -> None:
    tracks["circle.run-a"][1][3, 0] = -2e4


def short_clock(tracks: Tracks) -> None:
    time, q = tracks["wave.run-a"]
    tracks["wave.run-a"] = time[:-2], q[:-2]


def late_clock(tracks: Tracks) -> None:
    time, q = tracks["wave.run-a"]
    tracks["wave.run-a"] = time[1:], q[1:]


def gap(tracks: Tracks) -> None:
    time, q = tracks["square.run-a"]
    keep = (np.arange(len(time)) < 10) | (np.arange(len(time)) > 12)
    tracks["square.run-a"] = time[keep], q[keep]


def falling_clock(tracks: Tracks) -> None:
    tracks["square.run-a"][0][5] = 0.08


def degrees(tracks: Tracks) -> None:
    for _, q in tracks.values():
        q[:, :3] = np.degrees(q[:, :3])


def wrapped(tracks: Tracks) -> None:
    tracks["circle.run-a"][1][40:, 1] -= 2 * np.pi


CASES: dict[Break, str] = {
    lack: f"missing_episode: {STORE}: 'square.run-a': expected its prediction, came none",
    one_too_many: (
        f"unknown_episode: {STORE}: 'circle.run-b': expected an episode of the holdout's inputs, "
        "came another"
    ),
    not_a_number: (
        f"not_finite: {STORE}: 'wave.run-a', joint 'elbow', row 7: expected a finite number, "
        "came nan (2 of 150 rows)"
    ),
    infinite_time: (
        f"not_finite: {STORE}: 'wave.run-a', row 149 time: expected a finite time, "
        "came inf (1 of 150 rows)"
    ),
    too_big: (
        f"out_of_range: {STORE}: 'circle.run-a', joint 'pan', row 3: "
        "expected at most 10000 in size, came -20000 (1 of 120 rows)"
    ),
    short_clock: (
        f"clock_coverage: {STORE}: 'wave.run-a': expected 0 s to 2.98 s, within 0.01 s at each "
        "end, came 0 s to 2.94 s"
    ),
    late_clock: (
        f"clock_coverage: {STORE}: 'wave.run-a': expected 0 s to 2.98 s, within 0.01 s at each "
        "end, came 0.02 s to 2.98 s"
    ),
    gap: (
        f"clock_gap: {STORE}: 'square.run-a', row 9: expected at most 0.05 s from row to row, "
        "came 0.08 s"
    ),
    falling_clock: (
        f"clock_not_rising: {STORE}: 'square.run-a', row 5: expected times that rise from row to "
        "row, came 0.08 s after 0.08 s"
    ),
    degrees: (
        f"degrees: {STORE}: joints 'pan', 'lift', 'elbow': expected rad, "
        "came slope on the command 57.3, 57.3, 57.3, near 180/pi: degrees"
    ),
    wrapped: (
        f"wrapped: {STORE}: 'circle.run-a', joint 'lift': expected an angle in the same turn as "
        "its command, came -1 turns for 1.58 s from 0.8 s on"
    ),
}


@pytest.mark.parametrize("fault", CASES, ids=lambda fault: fault.__name__)
def test_one_fault_gives_one_line(
    tmp_path: Path, holdout: Holdout, tracks: Tracks, fault: Break
) -> None:
    fault(tracks)
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(tracks))
    assert holdout.problems(folder) == [CASES[fault]]


@pytest.mark.parametrize(
    ("joints", "came"),
    [
        (("lift", "pan", "elbow", "gripper"), "'lift', 'pan', 'elbow', 'gripper' (another order)"),
        (("pan", "lift", "knee", "gripper"), "'pan', 'lift', 'knee', 'gripper'"),
    ],
    ids=["other_order", "other_names"],
)
def test_other_joints(
    tmp_path: Path, holdout: Holdout, tracks: Tracks, joints: tuple[str, ...], came: str
) -> None:
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(tracks, joints))
    expected = "'pan', 'lift', 'elbow' or 'pan', 'lift', 'elbow', 'gripper'"
    assert holdout.problems(folder) == [
        f"joints: {STORE}: joints: expected {expected}, came {came}"
    ]


def test_other_unit(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    units = ("rad", "rad", "m", "fraction")
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(tracks, JOINTS, units))
    assert holdout.problems(folder) == [f"units: {STORE}: joint 'elbow': expected rad, came m"]


def test_an_episode_twice(holdout: Holdout, entry: Path) -> None:
    def rename(metadata: dict) -> None:  # type: ignore[type-arg]
        metadata["attributes"]["episodes"][1]["id"] = "circle.run-a"

    change(entry / STORE / "zarr.json", rename)
    lines = holdout.problems(entry)
    assert f"duplicate_episode: {STORE}: 'circle.run-a': expected it once, came 2 times" in lines
    assert f"missing_episode: {STORE}: 'square.run-a': expected its prediction, came none" in lines


def test_another_holdout_says_what_to_do(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    old = "0" * 64
    folder = write_raw(tmp_path / "e", holdout.document | {"holdout": old}, episodes_of(tracks))
    assert holdout.problems(folder) == [
        f"wrong_holdout: entry.json: holdout: expected the root {holdout.lock['root']} of toy "
        f"(fetch the inputs again with twinbench inputs), came {old}"
    ]


def test_another_dataset(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    folder = write_raw(tmp_path / "e", holdout.document | {"dataset": "tin"}, episodes_of(tracks))
    change(folder / STORE / "zarr.json", lambda m: m["attributes"].update(dataset="can", robot="r"))
    assert holdout.problems(folder) == [
        "wrong_dataset: entry.json: dataset: expected 'toy', came 'tin'",
        f"wrong_dataset: {STORE}: dataset: expected 'toy', came 'can'",
        f"wrong_robot: {STORE}: robot: expected 'toy-arm', came 'r'",
    ]


def test_inputs_that_are_not_those_of_the_lock(holdout: Holdout, entry: Path) -> None:
    old = {**holdout.lock, "episodes": holdout.lock["episodes"][:2]}
    with pytest.raises(ProblemsError) as raised:
        validate(entry, inputs=holdout.inputs, lock=old, scored=SCORED)
    assert str(raised.value) == (
        f"stale_inputs: inputs: expected the inputs of toy with the root {old['root']} (fetch the "
        "inputs again with twinbench inputs), came others: 1 episodes differ, the first is "
        "'wave.run-a'"
    )


def test_the_template_is_refused_as_it_is(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    from bench.entries.template import template

    folder = write_raw(tmp_path / "e", template(holdout.inputs, holdout.lock), episodes_of(tracks))
    assert holdout.problems(folder) == [
        "placeholder: entry.json: contact: expected your own text, came the template's "
        "'<e-mail address or URL>'",
        "placeholder: entry.json: lab: expected your own text, came the template's '<your lab>'",
        "placeholder: entry.json: licence: expected your own text, came the template's "
        "'<licence of the entry, an SPDX identifier>'",
        "placeholder: entry.json: method: expected your own text, came the template's "
        "'<how the prediction was made>'",
        "placeholder: entry.json: name: expected your own text, came the template's "
        "'name-of-your-entry'",
    ]


def test_four_faults_are_listed_at_once(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    lack(tracks)
    not_a_number(tracks)
    late = tracks["circle.run-a"]
    tracks["circle.run-a"] = late[0][1:], late[1][1:]
    document = {k: v for k, v in holdout.document.items() if k != "contact"}
    folder = write_raw(tmp_path / "e", document, episodes_of(tracks))
    assert holdout.problems(folder) == [
        "schema: entry.json: top level: expected the fields contact, came none of them",
        f"clock_coverage: {STORE}: 'circle.run-a': expected 0 s to 2.38 s, within 0.01 s at each "
        "end, came 0.02 s to 2.38 s",
        CASES[lack],
        CASES[not_a_number],
    ]


# A damaged store: its problem, and all the others.


def cut_chunk(folder: Path) -> str:
    chunk = folder / STORE / "q" / "c" / "0" / "0"
    whole = chunk.read_bytes()
    chunk.write_bytes(whole[: len(whole) // 2])
    return (
        f"broken_chunk: {STORE}/q/c/0/0: expected {len(whole)} bytes in the file, "
        f"came {len(whole) // 2} bytes"
    )


def empty_chunk(folder: Path) -> str:
    (folder / STORE / "time" / "c" / "0").write_bytes(b"")
    return f"broken_chunk: {STORE}/time/c/0: expected a blosc chunk, came 0 bytes"


def missing_chunk(folder: Path) -> str:
    (folder / STORE / "q" / "c" / "0" / "0").unlink()
    return f"missing_chunk: {STORE}/q/c/0/0: expected a chunk in a plain file, came none"


def missing_array(folder: Path) -> str:
    shutil.rmtree(folder / STORE / "q")
    return f"missing_array: {STORE}/q: expected the array q, came none"


def cut_metadata(folder: Path) -> str:
    file = folder / STORE / "q" / "zarr.json"
    file.write_text(file.read_text()[:100])
    return f"not_json: {STORE}/q/zarr.json: expected a JSON document, came "


def cut_attributes(folder: Path) -> str:
    file = folder / STORE / "zarr.json"
    file.write_text(file.read_text()[:100])
    return f"not_json: {STORE}/zarr.json: expected a JSON document, came "


def fewer_rows(folder: Path) -> str:
    change(folder / STORE / "q" / "zarr.json", lambda m: m["shape"].__setitem__(0, 300))
    return f"store_form: {STORE}/q/zarr.json: expected chunks no longer than the array, came "


@pytest.mark.parametrize(
    "damage",
    [
        cut_chunk,
        empty_chunk,
        missing_chunk,
        missing_array,
        cut_metadata,
        cut_attributes,
        fewer_rows,
    ],
    ids=lambda damage: damage.__name__,
)
def test_a_truncated_store_is_reported_with_the_other_faults(
    holdout: Holdout, entry: Path, damage: Callable[[Path], str]
) -> None:
    line = damage(entry)
    assert len(lines := holdout.problems(entry)) == 1
    assert lines[0].startswith(line)
    change(entry / "entry.json", lambda d: d.update(holdout="1" * 64))
    first, second = holdout.problems(entry)
    assert first.startswith("wrong_holdout: entry.json: holdout: expected the root ")
    assert second == lines[0]


def test_joints_and_episodes_are_checked_beside_a_broken_chunk(
    tmp_path: Path, holdout: Holdout, tracks: Tracks
) -> None:
    lack(tracks)
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(tracks, tuple("abcd")))
    broken = cut_chunk(folder)
    lines = holdout.problems(folder)
    assert [line.partition(":")[0] for line in lines] == [
        "broken_chunk",
        "missing_episode",
        "joints",
    ]
    assert lines[0] == broken


def test_in_memory_and_on_disk_agree(
    tmp_path: Path, holdout: Holdout, entry: Path, tracks: Tracks
) -> None:
    held = {"inputs": holdout.inputs, "lock": holdout.lock, "scored": SCORED}
    good = check_entry(holdout.document, episodes_of(tracks), {}, **held)
    assert good.hash == holdout.check(entry).hash
    lack(tracks)
    degrees(tracks)
    document = holdout.document | {"holdout": "2" * 64}
    folder = write_raw(tmp_path / "bad", document, episodes_of(tracks))
    with pytest.raises(ProblemsError) as raised:
        check_entry(document, episodes_of(tracks), {}, **held)
    assert [str(problem) for problem in raised.value.problems] == holdout.problems(folder)


def test_nothing_heavy_is_imported(entry: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.entries.toy import make_holdout\n"
        "make_holdout().check(Path(sys.argv[1]))\n"
        "heavy = {'pandas', 'h5py', 'scipy', 'mujoco', 'torch', 'dvc'} & sys.modules.keys()\n"
        "assert not heavy, sorted(heavy)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(entry)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
