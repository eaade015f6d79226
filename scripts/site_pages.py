"""What the documentation site shows of the repository beside `docs/`; a hook of MkDocs.

Pages link to files of the repository by relative paths, which work wherever the repository is
browsed. The site has the files of `PAGES` as pages of its own; a link to any other file keeps its
text and loses its target.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "datasets/so101-sage/README.md": "datasets/so101-sage.md",
    "datasets/so101-synth/README.md": "datasets/so101-synth.md",
    "leaderboards/so101-sage/leaderboard.md": "leaderboards/so101-sage.md",
    "leaderboards/so101-synth/leaderboard.md": "leaderboards/so101-synth.md",
}
"""Path in the repository to path on the site."""
DOCS = "docs/"
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]\[]+)\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def on_files(files: Any, config: Any) -> Any:
    """Add the files of `PAGES`."""
    from mkdocs.structure.files import File

    root = Path(config.config_file_path).parent
    for place, page in PAGES.items():
        if (root / place).is_file():
            files.append(File.generated(config, page, abs_src_path=str(root / place)))
    return files


def on_page_markdown(markdown: str, page: Any, **_given: Any) -> str:
    """Turn links to files of the repository into links of the site, or into their text."""
    if page.file.src_uri.startswith("leaderboards/"):
        page.meta["hide"] = ["toc"]  # the table needs the room
    return site_links(markdown, page.file.src_uri)


def site_links(markdown: str, page: str) -> str:
    """The page with links that the site can follow; code blocks stay as they are.

    Args:
        markdown: its text.
        page: its path on the site.
    """
    places = {name: place for place, name in PAGES.items()}
    folder = posixpath.dirname(places.get(page, DOCS + page))

    def linked(found: re.Match[str]) -> str:
        path, hash_, anchor = found["target"].partition("#")
        if not path or "://" in path or path.startswith("mailto:"):
            return found[0]
        place = posixpath.normpath(posixpath.join(folder, path))
        inside = place.removeprefix(DOCS) if place.startswith(DOCS) else PAGES.get(place)
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
