"""Links between pages, to their headings, and to files of the repository."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links

LINKING = [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("datasets/*/README.md")]


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_leads_somewhere(page: Path) -> None:
    for target in links(page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = unquote(target).partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), f"{page.name}: {target}"
        assert place.is_relative_to(ROOT), f"{page.name}: {target} leads out of the repository"
        if anchor:
            assert anchor in anchors(place.read_text(encoding="utf-8")), f"{page.name}: {target}"


def test_findings_lead_to_sections_of_the_guard() -> None:
    code = "".join(path.read_text() for path in sorted((ROOT / "bench").rglob("*.py")))
    codes = set(re.findall(r"\bFinding\(\s*\"(\w+)\"", code))
    assert "group_torn" in codes
    assert codes <= anchors((ROOT / "docs" / "guard.md").read_text(encoding="utf-8"))
