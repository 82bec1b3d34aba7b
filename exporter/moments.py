"""The words for a day or a moment: 2026-05-03, 2026-05-03T14:30, yesterday, 7d."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from exporter.errors import CommandError

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
UNITS = {"h": timedelta(hours=1), "d": DAY, "w": timedelta(weeks=1)}
AGE = re.compile(r"(\d{1,5})\s*([hdw])", re.ASCII | re.IGNORECASE)
WORDS = {"today": 0, "yesterday": 1}


@dataclass(frozen=True, slots=True)
class Span:
    """What a word means: a whole day, or one second."""

    begin: datetime
    end: datetime
    """The first moment after it."""


def span(text: str, *, option: str, zone: tzinfo, now: datetime) -> Span:
    """Read a day or a moment; what names no zone is meant in `zone`.

    `option` is what it was typed for: the sentence of an error names it. `now` is what ages and
    words such as "today" count from.

    Raises:
        CommandError: it is neither.
    """
    word = text.strip().lower()
    try:
        if (age := AGE.fullmatch(word)) is not None:
            moment = now - int(age[1]) * UNITS[age[2].lower()]
            return Span(moment, moment + SECOND)
        if word in WORDS:
            return _whole(now.astimezone(zone).date() - WORDS[word] * DAY, zone)
        day, time_of_day = word[:10], word[10:].upper()
        if not time_of_day:
            return _whole(_date(day), zone)
        moment = datetime.fromisoformat(f"{_date(day)}{time_of_day}")
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return Span(moment, moment + SECOND)
    except (ValueError, OverflowError) as error:
        raise CommandError(
            f"{option} takes a day (2026-05-03), a moment (2026-05-03T14:30), today, yesterday or"
            f" an age (7d, 12h, 2w), not {text!r}."
        ) from error


def _date(word: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", word, re.ASCII):
        raise ValueError(word)
    return date.fromisoformat(word)


def _whole(day: date, zone: tzinfo) -> Span:
    return Span(datetime.combine(day, time(), zone), datetime.combine(day + DAY, time(), zone))
