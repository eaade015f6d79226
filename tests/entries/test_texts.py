from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.entries.texts import (
    MAX_SAID,
    escaped,
    identity_problems,
    is_plain,
    look,
    misleads,
    mixes_scripts,
    text_problems,
)


@given(st.text())
def test_escaped_text_can_be_printed_and_printable_text_is_kept(text: str) -> None:
    assert escaped(text).isprintable()
    assert not text.isprintable() or escaped(text) == text


@pytest.mark.parametrize("text", ["Besançon", "Lab of Springs (EE)", "研究所", "a\u00a0b", "<b>"])
def test_plain(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize("text", ["a\n", "\x1b[2J", "\x7f", "\u202egnp.exe", "\ud800", "a\u2028b"])
def test_not_plain(text: str) -> None:
    assert not is_plain(text)


def test_keys_and_nested_texts_are_looked_at() -> None:
    document = {"a": [{"b\x07": "fine"}, "c\r"], "n": 1.5, "t": None}
    assert [(p.where, p.came) for p in text_problems(document, "events.json")] == [
        ("events.json: a/0", "'b\\x07'"),
        ("events.json: a/1", "'c\\r'"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Besançon",
        "Besanc\u0327on",
        "研究所",
        "한국 로봇",
        "ห้องปฏิบัติการ",
        "क्षेत्र",
        "Việt Nam",
        "a ❤\ufe0f b",
        "5 µm ± λ",
    ],
)
def test_what_people_write_looks_like_what_it_is(text: str) -> None:
    assert misleads(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a\u3164b", "a letter or sign that nobody sees"),
        ("a\u034fb", "a letter or sign that nobody sees"),
        ("\u2800", "a letter or sign that nobody sees"),
        ("a\ufe0f", "a letter or sign that nobody sees"),
        ("❤\ufe0e", "a letter or sign that nobody sees"),
        ("a\ufe00 b", "a letter or sign that nobody sees"),
        ("東\U000e0100", "a letter or sign that nobody sees"),
        ("a\u180bb", "a letter or sign that nobody sees"),
        ("a\U00016fe4", "a letter or sign that nobody sees"),
        ("a\U0001d159", "a letter or sign that nobody sees"),
        ("a\ue000", "a character that no standard gives a shape"),
        ("a\U000fffff", "a character that no standard gives a shape"),
        ("\u0301a", "a mark without a letter"),
        ("a \u0301b", "a mark without a letter"),
        ("a\u0301\u0302\u0303\u0304", "more than 3 marks on one letter"),
    ],
)
def test_what_looks_like_something_else(text: str, why: str) -> None:
    assert misleads(text) == why
    assert [p.code for p in text_problems({"a": text}, "x")] == ["misleading_text"]


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("L\u0430b", True),
        ("\u039fxford", True),
        ("Lab \u041c\u0413\u0423", False),
        ("\u0391\u03b8\u03ae\u03bd\u03b1 Lab", False),
        ("µTAS 2", False),
        ("東京 Lab", False),
        ("Ångström", False),
    ],
)
def test_words_of_several_scripts(text: str, mixed: bool) -> None:
    assert mixes_scripts(text) == mixed
    assert bool(list(identity_problems({"lab": text}, "entry.json"))) == mixed


@pytest.mark.parametrize("name", ["CON", "prn", "Aux", "NUL", "COM0", "com9", "LPT1", "lpt9"])
def test_names_of_devices(name: str) -> None:
    assert [str(p) for p in identity_problems({"name": name}, "entry.json")] == [
        "device_name: entry.json: name: expected a name that a file can have everywhere, "
        f"not that of a device of Windows, came '{name}'"
    ]


@pytest.mark.parametrize("name", ["CONs", "COM", "COM10", "LPT-1", "nul_", "console"])
def test_names_of_no_device(name: str) -> None:
    assert not list(identity_problems({"name": name}, "entry.json"))


@pytest.mark.parametrize(
    "other",
    [
        "Limit-bench\ufe0f",
        "Limit\ufe00-bench",
        "L\u180bimit\u200d-\U00016fe4ben\U000e0100ch\U0001d159",
        "Iimit-bench",
        "1|m\u01c0t-bench",
        "limit\u2010bench",
        "limit\u2014bench",
        "limit\u2212bench",
        "\u029f\u026a\u1d0d\u026a\u1d1b-\u0299\u1d07\u0274\u1d04\u029c",
        "\u13de\u13a5\u13b7\u13a5\u13a2-bench",
        "limit-\ua4d0\ua4f0\ua4e0\ua4da\ua4e7",
        "\U0001f17b\U0001f178\U0001f17c\U0001f178\U0001f183-bench",
        "\U0001f1f1imit-bench",
    ],
    ids=ascii,
)
def test_what_nobody_sees_and_what_looks_alike_makes_no_other_text(other: str) -> None:
    assert look(other) == look("Limit-bench")


@pytest.mark.parametrize(
    "other", ["A  LAB", "ALab", "\uff21 Lab", "\u0410 lab", "a l\u0430b", "a\u00a0lab"]
)
def test_texts_that_are_taken_for_each_other(other: str) -> None:
    assert look(other) == look("A Lab")


def test_texts_that_are_not() -> None:
    names = ["A Lab", "B Lab", "A Lab 2", "Lab A", "A-Lab", "Å Lab", "Ɔ Lab", "O Lab"]
    assert len({look(name) for name in names}) == len(names)


ORDINARY = [
    "Universität Zürich",
    "Lab für Robotik, Tübingen",
    "École Polytechnique Fédérale de Lausanne",
    "Ελληνικό Εργαστήριο Ρομποτικής",
    "Εθνικό Μετσόβιο Πολυτεχνείο",
    "МГУ им. М. В. Ломоносова",
    "東京大学",
    "東京工業大学 第1研究室",
    "東京工業大学 第2研究室",
    "ロボット工学センター",
    "한국과학기술원",
    "清华大学",
    "Lab 42",
    "Lab 24",
    "R&D |x| Group",
    "O’Brien–Smith Robotics",
    "IIT",
    "MIT",
    "ETH",
    "ठोस यांत्रिकी",
    "twinbench",
    "the robot itself",
]
"""Names of labs as they are."""


def test_ordinary_names_of_labs_are_let_through_and_stay_apart() -> None:
    assert not [p for lab in ORDINARY for p in text_problems({"lab": lab}, "x")]
    assert not [p for lab in ORDINARY for p in identity_problems({"lab": lab}, "x")]
    assert len({look(lab) for lab in ORDINARY}) == len(ORDINARY)


def test_names_on_the_boards_stay_apart() -> None:
    boards = Path(__file__).parents[2] / "leaderboards"
    rows = [
        row
        for page in boards.glob("*/leaderboard.json")
        for part in ("rows", "repeatability")
        for row in json.loads(page.read_text())[part]
    ]
    for field in ("entry", "lab"):
        names = {row[field] for row in rows}
        assert len(names) > 1
        assert len({look(name) for name in names}) == len(names)


def test_texts_that_will_not_do_are_told_up_to_a_number() -> None:
    document = {"a": ["\x07"] * (MAX_SAID + 5)}
    *told, last = text_problems(document, "events.json")
    assert len(told) == MAX_SAID
    assert last.came == "more"
    (only,) = text_problems({"k" * 2**20: "\x07"}, "events.json")
    assert len(str(only)) < 400
