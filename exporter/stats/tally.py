"""Counts a chat's messages, one after another, in memory that does not grow with their number.

It grows with the days and the people, and with different words and reactions to a limit.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, tzinfo

from exporter.attachments import File, Photo
from exporter.records import Reaction, Record
from exporter.stats.figures import CUSTOM, PAID, Day, Figures, Given, Kind, Word, Writer
from exporter.stats.frequent import Frequent
from exporter.stats.words import words_of
from storage.models import ChatInfo
from storage.rights import SERVICE_CHATS

WRITERS, WORDS, REACTIONS = 10, 15, 12
"""How many are told."""
HOURS = 24


class Tally:
    """What was counted so far."""

    def __init__(self, chat: ChatInfo, zone: tzinfo) -> None:
        """`zone` is where the reader lives."""
        self._chat = chat
        self._zone = zone
        self._days: Counter[date] = Counter()
        self._hours = [[0] * HOURS for _ in range(7)]
        self._writers: Counter[int | None] = Counter()
        self._names: dict[int | None, str | None] = {}
        self._files: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._words = Frequent()
        self._reactions = Frequent()
        self._reactions_total = 0

    def add(self, record: Record) -> None:
        """Count a message; a service message does not count."""
        if record.kind == "service":
            return
        at = record.date.astimezone(self._zone)
        self._days[at.date()] += 1
        self._hours[at.weekday()][at.hour] += 1
        self._count_writer(record)
        if isinstance(record.media, Photo | File):
            self._files[record.kind] += 1
            self._bytes[record.kind] += record.media.size_bytes
        if record.text is not None and record.text.text and self._chat.id not in SERVICE_CHATS:
            self._words.add(words_of(record.text))
        if record.reactions:
            self._count_reactions(record.reactions)

    def _count_writer(self, record: Record) -> None:
        sender = record.sender
        writer = None if sender is None else sender.id
        self._writers[writer] += 1
        if sender is not None:
            self._names[writer] = sender.name

    def _count_reactions(self, reactions: tuple[Reaction, ...]) -> None:
        given: Counter[str] = Counter()
        for reaction in reactions:
            named = {"custom_emoji": CUSTOM, "paid": PAID}.get(reaction.type, reaction.emoji)
            if named is not None and reaction.count > 0:
                given[named] += reaction.count
        self._reactions.add_times(given)
        self._reactions_total += given.total()

    def figures(self) -> Figures:
        """What all of it amounts to."""
        writers = sorted(self._writers.items(), key=lambda item: (-item[1], item[0] or 0))
        media = sorted(self._files.items(), key=lambda item: (-item[1], item[0]))
        return Figures(
            chat_id=self._chat.id,
            title=self._chat.title,
            zone=_name_of(self._zone),
            messages=self._days.total(),
            days=[Day(day, messages) for day, messages in sorted(self._days.items())],
            hours=[list(row) for row in self._hours],
            writers=[
                Writer(writer, self._names.get(writer), messages)
                for writer, messages in writers[:WRITERS]
            ],
            writers_total=len(writers),
            media=[Kind(kind, files, self._bytes[kind]) for kind, files in media],
            words=[Word(word, times) for word, times in self._words.top(WORDS)],
            reactions=[Given(emoji, times) for emoji, times in self._reactions.top(REACTIONS)],
            reactions_total=self._reactions_total,
        )


def _name_of(zone: tzinfo) -> str:
    """`Europe/Berlin`, or `UTC+02:00` of a zone without a name."""
    return str(getattr(zone, "key", None) or datetime(2000, 1, 1, tzinfo=zone).tzname() or zone)
