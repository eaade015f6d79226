"""All checks over all datasets and all entries; known exceptions stand in known_findings.yaml.

What is looked at: the split of each dataset (as committed, and again where its stores are here),
the holdout's data, the pipeline, and the record and the committed result of each entry.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import bench.guard.checks
from bench.datasets.layout import load_layout
from bench.datasets.split import PARTS, Parts
from bench.guard.finding import SplitCheck
from bench.guard.flow import flow
from bench.guard.holdout.check import CODES, HoldoutCheck
from bench.guard.holdout.registry import HOLDOUT_CHECKS
from bench.guard.pipeline.check import PipelineCheck
from bench.guard.pipeline.registry import PIPELINE_CHECKS
from bench.guard.pipeline.stages import read_pipeline
from bench.guard.record.check import RecordCheck
from bench.guard.record.known import known_of
from bench.guard.record.registry import RECORD_CHECKS
from bench.guard.registry import split_checks
from bench.io.documents import Document, read_document
from bench.io.store import load_episodes
from bench.io.workspace import DatasetPaths, Workspace
from tests.support.workspace import DATASET

ROOT = Path(__file__).parent.parent.parent
KNOWN = Path(__file__).parent / "known_findings.yaml"
HERE = Workspace(ROOT)
LOOKED_AT = (SplitCheck, RecordCheck, PipelineCheck, HoldoutCheck)
"""The sorts of checks that are run here."""

Seen = tuple[str, Document]
"""Where it was found, and the finding as a document."""


def _datasets(place: Workspace) -> list[DatasetPaths]:
    return [place.dataset(name) for name in place.datasets()]


# What each sort of check is run over.


def splits(place: Workspace) -> Iterator[Seen]:
    for paths in _datasets(place):
        committed = read_document(paths.guard, "guard")["findings"]
        yield from ((f"split {paths.name}", finding) for finding in committed)
        if paths.part("holdout_truth").is_dir():
            again = [f.document() for f in _split_again(paths)]
            assert json.loads(json.dumps(again)) == committed, f"{paths.name}: guard.json is old"


def _split_again(paths: DatasetPaths) -> Iterator[Any]:
    stores = {name: paths.part(name) for name in PARTS}
    parts = Parts(**{n: load_episodes(p) for n, p in stores.items() if p.is_dir()})
    for check in split_checks(load_layout(paths)):
        yield from check.run(parts)[1]


def holdouts(place: Workspace) -> Iterator[Seen]:
    needed = {"holdout_inputs": "holdout_inputs", "holdout_truth": "holdout_truth"}
    for paths in _datasets(place):
        for check in HOLDOUT_CHECKS:
            store = needed.get(check.name)
            if store is None or paths.part(store).is_dir():
                found = check.run(paths)
                yield from ((f"dataset {paths.name}", f.document()) for f in found)


def pipelines(place: Workspace) -> Iterator[Seen]:
    pipeline = read_pipeline(place)
    for check in PIPELINE_CHECKS:
        yield from (("pipeline", f.document()) for f in check.run(pipeline))


def records(place: Workspace) -> Iterator[Seen]:
    """Of twins, of what the pipeline rolled out, and of entries of labs, where they are here."""
    for paths in _datasets(place):
        known = known_of(paths)
        folders = [*paths.twin("").glob("*/"), *paths.rollout("").glob("*/")]
        folders += paths.submitted("").glob("*/*/")
        for folder in sorted(folders):
            file = folder / "provenance.json"
            record = read_document(file, "provenance") if file.is_file() else None
            lab = folder.is_relative_to(paths.submitted(""))
            name = folder.parent.name if lab else folder.name
            for check in RECORD_CHECKS:
                for finding in check.run(record, known):
                    yield f"record {paths.name}/{name}", finding.document()


def results(place: Workspace) -> Iterator[Seen]:
    """Of the committed results and boards, whatever check of `score` they come from."""
    for paths in _datasets(place):
        for file in sorted(paths.results.glob("*.json")):
            if not file.name.endswith((".metrics.json", ".run.json")):
                result = read_document(file, "result")
                for finding in result["findings"]:
                    yield f"result {paths.name}/{result['entry']['name']}", finding
        if not paths.board.is_dir():
            continue
        for row in read_document(paths.board / "leaderboard.json", "leaderboard")["rows"]:
            own = read_document(paths.result(row["entry"]), "result")
            assert row["findings"] == own["findings"], "the board is old"


def look_at(place: Workspace) -> tuple[Seen, ...]:
    return tuple(
        {
            json.dumps(seen, sort_keys=True): seen
            for part in (splits, holdouts, pipelines, records, results)
            for seen in part(place)
        }.values()
    )


@cache
def everything() -> tuple[Seen, ...]:
    return look_at(HERE)


# What is known.


@cache
def exceptions() -> tuple[Document, ...]:
    return tuple(yaml.safe_load(KNOWN.read_text()))


def matches(known: Document, seen: Seen) -> bool:
    where, finding = seen
    wanted = known.get("evidence", {})
    return (
        known["where"] == where
        and (known["code"], known["certainty"]) == (finding["code"], finding["certainty"])
        and all(finding["evidence"].get(key) == value for key, value in wanted.items())
    )


def can_occur(known: Document) -> bool:
    return "needs" not in known or (ROOT / known["needs"]).is_dir()


def new(seen: tuple[Seen, ...], known: tuple[Document, ...]) -> list[Seen]:
    return [one for one in seen if not any(matches(each, one) for each in known)]


def gone(seen: tuple[Seen, ...], known: tuple[Document, ...]) -> list[Document]:
    return [
        each for each in known if can_occur(each) and not any(matches(each, one) for one in seen)
    ]


@pytest.mark.timeout(1200)  # all stores are hashed, where they are here
def test_nothing_is_found_that_is_not_known() -> None:
    assert new(everything(), exceptions()) == []


@pytest.mark.timeout(1200)
def test_what_is_known_still_occurs() -> None:
    assert gone(everything(), exceptions()) == []


def test_every_exception_has_a_reason_and_no_other_field() -> None:
    fields = {"where", "code", "certainty", "reason"}
    for known in exceptions():
        assert fields <= known.keys() <= fields | {"evidence", "needs"}
        assert len(known["reason"]) > 20


def test_a_new_finding_and_one_that_is_gone_are_told() -> None:
    """The two tests above can fail."""
    finding = {"code": "x", "certainty": "hint", "evidence": {"episodes": ["a"], "number": 1}}
    seen = (("dataset toy", finding),)
    known = {"where": "dataset toy", "code": "x", "certainty": "hint", "reason": "made"}
    assert new(seen, ()) == list(seen)
    assert new(seen, (known,)) == []
    assert new(seen, ({**known, "evidence": {"episodes": ["a"]}},)) == []
    for other in (
        {"where": "dataset other"},
        {"code": "y"},
        {"certainty": "certain"},
        {"evidence": {"episodes": ["b"]}},
    ):
        assert new(seen, ({**known, **other},)) == list(seen)
        assert gone(seen, ({**known, **other},)) == [{**known, **other}]
    assert gone(seen, (known,)) == []
    assert gone((), ({**known, "needs": "data/nowhere"},)) == []


def test_planted_faults_are_seen_wherever_they_lie(workspace: Workspace, repository: Path) -> None:
    """In a checkout in which every sort of check has something to find."""
    assert new(look_at(workspace), exceptions()) == []
    paths = workspace.dataset(DATASET)
    text = (repository / "dvc.yaml").read_text()
    place = workspace.root / "dvc.yaml"
    place.write_text(text.replace("/validation.zarr", "/holdout_truth.zarr"))
    rule = json.loads((paths.folder / "split.json").read_text())
    rule["assignment"]["holdout"].remove("circle")
    (paths.folder / "split.json").write_text(json.dumps(rule))
    finding = {"code": "made", "certainty": "hint", "evidence": {}, "anchor": "x"}
    for file in (paths.result("delayed-echo"), paths.board / "leaderboard.json"):
        document = json.loads(file.read_text())
        rows = document.get("rows", ())
        for row in (r for r in rows if r["entry"] == "delayed-echo"):
            row["findings"] = [finding]
        file.write_text(json.dumps(document if rows else {**document, "findings": [finding]}))
    (paths.twin("command-echo") / "provenance.json").unlink()
    assert [(where, found["code"]) for where, found in new(look_at(workspace), exceptions())] == [
        (f"dataset {DATASET}", "holdout_extra"),
        ("pipeline", "stage_reads_more"),
        (f"record {DATASET}/command-echo", "provenance_unknown"),
        (f"result {DATASET}/delayed-echo", "made"),
    ]
    guard = json.loads(paths.guard.read_text())
    paths.guard.write_text(json.dumps({**guard, "findings": [finding]}))
    with pytest.raises(AssertionError, match=r"guard\.json is old"):
        look_at(workspace)
    shutil.rmtree(paths.part("holdout_truth"))
    assert new(look_at(workspace), exceptions())[0] == (f"split {DATASET}", finding)


def test_every_check_takes_part() -> None:
    """A check of a sort that is not run here, or one in no registry, is one that nobody runs."""
    layout = load_layout(_datasets(HERE)[0])
    registered = {
        check.name
        for check in (*split_checks(layout), *RECORD_CHECKS, *PIPELINE_CHECKS, *HOLDOUT_CHECKS)
    }
    for module in pkgutil.iter_modules(bench.guard.checks.__path__):
        loaded = importlib.import_module(f"bench.guard.checks.{module.name}")
        check = loaded.CHECK if hasattr(loaded, "CHECK") else loaded.check(layout)
        sort = type(check).__name__
        if not isinstance(check, LOOKED_AT):
            # What a check inside `score` finds stands in the committed results.
            assert check.name in flow()["score"], f"{module.name}: run {sort} here"
        else:
            assert check.name in registered, f"{module.name} is in no registry"
    assert registered <= {name for names in flow().values() for name in names}


def test_all_three_datasets_and_every_entry_are_looked_at() -> None:
    params = HERE.params()["pipeline"]
    assert set(HERE.datasets()) >= set(params["datasets"])
    for run in params["runs"].values():
        assert HERE.dataset(run["dataset"]).result(run["entry"]).is_file()


def test_every_code_has_a_section_in_the_documentation(repository: Path) -> None:
    """Findings carry the address of the section."""
    codes = {check.code for check in (*RECORD_CHECKS, *PIPELINE_CHECKS)} | CODES.keys()
    page = (repository / "docs" / "guard.md").read_text()
    assert {code for code in codes if f"{{#{code}}}" not in page} == set()
