"""What each picture shows, and the words for it: its title, the line below, and all in a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum

from exporter.console import one_line
from exporter.stats.figures import CUSTOM, PAID, Figures, Given, Writer
from exporter.stats.languages import Language

TOLD, NAME = 5, 24
"""Of a list in a text: how many, and letters of each."""
BARS = 120
"""So many are still to be told from each other on a phone."""
NARROW = "\ufe0e\ufe0f"
"""Marks that only choose between two looks of an emoji."""


class Chart(StrEnum):
    """One picture; the value is the name of its file."""

    TIME = "1-time"
    HOURS = "2-hours"
    WRITERS = "3-writers"
    MEDIA = "4-media"
    WORDS = "5-words"
    REACTIONS = "6-reactions"


class Step(Enum):
    """What a bar stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    def begin(self, day: date) -> date:
        """The first day of the step that a day is in; weeks begin on Mondays."""
        match self:
            case Step.DAY:
                return day
            case Step.WEEK:
                return day - timedelta(days=day.weekday())
            case Step.MONTH:
                return day.replace(day=1)
            case Step.YEAR:
                return day.replace(month=1, day=1)

    def after(self, begin: date) -> date:
        """The first day of the next step."""
        days = {Step.DAY: 1, Step.WEEK: 7, Step.MONTH: 32, Step.YEAR: 366}
        return self.begin(begin + timedelta(days=days[self]))


def step_of(figures: Figures, most: int = BARS) -> Step:
    """The shortest that makes no more bars than that of the chat's time."""
    days = (figures.days[-1].date - figures.days[0].date).days + 1
    lengths = {Step.DAY: 1, Step.WEEK: 7, Step.MONTH: 30}
    return next((step for step, length in lengths.items() if days <= most * length), Step.YEAR)


def bars_of(figures: Figures, step: Step) -> list[tuple[date, int]]:
    """The first day of each step and its messages, steps without any among them."""
    begin, last = step.begin(figures.days[0].date), figures.days[-1].date
    bars: dict[date, int] = {}
    while begin <= last:
        bars[begin] = 0
        begin = step.after(begin)
    for day in figures.days:
        bars[step.begin(day.date)] += day.messages
    return list(bars.items())


def step_name(begin: date, step: Step, language: Language) -> str:
    """What stands below the bar that begins with a day."""
    match step:
        case Step.DAY:
            return language.short_date(begin)
        case Step.WEEK | Step.MONTH:
            return language.month(begin)
        case Step.YEAR:
            return str(begin.year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A picture in words."""

    title: str
    under: str
    """The line below the title."""
    alt: str
    """All that matters of the figures."""


def charts_of(figures: Figures) -> list[Chart]:
    """The pictures that there is something to show on."""
    there = {
        Chart.TIME: bool(figures.days),
        Chart.HOURS: bool(figures.days),
        Chart.WRITERS: figures.writers_total > 1,
        Chart.MEDIA: bool(figures.media),
        Chart.WORDS: bool(figures.words),
        Chart.REACTIONS: bool(figures.reactions),
    }
    return [chart for chart in Chart if there[chart]]


def tell(chart: Chart, figures: Figures, language: Language) -> Told:
    """The words of a picture that there is something to show on."""
    return _TELL[chart](figures, language)


def named(name: str | None) -> str:
    """A name of strangers within a text: on one line, not too long, and isolated, so that letters
    that run from right to left turn nothing round it."""
    clean = " ".join(one_line(name or "?").split())
    return f"\u2068{clean if len(clean) <= NAME else f'{clean[: NAME - 1]}…'}\u2069"


def writer_name(writer: Writer, language: Language) -> str:
    return writer.name or language.say("unnamed" if writer.id is None else "nobody")


def reaction_name(given: Given, language: Language) -> str:
    """The emoji without marks of its look, or the words for what has none."""
    if given.emoji in (CUSTOM, PAID):
        return language.say(given.emoji)
    return given.emoji.translate(dict.fromkeys(map(ord, NARROW)))


def _time(figures: Figures, language: Language) -> Told:
    first, last, busiest = figures.days[0].date, figures.days[-1].date, figures.busiest
    span = language.whole_date(first)
    if first != last:
        span = language.say("span", first=span, last=language.whole_date(last))
    most = language.say(
        "busiest", date=language.whole_date(busiest.date), n=language.number(busiest.messages)
    )
    return _told(
        language,
        "time",
        f"{language.count('messages', figures.messages)}, {span}",
        [most],
    )


def _hours(figures: Figures, language: Language) -> Told:
    weekday, hour = max(
        ((weekday, hour) for weekday in range(7) for hour in range(24)),
        key=lambda place: figures.hours[place[0]][place[1]],
    )
    most = language.say("peak", weekday=language.weekdays[weekday], hour=f"{hour:02}")
    return _told(language, "hours", language.say("hours under", zone=figures.zone), [most])


def _writers(figures: Figures, language: Language) -> Told:
    total = figures.messages
    items = [
        f"{named(writer_name(writer, language))} {language.percent(writer.messages, total)}"
        for writer in figures.writers[:TOLD]
    ]
    return _told(language, "writers", language.count("people", figures.writers_total), items)


def _media(figures: Figures, language: Language) -> Told:
    items = [
        f"{language.kind(each.kind)} {language.number(each.files)}"
        f" ({language.size(each.size_bytes)})"
        for each in figures.media[:TOLD]
    ]
    files = sum(kind.files for kind in figures.media)
    size_bytes = sum(kind.size_bytes for kind in figures.media)
    return _told(
        language, "media", f"{language.count('files', files)}, {language.size(size_bytes)}", items
    )


def _words(figures: Figures, language: Language) -> Told:
    items = [f"{named(word.word)} {language.number(word.times)}" for word in figures.words[:TOLD]]
    return _told(language, "words", language.say("words under"), items)


def _reactions(figures: Figures, language: Language) -> Told:
    items = [
        f"{reaction_name(given, language)} {language.number(given.times)}"
        for given in figures.reactions[:TOLD]
    ]
    return _told(language, "reactions", language.count("reactions", figures.reactions_total), items)


def _told(language: Language, chart: str, under: str, items: Sequence[str]) -> Told:
    title = language.say(chart)
    alt = language.say("list", title=title, under=under, items=", ".join(items))
    return Told(title=title, under=under, alt=alt)


_TELL: dict[Chart, Callable[[Figures, Language], Told]] = {
    Chart.TIME: _time,
    Chart.HOURS: _hours,
    Chart.WRITERS: _writers,
    Chart.MEDIA: _media,
    Chart.WORDS: _words,
    Chart.REACTIONS: _reactions,
}
