"""HTML from data: whatever is not marked as HTML is escaped."""

from __future__ import annotations

import base64
import html
import struct
from collections.abc import Sequence


class Html(str):
    """A text that is HTML already."""

    __slots__ = ()


def safe(text: str) -> Html:
    """The text as HTML that shows it: escaped unless it is HTML, control characters replaced."""
    if isinstance(text, Html):
        return text
    visible = "".join(_visible(c) for c in text)
    return Html(html.escape(visible, quote=True))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\ufffd"


def joined(*parts: str) -> Html:
    """The parts one below the other."""
    return Html("\n".join(safe(part) for part in parts if part))


def paragraph(text: str) -> Html:
    """A paragraph."""
    return Html(f"<p>{safe(text)}</p>")


def heading(level: int, text: str, anchor: str = "") -> Html:
    """A heading of level 1 to 6; `anchor` is its id."""
    place = f' id="{safe(anchor)}"' if anchor else ""
    return Html(f"<h{level}{place}>{safe(text)}</h{level}>")


def link(anchor: str, text: str) -> Html:
    """A link to a place on the page."""
    return Html(f'<a href="#{safe(anchor)}">{safe(text)}</a>')


def listing(items: Sequence[str]) -> Html:
    """A list."""
    return Html("<ul>" + "".join(f"<li>{safe(item)}</li>" for item in items) + "</ul>")


def table(
    caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]], prose: int = 0
) -> Html:
    """A table that scrolls by itself where the page is narrow.

    Args:
        caption: what it shows.
        headings: one a column.
        rows: their cells; the first names the row.
        prose: how many of the last columns are text that may be broken into lines.
    """
    kinds = [""] * (len(headings) - prose) + [' class="prose"'] * prose
    head = "".join(
        f'<th scope="col"{kind}>{safe(text)}</th>'
        for text, kind in zip(headings, kinds, strict=True)
    )
    body = "\n".join(
        f'<tr><th scope="row">{safe(first)}</th>'
        + "".join(
            f"<td{kind}>{safe(cell)}</td>" for cell, kind in zip(others, kinds[1:], strict=True)
        )
        + "</tr>"
        for first, *others in rows
    )
    return Html(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{safe(caption)}">'
        f"<table>\n<caption>{safe(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def with_ends(value: str, ends: str) -> Html:
    """A value and its interval: in one line where there is room, else one below the other."""
    return Html(f'{safe(value)} <span class="ends">{safe(ends)}</span>')


def folded(summary: str, content: str) -> Html:
    """Content that is shown on demand."""
    return Html(f"<details><summary>{safe(summary)}</summary>\n{safe(content)}\n</details>")


def beside(figure: str, *others: str) -> Html:
    """A figure and, where there is room, what belongs to it at its side."""
    return Html(f'<div class="beside">\n{safe(figure)}\n<div>\n{joined(*others)}\n</div>\n</div>')


def figure(wide: bytes, narrow: bytes, alternative: str, caption: str) -> Html:
    """A picture in two forms, for screens and for phones, inside the page.

    Args:
        wide: PNG.
        narrow: PNG.
        alternative: what it shows, for those who do not see it.
        caption: what stands below it.
    """
    sizes = [struct.unpack(">II", picture[16:24]) for picture in (wide, narrow)]
    (width, height), (small_width, small_height) = sizes
    return Html(
        f'<figure><picture><source media="(max-width: 46rem)" srcset="{_data(narrow)}" '
        f'width="{small_width}" height="{small_height}">'
        f'<img src="{_data(wide)}" width="{width}" height="{height}" alt="{safe(alternative)}">'
        f"</picture><figcaption>{safe(caption)}</figcaption></figure>"
    )


def _data(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def top(title: str) -> str:
    """The page down to where its content begins."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{safe(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
"""


BOTTOM = "</main>\n</body>\n</html>\n"
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
"""What a browser may load: nothing from anywhere; a name that slipped through could do nothing."""
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff;
  --panel: #f5f7f9; --line: #d5dae0; --link: #0b5cad; --shade: #0b1a2a66; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e3e7eb; --soft: #a2acb6; --paper: #14171a; --panel: #1d2125; --line: #3a4148;
    --link: #82bbff; --shade: #c5d8eb66; }
  figure img { filter: invert(.92) hue-rotate(180deg); }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 1.25rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; padding-top: .9rem;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p, li { max-width: 46rem; overflow-wrap: anywhere; }
.lead { color: var(--soft); }
a { color: var(--link); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem;
  margin: 1.25rem 0; padding: 0; }
.tiles > div { background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; }
.tiles dt { color: var(--soft); font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.45rem; font-variant-numeric: tabular-nums; }
.tiles dd + dd { font-size: .85rem; color: var(--soft); }
.beside { display: grid; gap: 1rem 1.75rem; align-items: start; }
@media (min-width: 68rem) {
  .beside { grid-template-columns: minmax(0, 46rem) minmax(0, 1fr); }
}
.beside > * { min-width: 0; }
figure { margin: 0 0 1rem; max-width: 46rem; }
figure picture { display: block; overflow: hidden; border: 1px solid var(--line);
  border-radius: .5rem; }
figure img { display: block; width: 100%; height: auto; background: #fff; }
figcaption { color: var(--soft); font-size: .85rem; margin-top: .4rem; max-width: 46rem; }
/* A shadow at the side on which a table goes on; covers that move with it hide it at the ends. */
.scroll { overflow-x: auto; margin: 0 0 1rem; scrollbar-width: thin;
  background: linear-gradient(to right, var(--paper) 40%, transparent) left,
    linear-gradient(to left, var(--paper) 40%, transparent) right,
    linear-gradient(to right, var(--shade), transparent) left,
    linear-gradient(to left, var(--shade), transparent) right;
  background-attachment: local, local, scroll, scroll; background-repeat: no-repeat;
  background-size: 2.5rem 100%, 2.5rem 100%, 1rem 100%, 1rem 100%; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--link);
  outline-offset: 2px; }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); text-align: right;
  vertical-align: top; }
th { font-weight: 600; }
th[scope="row"], thead th:first-child { text-align: left; }
tbody th { font-weight: 500; }
td, tbody th { white-space: nowrap; }
.ends { color: var(--soft); display: inline-block; min-width: 9.5em; }
.beside .ends { display: block; }
.prose { text-align: left; white-space: normal; min-width: 14rem; }
@media (max-width: 46rem) {
  tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 6.5rem; }
  .ends { display: block; min-width: 0; font-size: .7rem; }
  th, td { padding: .25rem .35rem; }
}
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0;
  max-width: none; }
code { font-size: .85em; overflow-wrap: anywhere; }
details { margin: .5rem 0 1rem; }
summary { cursor: pointer; color: var(--link); }
@media print {
  :root { --ink: #000; --soft: #444; --paper: #fff; --panel: #f5f7f9; --line: #ccc; --link: #000; }
  figure, table { break-inside: avoid; }
}
"""
