"""The site: it builds without a warning, loads nothing from elsewhere, and its links fit it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scripts.site_pages import pages, site_links
from tests.docs.pages import ROOT

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


@pytest.mark.parametrize(
    ("page", "link", "became"),
    [
        ("index.md", "[a](formulas.md#lag)", "[a](formulas.md#lag)"),
        ("index.md", "[a](#words)", "[a](#words)"),
        ("index.md", "[a](https://example.org/x.md)", "[a](https://example.org/x.md)"),
        ("index.md", "[`params.yaml`](../params.yaml)", "`params.yaml`"),
        ("index.md", "[d](../datasets/so101-sage/README.md)", "[d](datasets/so101-sage.md)"),
        ("index.md", "[c](../CONTRIBUTING.md#code)", "[c](contributing.md#code)"),
        ("contributing.md", "[d](docs/dependencies.md)", "[d](dependencies.md)"),
        (
            "datasets/so101-sage.md",
            "[b](../../leaderboards/so101-sage/leaderboard.md)",
            "[b](../leaderboards/so101-sage.md)",
        ),
        ("datasets/so101-sage.md", "[s](split.json)", "s"),
        ("index.md", "```text\n[a](../params.yaml)\n```", "```text\n[a](../params.yaml)\n```"),
    ],
)
def test_links_fit_the_site(page: str, link: str, became: str) -> None:
    assert site_links(f"Before.\n\n{link}\n", page, pages(ROOT)) == f"Before.\n\n{became}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", place],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr
    return place


def test_every_page_is_there(site: Path) -> None:
    names = [path.stem for path in (ROOT / "docs").glob("*.md")]
    names += [page.removesuffix(".md") for page in pages(ROOT).values()]
    assert all((site / f"{name}.html").is_file() for name in names)


class _Loaded(HTMLParser):
    """Addresses that a browser loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in LOADED and given.get("rel") not in ("canonical", "next", "prev"):
            self.addresses.append(given.get(LOADED[tag]) or "")


def test_a_page_loads_nothing_from_another_host(site: Path) -> None:
    shown = sorted(site.rglob("*.html"))
    assert shown
    for page in shown:
        parser = _Loaded()
        parser.feed(page.read_text(encoding="utf-8"))
        assert parser.addresses
        assert not [a for a in parser.addresses if re.match(r"(?:\w+:)?//", a)], page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import )[\"']?(?:\w+:)?//", style.read_text()), style.name


def test_no_link_is_left_as_text(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert "](" not in re.sub(r"<code.*?</code>", "", page.read_text(), flags=re.DOTALL), page
