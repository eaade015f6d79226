"""Tables of the pages against the code that they describe; nothing here uses their generator."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.cli.main import VERBS
from bench.datasets.readers.registry import READERS
from bench.io.documents import KINDS
from bench.scoring.metrics.registry import HEADLINE, METRICS
from bench.twins.kinds import KINDS as TWIN_KINDS
from bench.twins.simulation.physics import ROBOT_UNITS, SERVO_UNITS
from scripts.reference_tables import renewed
from tests.docs.pages import PAGES, ROOT, section, tables


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_generated_tables_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert renewed(text) == text, "run: python scripts/reference_tables.py"


def _fields(schema: Any) -> Iterator[tuple[str, str]]:
    """Name and description of every field, wherever it stands in a schema."""
    if isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items():
            if isinstance(field, dict) and ("description" in field or "$ref" in field):
                yield name, field.get("description", "")
        for inner in schema.values():
            yield from _fields(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _fields(inner)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_schema_is_described(kind: str) -> None:
    schema = json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    described = section(_page("formats.md"), "Episode store" if kind == "episodes" else kind)
    rows = [row for table in tables(described) for row in table]
    named = {re.split(r"[.\[\]]+", row[0].strip("`]"))[-1] for row in rows} | {
        re.split(r"[.]", row[0].strip("`").replace("[]", ""))[-1] for row in rows
    }
    fields = list(_fields(schema))
    assert fields
    meanings = " ".join(cell for row in rows for cell in row).replace("\\|", "|")
    for name, description in fields:
        assert name in named, name
        assert description.replace("<", "&lt;") in meanings, f"{name}: {description}"


def test_every_schema_is_a_kind() -> None:
    assert {path.name.removesuffix(".schema.json") for path in ROOT.glob("schemas/*.json")} == set(
        KINDS
    )


def test_the_metrics_are_those_of_the_registry() -> None:
    (table,) = tables(section(_page("formulas.md"), "Metrics").split("### ")[0])
    assert [row[:4] + row[5:] for row in table[1:]] == [
        [f"`{m.name}`", m.symbol, m.unit, m.shown_unit, m.meaning, m.null] for m in METRICS
    ]
    assert [row[4] for row in table[1:]] == [
        m.direction if m.target is None else f"near {m.shown_factor * m.target:g}" for m in METRICS
    ]
    assert f"`{HEADLINE}`" in _page("index.md")


def test_ranges_and_weights_are_those_of_the_robot() -> None:
    robot = json.loads((ROOT / "robots/so101/robot.json").read_text(encoding="utf-8"))
    joints = [j for arm in robot["arms"] for j in arm["joints"] if j["scored"]]
    found = section(_page("formulas.md"), "Metrics").split("Δ, rad")[1].split("###")[0]
    rows = re.findall(r"^\| (\w+) \| ([\d.]+) \|$", found, re.MULTILINE)
    assert rows == [(j["name"], str(j["range"])) for j in joints]
    assert {j["weight"] for j in joints} == {1 / 5}


def test_verbs_are_those_of_the_command() -> None:
    listed = [row[0].strip("`").split()[0] for row in next(tables(_page("commands.md")))[1:]]
    assert list(dict.fromkeys(listed)) == list(VERBS)


def test_verbs_have_functions() -> None:
    rows = next(
        t for t in tables(section(_page("quickstart.md"), "From Python")) if t[0][0] == "verb"
    )[1:]
    verbs = {verb for row in rows for verb in re.findall(r"`(\w+)`", row[0])}
    assert verbs == set(VERBS)
    for row in rows:
        for name in re.findall(r"`(bench\.[\w.]+)`", row[1]):
            module, _, last = name.rpartition(".")
            if not (ROOT / (name.replace(".", "/") + ".py")).is_file():
                assert callable(getattr(importlib.import_module(module), last)), name


def test_kinds_of_twins_and_readers_are_those_of_the_registries() -> None:
    page = _page("formats.md")
    (twins,) = [t for t in tables(section(page, "twin")) if t[0][0] == "kind"]
    assert [row[0].strip("`") for row in twins[1:]] == list(TWIN_KINDS)
    simulated = next(row[1] for row in twins if row[0] == "`mujoco`")
    for name in [*SERVO_UNITS, *ROBOT_UNITS]:
        assert f"`{name}`" in simulated
    (readers,) = [t for t in tables(section(page, "dataset")) if t[0][0] == "reader"]
    assert [row[0].strip("`") for row in readers[1:]] == list(READERS)


def test_the_pipeline_page_names_every_stage_and_parameter() -> None:
    page = _page("pipeline.md")
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    listed = [row[0].strip("`") for row in next(tables(section(page, "Stages")))[1:]]
    assert listed == list(stages)
    (table,) = tables(section(page, "Parameters"))
    named = {row[0].strip("`") for row in table[1:]}
    used = {p for stage in stages.values() for p in stage["do"].get("params", [])}
    assert {p.replace("${item.entry}", "<entry>") for p in used} <= named
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    assert set(params) == {name.split(".")[0] for name in named}
    for word in params["score"]:
        assert f"`{word}`" in section(page, "Parameters")


def test_the_pipeline_page_has_the_allow_list() -> None:
    allowed = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["allow"]
    (table,) = tables(section(_page("pipeline.md"), "The allow-list"))
    assert {row[0].strip("`"): re.findall(r"`([^`]+)`", row[1]) for row in table[1:]} == allowed


def test_dependencies_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    own, extra, development = tables(_page("dependencies.md"))

    def names(requirements: list[str]) -> set[str]:
        found = {re.match(r"[\w.-]+", one)[0] for one in requirements}  # type: ignore[index]
        return found - {"twinbench"}

    assert {row[0] for row in own[1:]} == names(project["dependencies"])
    assert {(row[0].strip("`"), row[1]) for row in extra[1:]} == {
        (name, one) for name in extras if name != "dev" for one in names(extras[name])
    }
    assert {row[0] for row in development[1:]} == names(extras["dev"])
    for row in [*own[1:], *development[1:]]:
        assert row[-1] and "GPL" not in row[-1].replace("LGPL", "")


def test_the_labels_of_the_robots_own_holdout_runs_are_stated() -> None:
    """The page gives numbers of labels and hours; the results are the pipeline's."""
    stated = " ".join(_page("labels.md").split())
    found = {}
    for name in ("repeat", "repeat-shifted"):
        place = ROOT / "leaderboards" / "so101-sage" / "repeats" / f"{name}.json"
        result = json.loads(place.read_text(encoding="utf-8"))
        hours = sum(episode["time_scored"] for episode in result["episodes"]) / 3600
        found[name] = (len(result["labels"]), hours)
        for label in result["labels"]:
            assert f"`{label['episode'].removesuffix('.run-a')}`" in stated
    (own, hours), (shifted, _) = found["repeat"], found["repeat-shifted"]
    assert (
        f"its 22 repeated motions ({hours:.2f} h) have {own} labels as recorded and {shifted} "
        f"after the calibration shift is removed, "
        f"{own / hours:.1f} and {shifted / hours:.1f} per hour."
    ) in stated
