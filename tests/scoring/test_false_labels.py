"""Labels between two runs of the generated robot, as they are and with planted differences."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from bench.io.documents import Document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import Episodes, load_episodes
from bench.io.workspace import Workspace
from bench.scoring.false_labels import (
    LOWER,
    Labelling,
    false_labels,
    of_repeats,
    pairs_of,
    raised,
)
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


def test_rows_that_are_masked_are_not_counted(calibration: Episodes, labelling: Labelling) -> None:
    """Which further runs had the same commands ingestion knows: it leaves masked rows out too."""
    before = of_repeats([calibration], labelling, 1.0, silent)
    valid = np.ones(len(calibration.signals["q"]), dtype=np.bool_)
    for number in range(len(calibration)):
        valid[calibration.rows(number).start :][:40] = False
    after = of_repeats([changed(calibration, "q_command_valid", valid)], labelling, 1.0, silent)
    assert after["runs"] == before["runs"]
    assert 0.8 * before["hours"] < after["hours"] < before["hours"]


def test_a_run_that_is_off_is_labelled_and_its_size_is_seen(
    calibration: Episodes, labelling: Labelling
) -> None:
    before = of_repeats([calibration], labelling, 1.0, silent)
    assert before["labels"] == []
    off = moved(calibration, "elbow_flex", 0.3)
    first = calibration.info.episodes[next(pairs_of(calibration)).repeat]
    after = of_repeats([off], labelling, 1.0, silent)
    offsets = [label for label in after["labels"] if label["label"] == "offset"]
    ((label,), own) = (offsets, by_rule(after)["offset"])
    assert (label["run"], label["joints"]) == (first.run, ["elbow_flex"])
    assert label["numbers"]["mean_error"] == pytest.approx(0.3, abs=0.02)
    assert 0.9 < label["strength"] <= 1
    assert label["episode"].startswith(first.motion)
    assert own["largest"] == pytest.approx(0.3, abs=0.02)
    assert own["fitted"] > by_rule(before)["offset"]["fitted"]
    assert own["proposed"] > by_rule(before)["offset"]["proposed"]
    assert own["proposed"] >= own["largest"]
    assert after["hours"] == before["hours"] > 0


def test_what_is_left_out_counts_nowhere(calibration: Episodes, labelling: Labelling) -> None:
    off = moved(calibration, "elbow_flex", 0.3)
    name = next(pairs_of(off)).name
    with_it = of_repeats([off], labelling, 1.0, silent)
    found = of_repeats([off], labelling, 1.0, silent, [name, name])
    assert (with_it["left_out"], found["left_out"]) == ([], [name])
    assert found["labels"] == []
    assert found["runs"] == with_it["runs"] - 1
    assert found["hours"] < with_it["hours"]
    assert by_rule(found)["offset"]["largest"] < 0.02
    assert by_rule(found)["offset"]["motions"] == by_rule(with_it)["offset"]["motions"] - 1


def test_what_is_left_out_has_to_be_there(calibration: Episodes, labelling: Labelling) -> None:
    with pytest.raises(UnknownNameError, match="unknown episode with a further run 'nothing'"):
        of_repeats([calibration], labelling, 1.0, silent, ["nothing"])


def test_labels_of_one_motion_count_once(calibration: Episodes, labelling: Labelling) -> None:
    """However many joints have one, and however often a motion was run again."""
    first = next(pairs_of(calibration)).repeat
    once = by_rule(of_repeats([moved(calibration, "elbow_flex", 0.3)], labelling, 1.0, silent))
    q = np.array(calibration.signals["q"])
    q[calibration.rows(first), :3] += 0.3
    part = changed(calibration, "q", q)
    keep = [*range(len(part)), first]
    again = by_rule(of_repeats([part.select(keep, "calibration")], labelling, 1.0, silent))
    assert again["offset"]["motions"] == once["offset"]["motions"]
    assert again["offset"]["largest"] == pytest.approx(once["offset"]["largest"], abs=0.02)


def test_runs_that_show_nothing_new_change_nothing(
    calibration: Episodes, labelling: Labelling
) -> None:
    runs = [pair.repeat for pair in pairs_of(calibration)]
    thrice = calibration.select([*range(len(calibration)), *runs, *runs], "calibration")
    once, again = (of_repeats([part], labelling, 1.0, silent) for part in (calibration, thrice))
    assert again["runs"] == 3 * once["runs"]
    for key in ("hours", "rules", "together", "labels"):
        few, many = (document[key] for document in (once, again))
        assert many == (pytest.approx(few) if key in ("hours", "together") else few)


def test_a_further_run_that_is_not_finite_is_refused(
    calibration: Episodes, labelling: Labelling
) -> None:
    q = np.array(calibration.signals["q"])
    pair = next(pairs_of(calibration))
    q[calibration.rows(pair.repeat).start + 7, 2] = np.nan
    with pytest.raises(ProblemsError) as raised_:
        of_repeats([changed(calibration, "q", q)], labelling, 1.0, silent)
    (problem,) = raised_.value.problems
    assert str(problem) == (
        f"not_finite: {pair.name} by {pair.run}: q: expected a finite number, came none in 1 rows"
    )


@pytest.mark.parametrize("mean", [0.001, 0.044, 3.0])
def test_what_is_seen_does_not_depend_on_the_threshold_that_is_judged(
    calibration: Episodes, labelling: Labelling, mean: float
) -> None:
    before = by_rule(of_repeats([calibration], labelling, 1.0, silent))["offset"]
    other = replace(labelling, thresholds={"offset": {"mean": mean}})
    found = of_repeats([calibration], other, 1.0, silent)
    record = by_rule(found)["offset"]
    assert record["value"] == mean
    for key in ("motions", "largest", "proposed", "proposed_fitted"):
        assert record[key] == before[key]
    counted = len({label["episode"] for label in found["labels"] if label["label"] == "offset"})
    if mean < 0.002:
        assert record["fitted"] * found["hours"] == pytest.approx(counted)
        assert counted > 0
    else:
        assert counted == 0


def test_other_thresholds_of_a_rule_are_those_in_force(
    calibration: Episodes, labelling: Labelling
) -> None:
    strict = replace(labelling, thresholds={"offset": {"share": 0.9}})
    before, after = (
        by_rule(of_repeats([calibration], each, 1.0, silent))["offset"]["motions"]
        for each in (labelling, strict)
    )
    assert after < before


@pytest.mark.parametrize("an_hour", [0.2, 1.0, 30.0])
def test_what_is_proposed_shares_the_labels_out(
    calibration: Episodes, labelling: Labelling, an_hour: float
) -> None:
    found = of_repeats([moved(calibration, "elbow_flex", 0.02)], labelling, an_hour, silent)
    known = [record for record in found["rules"] if record["motions"]]
    assert 3 <= len(known) < len(found["rules"])
    share = an_hour / len(known)
    for record in known:
        assert record["proposed"] >= record["largest"]
        assert record["proposed_fitted"] <= share * (1 + 1e-6)
        least = 1.0 if record["rule"] == "event_shifted" else 0.0
        if record["proposed"] > 1.1 * max(record["largest"], least):
            # Two digits are at most a tenth above: a lower one would be passed too often.
            below = replace(
                labelling,
                thresholds={record["rule"]: {record["threshold"]: 0.9 * record["proposed"]}},
            )
            again = of_repeats([moved(calibration, "elbow_flex", 0.02)], below, an_hour, silent)
            assert by_rule(again)[record["rule"]]["fitted"] > share
    for key in ("fitted", "averaged", "proposed_fitted", "proposed_averaged"):
        assert found["together"][key] == pytest.approx(sum(record[key] for record in known))
    shift = by_rule(found)["event_shifted"]
    assert shift["largest"] < 1 <= shift["proposed"]


@pytest.mark.parametrize(
    ("value", "two"),
    [(0.0441, 0.045), (0.044, 0.044), (0.1, 0.1), (1.0, 1.0), (0.00099, 0.00099), (99.1, 100.0)],
)
def test_thresholds_are_raised_to_two_digits(value: float, two: float) -> None:
    assert raised(value) == two


def test_rules_without_a_label_say_nothing(calibration: Episodes, labelling: Labelling) -> None:
    for record in of_repeats([calibration], labelling, 1.0, silent)["rules"]:
        if not record["motions"]:
            assert all(record[key] is None for key in ("largest", "fitted", "averaged", "proposed"))


def test_sizes_are_those_of_a_far_lower_threshold(
    calibration: Episodes, labelling: Labelling
) -> None:
    (offset,) = [rule for rule in RULES if rule.name == "offset"]
    settings = {key: one.default for key, one in offset.thresholds.items()}
    settings["mean"] /= LOWER
    by_motion = [
        [abs(label.numbers["mean_error"]) for label in offset.find(pair.trace(labelling), settings)]
        for pair in pairs_of(calibration)
    ]
    sizes = [max(own) for own in by_motion if own]
    record = by_rule(of_repeats([calibration], labelling, 1.0, silent))["offset"]
    assert (record["motions"], record["largest"]) == (len(sizes), pytest.approx(max(sizes)))


def test_it_is_told_how_far_it_is(calibration: Episodes, labelling: Labelling) -> None:
    told: list[tuple[int, int]] = []
    of_repeats([calibration], labelling, 1.0, lambda done, total: told.append((done, total)))
    pairs = len(list(pairs_of(calibration)))
    assert told == [(done, pairs) for done in range(pairs + 1)]


@pytest.mark.parametrize("why", ["no further run", "all left out", "no command is known"])
def test_where_nothing_was_run_again_it_is_refused(
    calibration: Episodes, labelling: Labelling, why: str
) -> None:
    part, left_out = calibration, []
    if why == "no further run":
        alone = [k for k, one in enumerate(part.info.episodes) if one.role == "reference"]
        part = part.select(alone, "calibration")
    elif why == "all left out":
        left_out = [pair.name for pair in pairs_of(part)]
    else:
        part = changed(part, "q_command_valid", np.zeros(len(part.signals["q"]), dtype=np.bool_))
    with pytest.raises(ProblemsError) as raised_:
        of_repeats([part], labelling, 1.0, silent, left_out)
    (problem,) = raised_.value.problems
    motions = len({one.motion for one in part.info.episodes})
    assert str(problem) == (
        "no_repeats: calibration: expected a motion with a further run that had the same "
        f"commands, not left out, came none in {motions} motions"
    )


def test_neither_holdout_nor_diagnostic_pool_is_read(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    before = false_labels(workspace, paths, 1.0, silent)
    for part in ("holdout_truth", "holdout_inputs", "diagnostic"):
        shutil.rmtree(paths.part(part), ignore_errors=True)
    assert false_labels(workspace, paths, 1.0, silent) == before
    assert before["parts"] == ["calibration", "validation"]


def test_a_part_that_was_not_made_says_how_to_make_it(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    shutil.rmtree(paths.part("validation"))
    with pytest.raises(ProblemsError, match=f"make it with: dvc repro split@{DATASET}, came none"):
        false_labels(workspace, paths, 1.0, silent)
