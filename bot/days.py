"""Days as people write them: `2024-05-01 2024-06-30`, `1.5.2024 – 30.6.2024`, `2024-05`, `2024`."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from bot import option_texts as words

DAY = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?"
    r"|(?P<day_>\d{1,2})\.(?P<month_>\d{1,2})\.(?P<year_>\d{4})",
    re.ASCII,
)
BETWEEN = re.compile(r"\s*(?:\s|,|–|—|\bto\b|\.\.|(?<=\s)-(?=\s))\s*", re.ASCII)
OLDEST_YEAR = 2013
"""Telegram began in August of it: https://telegram.org/evolution"""


class DaysNotUnderstood(Exception):
    """The text is a sentence for who wrote them."""


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last, both as 2024-05-01."""

    first: str
    last: str | None
    """None: up to now."""


def days_in(text: str, today: date) -> Days:
    """Read one or two days, months or years.

    One day alone means from then on; a month or a year means the whole of it.

    Raises:
        DaysNotUnderstood: it says something else, or nothing can lie between them.
    """
    spans = [span(word) for word in BETWEEN.split(text.strip()) if word]
    if not 1 <= len(spans) <= 2:
        raise DaysNotUnderstood(words.DAYS_NOT_UNDERSTOOD())
    first, last = spans[0][0], spans[-1][1]
    if first > last:
        raise DaysNotUnderstood(words.DAYS_REVERSED())
    if first > today:
        raise DaysNotUnderstood(words.days_ahead(today))
    from_then_on = len(spans) == 1 and first == last
    open_ended = from_then_on or last >= today
    return Days(first.isoformat(), None if open_ended else last.isoformat())


def span(word: str) -> tuple[date, date]:
    """The first and the last day that a word means.

    Raises:
        DaysNotUnderstood: it means none.
    """
    match = DAY.fullmatch(word)
    if match is None:
        raise DaysNotUnderstood(words.DAYS_NOT_UNDERSTOOD())
    year = int(match["year"] or match["year_"])
    month, day = match["month"] or match["month_"], match["day"] or match["day_"]
    if year < OLDEST_YEAR:
        raise DaysNotUnderstood(words.before_telegram(OLDEST_YEAR))
    try:
        if day is not None:
            the_day = date(year, int(month), int(day))
            return the_day, the_day
        if month is not None:
            first = date(year, int(month), 1)
            return first, first.replace(day=monthrange(first.year, first.month)[1])
    except ValueError:
        raise DaysNotUnderstood(words.no_such_day(word)) from None
    return date(year, 1, 1), date(year, 12, 31)
