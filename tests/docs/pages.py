"""The documentation's pages, taken apart: blocks of code, links, headings, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))

_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^>]*?) -->\n)?^```(?P<language>\S*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\[[^\]\[]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(?P<title>.*?)(?: \{#(?P<id>\S+)\})?$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `note` is the comment on the line before it, `line` that of its fence."""

    language: str
    text: str
    note: str
    line: int

    @property
    def reason(self) -> str | None:
        """Why it is not run; None where it is."""
        left, _, reason = self.note.partition(": ")
        return reason if left == "not run" else None


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [
        Block(
            found["language"],
            found["text"],
            found["note"] or "",
            text.count("\n", 0, found.start("language")) + 1,
        )
        for found in _BLOCK.finditer(text)
    ]


def prose(text: str) -> str:
    """A page without its fenced blocks and code spans."""
    return re.sub(r"`[^`\n]*`", "``", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


def links(text: str) -> list[str]:
    """Targets of the links of a page."""
    return _LINK.findall(prose(text))


def anchors(text: str) -> set[str]:
    """Anchors of the headings of a page."""
    bare = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return {found["id"] or _slug(found["title"]) for found in _HEADING.finditer(bare)}


def _slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def tables(text: str) -> Iterator[list[list[str]]]:
    """The tables of a text: rows of cells, headings first."""
    for found in re.finditer(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        rows = [
            [cell.strip() for cell in line.strip("|").split(" | ")] for line in found[0].split("\n")
        ]
        yield [row for row in rows if row != [""] and not set("".join(row)) <= {"-", "|", " "}]


def section(text: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found is not None, f"no section {heading}"
    return found[1]
