"""Joint plots draw measured, commanded and predicted positions, errors and labels."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.publish.report import style
from bench.publish.report.data import EpisodeData
from bench.publish.report.figures.joints import draw
from bench.publish.report.raster import png
from tests.publish.report.made import JOINTS, make_episode

FACTORS = {
    "rad": (1, 1000, "rad", "mrad"),
    "m": (1000, 1000, "mm", "mm"),
    "fraction": (100, 100, "%", "%"),
}


def _drawn(episode: EpisodeData, layout: style.Layout = style.WIDE) -> Figure:
    with style.applied():
        return draw(episode, layout)


def _panels(figure: Figure) -> dict[str, tuple[Axes, Axes]]:
    """Main panel and error strip of every joint, by the panel's title."""
    columns = 1 + max(axes.get_subplotspec().colspan.start for axes in figure.axes)
    found = {}
    for place, axes in enumerate(figure.axes):
        title = axes.get_title(loc="left")
        if title:
            found[title.removesuffix(" (not scored)")] = (axes, figure.axes[place + columns])
    return found


@pytest.mark.parametrize("layout", style.LAYOUTS, ids=lambda layout: layout.name)
def test_every_joint_shows_its_arrays(layout: style.Layout) -> None:
    episode = make_episode(2)
    panels = _panels(_drawn(episode, layout))
    assert set(panels) == {joint.name for joint in JOINTS}
    for column, joint in enumerate(JOINTS):
        main, strip = panels[joint.name]
        factor, error_factor, unit, error_unit = FACTORS[joint.unit]
        command, measured, predicted = main.lines[:3]
        np.testing.assert_array_equal(measured.get_ydata(), factor * episode.measured[:, column])
        np.testing.assert_array_equal(command.get_ydata(), factor * episode.command[:, column])
        sums = factor * (episode.measured[:, column] + episode.error[:, column])
        np.testing.assert_array_equal(predicted.get_ydata(), sums)
        error = strip.lines[1]
        np.testing.assert_array_equal(error.get_ydata(), error_factor * episode.error[:, column])
        np.testing.assert_array_equal(error.get_xdata(), episode.time)
        assert (main.get_ylabel(), strip.get_ylabel()) == (unit, f"error\n{error_unit}")
        assert main.get_title(loc="left").endswith("(not scored)") is not joint.scored
        assert predicted.get_color() == style.arm_colour(episode.arms.index(joint.arm))


def test_two_arms_stand_side_by_side() -> None:
    panels = _panels(_drawn(make_episode(2)))
    for name, (main, _) in panels.items():
        place = main.get_subplotspec()
        assert place.colspan.start == (0 if name.startswith("left") else 1)
    assert panels["left_jaw"][0].get_subplotspec().rowspan.start == 6


def test_an_odd_number_of_joints_leaves_no_empty_frame() -> None:
    one = make_episode(2, arms=("left",), joints=JOINTS[:3])
    figure = _drawn(one)
    assert sum(axes.axison for axes in figure.axes) == 6
    labelled = [axes for axes in figure.axes if axes.get_xlabel()]
    assert len(labelled) == 2
    assert all(axes.axison for axes in labelled)


def test_labels_are_bars_over_their_joints_alone() -> None:
    episode = make_episode(2)
    panels = _panels(_drawn(episode))
    bars = {
        name: [tuple(line.get_xdata()) for line in main.lines if not line.get_clip_on()]
        for name, (main, _) in panels.items()
    }
    end = episode.time[-1]
    assert bars["left_shoulder"] == [
        pytest.approx((0.02, end)),
        pytest.approx((0.7 * end, 0.8 * end)),
    ]
    assert bars["left_elbow"] == [pytest.approx((0.7 * end, 0.8 * end))]
    assert not any(bars[name] for name in bars if name not in ("left_shoulder", "left_elbow"))
    texts = [text.get_text().strip() for text in panels["left_shoulder"][0].texts]
    assert texts == ["offset", "stall_missed"]


