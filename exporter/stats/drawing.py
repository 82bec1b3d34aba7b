"""Draws pictures, in a process of its own: `python -m exporter.stats.drawing`, told on its input.

matplotlib takes half a second and 60 MB to load, holds the interpreter while it draws, and keeps
settings for the whole process; so nothing else imports this module. The same figures make the same
bytes: own fonts, and neither time nor version in the files.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from exporter.stats import charts
from exporter.stats.figures import Figures
from exporter.stats.languages import Language, language
from exporter.stats.lettering import legible, use_own_fonts
from exporter.stats.looks import LOOKS, Look
from exporter.stats.orders import Order, read_order
from exporter.stats.telling import Chart, tell

INCHES, DOTS_PER_INCH = 5, 216
"""1,080 pixels square; a phone shows them 390 wide, so that 11 points are 12 pixels there."""
TITLE, SMALL, FAINT = 17, 11, 9
"""Points of the lines above and below."""
LONGEST = 64
"""Letters of such a line."""
NO_METADATA: Mapping[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
}


def draw(order: Order) -> None:
    """Write a file for each picture and look."""
    mpl.rcParams.update(
        {
            "font.size": SMALL,
            "text.parse_math": False,  # a name with two dollar signs is a name
            "svg.fonttype": "path",
            "svg.hashsalt": "chatkeep",
        }
    )
    use_own_fonts()
    spoken = language(order.language)
    for chart in order.charts:
        for look in order.looks:
            picture = _drawn(chart, order.figures, spoken, LOOKS[look])
            picture.savefig(
                Path(order.folder) / order.name_of(chart, look),
                format=order.format,
                dpi=DOTS_PER_INCH,
                metadata=NO_METADATA[order.format],
            )


def _drawn(chart: Chart, figures: Figures, spoken: Language, look: Look) -> Figure:
    told = tell(chart, figures, spoken)
    picture = Figure(figsize=(INCHES, INCHES), dpi=DOTS_PER_INCH, facecolor=look.ground)
    FigureCanvasAgg(picture)  # measures texts with one renderer; without it each asks for its own
    _line(picture, 0.945, told.title, size=TITLE, color=look.text, weight="bold")
    _line(picture, 0.885, legible(told.under, LONGEST), size=SMALL, color=look.faint)
    if figures.title:
        _line(picture, 0.03, legible(figures.title, LONGEST), size=FAINT, color=look.faint)
    charts.DRAW[chart](picture, figures, spoken, look)
    return picture


def _line(picture: Figure, height: float, words: str, *, size: float, **how: Any) -> None:
    """A line of text over the whole width, smaller where it is too long."""
    line = picture.text(charts.LEFT, height, words, size=size, va="center", **how)
    room = charts.WIDTH * picture.bbox.width / line.get_window_extent().width
    line.set_fontsize(size * min(1.0, room))


if __name__ == "__main__":
    draw(read_order(sys.stdin.buffer.read()))
