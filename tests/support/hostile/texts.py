"""Texts that act on who reads them, or look like another text."""

from __future__ import annotations

from pathlib import Path

from tests.entries.toy import change


def _lab(entry: Path, text: str) -> None:
    change(entry / "entry.json", lambda document: document.update(lab=text))


def direction_override(entry: Path) -> None:
    _lab(entry, "Lab \u202e sgnirpS fo")


def direction_isolate(entry: Path) -> None:
    _lab(entry, "Lab \u2066of\u2069 Springs")


def space_without_width(entry: Path) -> None:
    _lab(entry, "Lab of\u200b Springs")


def joiner_without_width(entry: Path) -> None:
    _lab(entry, "Lab o\u2060f Springs")


def byte_order_mark_inside(entry: Path) -> None:
    _lab(entry, "Lab\ufeff of Springs")


def tags(entry: Path) -> None:
    _lab(entry, "Lab\U000e0041\U000e0042 of Springs")


def terminal_escape(entry: Path) -> None:
    _lab(entry, "\x1b[2J\x1b]0;owned\x07 Lab")


def terminal_escape_of_one_character(entry: Path) -> None:
    _lab(entry, "\x9b2J Lab")


def line_break(entry: Path) -> None:
    _lab(entry, "Lab\n| 1 | forged |")


def line_separator(entry: Path) -> None:
    _lab(entry, "Lab\u2028| 1 | forged |")


def tab(entry: Path) -> None:
    _lab(entry, "\t=1+1")


def letter_that_nobody_sees(entry: Path) -> None:
    _lab(entry, "Lab of\u3164Springs")


def blank_in_braille(entry: Path) -> None:
    _lab(entry, "\u2800")


def mark_without_a_letter(entry: Path) -> None:
    _lab(entry, "\u0338Lab of Springs")


def stacked_marks(entry: Path) -> None:
    _lab(entry, "Lab" + "\u0301\u0302\u0303\u0304\u0305" * 6)


def private_character(entry: Path) -> None:
    _lab(entry, "Lab \ue000")


def no_character(entry: Path) -> None:
    _lab(entry, "Lab \uffff")


def mixed_scripts(entry: Path) -> None:
    _lab(entry, "L\u0430b of Springs")


def spaces_around(entry: Path) -> None:
    _lab(entry, " =1+1")


def address_that_runs(entry: Path) -> None:
    change(entry / "entry.json", lambda document: document.update(url="javascript:alert(1)"))


def name_that_climbs_out(entry: Path) -> None:
    change(entry / "entry.json", lambda document: document.update(name="../../../etc/cron"))


def name_of_a_lookalike(entry: Path) -> None:
    change(entry / "entry.json", lambda document: document.update(name="del\u0430yed-echo"))


def name_of_a_device(entry: Path) -> None:
    change(entry / "entry.json", lambda d: d.update(name="CON"))


def lab_of_the_project(entry: Path) -> None:
    _lab(entry, "\uff34\uff37\uff29\uff2e\uff22\uff25\uff2e\uff23\uff28")


def lab_that_is_the_robot(entry: Path) -> None:
    _lab(entry, "The  robot\u00a0ITSELF")


def name_of_the_pipeline(entry: Path) -> None:
    change(entry / "entry.json", lambda document: document.update(name="Delayed-Ech0"))


def selector_of_a_variant(entry: Path) -> None:
    _lab(entry, "Lab of Springs\ufe0f")


def supplementary_selector(entry: Path) -> None:
    _lab(entry, "Lab\U000e0100 of Springs")


def mongolian_selector(entry: Path) -> None:
    _lab(entry, "Lab\u180b of Springs")


def filler_in_khitan(entry: Path) -> None:
    _lab(entry, "Lab\U00016fe4 of Springs")


def note_without_its_head(entry: Path) -> None:
    _lab(entry, "Lab\U0001d159 of Springs")


def lab_in_small_capitals(entry: Path) -> None:
    _lab(entry, "\u1d1b\u1d21\u026a\u0274\u0299\u1d07\u0274\u1d04\u029c")


def lab_with_a_click(entry: Path) -> None:
    _lab(entry, "tw\u01c0nbench")


def lab_with_a_bar(entry: Path) -> None:
    _lab(entry, "tw|nbench")
