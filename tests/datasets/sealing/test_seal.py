"""Sealing and unsealing: what is written, who can open it, and that it is the same again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.datasets.sealing.commitment import sealed_document, sealed_truth
from bench.datasets.sealing.opening import opened, unseal
from bench.datasets.sealing.seal import seal
from bench.io.documents import file_hash, read_document
from bench.io.problems import ProblemsError
from bench.io.workspace import DatasetPaths
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
