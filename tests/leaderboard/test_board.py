"""The board: ranks, repeats, what is missing and why, with few groups and with many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.io.documents import Document, check, nine_digits
from bench.io.problems import ProblemsError
from bench.leaderboard.board import board
from bench.leaderboard.rendering import csv_text, markdown
from bench.leaderboard.tables import summary
from bench.leaderboard.terminal import terminal
from bench.leaderboard.terms import Terms
from tests.leaderboard.boards import HOSTILE
from tests.leaderboard.made import SETTINGS, names, result

OPEN = Terms()


def _values(number: int, size: float, seed: int) -> dict[str, float]:
    drawn = np.random.default_rng(seed).lognormal(0.0, 0.1, number)
    return dict(zip(names(number), (size * drawn).tolist(), strict=True))


def _board(
    results: list[Document],
    repeats: list[Document] | None = None,
    terms: Terms = OPEN,
    attempts: list[Document] | None = None,
) -> Document:
    """The board, as `rank` would write it, and shown in every form."""
    found = board(results, repeats or [], attempts or [], SETTINGS, terms)
    made = check(nine_digits(found), "leaderboard", "board")
    for text in (markdown(made), csv_text(made), *(terminal(made, w) for w in (80, 160, 240))):
        assert "nan" not in text.lower().replace("naive", "")
    return made


def _entries(number: int) -> list[Document]:
    return [
        result("good", _values(number, 0.010, 1)),
        result("naive", _values(number, 0.020, 2)),
        result("bad", _values(number, 0.090, 3)),
    ]


@pytest.mark.parametrize("groups", [1, 2, 3, 5])
def test_with_fewer_than_six_groups_rows_are_ordered_alone(groups: int) -> None:
    made = _board(_entries(groups), [result("repeat", _values(groups, 0.004, 4))])
    assert [row["entry"] for row in made["rows"]] == ["good", "naive", "bad"]
    assert {row["rank"] for row in made["rows"]} == {None}
    assert made["comparison"]["underpowered"]
    word = "group" if groups == 1 else "groups"
    assert made["comparison"]["reason"] == f"{groups} {word}: a comparison needs at least 6"
    text = " ".join(summary(made))
    assert "rows are ordered, not ranked, and fewer than 6 give no intervals." in text
    assert f"Not compared: {groups} {word}: a comparison needs at least 6." in text
    assert all(row["skill"]["value"] is None for row in made["rows"])
    assert f"{groups} {word}: an interval needs at least 6" in text
    assert (made["rows"][0]["leave_one_out"] is None) == (groups == 1)


def test_with_six_to_eleven_groups_rows_are_compared_but_not_ranked() -> None:
    made = _board(_entries(8), [result("repeat", _values(8, 0.004, 4))])
    assert {row["rank"] for row in made["rows"]} == {None}
    assert made["comparison"]["reason"] is None
    assert made["comparison"]["detectable"] > 0
    assert "Underpowered: 8 groups; rows are ordered, not ranked." in made["notes"]


def test_with_twelve_groups_rows_are_ranked() -> None:
    made = _board(_entries(12), [result("repeat", _values(12, 0.004, 4))])
    assert [row["rank"] for row in made["rows"]] == [[1, 1], [2, 2], [3, 3]]
    assert not made["comparison"]["underpowered"]


def test_one_entry_is_not_compared() -> None:
    made = _board([result("naive", _values(14, 0.02, 2))])
    assert made["rows"][0]["rank"] is None
    assert made["comparison"]["reason"] == "fewer than two entries to compare"
    assert made["comparison"]["groups"] == 14
    assert not made["comparison"]["underpowered"]


def test_a_certain_finding_is_shown_and_not_ranked() -> None:
    entries = _entries(12)
    finding = {"code": "truth_copied", "certainty": "certain", "evidence": {}, "anchor": "x"}
    entries[0]["findings"] = [finding]
    made = _board(entries)
    assert [row["rank"] for row in made["rows"]] == [None, [1, 1], [2, 2]]
    assert "certain truth" in markdown(made).replace("\\", "")


def test_without_a_repeat_the_board_says_why_there_is_no_skill() -> None:
    made = _board(_entries(12))
    assert made["floor"] is None
    assert made["repeatability"] == []
    reason = "no further run of the robot is scored"
    assert {row["skill"]["reason"] for row in made["rows"]} == {reason}
    assert f"No skill: {reason}." in made["notes"]


def test_without_the_naive_entry_the_board_says_why_there_is_no_skill() -> None:
    made = _board([_entries(12)[0]], [result("repeat", _values(12, 0.004, 4))])
    assert "No skill: the naive entry naive is not on the board." in made["notes"]


def test_a_naive_entry_as_good_as_a_repeat_leaves_no_skill() -> None:
    repeat = result("repeat", _values(12, 0.020, 2))
    made = _board(_entries(12), [repeat])
    (note,) = [n for n in made["notes"] if n.startswith("No skill")]
    assert "the naive entry is not shown to be worse than a repeat" in note
    assert made["rows"][0]["skill"]["reason"] in note


def test_several_repeats_of_an_episode_are_one_in_skill() -> None:
    entries, all_names = _entries(14), names(14)
    runs: dict[str, Any] = {n: [0.004, 0.006] for n in all_names[:6]}
    runs |= dict.fromkeys(all_names[6:13], 0.003)
    several = result("repeat", runs, episodes=14)
    means = {n: (0.005 if n in all_names[:6] else 0.003) for n in runs}
    made = _board(entries, [several])
    alone = _board(entries, [result("repeat", means, episodes=14)])
    for row, other in zip(made["rows"], alone["rows"], strict=True):
        assert row["skill"] == other["skill"]
        assert row["skill"]["value"] is not None
    own, worst = (
        np.mean([e["joint_rmse"] for r in entries if r["entry"]["name"] == n for e in _over(r, 13)])
        for n in ("good", "naive")
    )
    repeat = (6 * 0.005 + 7 * 0.003) / 13
    assert made["rows"][0]["skill"]["value"] == pytest.approx((worst - own) / (worst - repeat))
    assert any("19 further runs over 13 of 14 episodes" in note for note in made["notes"])
    assert any("one further run over 13 of 14 episodes" in note for note in alone["notes"])
    assert made["repeatability"][0]["episodes"]["joint_rmse"] == 13
    assert "(13 of 14)" in markdown(made).replace("\\", "")
    assert "(13)" in terminal(made, 80)
    assert "(n): a mean over n of the 14 episodes." in terminal(made, 80)


def _over(made: Document, episodes: int) -> list[dict[str, float]]:
    return [episode["metrics"] for episode in made["episodes"][:episodes]]


def test_a_metric_that_some_episodes_lack_says_so() -> None:
    entries = _entries(12)
    for episode in entries[1]["episodes"][:4]:
        episode["metrics"]["position_rmse"] = None
    made = _board(entries)
    rows = {row["entry"]: row for row in made["rows"]}
    assert rows["naive"]["episodes"]["position_rmse"] == 8
    assert rows["naive"]["episodes"]["joint_rmse"] == 12
    lines = [line for line in markdown(made).splitlines() if "of 12" in line]
    assert len(lines) == 1
    assert "naive" in lines[0]


def test_leaving_a_group_out_gives_the_extremes_of_plain_means() -> None:
    groups = {n: f"g{i // 2}" for i, n in enumerate(names(8))}
    values = _values(8, 0.02, 5)
    made = _board([result("naive", values, groups=groups)])
    left = {
        g: np.mean([v for n, v in values.items() if groups[n] != g]) for g in set(groups.values())
    }
    found = made["rows"][0]["leave_one_out"]
    assert found["low"] == pytest.approx(min(left.values()))
    assert found["high"] == pytest.approx(max(left.values()))
    assert found["low_without"] == min(left, key=lambda g: float(left[g]))
    assert found["high_without"] == max(left, key=lambda g: float(left[g]))
    for text in (markdown(made), terminal(made, 100)):
        assert f"{1e3 * found['low']:.2f}" in text
        assert found["high_without"] in text


def test_the_robot_s_extremes_are_over_its_own_runs() -> None:
    repeat = result("repeat", {"m00.run-a": [0.001, 0.003], "m01.run-a": 0.004}, episodes=12)
    made = _board(_entries(12), [repeat])
    assert made["repeatability"][0]["leave_one_out"] == {
        "low": 0.002,
        "low_without": "m01",
        "high": 0.004,
        "high_without": "m00",
    }


def test_masked_time_is_stated() -> None:
    entries = _entries(12)
    for entry in entries:
        entry["coverage"]["time_masked"] = 4.0
    made = _board(entries)
    assert made["masked"] == 0.08
    (note,) = [n for n in made["notes"] if "masked" in n]
    assert note == (
        "8.00 % of the reference's time is masked and not scored: its inputs reveal the truth."
    )
    assert not any("masked" in note for note in _board(_entries(12))["notes"])


def test_arms_have_columns_where_there_are_several() -> None:
    entries = _entries(12)
    estimate = entries[0]["metrics"]["position_rmse"]
    for entry in entries:
        entry["arms"] = {"left": {"position_rmse": {**estimate, "value": 0.5}}}
    made = _board(entries)
    assert made["rows"][0]["arms"]["left"]["position_rmse"]["value"] == 0.5
    assert "left" not in csv_text(made)
    for entry in entries:
        entry["arms"]["right"] = {"position_rmse": {**estimate, "value": 0.25}}
    headings, *rows = (line.split(",") for line in csv_text(_board(entries)).splitlines())
    for row in rows:
        assert row[headings.index("left_position_rmse")] == "0.5"
        assert row[headings.index("right_position_rmse")] == "0.25"


def test_the_verdict_on_divergence_stands_in_every_wide_form() -> None:
    entries = _entries(12)
    entries[0]["divergence"]["verdict"] = "compounding"
    entries[1]["divergence"]["verdict"] = None
    made = _board(entries)
    assert [row["divergence"] for row in made["rows"]] == ["compounding", None, "bounded"]
    for text in (markdown(made), csv_text(made), terminal(made, 160)):
        assert "compounding" in text


def test_intervals_and_ranks_are_told_apart() -> None:
    entries = _entries(12)
    for entry in entries:
        entry["metrics"]["joint_rmse"].update(low=0.001, high=0.1)
    lines = summary(_board(entries))
    (own,) = [line for line in lines if line.startswith("Intervals ")]
    assert "(unadjusted)" in own
    (ranks,) = [line for line in lines if line.startswith("Ranks ")]
    assert "(adjusted)" in ranks


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("pipeline", "; score it again"),
        ("recomputed", "; have its lab submit it again, or withdraw it"),
        ("self-scored", "; have its lab submit it again, or withdraw it"),
    ],
)
def test_only_a_lab_s_entry_can_be_withdrawn(status: str, ending: str) -> None:
    entries = _entries(12)
    entries[2].update(status=status, robot_hash="e" * 64)
    with pytest.raises(ProblemsError) as raised:
        board(entries, [], [], SETTINGS, OPEN)
    assert raised.value.problems[0].came.endswith(ending)


def test_a_result_without_a_headline_where_others_have_one_is_refused() -> None:
    entries = _entries(12)
    entries[2]["episodes"][5]["metrics"]["joint_rmse"] = None
    with pytest.raises(
        ProblemsError, match="not_comparable: result so101-synth/bad: expected a headline"
    ):
        board(entries, [], [], SETTINGS, OPEN)


def test_episodes_that_no_row_of_the_reference_scores_are_left_out_of_all() -> None:
    entries = [
        result(n, {**_values(14, size, 1), "m03.run-a": None})
        for n, size in (("good", 0.01), ("naive", 0.03))
    ]
    made = _board(entries, [result("repeat", _values(14, 0.004, 9))])
    assert made["comparison"]["groups"] == 13
    assert made["rows"][0]["skill"]["episodes"] == 13
    assert made["rows"][0]["episodes"]["joint_rmse"] == 13


def test_no_result_is_no_board() -> None:
    with pytest.raises(ProblemsError, match="no_results"):
        board([], [], [], SETTINGS, OPEN)


def test_an_entry_without_any_headline_stands_last() -> None:
    entries = [*_entries(12), result("empty", dict.fromkeys(names(12)))]
    made = _board(entries)
    assert made["rows"][-1]["entry"] == "empty"
    assert made["rows"][-1]["rank"] is None
    assert made["rows"][-1]["leave_one_out"] is None
    assert made["rows"][0]["rank"] == [1, 1]


def test_more_rows_than_fit_are_counted() -> None:
    entries = [result(f"e{i:02d}", _values(12, 0.01 + i / 1000, i)) for i in range(20)]
    made = _board(entries)
    assert "… 8 more" in terminal(made, 100)
    assert "e19" in markdown(made).split("Leave one group out")[1]


PUBLIC = (
    "The recordings are public: the guard finds accidents and lazy copies; someone determined can "
    "fit to public truth."
)


@pytest.mark.parametrize("kind", ["recorded", "simulated reference"])
def test_the_board_of_an_open_holdout_says_that_it_is_public(kind: str) -> None:
    entries = _entries(12)
    for entry in entries:
        entry["dataset"] = {**entry["dataset"], "kind": kind}
    made = _board(entries)
    assert made["notes"].count(PUBLIC) == 1
    assert made["truth_holders"] is None
    assert {row["opens_truth"] for row in made["rows"]} == {None}
    assert "‡" not in markdown(made)


def test_who_can_open_the_truth_is_named_and_marked() -> None:
    """Whatever the case, the spaces or the form of the characters of their name."""
    entries = _entries(12)
    entries[0]["entry"]["lab"] = "KEEPER  of Truth"
    entries[1]["entry"]["lab"] = "Keeper"
    made = _board(entries, terms=Terms(truth_holders=("Ｋeeper of truth", "Nobody")))
    note = (
        "The truth can be opened by: Ｋeeper of truth, Nobody. Entries of these labs are marked ‡."
    )
    assert note in made["notes"]
    assert PUBLIC not in made["notes"]
    assert made["truth_holders"] == ["Ｋeeper of truth", "Nobody"]
    assert [row["opens_truth"] for row in made["rows"]] == [True, False, False]
    headings, *rows = (line.split(",") for line in csv_text(made).splitlines())
    assert [row[headings.index("opens_truth")] for row in rows] == ["True", "False", "False"]
    lines = [line for line in markdown(made).splitlines() if line.startswith("| 1 | good ‡ |")]
    assert len(lines) == 1
    assert "| naive |" in markdown(made)
    for width in (80, 160, 240):
        shown = terminal(made, width)
        assert "good ‡" in shown
        assert "naive ‡" not in shown
        assert "The truth can be opened by: " in shown


def test_a_hostile_name_of_who_can_open_the_truth_stays_inert() -> None:
    made = _board(_entries(12), terms=Terms(truth_holders=(HOSTILE,)))
    assert "<script>" not in markdown(made)
    assert "\x1b" not in markdown(made) + terminal(made, 160)


def test_the_board_says_how_many_attempts_a_lab_may_have() -> None:
    made = _board(_entries(12), terms=Terms(attempts_per_lab=3))
    assert made["attempts_per_lab"] == 3
    assert "Entries scored on this holdout: none; a lab may have 3." in summary(made)
    assert "Entries scored on this holdout: none." in summary(_board(_entries(12)))
