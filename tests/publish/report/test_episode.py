"""The section of an episode, whatever it is called and whatever happened in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.publish.report import style
from bench.publish.report.episode import section
from bench.publish.report.figures import four_panels, joints
from bench.publish.report.html import Html
from bench.publish.report.pictures import Pictures
from bench.publish.report.raster import png
from tests.publish.report.made import EVENTS, JOINTS, make_episode
from tests.publish.report.test_html import read

HOSTILE = '../../_a"b <script>alert(1)</script> $\\frac{ \u4e2d'


class Undrawn(Pictures):
    """Stands for figures where they are not what is tested."""

    def add(self, name: str, *_others: object) -> Html:
        return Html(f"<figure>{name}</figure>")


def test_names_may_hold_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "DPI", 60)
    made = make_episode(0, rows=50)
    names = {"id": HOSTILE, "group": HOSTILE, "run": HOSTILE}
    episode = make_episode(
        0,
        rows=50,
        arms=(HOSTILE, "right"),
        joints=(JOINTS[0].__class__(HOSTILE, HOSTILE, "rad", scored=True), *JOINTS[5:]),
        record={
            **made.record,
            **names,
            "events": [{**EVENTS[0], "name": HOSTILE}],
            "arms": {HOSTILE: made.record["arms"]["left"], "right": made.record["arms"]["right"]},
        },
        labels=({**made.labels[0], "label": HOSTILE, "arm": HOSTILE, "joints": [HOSTILE]},),
    )
    place = tmp_path / "figures"
    place.mkdir()
    page = read(section(episode, "named", Pictures(place)))
    assert page.text.count(HOSTILE) > 8
    assert "script" not in {tag for tag, _ in page.elements}
    assert all(HOSTILE in (a["alt"] or "") for tag, a in page.elements if tag == "img")
    files = {path.name.rpartition("-")[0].rpartition("-")[2] for path in place.iterdir()}
    assert files == {"events", "joints", "panels"}
    assert len(list(place.iterdir())) == 6
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize(
    "fields",
    [
        {"error": np.full((50, 8), 1e4), "norm": np.full((50, 3), 3e3), "failed_at": 0.2},
        {"error": np.zeros((50, 8)), "norm": np.zeros((50, 3)), "labels": ()},
        {"weights": np.zeros(50)},
    ],
    ids=["broken", "exact", "unscored"],
)
def test_extreme_episodes_are_drawn(fields: dict[str, object]) -> None:
    episode = make_episode(0, rows=50, arms=("left",), joints=JOINTS[:1], **fields)
    page = section(episode, "", Undrawn(Path()))
    assert page.count("<figure>") == 3
    assert "nan" not in page
    for module in (four_panels, joints):
        with style.applied():
            assert len(png(module.draw(episode, style.NARROW))) > 1000


def test_events_are_a_sentence_where_nothing_happened_and_nothing_where_none_is_declared() -> None:
    def shown(events: list[dict]) -> Html:
        record = {**make_episode(0, rows=50).record, "events": events}
        return section(make_episode(0, rows=50, record=record), "", Undrawn(Path()))

    nothing = {"name": "grasp", "reference": [], "predicted": [], "matched": []}
    page = shown([nothing])
    assert "Neither reference nor entry has any: grasp." in page
    assert page.count("<figure>") == 2
    assert ">Events<" not in shown([])


def test_why_a_metric_is_missing_is_told() -> None:
    record = make_episode(0, rows=50).record
    record = {**record, "reasons": {"lag": "no joint moves"}, "events": []}
    page = section(make_episode(0, rows=50, record=record), "", Undrawn(Path()))
    assert "lag: no joint moves" in page
