"""The figures of a chat, as the tally finds them and pictures show them: plain data, no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which something was written, in the reader's zone."""

    date: date
    messages: int


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who wrote."""

    id: int | None
    """None: whoever Telegram does not name."""
    name: str | None
    """None for a deleted account."""
    messages: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one kind."""

    kind: str
    """photo, video_file, … as `Record.kind`."""
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Word:
    word: str
    times: int


@dataclass(frozen=True, slots=True)
class Given:
    """A reaction, and how often it was given."""

    emoji: str
    """Or `CUSTOM` or `PAID`."""
    times: int


CUSTOM, PAID = "custom", "paid"
"""Reactions without an emoji of their own: custom ones, which are drawn by hand, and stars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a chat amounts to. Service messages (somebody joined, …) are not counted."""

    chat_id: int
    title: str | None
    zone: str
    """In which days and hours are told: Europe/Berlin."""
    messages: int
    days: Sequence[Day]
    """Those with messages, the first one first."""
    hours: Sequence[Sequence[int]]
    """Messages by weekday (0 is Monday) and hour: 7 times 24."""
    writers: Sequence[Writer]
    """Those who wrote most, the first one first."""
    writers_total: int
    """How many people wrote."""
    media: Sequence[Kind]
    """The most frequent kind first."""
    words: Sequence[Word]
    reactions: Sequence[Given]
    reactions_total: int

    @property
    def busiest(self) -> Day:
        """The day with most messages, the first of equals; there has to be one."""
        return max(self.days, key=lambda day: (day.messages, -day.date.toordinal()))
