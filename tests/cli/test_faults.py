"""`twinbench faults` on a few faults: a fixed part of what the stage runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import faults
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import load_episodes
from bench.scoring.labels.registry import RULES
from bench.twins.faults import pairs
from bench.twins.faults.pairs import Case
from bench.twins.faults.registry import FAULTS, fault


def test_every_label_of_a_fault_is_a_rule() -> None:
    known = {rule.name for rule in RULES}
    for each in FAULTS:
        must = {name for group in each.shows for name in group}
        assert must | set(each.may) <= known


def few(_seeds: object) -> list[Case]:
    """One case of each of the twelve faults that show in one motion."""
    names = [each.name for each in FAULTS if "steps" in each.kinds]
    kinds = dict.fromkeys(names, "steps") | {"link_mass": "waves", "armature": "waves"}
    return [Case(fault(name), fault(name).strengths[-1], 2, kinds[name]) for name in names]


def test_faults_are_found(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("robots/so101", "datasets/so101-synth", "schemas"):
        shutil.copytree(repository / part, tmp_path / part)
    (tmp_path / "datasets/so101-synth/label_proof.json").unlink(missing_ok=True)
    shutil.copyfile(repository / "params.yaml", tmp_path / "params.yaml")
    monkeypatch.setattr(pairs, "proof", few)
    # As many seeds as params.yaml says are the whole proof, however many.
    params = tmp_path / "params.yaml"
    params.write_text(
        params.read_text().replace("robot: so101, seeds: 8", "robot: so101, seeds: 3")
    )
    words = ["so101-synth", "--seeds", "3"]
    done = CliRunner().invoke(faults.command, words, obj=tmp_path)
    assert done.exit_code == 0, done.output
    assert f"{len(FAULTS)} pairs" in done.output
    proved = json.loads((tmp_path / "datasets/so101-synth/label_proof.json").read_text())
    assert proved["episodes"] == len(FAULTS)
    assert proved["macro_f1"] >= 0.8
    causes = proved["causes"]
    # All but the one without a fault, and no more than two whose fault shows too little here.
    assert len(FAULTS) - 3 <= causes["episodes"] <= len(FAULTS) - 1
    assert causes["with_estimates"]["macro_f1"] >= 0.8
    assert causes["with_estimates"]["log_score"] < causes["without_estimates"]["log_score"]
    outside = causes["with_estimates"]["outside"]
    assert outside["delay"] == {"yes": 1, "no": 0, "unknown": 0}
    by_name = {each["name"]: each for each in proved["faults"]}
    assert by_name["none"]["found"] == {}
    for name in ("delay", "joint_offset", "friction", "encoder_noise", "dead_joint", "jam"):
        (group,) = by_name[name]["shows"]
        assert set(group) & set(by_name[name]["found"]), name
    reference = load_episodes(tmp_path / "data/faults/so101-synth/reference.zarr")
    assert len(reference) == len(FAULTS)
    assert reference.info.episodes[0].id == "delay.0.17.2.steps"


def test_a_part_of_the_proof_does_not_replace_it(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("robots/so101", "datasets/so101-synth", "schemas"):
        shutil.copytree(repository / part, tmp_path / part)
    shutil.copyfile(repository / "params.yaml", tmp_path / "params.yaml")
    whole = tmp_path / "datasets/so101-synth/label_proof.json"
    before = whole.read_bytes()
    monkeypatch.setattr(pairs, "proof", few)
    stores = tmp_path / "data/faults/so101-synth"
    stores.mkdir(parents=True)
    (stores / "of_the_whole").write_text("")
    for words in (["--fault", "joint_offset"], ["--seeds", "7", "--fault", "joint_offset"]):
        done = CliRunner().invoke(faults.command, ["so101-synth", *words], obj=tmp_path)
        assert done.exit_code == 0, done.output
        part = stores.with_name("so101-synth-part")
        assert f"a part of the proof, in {part}" in done.output
        assert ": 1 pair, 1 label, " in done.output
        assert json.loads((part / "label_proof.json").read_text())["episodes"] == 1
        assert whole.read_bytes() == before
        assert (stores / "of_the_whole").exists()


def test_a_recorded_dataset_is_refused(repository: Path) -> None:
    done = CliRunner().invoke(faults.command, ["so101-sage"], obj=repository)
    assert isinstance(done.exception, ProblemsError)
    (problem,) = done.exception.problems
    assert str(problem) == (
        "not_generated: so101-sage: expected a generated dataset, with true_parameters.json, "
        "came none"
    )


def test_an_unknown_fault_is_refused(repository: Path) -> None:
    words = ["so101-synth", "--fault", "delay", "--fault", "delays"]
    done = CliRunner().invoke(faults.command, words, obj=repository)
    assert isinstance(done.exception, UnknownNameError)
    assert str(done.exception).startswith("unknown fault 'delays'; valid: ")