def test_a_label_with_many_intervals_is_named_once_beside_them() -> None:
    label = make_episode(2).labels[1]
    many = tuple({**label, "interval": [begin, begin + 0.1]} for begin in (0.5, 2.0, 4.0))
    main, _ = _panels(_drawn(make_episode(2, labels=many)))["left_elbow"]
    assert sum(not line.get_clip_on() for line in main.lines) == 3
    assert [(text.get_position()[0], text.get_ha()) for text in main.texts] == [(4.1, "left")]


@pytest.mark.parametrize(
    ("begins", "place"),
    [
        ((0.5, 2.0, 4.0), (4.1, "left")),
        ((6.0, 9.5), (6.0, "right")),
        ((0.1, 9.8), (0.2, "left")),
        ((0.1, 3.0, 9.8), (3.1, "left")),
    ],
)
def test_the_name_of_a_label_stands_where_there_is_room(begins, place) -> None:
    label = make_episode(2).labels[1]
    many = tuple({**label, "interval": [begin, begin + 0.1]} for begin in begins)
    main, _ = _panels(_drawn(make_episode(2, labels=many)))["left_elbow"]
    (text,) = main.texts
    assert (pytest.approx(text.get_position()[0]), text.get_ha()) == place


def test_what_takes_no_time_is_a_tick() -> None:
    label = {**make_episode(2).labels[1], "interval": [3.0, 3.0]}
    long = {**label, "label": "offset", "interval": [3.0, 5.0]}
    main, _ = _panels(_drawn(make_episode(2, labels=(label, long))))["left_elbow"]
    ticks = {
        line.get_xdata()[1]: line.get_marker() for line in main.lines if not line.get_clip_on()
    }
    assert ticks == {3.0: "|", 5.0: ""}
    tick = next(line for line in main.lines if line.get_marker() == "|")
    assert tick.get_markeredgewidth() >= 2


def test_of_very_many_labels_the_strongest_have_bars() -> None:
    label = make_episode(2).labels[0]
    many = tuple({**label, "label": f"l{k}", "strength": 0.1 * k} for k in range(9))
    main, _ = _panels(_drawn(make_episode(2, labels=many)))["left_shoulder"]
    texts = [text.get_text().strip() for text in main.texts]
    assert texts == ["l8", "l7", "l6", "l5", "l4", "l3", "3 more labels in the table"]
    few = _panels(_drawn(make_episode(2, labels=many[:6])))["left_shoulder"][0]
    assert [text.get_text().strip() for text in few.texts] == [f"l{k}" for k in range(6)]


def test_labels_do_not_change_the_limits_of_a_panel() -> None:
    with_labels, without = (
        _panels(_drawn(make_episode(2, labels=labels)))["left_shoulder"][0]
        for labels in (make_episode(2).labels, ())
    )
    assert with_labels.get_ylim() == without.get_ylim()
    assert with_labels.get_xlim() == without.get_xlim()


def test_a_label_of_the_other_arm_is_not_shown() -> None:
    label = {**make_episode(2).labels[0], "arm": "right"}
    panels = _panels(_drawn(make_episode(2, labels=(label,))))
    assert not panels["left_shoulder"][0].texts


def test_masked_rows_are_shaded_and_a_failure_is_marked_in_both_axes() -> None:
    figure = _drawn(make_episode(2, failed_at=4.25))
    for main, strip in _panels(figure).values():
        for axes in (main, strip):
            assert len(axes.patches) == 1
            assert [4.25, 4.25] in [list(line.get_xdata()) for line in axes.lines]
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts[-2:] == ["not scored", "simulator broke"]


def test_the_picture_has_the_colours_of_both_arms() -> None:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(png(_drawn(make_episode(2))))) as picture:
        counted = {colour: n for n, colour in picture.convert("RGB").getcolors(1 << 24)}
    for number in range(2):
        value = style.arm_colour(number)
        colour = tuple(int(value[at : at + 2], 16) for at in (1, 3, 5))
        assert counted[colour] > 1000
