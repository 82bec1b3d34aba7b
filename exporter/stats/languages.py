"""The languages of the pictures and of what tells them in words.

They are drawn by the exporter, which has neither the bot's catalogues nor Babel, in the language
that the request names. So the few words of the pictures stand here, whole, a table for each
language; dates and numbers are written as Babel would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """All that pictures need to speak a language."""

    code: str
    thousands: str
    decimal: str
    weekdays: tuple[str, ...]
    """Short, from Monday on."""
    months: tuple[str, ...]
    """As they stand in a date."""
    short_months: tuple[str, ...]
    """As they stand below an axis."""
    sizes: tuple[str, ...]
    """B, kB, MB, GB, TB."""
    plural: Callable[[int], int]
    """Which of a counted noun's forms goes with a number."""
    counted: Mapping[str, tuple[str, ...]]
    """Nouns that numbers stand before, with their forms."""
    words: Mapping[str, str]
    """All other texts; values stand in them as `{name}`."""
    kinds: Mapping[str, str]
    """What files of a kind are called."""

    def say(self, text: str, **values: object) -> str:
        """One of `words`, with its values."""
        return self.words[text].format(**values)

    def number(self, value: int) -> str:
        """`12,340`."""
        return f"{value:,}".replace(",", self.thousands)

    def count(self, noun: str, value: int) -> str:
        """`12,340 messages`."""
        form = self.counted[noun][self.plural(value)]
        return f"{self.number(value)}{NO_BREAK}{form}"

    def size(self, size_bytes: int) -> str:
        """`3.2 GB`; units of 1000, as phones show them."""
        value, unit = float(size_bytes), 0
        while value >= 999.95 and unit < len(self.sizes) - 1:
            value, unit = value / 1000, unit + 1
        figure = f"{value:,.1f}" if unit else str(size_bytes)
        figure = figure.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)
        return f"{figure}{NO_BREAK}{self.sizes[unit]}"

    def percent(self, part: int, whole: int) -> str:
        """`12%`, rounded; `<1%` of what is there at all."""
        share = round(part * 100 / whole)
        return self.say("percent", n="<1" if part and not share else str(share))

    def whole_date(self, day: date) -> str:
        """`3 May 2026`."""
        return f"{day.day}{NO_BREAK}{self.months[day.month - 1]} {day.year}"

    def short_date(self, day: date) -> str:
        """`3 May`, below an axis."""
        return f"{day.day}{NO_BREAK}{self.months[day.month - 1][:3]}"

    def month(self, day: date) -> str:
        """`May 2026`, below an axis."""
        return f"{self.short_months[day.month - 1]} {day.year}"

    def kind(self, kind: str) -> str:
        return self.kinds.get(kind, self.kinds["other"])


ENGLISH = Language(
    code="en",
    thousands=",",
    decimal=".",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    short_months=(
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ),
    sizes=("B", "kB", "MB", "GB", "TB"),
    plural=lambda number: int(number != 1),
    counted={
        "messages": ("message", "messages"),
        "people": ("person", "people"),
        "files": ("file", "files"),
        "reactions": ("reaction", "reactions"),
        "others": ("other person", "other people"),
    },
    words={
        "percent": "{n}%",
        "time": "Messages over time",
        "day": "messages a day",
        "week": "messages a week",
        "month": "messages a month",
        "year": "messages a year",
        "span": "{first} – {last}",
        "busiest": "most on {date}: {n}",
        "hours": "When people write",
        "hours under": "by weekday and hour, {zone}",
        "peak": "most on {weekday}, {hour}:00–{hour}:59",
        "writers": "Who writes how much",
        "nobody": "Deleted account",
        "unnamed": "Not named",
        "media": "Media",
        "by number": "How many",
        "by size": "How large",
        "words": "Most used words",
        "words under": "without those that every text has",
        "others": "and {people}: {share} of the messages",
        "reactions": "Reactions given",
        "custom": "custom emoji",
        "paid": "stars",
        "list": "{title} ({under}): {items}.",
    },
    kinds={
        "photo": "Photos",
        "video_file": "Videos",
        "video_message": "Video messages",
        "voice_message": "Voice messages",
        "audio_file": "Music",
        "animation": "GIFs",
        "sticker": "Stickers",
        "file": "Files",
        "other": "Other",
    },
)


def _russian(number: int) -> int:
    """1, 21 сообщение; 2, 34 сообщения; 5, 11 сообщений:
    https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html#ru"""
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


RUSSIAN = Language(
    code="ru",
    thousands=NO_BREAK,
    decimal=",",
    weekdays=("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    months=(
        *("января", "февраля", "марта", "апреля", "мая", "июня", "июля"),
        *("августа", "сентября", "октября", "ноября", "декабря"),
    ),
    short_months=(
        *("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    ),
    sizes=("Б", "кБ", "МБ", "ГБ", "ТБ"),
    plural=_russian,
    counted={
        "messages": ("сообщение", "сообщения", "сообщений"),
        "people": ("человек", "человека", "человек"),
        "files": ("файл", "файла", "файлов"),
        "reactions": ("реакция", "реакции", "реакций"),
        "others": ("человек", "человека", "человек"),
    },
    words={
        "percent": f"{{n}}{NO_BREAK}%",
        "time": "Сообщения по времени",
        "day": "сообщений за день",
        "week": "сообщений за неделю",
        "month": "сообщений за месяц",
        "year": "сообщений за год",
        "span": "{first} – {last}",
        "busiest": "больше всего {date}: {n}",
        "hours": "Когда пишут",
        "hours under": "по дням недели и часам, {zone}",
        "peak": "чаще всего: {weekday}, {hour}:00–{hour}:59",
        "writers": "Кто сколько пишет",
        "nobody": "Удалённый аккаунт",
        "unnamed": "Без имени",
        "media": "Медиа",
        "by number": "Сколько",
        "by size": "Какого размера",
        "words": "Самые частые слова",
        "words under": "кроме тех, что есть в любом тексте",
        "others": "и ещё {people}: {share} сообщений",
        "reactions": "Какие реакции ставят",
        "custom": "свои эмодзи",
        "paid": "звёзды",
        "list": "{title} ({under}): {items}.",
    },
    kinds={
        "photo": "Фото",
        "video_file": "Видео",
        "video_message": "Видеосообщения",
        "voice_message": "Голосовые",
        "audio_file": "Музыка",
        "animation": "GIF",
        "sticker": "Стикеры",
        "file": "Файлы",
        "other": "Другое",
    },
)

LANGUAGES: Mapping[str, Language] = {each.code: each for each in (ENGLISH, RUSSIAN)}


def language(code: str | None) -> Language:
    """The language of a phone set to `code`: of `ru-RU` Russian, of one without a table English."""
    wanted = (code or "").replace("_", "-").partition("-")[0].lower()
    return LANGUAGES.get(wanted, ENGLISH)
