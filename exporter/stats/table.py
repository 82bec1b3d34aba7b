"""The figures as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exporter.console import one_line
from exporter.stats.figures import Figures
from exporter.stats.languages import Language
from exporter.stats.telling import (
    Chart,
    Step,
    bars_of,
    charts_of,
    reaction_name,
    step_name,
    step_of,
    tell,
    writer_name,
)

ROWS = 12
"""Of messages over time."""
BAR, CELLS = "▇", 24

Row = tuple[str, int, str]
"""What it is, how much of it, and that in words."""


def show(figures: Figures, language: Language, paths: Sequence[Path]) -> None:
    """Print a table of each picture's figures, and below them where the pictures lie."""
    terminal = Console(highlight=False, soft_wrap=True)
    for chart in charts_of(figures):
        told = tell(chart, figures, language)
        terminal.print(Text(told.title, "bold").append(f"  {told.under}", "dim"))
        terminal.print(_table(rows_of(chart, figures, language)), "")
    for path in paths:
        terminal.print(Text(str(path)))


def rows_of(chart: Chart, figures: Figures, language: Language) -> list[Row]:
    """The figures of a picture."""
    number = language.number
    match chart:
        case Chart.TIME:
            step = step_of(figures, ROWS)
            bars = bars_of(figures, step)
            return [(_begin(begin, step, language), n, number(n)) for begin, n in bars]
        case Chart.HOURS:
            days = zip(language.weekdays, map(sum, figures.hours), strict=True)
            return [(name, n, number(n)) for name, n in days]
        case Chart.WRITERS:
            return [
                (writer_name(each, language), each.messages, number(each.messages))
                for each in figures.writers
            ]
        case Chart.MEDIA:
            return [
                (
                    language.kind(each.kind),
                    each.files,
                    f"{number(each.files)}  {language.size(each.size_bytes)}",
                )
                for each in figures.media
            ]
        case Chart.WORDS:
            return [(each.word, each.times, number(each.times)) for each in figures.words]
        case Chart.REACTIONS:
            return [
                (reaction_name(each, language), each.times, number(each.times))
                for each in figures.reactions
            ]


def _begin(begin: date, step: Step, language: Language) -> str:
    return language.whole_date(begin) if step is Step.WEEK else step_name(begin, step, language)


def _table(rows: Sequence[Row]) -> Table:
    most = max(1, *(value for _, value, _ in rows))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=20, max_width=32, no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    for name, value, label in rows:
        bar = BAR * round(value * CELLS / most)
        table.add_row(Text(f"  {one_line(name)}"), Text(label), Text(bar, "blue"))
    return table
