from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.entries.texts import escaped, is_plain, text_problems


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
