"""What the documentation site shows of the repository beside `docs/`; a hook of MkDocs.

Pages link to files of the repository by relative paths, which work wherever the repository is
browsed. The site has some of those files as pages of its own (`pages`); a link to any other file
keeps its text and loses its target.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOCS = "docs/"
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]\[]+)\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages(root: Path) -> dict[str, str]:
    """Files of the repository that are pages: path there to path on the site."""
    found = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
    for pattern in ("datasets/*/README.md", "leaderboards/*/leaderboard.md"):
        for path in sorted(root.glob(pattern)):
            place = path.relative_to(root)
            found[place.as_posix()] = f"{place.parent.as_posix()}.md"
    for path in sorted(root.glob("leaderboards/*/sync.md")):
        place = path.relative_to(root)
        found[place.as_posix()] = f"{place.parent.as_posix()}-sync.md"
    return found


def on_files(files: Any, config: Any) -> Any:
    """Add the files of `pages`."""
    from mkdocs.structure.files import File

    root = Path(config.config_file_path).parent
    for place, page in pages(root).items():
        files.append(File.generated(config, page, abs_src_path=str(root / place)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, **_given: Any) -> str:
    """Turn links to files of the repository into links of the site, or into their text."""
    if page.file.src_uri.startswith("leaderboards/"):
        page.meta["hide"] = ["toc"]  # the table needs the room
    shown = pages(Path(config.config_file_path).parent)
    return site_links(markdown, page.file.src_uri, shown)


def site_links(markdown: str, page: str, shown: Mapping[str, str]) -> str:
    """The page with links that the site can follow; code blocks stay as they are.

    Args:
        markdown: its text.
        page: its path on the site.
        shown: the files of the repository that are pages (`pages`).
    """
    places = {name: place for place, name in shown.items()}
    folder = posixpath.dirname(places.get(page, DOCS + page))

    def linked(found: re.Match[str]) -> str:
        path, hash_, anchor = found["target"].partition("#")
        if not path or "://" in path or path.startswith("mailto:"):
            return found[0]
        place = posixpath.normpath(posixpath.join(folder, path))
        inside = place.removeprefix(DOCS) if place.startswith(DOCS) else shown.get(place)
        if inside is None:
            return found["text"]
        target = posixpath.relpath(inside, posixpath.dirname(page) or ".")
        return f"[{found['text']}]({target}{hash_}{anchor})"

    parts = []
    at = 0
    for block in _FENCED.finditer(markdown):
        parts += [LINK.sub(linked, markdown[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*parts, LINK.sub(linked, markdown[at:])])
