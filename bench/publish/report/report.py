"""Writing a report: the page, and every figure of it as PNG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from bench.io.atomic import Transaction
from bench.io.documents import Document
from bench.io.problems import UnknownNameError
from bench.io.workspace import Workspace
from bench.publish.report import episode, evidence, failing, html, overview
from bench.publish.report.pictures import Pictures
from bench.publish.report.sources import Sources
from bench.publish.report.standing import standing

PAGE = "index.html"
Progress = Callable[[int, int], None]


def chosen(result: Document, named: Sequence[str], worst: int) -> dict[int, str]:
    """Which episodes are drawn: those named, then the worst, with the reason for each.

    Args:
        result: the result.
        named: ids of episodes.
        worst: how many of the worst.

    Returns:
        Place in the result to why it is drawn, in the order of the report.

    Raises:
        UnknownNameError: an id is none of the result's.
    """
    episodes = result["episodes"]
    valid = list(dict.fromkeys(record["id"] for record in episodes))
    order = overview.worst_first(episodes)
    place = {
        number: f"{rank} of {len(order)} from the worst" for rank, number in enumerate(order, 1)
    }
    drawn: dict[int, str] = {}
    for name in named:
        if name not in valid:
            raise UnknownNameError("episode", name, valid)
        numbers = [number for number, record in enumerate(episodes) if record["id"] == name]
        drawn |= {number: place.get(number, "no row was scored") for number in numbers}
    return drawn | {number: place[number] for number in order[:worst] if number not in drawn}


def write_report(
    workspace: Workspace,
    result: Document,
    output: Path,
    drawn: dict[int, str],
    progress: Progress,
) -> None:
    """Write the folder `output`, whole or not at all: `index.html` and the figures as PNG.

    The same inputs give the same bytes.

    Args:
        workspace: the checkout.
        result: from `sources.load_result`.
        output: the folder.
        drawn: which episodes are drawn and why, from `chosen`.
        progress: told how many parts are done, and of how many.

    Raises:
        ProblemsError: what the result was computed from is not here, or has changed.
    """
    sources = Sources(workspace, result)
    found = standing(sources.paths, result)
    with Transaction() as transaction:
        folder = transaction.folder(output)
        pictures = Pictures(folder)
        with (folder / PAGE).open("w", encoding="utf-8", newline="\n") as page:
            title = f"{result['entry']['name']} on {result['dataset']['name']}"
            page.write(html.top(title))
            _write(page, overview.head(result, found), _contents(result, drawn))
            _write(page, overview.standing_section(found, pictures))
            _write(page, overview.metrics_section(result))
            _write(page, overview.episodes_section(result, found, drawn, pictures))
            _write(page, failing.failing_section(result))
            _write(page, overview.divergence_section(result, pictures))
            _write(page, overview.executions_section(result, pictures))
            _write(page, evidence.coverage_section(result))
            progress(1, 1 + len(drawn))
            for done, (number, why) in enumerate(drawn.items(), 2):
                _write(page, episode.section(sources.episode(number), why, pictures))
                progress(done, 1 + len(drawn))
            _write(page, evidence.provenance_section(result))
            page.write(html.BOTTOM)


def _write(page: TextIO, *parts: html.Html) -> None:
    page.write(html.joined(*parts) + "\n")


def _contents(result: Document, drawn: dict[int, str]) -> html.Html:
    links = [
        html.link("standing", "Where it stands"),
        html.link("metrics", "Metrics"),
        html.link("episodes", "Episodes"),
        html.link(failing.ANCHOR, failing.TITLE),
        html.link("divergence", "Divergence"),
        html.link("coverage", "Coverage"),
        *(
            html.link(episode.anchor(number), f"Episode {result['episodes'][number]['id']}")
            for number in drawn
        ),
        html.link("provenance", "Where the numbers come from"),
    ]
    return html.Html(f'<nav aria-label="Contents">{html.listing(links)}</nav>')
