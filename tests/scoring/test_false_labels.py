"""Labels between two runs of the generated robot, as they are and with planted differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.formulas.tails import tail_of
from bench.io.documents import Document
from bench.io.problems import ProblemsError
from bench.io.store import Episodes, load_episodes
from bench.io.workspace import Workspace
from bench.scoring.false_labels import LOWER, Labelling, false_labels, of_repeats, pairs_of
from bench.scoring.labels.registry import RULES
from bench.scoring.score import declared, robot_of
from tests.support.workspace import DATASET, silent


@pytest.fixture(scope="module")
def place(prepared) -> Workspace:
    return Workspace(prepared)


@pytest.fixture(scope="module")
def calibration(place: Workspace) -> Episodes:
    part = place.dataset(DATASET).part("calibration")
    return load_episodes(part, allowed=frozenset({"calibration"}))


@pytest.fixture(scope="module")
def labelling(place: Workspace) -> Labelling:
    paths = place.dataset(DATASET)
    return Labelling(robot_of(place, paths), declared(paths.document(), 0), {})


def changed(part: Episodes, name: str, value: np.ndarray) -> Episodes:
    return Episodes(part.info, part.start, {**part.signals, name: value})


def by_rule(document: Document) -> dict[str, Document]:
    return {record["rule"]: record for record in document["rules"]}


def moved(part: Episodes, joint: str, by: float) -> Episodes:
    """One joint of the first further run is off."""
    q = np.array(part.signals["q"])
    first = next(pairs_of(part)).repeat
    q[part.rows(first), part.info.joints.index(joint)] += by
    return changed(part, "q", q)


def test_every_further_run_is_held_against_the_reference_run(calibration: Episodes) -> None:
    episodes = calibration.info.episodes
    found = {(episodes[p.reference].id, episodes[p.repeat].id) for p in pairs_of(calibration)}
    expected = {
        (own.id, again.id)
        for own in episodes
        for again in episodes
        if own.motion == again.motion and (own.role, again.role) == ("reference", "repeat")
    }
    assert found == expected
    assert len(found) >= 5


def test_runs_of_other_commands_are_no_repeat(calibration: Episodes) -> None:
    before = list(pairs_of(calibration))
    command = np.array(calibration.signals["q_command"])
    command[calibration.rows(before[0].repeat).start] += 0.01
    after = list(pairs_of(changed(calibration, "q_command", command)))
    numbers = [[(p.reference, p.repeat) for p in pairs] for pairs in (before, after)]
    assert numbers[1] == numbers[0][1:]


def test_commands_that_are_not_known_in_the_same_rows_are_the_same(calibration: Episodes) -> None:
    command = np.array(calibration.signals["q_command"])
    valid = np.ones(len(command), dtype=np.bool_)
    for number in range(len(calibration)):
        row = calibration.rows(number).start + 5
        command[row], valid[row] = np.nan, False
    part = changed(changed(calibration, "q_command", command), "q_command_valid", valid)
    assert len(list(pairs_of(part))) == len(list(pairs_of(calibration)))
    valid[part.rows(next(pairs_of(part)).repeat).start + 5] = True
    other = changed(part, "q_command_valid", valid)
    assert len(list(pairs_of(other))) == len(list(pairs_of(calibration))) - 1


def test_a_run_that_is_off_is_labelled_and_its_size_is_seen(
    calibration: Episodes, labelling: Labelling
) -> None:
    before = of_repeats([calibration], labelling, 1.0, silent)
    assert before["labels"] == []
    off = moved(calibration, "elbow_flex", 0.3)
    first = calibration.info.episodes[next(pairs_of(calibration)).repeat]
    after = of_repeats([off], labelling, 1.0, silent)
    offsets = [label for label in after["labels"] if label["name"] == "offset"]
    ((label,), own) = (offsets, by_rule(after)["offset"])
    assert (label["run"], label["joints"]) == (first.run, ["elbow_flex"])
    assert label["episode"].startswith(first.motion)
    assert own["largest"] == pytest.approx(0.3, abs=0.02)
    assert own["fitted"] > by_rule(before)["offset"]["fitted"]
    assert own["proposed"] > by_rule(before)["offset"]["proposed"]
    assert own["proposed"] >= own["largest"]
    assert after["hours"] == before["hours"] > 0


def test_thresholds_that_differ_are_the_ones_judged(
    calibration: Episodes, labelling: Labelling
) -> None:
    lower = replace(labelling, thresholds={"offset": {"mean": 0.001}})
    found = of_repeats([calibration], lower, 1.0, silent)
    record = by_rule(found)["offset"]
    number = sum(1 for label in found["labels"] if label["name"] == "offset")
    assert record["value"] == 0.001
    assert number > 0
    assert record["fitted"] * found["hours"] == pytest.approx(number)
    assert record["averaged"] == record["fitted"]


@pytest.mark.parametrize("an_hour", [0.2, 1.0, 30.0])
def test_what_is_proposed_shares_the_labels_out(
    calibration: Episodes, labelling: Labelling, an_hour: float
) -> None:
    found = of_repeats([moved(calibration, "elbow_flex", 0.02)], labelling, an_hour, silent)
    known = [record for record in found["rules"] if record["found"]]
    assert 3 <= len(known) < len(found["rules"])
    for record in known:
        assert record["proposed_fitted"] <= an_hour / len(known) * (1 + 1e-6)
        assert record["proposed"] >= record["largest"]
    assert found["together"]["proposed_fitted"] <= an_hour * (1 + 1e-6)
    for key in ("fitted", "averaged", "proposed_fitted", "proposed_averaged"):
        assert found["together"][key] == pytest.approx(sum(record[key] for record in known))
    shift = by_rule(found)["event_shifted"]
    assert shift["largest"] < 1 <= shift["proposed"]


def test_rules_without_a_label_say_nothing(calibration: Episodes, labelling: Labelling) -> None:
    for record in of_repeats([calibration], labelling, 1.0, silent)["rules"]:
        if not record["found"]:
            assert all(record[key] is None for key in ("largest", "fitted", "averaged", "proposed"))


def test_sizes_are_those_of_a_far_lower_threshold(
    calibration: Episodes, labelling: Labelling
) -> None:
    (offset,) = [rule for rule in RULES if rule.name == "offset"]
    settings = {key: one.default for key, one in offset.thresholds.items()}
    settings["mean"] /= LOWER
    sizes = [
        abs(label.numbers["mean_error"])
        for pair in pairs_of(calibration)
        for label in offset.find(pair.trace(labelling), settings)
    ]
    record = by_rule(of_repeats([calibration], labelling, 1.0, silent))["offset"]
    assert (record["found"], record["largest"]) == (len(sizes), pytest.approx(max(sizes)))
    level = tail_of(sizes).passed(record["value"])
    assert record["fitted"] * sum(
        float(pair.trace(labelling).weights.sum()) / 3600 for pair in pairs_of(calibration)
    ) == pytest.approx(level)


def test_it_is_told_how_far_it_is(calibration: Episodes, labelling: Labelling) -> None:
    told: list[tuple[int, int]] = []
    of_repeats([calibration], labelling, 1.0, lambda done, total: told.append((done, total)))
    pairs = len(list(pairs_of(calibration)))
    assert told == [(done, pairs) for done in range(pairs + 1)]


def test_a_part_without_further_runs_is_refused(
    calibration: Episodes, labelling: Labelling
) -> None:
    alone = [k for k, one in enumerate(calibration.info.episodes) if one.role == "reference"]
    part = calibration.select(alone, "calibration")
    with pytest.raises(ProblemsError) as raised:
        of_repeats([part], labelling, 1.0, silent)
    (problem,) = raised.value.problems
    assert str(problem) == (
        "no_repeats: calibration: expected a motion with a further run that had the same, known "
        f"commands, came none in {len(alone)} motions"
    )


def test_neither_holdout_nor_diagnostic_pool_is_read(workspace: Workspace) -> None:
    import shutil

    paths = workspace.dataset(DATASET)
    before = false_labels(workspace, paths, 1.0, silent)
    for part in ("holdout_truth", "holdout_inputs", "diagnostic"):
        shutil.rmtree(paths.part(part), ignore_errors=True)
    assert false_labels(workspace, paths, 1.0, silent) == before
    assert before["parts"] == ["calibration", "validation"]
