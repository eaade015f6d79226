"""Sealing and unsealing: what is written, who can open it, and that it is the same again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.attribution.attribute import attribution_place
from bench.cli.seal import command as seal_verb
from bench.datasets.sealing.commitment import sealed_document, sealed_truth
from bench.datasets.sealing.kept_results import keep_results, kept_results
from bench.datasets.sealing.keys import write_new_keys
from bench.datasets.sealing.open_places import BOARD_NOTE, TABLES, open_places
from bench.datasets.sealing.opened import OpenedPaths
from bench.datasets.sealing.opening import opened, unseal
from bench.datasets.sealing.seal import seal
from bench.io.atomic import INTERRUPTS
from bench.io.documents import dump, file_hash, read_document
from bench.io.problems import ProblemsError
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.sync_results import results_folder
from tests.datasets.sealing.made import drawn, files, key_pair, make_split
from tests.datasets.sealing.oracle import open_sealed

ALICE, ALICE_PUBLIC = key_pair("Alice", "Lab A")
BOB, BOB_PUBLIC = key_pair("Bob")
MALLORY, _ = key_pair("Mallory")


@pytest.fixture
def paths(tmp_path: Path) -> DatasetPaths:
    return make_split(tmp_path / "checkout")


def test_sealed_json_says_what_is_committed_to_and_who_can_open_it(paths: DatasetPaths) -> None:
    done = seal(paths, [ALICE_PUBLIC, BOB_PUBLIC], source=drawn("seal"))
    document = read_document(sealed_document(paths), "sealed")
    assert document == done.document
    lock = read_document(paths.lock, "holdout_lock")
    assert (document["dataset"], document["root"]) == ("toy", lock["root"])
    assert document["sha256"] == file_hash(sealed_truth(paths))
    assert document["size"] == sealed_truth(paths).stat().st_size > 3 * 65536
    assert document["organisers"] == [
        {"id": ALICE.id, "name": "Alice", "contact": "alice@example.org", "lab": "Lab A"},
        {"id": BOB.id, "name": "Bob", "contact": "bob@example.org", "lab": None},
    ]


@pytest.mark.parametrize("key", [ALICE, BOB])
def test_each_organiser_gets_every_file_back(paths: DatasetPaths, key: object) -> None:
    before = files(paths.part("holdout_truth"))
    seal(paths, [ALICE_PUBLIC, BOB_PUBLIC], remove_truth=True, source=drawn("seal"))
    assert not paths.part("holdout_truth").exists()
    assert not paths.episodes.exists()
    place = unseal(paths, key)  # type: ignore[arg-type]
    assert files(place) == before


def test_an_oracle_opens_it(tmp_path: Path) -> None:
    """Written from the documents alone, with neither the package nor its library."""
    paths = make_split(tmp_path / "checkout", rows=60)
    seal(paths, [BOB_PUBLIC, ALICE_PUBLIC], source=drawn("seal"))
    data = sealed_truth(paths).read_bytes()
    for key in (ALICE, BOB):
        assert open_sealed(data, key.raw) == files(paths.part("holdout_truth"))


def test_the_oracle_opens_several_chunks(paths: DatasetPaths) -> None:
    seal(paths, [ALICE_PUBLIC], source=drawn("seal"))
    assert open_sealed(sealed_truth(paths).read_bytes(), ALICE.raw) == files(
        paths.part("holdout_truth")
    )


def test_the_same_random_bytes_give_the_same_file_and_others_another(paths: DatasetPaths) -> None:
    first = seal(paths, [ALICE_PUBLIC], source=drawn("one")).document
    again = seal(paths, [ALICE_PUBLIC], overwrite=True, source=drawn("one")).document
    other = seal(paths, [ALICE_PUBLIC], overwrite=True, source=drawn("two")).document
    fresh = seal(paths, [ALICE_PUBLIC], overwrite=True).document
    assert first == again
    assert len({one["sha256"] for one in (first, other, fresh)}) == 3


def test_nothing_of_the_truth_stands_in_the_sealed_file(paths: DatasetPaths) -> None:
    seal(paths, [ALICE_PUBLIC], source=drawn("seal"))
    data = sealed_truth(paths).read_bytes()
    for content in files(paths.part("holdout_truth")).values():
        assert content[:24] not in data
    assert b"zarr" not in data


def test_what_still_holds_the_truth_is_named(paths: DatasetPaths) -> None:
    paths.raw.mkdir(parents=True)
    done = seal(paths, [ALICE_PUBLIC])
    assert done.open_places == (paths.part("holdout_truth"), paths.episodes, paths.raw)
    done = seal(paths, [ALICE_PUBLIC], remove_truth=True, overwrite=True)
    assert done.open_places == (paths.raw,)


def _open_board(paths: DatasetPaths, *notes: str) -> list[Path]:
    """The tables of a leaderboard with these notes."""
    places = [paths.board / name for name in TABLES]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dump({"notes": list(notes)}) if place.suffix == ".json" else "x")
    return places


@pytest.mark.parametrize(
    ("made", "listed"),
    [
        ("leaderboards/toy/results/echo.json", "leaderboards/toy/results"),
        ("leaderboards/toy/repeats/repeat.json", "leaderboards/toy/repeats"),
        ("leaderboards/toy/.repeats.abcd_123.part/repeat.json", None),
        ("leaderboards/toy/sync/results/hold.json", "leaderboards/toy/sync"),
        ("leaderboards/toy/sync.json", "leaderboards/toy/sync.json"),
        ("leaderboards/toy/sync.csv", "leaderboards/toy/sync.csv"),
        ("leaderboards/toy/sync.md", "leaderboards/toy/sync.md"),
        ("leaderboards/toy/leaderboard.md", "leaderboards/toy/leaderboard.md"),
        ("data/traces/toy/echo.zarr/zarr.json", "data/traces/toy"),
        ("data/attributions/toy/echo.json", "data/attributions/toy"),
        ("data/reports/toy/echo/index.html", "data/reports/toy"),
        ("data/split/toy/.holdout_truth.zarr.abcd_123.part/zarr.json", None),
        ("data/episodes/toy/.all.zarr.abcd_123.part/zarr.json", None),
    ],
)
def test_what_says_how_far_off_episodes_are_is_named(
    paths: DatasetPaths, made: str, listed: str | None
) -> None:
    place = paths.root / made
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("{}")
    done = seal(paths, [ALICE_PUBLIC], remove_truth=True)
    assert done.open_places == (paths.root / listed if listed else place.parent,)


def test_the_places_are_those_that_verbs_write(paths: DatasetPaths) -> None:
    workspace = Workspace(paths.root)
    seal(paths, [ALICE_PUBLIC], remove_truth=True)
    for place in (
        paths.result("echo"),
        paths.repeat("repeat"),
        paths.repeat_traces / "x",
        results_folder(paths) / "hold.json",
        attribution_place(workspace, "toy", "echo"),
    ):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("{}")
        (found,) = open_places(paths)
        assert place.is_relative_to(found)
        shutil.rmtree(found)


@pytest.mark.parametrize("notes", [(), (f"{BOARD_NOTE} Or so.",)])
def test_the_tables_of_an_open_board_are_named(paths: DatasetPaths, notes: tuple[str, ...]) -> None:
    tables = _open_board(paths, *notes)
    assert seal(paths, [ALICE_PUBLIC], remove_truth=True).open_places == tuple(tables)


def test_the_tables_of_a_sealed_board_are_not_named(paths: DatasetPaths) -> None:
    _open_board(paths, "Another note.", BOARD_NOTE)
    assert seal(paths, [ALICE_PUBLIC], remove_truth=True).open_places == ()


def test_a_link_to_another_disk_is_named_as_it_stands_in_the_checkout(
    paths: DatasetPaths, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    paths.raw.parent.mkdir(parents=True)
    paths.raw.symlink_to(tmp_path / "disk")
    (paths.root / "params.yaml").touch()
    write_new_keys(tmp_path / "key", "Organiser", "organiser@example.org", None)
    words = ["toy", "--to", str(tmp_path / "key.pub"), "--remove-truth"]
    done = CliRunner().invoke(seal_verb, words, obj=paths.root, catch_exceptions=False)
    assert done.stderr == "toy: still in the open: data/raw/toy\n"


@pytest.mark.parametrize(
    ("at", "came"),
    [(9, "content 1 of toy on {root}"), (11, "content 2 of uoy on {root}"), (14, None)],
    ids=["content", "dataset", "root"],
)
def test_kept_results_of_something_else_are_refused(
    paths: DatasetPaths, at: int, came: str | None
) -> None:
    seal(paths, [ALICE_PUBLIC])
    kept = kept_results(paths)
    kept.parent.mkdir(parents=True)
    with opened(paths, ALICE) as place:
        assert isinstance(place, OpenedPaths)
        (place.results / "echo.json").write_text("{}")
        keep_results(place, kept)
    with opened(paths, ALICE) as place:
        assert [path.name for path in place.results.iterdir()] == ["echo.json"]
    data = bytearray(kept.read_bytes())
    data[at] ^= 3 if at == 9 else 1
    kept.write_bytes(data)
    with pytest.raises(ProblemsError) as error, opened(paths, ALICE):
        raise AssertionError
    root = read_document(paths.lock, "holdout_lock")["root"][:12]
    other = f"{int(root[:2], 16) ^ 1:02x}{root[2:]}"
    came = (came or f"content 2 of toy on {other}").format(root=root)
    expected = f"sealed_other: {kept}: expected results of toy on {root}, came "
    assert _message(error) == expected + came


def test_a_sealed_file_that_opens_to_something_else_is_not_put_in_place(
    paths: DatasetPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(paths.root)
    place = "bench.datasets.sealing.sealed_file.opened_pieces"
    monkeypatch.setattr(place, lambda *_: iter([b"something else"]))
    with pytest.raises(ProblemsError) as error:
        seal(paths, [ALICE_PUBLIC], remove_truth=True)
    (problem,) = error.value.problems
    expected = "a sealed file that opens to what was sealed"
    assert (problem.code, problem.expected, problem.came) == ("sealed_chunk", expected, "another")
    assert files(paths.root) == before


def _message(error: pytest.ExceptionInfo[ProblemsError]) -> str:
    return str(error.value)


def test_what_is_sealed_is_not_sealed_over_unasked(paths: DatasetPaths) -> None:
    seal(paths, [ALICE_PUBLIC])
    before = files(paths.root)
    with pytest.raises(ProblemsError) as error:
        seal(paths, [BOB_PUBLIC])
    assert _message(error) == (
        f"already_sealed: {sealed_document(paths)}: expected a holdout that is not sealed; "
        "--overwrite seals it anew, came a sealed one"
    )
    assert files(paths.root) == before


def test_a_key_twice_or_none_is_refused(paths: DatasetPaths) -> None:
    with pytest.raises(ProblemsError) as error:
        seal(paths, [ALICE_PUBLIC, ALICE_PUBLIC])
    assert _message(error) == "same_key: key of 'Alice': expected each key once, came it again"
    with pytest.raises(ProblemsError) as error:
        seal(paths, [])
    assert _message(error) == "key_count: keys to seal to: expected 1 to 32 keys, came 0"


def test_without_a_truth_there_is_nothing_to_seal(paths: DatasetPaths) -> None:
    shutil.rmtree(paths.part("holdout_truth"))
    with pytest.raises(ProblemsError) as error:
        seal(paths, [ALICE_PUBLIC])
    assert _message(error) == (
        f"not_made: {paths.part('holdout_truth')}: expected a store; make it with: "
        "twinbench split toy, came none"
    )


def test_a_truth_that_is_not_that_of_the_lock_is_not_sealed(
    paths: DatasetPaths, tmp_path: Path
) -> None:
    other = make_split(tmp_path / "other", seed=1)
    shutil.rmtree(paths.part("holdout_truth"))
    shutil.copytree(other.part("holdout_truth"), paths.part("holdout_truth"))
    with pytest.raises(ProblemsError) as error:
        seal(paths, [ALICE_PUBLIC])
    assert {p.code for p in error.value.problems} == {"holdout_changed"}
    assert len(error.value.problems) == 4
    assert not sealed_document(paths).exists()
    assert not sealed_truth(paths).exists()


def test_a_link_in_the_store_is_not_followed(paths: DatasetPaths, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("elsewhere")
    (paths.part("holdout_truth") / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ProblemsError, match="not_plain"):
        seal(paths, [ALICE_PUBLIC])
    assert not sealed_truth(paths).exists()


def test_unsealing_what_is_open_is_refused(paths: DatasetPaths) -> None:
    with pytest.raises(ProblemsError) as error:
        unseal(paths, ALICE)
    assert _message(error) == (
        "not_sealed: toy: expected a sealed holdout, with sealed.json, came an open one"
    )


def test_an_open_holdout_needs_no_key(paths: DatasetPaths) -> None:
    with opened(paths, None) as place:
        assert place is paths


def test_without_a_key_one_reads_whom_to_ask(paths: DatasetPaths) -> None:
    """Even where the truth still lies open in the checkout."""
    seal(paths, [ALICE_PUBLIC, BOB_PUBLIC])
    with pytest.raises(ProblemsError) as error, opened(paths, None):
        raise AssertionError
    assert _message(error) == (
        "sealed: holdout of toy: expected the key of an organiser, with --key FILE or in "
        "TWINBENCH_KEY, came no key: Alice (alice@example.org); Bob (bob@example.org) can open "
        "it; send them the entry folder, or where it can be fetched, once `twinbench validate` "
        "finds no problem in it"
    )


def test_a_stranger_s_key_opens_nothing(paths: DatasetPaths) -> None:
    seal(paths, [ALICE_PUBLIC])
    with pytest.raises(ProblemsError) as error, opened(paths, MALLORY):
        raise AssertionError
    assert _message(error) == (
        f"wrong_key: {sealed_truth(paths)}: expected one of the keys {ALICE.id[:16]}, "
        f"came {MALLORY.id[:16]}"
    )


class UnforeseenError(Exception):
    """Anything that may go wrong in the block."""


@pytest.mark.parametrize("kind", [None, UnforeseenError, KeyboardInterrupt, SystemExit])
def test_the_open_truth_is_gone_after_the_block(
    paths: DatasetPaths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[BaseException] | None,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    truth = files(paths.part("holdout_truth"))
    seal(paths, [ALICE_PUBLIC], remove_truth=True)
    before, seen = files(paths.root), {}

    def use() -> None:
        with opened(paths, ALICE) as place:
            store = place.part("holdout_truth")
            assert store.is_relative_to(temporary)
            assert store.parent.stat().st_mode & 0o777 == 0o700
            assert place.part("calibration") == paths.part("calibration")
            seen.update(files(store))
            if kind is not None:
                raise kind

    if kind is None:
        use()
    else:
        with pytest.raises(kind):
            use()
    assert seen == truth
    assert not list(temporary.iterdir())
    assert files(paths.root) == before


INTERRUPTED = """
import os, signal, sys
from pathlib import Path
from bench.cli.main import cli, run
from bench.datasets.sealing.keys import read_secret_key
from bench.datasets.sealing.opening import opened
from bench.io.workspace import DatasetPaths
def interrupted(**_):
    root, key, number = sys.argv[1:]
    with opened(DatasetPaths(Path(root), "toy"), read_secret_key(Path(key))) as place:
        print(len(os.listdir(place.temporary)), flush=True)
        os.kill(os.getpid(), int(number))
