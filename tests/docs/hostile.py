"""The codes in the tables of the page on hostile files, from the cases of the tests.

Run as a module it writes them; a case whose attack has no row is told by `test_hostile.py`:

    python -m tests.docs.hostile
"""

from __future__ import annotations

import re
from collections import defaultdict

from tests.docs.pages import ROOT
from tests.support.hostile.cases import cases

PAGE = ROOT / "docs" / "hostile.md"
ROW = re.compile(
    r"^\| (?P<attack>[^|]+) \| (?P<what>[^|]+) \| (?P<codes>`[^|]*`|) \|$", re.MULTILINE
)


def renewed(page: str) -> str:
    """The page with all codes that each attack gives."""
    found: dict[str, set[str]] = defaultdict(set)
    for case in cases():
        found[case.attack] |= case.codes

    def row(said: re.Match[str]) -> str:
        codes = ", ".join(f"`{code}`" for code in sorted(found[said["attack"]]))
        return f"| {said['attack']} | {said['what']} | {codes} |"

    return ROW.sub(row, page)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
