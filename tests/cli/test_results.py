"""How a result is printed: over how much, for which arm, and why a number is missing."""

from __future__ import annotations

import json

import pytest

from bench.cli.results import print_headline, print_result
from bench.io.documents import Document
from tests.leaderboard.made import names, result


def _printed(made: Document, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    print_result(made, as_json=False)
    lines = capsys.readouterr().out.splitlines()[1:]
    return {line[:22].strip(): line[22:].strip() for line in lines}


def test_a_mean_over_fewer_episodes_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    made = result("mine", {**dict.fromkeys(names(8), 0.02), "m03.run-a": None})
    lines = _printed(made, capsys)
    assert lines["joint_rmse"].startswith("20.00 mrad")
    assert lines["joint_rmse"].endswith("over 7 of 8 episodes")
    whole = _printed(result("mine", dict.fromkeys(names(8), 0.02)), capsys)
    assert "over" not in whole["joint_rmse"]


def test_small_numbers_keep_three_digits_and_pure_numbers_have_no_unit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = result("mine", dict.fromkeys(names(3), 0.02))
    made["metrics"]["rmse_norm_rms"].update(value=1.234e-5, low=1.1e-5, high=2.0e-5)
    made["metrics"]["growth"].update(value=-0.00712, low=-0.05, high=0.0)
    lines = _printed(made, capsys)
    assert lines["rmse_norm_rms"] == "0.00123 %  [0.00110, 0.00200]"
    assert lines["growth"] == "-0.00712  [-0.0500, 0.00]"


def test_the_two_shares_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _printed(result("mine", dict.fromkeys(names(3), 0.02)), capsys)
    assert lines["coverage"].endswith("mean of the episodes' shares")
    assert lines["scored"].endswith("of all time together")


def test_a_number_that_is_missing_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    made = result("mine", dict.fromkeys(names(3), None))
    assert _printed(made, capsys)["lag"] == "none: made"
    made["divergence"]["verdict"] = None
    assert _printed(made, capsys)["divergence"] == "none: its growth has no interval"


def test_what_is_masked_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    made = result("mine", dict.fromkeys(names(3), 0.02))
    assert _printed(made, capsys)["scored"] == "3 of 3 episodes, 90.00 % of all time together"
    made["coverage"]["time_masked"] = 5.0
    assert _printed(made, capsys)["scored"].endswith("of all time together; 10.00 % is masked")


def test_several_arms_have_lines_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    made = result("mine", dict.fromkeys(names(3), 0.02))
    estimate = {**made["metrics"]["position_rmse"], "value": 0.005}
    made["arms"] = {"left": {"position_rmse": estimate}}
    assert "arm left" not in _printed(made, capsys)
    made["arms"]["right"] = {"position_rmse": {**estimate, "value": None}}
    lines = _printed(made, capsys)
    assert lines["arm left"] == "position_rmse 5.00 mm"
    assert lines["arm right"] == "position_rmse none"


def test_names_from_outside_are_data(capsys: pytest.CaptureFixture[str]) -> None:
    made = result("mine", dict.fromkeys(names(3), 0.02))
    made["entry"]["name"] = "a\x1b[31mb"
    print_headline(made)
    print_result(made, as_json=False)
    assert "\x1b" not in capsys.readouterr().out


def test_json_is_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    made = result("mine", dict.fromkeys(names(3), 0.02))
    print_result(made, as_json=True)
    assert json.loads(capsys.readouterr().out) == made
