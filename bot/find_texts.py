"""What the bot says when somebody looks for messages."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_datetime

from bot.language import Phrase, _, spoken
from bot.texts import number

USAGE = Phrase(
    "Send /find and what you look for: /find budget meeting\n"
    "“Two words” in quotes stand side by side, -word leaves out, begin* finds what begins so.\n"
    "Narrow it with in:chat from:name has:photo since:2024-05 until:2024-06-30."
)
NARROW = Phrase("To narrow it: in:chat from:name has:photo since:2024-05")
WIDEN = Phrase("Fewer words find more, and begin* finds all that begins so.")
ONLY_WITHOUT = Phrase("Say also what to look for, not only what to leave out: budget -draft")
NOT_INDEXED = Phrase("What was saved last cannot be found yet. Try again in a moment.")
BEING_MADE = Phrase("The messages are being made ready for search. Try again in a minute.")
NO_MORE = Phrase("There is nothing more.")
BEFORE, NEXT = "◀", "▶"
DELETED = Phrase("deleted")
MOMENT = Phrase("d MMM y, HH:mm")
"""A pattern of https://unicode.org/reports/tr35/tr35-dates.html: `26 Nov 2026, 03:00`."""


def heading(first: int, last: int, total: int, *, capped: bool) -> str:
    """Which of how many messages are shown: ` · 1–5 of 123`."""
    if capped:
        return _("{first}–{last} of {n}+", first=number(first), last=number(last), n=number(total))
    return _("{first}–{last} of {n}", first=number(first), last=number(last), n=number(total))


def nothing(words: str) -> str:
    return _("Nothing found for “{words}”.", words=words)


def unknown_has(word: str, known: str) -> str:
    """After has: stands what no message can have."""
    return _("I don't know has:{word}. There are: {known}.", word=word, known=known)


def moment(at: datetime) -> str:
    """When a message was written, by the clock of who asks."""
    return format_datetime(at, MOMENT(), locale=spoken().locale)
