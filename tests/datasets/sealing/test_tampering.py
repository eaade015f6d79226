"""Whatever is changed of a sealed holdout is found, said with a code, and nothing is written."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.datasets.sealing.commitment import sealed_document, sealed_truth
from bench.datasets.sealing.opening import opened, unseal
from bench.datasets.sealing.seal import seal
from bench.io.problems import ProblemsError
from bench.io.workspace import DatasetPaths
from tests.datasets.sealing.made import drawn, files, make_split
from tests.datasets.sealing.tampering import CASES, NAME, ORGANISER, PAYLOAD, PUBLIC, Case, forge


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> DatasetPaths:
    paths = make_split(tmp_path_factory.mktemp("original") / "checkout", NAME)
    seal(paths, [PUBLIC], remove_truth=True, source=drawn("original"))
    return paths


@pytest.fixture
def paths(original: DatasetPaths, tmp_path: Path) -> DatasetPaths:
    shutil.copytree(original.root, tmp_path / "checkout")
    return DatasetPaths(tmp_path / "checkout", NAME)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


def codes(paths: DatasetPaths) -> set[str]:
    """Codes of the problems with which it does not open; none if it does."""
    try:
        with opened(paths, ORGANISER):
            return set()
    except ProblemsError as error:
        return {problem.code for problem in error.problems}


@pytest.mark.parametrize("forged", [False, True], ids=["alone", "forged"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_tampering(case: Case, forged: bool, paths: DatasetPaths, temporary: Path) -> None:
    case.change(paths)
    if forged and sealed_truth(paths).exists():
        forge(paths)
    expected = case.forged if forged else case.alone
    before = files(paths.root)
    assert codes(paths) == ({expected} if expected else set())
    assert not list(temporary.iterdir())
    if expected:
        with pytest.raises(ProblemsError):
            unseal(paths, ORGANISER)
        assert files(paths.root) == before


def test_the_original_opens(paths: DatasetPaths) -> None:
    assert codes(paths) == set()


def test_every_bit_of_the_head_matters(paths: DatasetPaths) -> None:
    """Also where `sealed.json` was made to fit the changed file."""
    data = sealed_truth(paths).read_bytes()
    document = json.loads(sealed_document(paths).read_text())
    for bit in range(8 * PAYLOAD):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        sealed_truth(paths).write_bytes(changed)
        digest = hashlib.sha256(changed).hexdigest()
        sealed_document(paths).write_text(json.dumps({**document, "sha256": digest}))
        found = codes(paths)
        # RFC 7748 ignores the highest bit of a point: the shared secret stays, the wrap does not.
        assert found and found <= {"sealed_form", "sealed_other", "sealed_wrap", "sealed_head"}, bit


SOME = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SOME
@given(data=st.data())
def test_no_change_of_bytes_opens_or_breaks(original: DatasetPaths, data: st.DataObject) -> None:
    """Bytes put in, taken out or replaced anywhere, with a sealed.json made to fit."""
    root = original.root.parent / "fuzzed"
    paths = DatasetPaths(root, NAME)
    if not root.exists():
        shutil.copytree(original.root, root)
    whole = sealed_truth(original).read_bytes()
    at = data.draw(st.one_of(st.integers(0, PAYLOAD + 40), st.integers(0, len(whole))))
    length = data.draw(st.integers(0, 200))
    put = data.draw(st.binary(max_size=200))
    changed = whole[:at] + put + whole[at + length :]
    if changed == whole:
        return
    sealed_truth(paths).write_bytes(changed)
    shutil.copyfile(sealed_document(original), sealed_document(paths))
    assert codes(paths)
    forge(paths)
    assert codes(paths)


@SOME
@given(data=st.binary(max_size=600))
def test_any_bytes_are_read_without_a_traceback(original: DatasetPaths, data: bytes) -> None:
    root = original.root.parent / "any"
    paths = DatasetPaths(root, NAME)
    if not root.exists():
        shutil.copytree(original.root, root)
    sealed_truth(paths).write_bytes(data or b"\0")
    forge(paths)
    assert codes(paths) == {"sealed_form"}
    sealed_truth(paths).write_bytes(b"twb-seal\x01\x01" + data)
    forge(paths)
    assert codes(paths) <= {"sealed_form", "sealed_other"}
