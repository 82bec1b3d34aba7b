"""What stands on each picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from exporter.stats.figures import CUSTOM, PAID, Figures
from exporter.stats.languages import Language
from exporter.stats.lettering import FAMILIES, legible
from exporter.stats.looks import Look
from exporter.stats.telling import (
    Chart,
    bars_of,
    reaction_name,
    step_name,
    step_of,
    writer_name,
)

FAINT, LABEL, EMOJI = 9.5, 11, 17
"""Points of what is beside, of labels, and of emoji."""
LEFT, WIDTH, GAP = 0.05, 0.9, 0.02
BOTTOM, TOP = 0.09, 0.83
"""Of the height: where the titles leave room."""
DATES, SCALE = 5, 4
"""Labels of an axis, at most."""
FEW = 8
"""Fewer bars than that are no wider."""
HOURS = tuple(range(0, 24, 3))
ROWS = 6
"""A short list has rows as high as one of so many."""
THICKEST, THINNEST = 0.045, 0.006
"""Of bars: their height, of that of the picture; and their length, of that of the longest."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One of a list."""

    name: str
    value: int
    label: str
    """What stands at its end."""
    emoji: bool = False
    """The name is one."""


def time(picture: Figure, figures: Figures, spoken: Language, look: Look) -> None:
    """Messages by day, week, month or year."""
    step = step_of(figures)
    bars = bars_of(figures, step)
    axes = picture.add_axes((LEFT, 0.15, 0.8, 0.63))
    _bare(axes, look)
    places = list(range(len(bars)))
    heights = [messages for _, messages in bars]
    axes.bar(places, heights, width=0.8 if len(bars) < 60 else 1.0, color=look.accent)
    beside = max(0.7, (FEW - len(bars)) / 2)
    axes.set_xlim(-beside, len(bars) - 1 + beside)
    axes.yaxis.tick_right()
    axes.yaxis.set_major_locator(MaxNLocator(SCALE, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: spoken.number(round(value))))
    axes.grid(axis="y", color=look.line, linewidth=0.8)
    axes.set_axisbelow(True)
    every = -(-len(bars) // DATES)
    ticks = places[every // 2 :: every]
    axes.set_xticks(ticks, [step_name(bars[tick][0], step, spoken) for tick in ticks])
    picture.text(LEFT, 0.815, spoken.say(step.value), size=FAINT, color=look.faint, va="center")


def hours(picture: Figure, figures: Figures, spoken: Language, look: Look) -> None:
    """A map of weekdays and hours, and above it the hours of all days together."""
    left, width = 0.13, 0.82
    above = picture.add_axes((left, 0.57, width, 0.24))
    _bare(above, look)
    every_day = [sum(day[hour] for day in figures.hours) for hour in range(24)]
    above.bar(range(24), every_day, width=0.86, color=look.accent)
    above.set_xlim(-0.5, 23.5)
    above.set_xticks([])
    above.set_yticks([])
    axes = picture.add_axes((left, 0.16, width, 0.39))
    _bare(axes, look)
    colours = LinearSegmentedColormap.from_list("chatkeep", [look.empty, look.accent])
    axes.pcolormesh(
        figures.hours, cmap=colours, vmin=0, edgecolors=look.ground, linewidth=1.5, antialiased=True
    )
    axes.invert_yaxis()
    axes.set_xticks([hour + 0.5 for hour in HOURS], [f"{hour:02}" for hour in HOURS])
    axes.set_yticks([day + 0.5 for day in range(7)], spoken.weekdays)
    axes.tick_params(axis="y", labelsize=LABEL, labelcolor=look.text)


def writers(picture: Figure, figures: Figures, spoken: Language, look: Look) -> None:
    """Those who wrote most, and a line about all others."""
    total = figures.messages
    bars = [
        Bar(
            legible(writer_name(writer, spoken)),
            writer.messages,
            f"{spoken.number(writer.messages)}  {spoken.percent(writer.messages, total)}",
        )
        for writer in figures.writers
    ]
    others = figures.writers_total - len(bars)
    _list(picture, bars, look, bottom=0.15 if others else BOTTOM)
    if others:
        left = total - sum(bar.value for bar in bars)
        share = spoken.percent(left, total)
        said = spoken.say("others", people=spoken.count("others", others), share=share)
        picture.text(LEFT, 0.105, said, size=LABEL, color=look.faint, va="center")


def media(picture: Figure, figures: Figures, spoken: Language, look: Look) -> None:
    """How many files of each kind there are, and how large they are."""
    numbers = [
        Bar(spoken.kind(kind.kind), kind.files, spoken.number(kind.files)) for kind in figures.media
    ]
    sizes = [Bar("", kind.size_bytes, spoken.size(kind.size_bytes)) for kind in figures.media]
    top = 0.78
    for bars, left, width, colour, title in (
        (numbers, LEFT, 0.53, look.accent, "by number"),
        (sizes, 0.6, 0.35, look.second, "by size"),
    ):
        begin = _list(picture, bars, look, left=left, width=width, top=top, colour=colour)
        picture.text(
            begin, top + 0.03, spoken.say(title), size=FAINT, color=look.faint, va="center"
        )


def words(picture: Figure, figures: Figures, spoken: Language, look: Look) -> None:
    """The most used words."""
    bars = [
        Bar(legible(word.word), word.times, spoken.number(word.times)) for word in figures.words
    ]
    _list(picture, bars, look)


def reactions(picture: Figure, figures: Figures, spoken: Language, look: Look) -> None:
    """The reactions that were given most."""
    bars = [
        Bar(
            legible(reaction_name(given, spoken)),
            given.times,
            f"{spoken.number(given.times)}  {spoken.percent(given.times, figures.reactions_total)}",
            emoji=given.emoji not in (CUSTOM, PAID),
        )
        for given in figures.reactions
    ]
    _list(picture, bars, look)


DRAW: Mapping[Chart, Callable[[Figure, Figures, Language, Look], None]] = {
    Chart.TIME: time,
    Chart.HOURS: hours,
    Chart.WRITERS: writers,
    Chart.MEDIA: media,
    Chart.WORDS: words,
    Chart.REACTIONS: reactions,
}


def _list(
    picture: Figure,
    bars: Sequence[Bar],
    look: Look,
    *,
    left: float = LEFT,
    width: float = WIDTH,
    bottom: float = BOTTOM,
    top: float = TOP,
    colour: str | None = None,
) -> float:
    """Draw bars below each other, names before them and labels behind; where the bars begin.

    Names and labels take the room that they need, and the bars what is left.
    """
    height = (top - bottom) * min(1.0, len(bars) / ROWS)
    rows = height / len(bars)
    middles = [top - (place + 0.5) * rows for place in range(len(bars))]
    names = [
        picture.text(
            left,
            middle,
            bar.name,
            size=EMOJI if bar.emoji else LABEL,
            family=list(reversed(FAMILIES) if bar.emoji else FAMILIES),
            color=look.text,
            va="center",
        )
        for bar, middle in zip(bars, middles, strict=True)
    ]
    labels = [
        picture.text(left, middle, bar.label, size=LABEL, color=look.text, va="center")
        for bar, middle in zip(bars, middles, strict=True)
    ]
    begin = left + _widest(picture, names)
    longest = left + width - _widest(picture, labels) - begin
    axes = picture.add_axes((begin, top - height, longest, height))
    axes.set_axis_off()
    most = max(1, *(bar.value for bar in bars))
    axes.barh(
        [-place for place in range(len(bars))],
        [max(bar.value, most * THINNEST) if bar.value else 0 for bar in bars],
        height=min(0.62, THICKEST / rows),
        color=colour or look.accent,
    )
    axes.set_xlim(0, most)
    axes.set_ylim(0.5 - len(bars), 0.5)
    for bar, label in zip(bars, labels, strict=True):
        label.set_x(begin + longest * bar.value / most + GAP)
    return begin


def _widest(picture: Figure, texts: Sequence[Text]) -> float:
    """The part of the picture's width that the longest needs, with room beside it."""
    widest = max(text.get_window_extent().width for text in texts)
    return widest / picture.bbox.width + GAP if widest else 0.0


def _bare(axes: Axes, look: Look) -> None:
    """No frame, no ticks, quiet labels."""
    axes.set_facecolor("none")
    axes.set_frame_on(False)
    axes.tick_params(length=0, labelsize=FAINT, labelcolor=look.faint)
