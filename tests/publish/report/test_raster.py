"""PNG files: the colours that matter are exact, and the bytes are the same every time."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from bench.publish.report import style
from bench.publish.report.raster import indexed, png


def test_the_commonest_colours_are_kept_and_the_others_take_the_nearest() -> None:
    rng = np.random.default_rng(0)
    pixels = np.full((40, 300, 3), 255, dtype=np.uint8)
    pixels[10:20] = (0, 114, 178)
    pixels[0] = rng.integers(0, 256, (300, 3))
    places, palette = indexed(pixels)
    shown = palette[places]
    assert len(palette) == 256
    assert (shown[10:20] == (0, 114, 178)).all()
    assert (shown[20:] == 255).all()
    for asked, got in zip(pixels[0].tolist(), shown[0].tolist(), strict=True):
        nearest = min(
            sum((a - b) ** 2 for a, b in zip(asked, c, strict=True)) for c in palette.tolist()
        )
        assert sum((a - b) ** 2 for a, b in zip(asked, got, strict=True)) == nearest


def test_few_colours_are_all_exact() -> None:
    pixels = np.random.default_rng(1).integers(0, 6, (40, 50, 3)).astype(np.uint8) * 40
    places, palette = indexed(pixels)
    np.testing.assert_array_equal(palette[places], pixels)


def test_a_figure_has_its_size_and_resolution_and_no_date() -> None:
    figure = style.new_figure(2.0, 1.0)
    figure.subplots().plot([0, 1], [0, 1], color="#0072B2", linewidth=6)
    picture = png(figure)
    with Image.open(io.BytesIO(picture)) as read:
        assert read.size == (2 * style.DPI, style.DPI)
        assert round(read.info["dpi"][0]) == style.DPI
        assert set(read.info) <= {"dpi", "transparency"}
        assert (0, 114, 178) in {colour for _, colour in read.convert("RGB").getcolors(1 << 20)}


def test_the_same_figure_gives_the_same_bytes() -> None:
    def draw() -> bytes:
        with style.applied():
            figure = style.new_figure(2.0, 1.0)
            axes = figure.subplots()
            axes.plot(np.sin(np.arange(200)))
            axes.set_title("a")
            return png(figure)

    assert draw() == draw()
