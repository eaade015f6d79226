"""Texts of the sections about all episodes say what is there, and no more."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from bench.io.documents import Document
from bench.publish.report import overview
from bench.publish.report.html import Html
from bench.publish.report.pictures import Pictures
from bench.publish.report.standing import Row, Standing
from tests.publish.report.made import make_episode, make_result
from tests.publish.report.test_html import read

ALONE = Standing((), None, {})


class Captions(Pictures):
    """Gives captions for figures."""

    def add(self, _name: str, _draw: object, _alternative: str, caption: str) -> Html:
        return Html(f"<figcaption>{caption}</figcaption>")


@pytest.fixture
def result() -> Document:
    return make_result([make_episode(number, rows=30) for number in range(3)], "0" * 64)


@pytest.fixture
def captions(tmp_path: Path) -> Captions:
    return Captions(tmp_path)


def _without_intervals(result: Document) -> Document:
    bare = copy.deepcopy(result)
    for estimate in bare["metrics"].values():
        estimate.update(low=None, high=None, reason="2 groups: an interval needs at least 6")
    return bare


def test_the_bars_caption_names_what_is_drawn(result: Document, captions: Captions) -> None:
    repeats = {result["episodes"][0]["id"]: 0.1}
    full = overview.episodes_section(result, Standing((), None, repeats), (), captions)
    assert "the band its interval" in full
    assert "diamond" in full
    assert "share a colour" in full
    bare = _without_intervals(result)
    for number, record in enumerate(bare["episodes"]):
        record["group"] = str(number)
    empty = overview.episodes_section(bare, ALONE, (), captions)
    assert "the line is the mean over episodes." in empty
    for word in ("band", "diamond", "colour"):
        assert word not in empty


@pytest.mark.parametrize("robot", [False, True])
def test_the_standing_caption_names_what_is_drawn(captions: Captions, robot: bool) -> None:
    own = Row("a", 1.0, None, None, None, None, own=True, robot=False)
    other = Row("b", 2.0, 1.5, 2.5, None, None, own=False, robot=robot)
    text = overview.standing_section(Standing((own, other), None, {}), captions)
    assert ("diamond" in text) == robot
    assert "with its interval" in text
    bare = Row("b", 2.0, None, None, None, None, own=False, robot=robot)
    assert "interval" not in overview.standing_section(Standing((own, bare), None, {}), captions)


@pytest.mark.parametrize(
    ("over", "text"),
    [
        (3, "All 3 episodes."),
        (2, "The same 2 of 3 episodes are in every window. The other ends earlier"),
        (1, "The same 1 of 3 episodes is in every window. The others end earlier"),
    ],
)
def test_a_profile_says_over_which_episodes_it_is(
    result: Document, captions: Captions, over: int, text: str
) -> None:
    result["divergence"]["horizon"]["episodes"] = over
    assert text in overview.divergence_section(result, captions)


def test_a_number_without_interval_is_not_missing(result: Document) -> None:
    bare = _without_intervals(result)
    bare["metrics"]["lag"].update(value=None, reason="nothing moves")
    text = read(overview.metrics_section(bare)).text
    before, _, after = text.partition(overview.NO_INTERVAL)
    assert "lag: nothing moves" in before
    assert "needs at least 6" not in before
    assert "joint_rmse: 2 groups: an interval needs at least 6" in after
    assert overview.MISSING not in read(overview.metrics_section(_without_intervals(result))).text


def test_the_entry_from_which_skill_is_counted_says_so(result: Document) -> None:
    zero = {"value": 0.0, "low": 0.0, "high": 0.0}
    some = {"value": 0.0, "low": -0.1, "high": 0.1}
    for skill, expected in ((zero, "skill is counted from this entry"), (some, "-0.100 to 0.100")):
        row = Row("a", 1.0, None, None, None, skill, own=True, robot=False)
        assert expected in overview.head(result, Standing((row,), None, {}))
