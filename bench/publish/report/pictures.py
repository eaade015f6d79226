"""Figures as files beside the page, and as HTML inside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from bench.publish.report import html, raster, style


class Pictures:
    """Draws figures in every layout and keeps them in a folder."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`."""
        self._folder = folder

    def add(
        self, name: str, draw: Callable[[style.Layout], Figure], alternative: str, caption: str
    ) -> html.Html:
        """Draw a figure, write its PNG files, and return it as HTML.

        Args:
            name: of the files, without ending and without the layout's name.
            draw: makes the figure in a layout.
            alternative: what it shows, for those who do not see it.
            caption: what stands below it.
        """
        made = []
        for layout in style.LAYOUTS:
            with style.applied():
                made.append(raster.png(draw(layout)))
            (self._folder / f"{name}-{layout.name}.png").write_bytes(made[-1])
        wide, narrow = made
        return html.figure(wide, narrow, alternative, caption)


def file_name(number: int, name: str) -> str:
    """A file name for what is called `name`, which may hold anything; `number` makes it unique."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "_-.") else "_" for c in name)
    return f"{number:04d}-{plain[:60]}"
