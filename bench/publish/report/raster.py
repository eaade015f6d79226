"""Figures as PNG with a palette: a third as large as in full colour, and no colour is shifted.

A drawing has a few colours and many shades at its edges. The commonest are kept as they are, the
others take the nearest of these.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

COLOURS = 256


def png(figure: Figure) -> bytes:
    """The figure as PNG, at its own resolution: the same figure gives the same bytes."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]
    places, palette = indexed(pixels)
    picture = Image.fromarray(places)
    picture.putpalette(palette.tobytes())
    out = io.BytesIO()
    picture.save(out, format="PNG", dpi=(figure.dpi, figure.dpi))
    return out.getvalue()


def indexed(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A picture as places in a palette.

    Args:
        pixels: (H, W, 3) red, green, blue.

    Returns:
        (H, W) places, and the palette (C, 3) of at most 256 colours, the commonest first.
    """
    packed = pixels.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.int32)
    counted: list[tuple[int, Any]] = Image.fromarray(pixels).getcolors(pixels.size) or []
    ordered = sorted(counted, key=lambda pair: (-pair[0], pair[1]))
    colours = np.array([colour for _, colour in ordered], dtype=np.int32)
    palette = colours[:COLOURS]
    place_of = np.zeros(1 << 24, dtype=np.uint8)
    for first in range(0, len(colours), COLOURS):
        some = colours[first : first + COLOURS]
        apart = ((some[:, None] - palette) ** 2).sum(axis=2)
        place_of[some @ np.array([1 << 16, 1 << 8, 1])] = apart.argmin(axis=1)
    return place_of[packed], palette.astype(np.uint8)