cli.main = interrupted
run()
"""
"""A verb that gets a signal while the truth is open."""


@pytest.mark.parametrize("number", INTERRUPTS)
def test_no_signal_that_can_be_handled_leaves_the_truth_open(
    paths: DatasetPaths, tmp_path: Path, number: signal.Signals
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    public, _ = write_new_keys(tmp_path / "key", "Organiser", "organiser@example.org", None)
    seal(paths, [public])
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, paths.root, tmp_path / "key", str(int(number))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert ended.stdout == "2\n", ended.stderr
    assert ended.returncode == 128 + number
    assert ended.stderr == "interrupted; nothing was left half done\n"
    assert not list(temporary.iterdir())


def test_signals_that_end_a_process_are_handled() -> None:
    names = ["INT", "TERM", "HUP", "QUIT", "ALRM", "VTALRM", "PROF", "XCPU", "USR1", "USR2"]
    assert {signal.Signals[f"SIG{name}"] for name in names} <= set(INTERRUPTS)


def test_a_signal_that_is_ignored_stays_ignored(paths: DatasetPaths, tmp_path: Path) -> None:
    """As SIGHUP under nohup."""
    public, _ = write_new_keys(tmp_path / "key", "Organiser", "organiser@example.org", None)
    seal(paths, [public])
    script = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)" + INTERRUPTED
    words = [paths.root, tmp_path / "key", str(int(signal.SIGHUP))]
    ended = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "2\n", "")


def test_the_truth_is_never_opened_inside_the_checkout(
    paths: DatasetPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(paths, [ALICE_PUBLIC])
    inside = paths.root / "data"
    monkeypatch.setattr("tempfile.tempdir", str(inside))
    with pytest.raises(ProblemsError) as error, opened(paths, ALICE):
        raise AssertionError
    assert _message(error) == (
        "temporary_folder: TMPDIR: expected a folder for temporary files outside the checkout; "
        f"TMPDIR names one, came {inside}"
    )
