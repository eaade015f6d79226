from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.entries.check import CheckInput
from bench.entries.checks import documents, files, store
from bench.entries.folder import Bounds, read_folder
from tests.entries.toy import SCORED, Holdout, change


def cut(entry: Path) -> None:
    (entry / "entry.json").write_text('{"name": ')


def not_finite(entry: Path) -> None:
    (entry / "events.json").write_text('{"at": NaN}')


def unprintable(entry: Path) -> None:
    change(entry / "entry.json", lambda d: d.update(method="a\u202eb"))


def unfilled(entry: Path) -> None:
    change(entry / "entry.json", lambda d: d.update(lab="<your lab>"))


def unknown_field(entry: Path) -> None:
    change(entry / "entry.json", lambda d: d.update(score=0))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (cut, "not_json"),
        (not_finite, "not_finite"),
        (unprintable, "control_character"),
        (unfilled, "placeholder"),
        (unknown_field, "schema"),
    ],
)
def test_faults_of_documents_are_reported_here_alone(
    holdout: Holdout, entry: Path, damage: Callable[[Path], None], code: str
) -> None:
    damage(entry)
    contents = read_folder(entry, Bounds.of(holdout.inputs))
    given = CheckInput(contents, holdout.inputs, holdout.lock, SCORED)
    assert [p.code for p in documents.run(given)] == [code]
    assert code in documents.CODES
    assert [*files.run(given), *store.run(given)] == []


def test_a_good_entry_has_none(holdout: Holdout, entry: Path) -> None:
    contents = read_folder(entry, Bounds.of(holdout.inputs))
    assert contents.document == holdout.document
    assert list(documents.run(CheckInput(contents, holdout.inputs, holdout.lock, SCORED))) == []
