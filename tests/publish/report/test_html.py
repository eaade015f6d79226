"""Whatever comes from outside is text on the page, never a part of it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.publish.report import html


class Reader(HTMLParser):
    """Collects elements with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters=""), min_size=1)


@given(PRINTABLE)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert read(html.paragraph(text)).text == text
    page = read(html.table(text, [text, "b"], [[text, "1"]]))
    assert page.text.count(text) >= 3
    assert {tag for tag, _ in page.elements} == {
        "div", "table", "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    region = next(attributes for tag, attributes in page.elements if tag == "div")
    assert region["aria-label"] == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>", "&lt;script&gt;"),
        ("\"'&", "&quot;&#x27;&amp;"),
        ("a\nb\tc", "a b c"),
        ("a\x00\x1b\u202eb", "a\ufffd\ufffd\ufffdb"),
    ],
)
def test_what_could_act_is_escaped(text: str, expected: str) -> None:
    assert html.safe(text) == expected


def test_html_is_escaped_once() -> None:
    assert html.safe(html.safe("a & b")) == "a &amp; b"
    assert html.joined("a < b", html.paragraph("c")) == "a &lt; b\n<p>c</p>"


def test_the_policy_lets_nothing_be_loaded() -> None:
    page = read(html.top("t") + html.BOTTOM)
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "script-src" not in policy
