"""`twinbench compare`: what is printed, and how much of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli.compare import LISTED, command
from bench.io.documents import Document, check, dump
from bench.io.problems import ProblemsError, UnknownNameError
from tests.leaderboard.made import consistent, names, result
from tests.support.workspace import DATASET

MINUS = re.compile(r"^  a - b +(-?\d+\.\d+)", re.MULTILINE)


def _compare(root: Path, *words: str, width: int = 100) -> str:
    done = CliRunner(env={"COLUMNS": str(width)}).invoke(
        command, words, obj=root, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.output


def _write(place: Path, made: Document) -> str:
    path = place / f"{made['entry']['name']}.json"
    path.write_text(dump(consistent(made)))
    return str(path)


def test_two_rows_of_a_leaderboard_are_compared(prepared: Path) -> None:
    names_ = (f"{DATASET}/delayed-echo", f"{DATASET}/command-echo")
    printed = _compare(prepared, *names_)
    document = json.loads(_compare(prepared, *names_, "--json"))
    check(document, "comparison", "printed")
    (difference,) = MINUS.findall(printed)
    assert float(difference) == pytest.approx(1e3 * document["difference"]["value"], abs=6e-3)
    assert "joint_rmse [mrad], lower is better" in printed
    assert "not adjusted" in printed
    shown = printed.split("by episode")[0].split("by group")[1]
    assert shown.index(document["groups"][0]["group"]) < shown.index(document["groups"][1]["group"])


def test_what_does_not_fit_on_a_screen_is_counted(prepared: Path, tmp_path: Path) -> None:
    many = names(25)
    one, other = (
        _write(tmp_path, result(n, {e: v + i / 1000 * (n == "a") for i, e in enumerate(many)}))
        for n, v in (("a", 0.02), ("b", 0.03))
    )
    printed = _compare(prepared, one, other)
    assert len(printed.splitlines()) < 40
    assert printed.count(f"  … {25 - LISTED} more; --json has all") == 2
    assert len(json.loads(_compare(prepared, one, other, "--json"))["episodes"]) == 25


def test_what_is_left_out_is_said_with_the_reason(prepared: Path, tmp_path: Path) -> None:
    one = result("a", dict.fromkeys(names(8), 0.02))
    one["episodes"][2]["metrics"]["lag"] = None
    one["episodes"][2]["reasons"]["lag"] = "no joint moves"
    paths = [_write(tmp_path, made) for made in (one, result("b", dict.fromkeys(names(8), 0.03)))]
    printed = _compare(prepared, *paths, "--metric", "lag")
    assert "lag [ms], best at 0" in printed
    assert "Left out of both, as one has no value there: 1 episode(s).\n" in printed
    assert "  m02.run-a: a: no joint moves\n" in printed


def test_few_groups_are_said(prepared: Path, tmp_path: Path) -> None:
    paths = [_write(tmp_path, result(n, dict.fromkeys(names(2), v))) for v, n in enumerate("ab")]
    printed = _compare(prepared, *paths)
    assert "No interval: 2 groups: an interval needs at least 6." in printed


def test_groups_that_decide_are_named(prepared: Path, tmp_path: Path) -> None:
    one = result("a", {**dict.fromkeys(names(8), 0.020), "m05.run-a": 0.090})
    paths = [_write(tmp_path, made) for made in (one, result("b", dict.fromkeys(names(8), 0.021)))]
    printed = _compare(prepared, *paths)
    said = "Without any one of these groups the difference is 0 or has the other sign: m05."
    assert said in " ".join(printed.split())


def test_a_result_that_contradicts_itself_is_refused(prepared: Path, tmp_path: Path) -> None:
    paths = [_write(tmp_path, result(n, dict.fromkeys(names(8), 0.02))) for n in "ab"]
    document = json.loads(Path(paths[0]).read_text())
    document["episodes"][0]["metrics"]["joint_rmse"] = 0.001
    Path(paths[0]).write_text(json.dumps(document))
    refused = CliRunner().invoke(command, paths, obj=prepared).exception
    assert isinstance(refused, ProblemsError)
    assert [problem.code for problem in refused.problems] == ["result_mean"]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [("resamples", 10**9, "resamples"), ("level", 2, "schema"), ("seed", -1, "schema")],
)
def test_settings_that_none_can_have_are_a_problem(
    prepared: Path, tmp_path: Path, key: str, value: float, code: str
) -> None:
    path = _write(tmp_path, result("a", dict.fromkeys(names(8), 0.02)))
    document = json.loads(Path(path).read_text())
    document["scorer"][key] = value
    Path(path).write_text(json.dumps(document))
    refused = CliRunner().invoke(command, [path, path], obj=prepared).exception
    assert isinstance(refused, ProblemsError)
    assert [problem.code for problem in refused.problems] == [code]


@pytest.mark.parametrize("name", ["nominal-b", DATASET, "/dev/null"])
def test_what_is_no_result_is_refused(prepared: Path, name: str) -> None:
    refused = CliRunner().invoke(command, [name, name], obj=prepared).exception
    assert isinstance(refused, UnknownNameError)
    assert refused.valid == ("a result file", "<dataset>/<entry>")


@pytest.mark.parametrize("metric", ["joint_rmse", "coverage", "lag"])
def test_which_one_is_better_is_said_in_words(prepared: Path, tmp_path: Path, metric: str) -> None:
    paths = [
        _write(tmp_path, result(n, {e: v + i / 1000 for i, e in enumerate(names(8))}))
        for n, v in (("small", 0.02), ("large", 0.03))
    ]
    said = {
        "joint_rmse": "a, small, is better: the interval lies below 0.",
        "coverage": "b, large, is better: the interval lies below 0.",
        "lag": "The two differ: the interval lies below 0. a, small, has the mean nearer to 0;",
    }
    assert said[metric] in _compare(prepared, *paths, "--metric", metric)


def test_an_interval_around_0_tells_nothing(prepared: Path, tmp_path: Path) -> None:
    values = {e: 0.02 + (-1) ** i * 0.001 for i, e in enumerate(names(8))}
    values["m07.run-a"] += 0.0005
    paths = [
        _write(tmp_path, made)
        for made in (result("a", values), result("b", dict.fromkeys(names(8), 0.02)))
    ]
    assert "cannot be told: the interval contains 0." in _compare(prepared, *paths)


def test_equal_results_are_called_equal_and_nothing_more(prepared: Path, tmp_path: Path) -> None:
    path = _write(tmp_path, result("a", dict.fromkeys(names(8), 0.02)))
    printed = _compare(prepared, path, path)
    assert printed.endswith("The two are equal in every episode.\n")
    assert "by group" not in printed


@pytest.mark.parametrize("width", [60, 80, 120])
def test_sentences_fit_the_terminal(prepared: Path, tmp_path: Path, width: int) -> None:
    paths = [_write(tmp_path, result(n, dict.fromkeys(names(8), v))) for v, n in enumerate("ab")]
    sentences = _compare(prepared, *paths, width=width).split("\n\n")[0].splitlines()
    assert all(len(line) <= width for line in sentences)


def test_what_cannot_be_compared_is_refused(prepared: Path, tmp_path: Path) -> None:
    other = _write(tmp_path, result("other", dict.fromkeys(names(3), 0.02)))
    runner, mine = CliRunner(), f"{DATASET}/delayed-echo"
    refused = runner.invoke(command, [mine, other], obj=prepared).exception
    assert isinstance(refused, ProblemsError)
    assert {problem.code for problem in refused.problems} == {"not_comparable"}
    unknown = runner.invoke(command, [mine, mine, "--metric", "x"], obj=prepared).exception
    assert isinstance(unknown, UnknownNameError)
