"""What the messages of one chat of an export are converted with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from pyroaring import BitMap

from exporter.telegram.desktop.numbers import file_id
from exporter.telegram.desktop.people import People
from exporter.telegram.desktop.told import Malformed, Told

REMEMBERED = 20_000
"""Paths whose file is remembered, so that one in many messages is one file."""
MOVED = 1_000_000_000
"""Taken from the ids of the messages of the basic group that a supergroup was before."""
LATEST = 2**31 - 1
"""Of TL's dates."""


def _no_card(_path: str) -> str:
    return ""


@dataclass(slots=True, kw_only=True)
class Source:
    """One chat of an export, in the order of its messages."""

    chat_id: int
    """Marked. Messages of the basic group that it was are converted by a source of their own."""
    root_id: int
    """The chat as the export has it: the same, or the supergroup that this basic group became."""
    zone: tzinfo
    people: People
    owner_id: int | None = None
    """Whose export it is, where that is known."""
    title: str = ""
    is_channel: bool = False
    """A broadcast channel."""
    is_forum: bool = False
    group_id: int = 0
    """The marked id of the basic group that it was."""
    read_card: Callable[[str], str] = _no_card
    """Reads a vCard below the export's folder."""
    date: int = 0
    """Of the message before: one that tells none gets it."""
    topics: dict[int, BitMap] = field(default_factory=dict)
    """The messages of each topic, as far as they were converted."""
    files: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def topic_of(self, message_id: int) -> int | None:
        """The topic that a message stands in, if it is no general one."""
        return next((topic for topic, ids in self.topics.items() if message_id in ids), None)

    def file_id(self, message_id: int, role: str, path: str) -> int:
        """The id of a file: a path is the same file again, a sentence in its place is not."""
        if not path or path.startswith("("):
            return file_id("file", self.root_id, message_id, role)
        found = self.files.get(path)
        if found is None:
            found = self.files[path] = file_id("file", self.root_id, message_id, role)
            if len(self.files) > REMEMBERED:
                self.files.popitem(last=False)
        else:
            self.files.move_to_end(path)
        return found

    def moment(self, message: Told, key: str) -> int | None:
        """Seconds since 1970 of a date; None when there is none."""
        if f"{key}_unixtime" in message:
            return _checked(message.number(f"{key}_unixtime"), key)
        return self.local(message, key, message) if key in message else None

    def local(self, told: Told, key: str, message: Told) -> int:
        """Seconds since 1970 of a date in the zone of the export's computer.

        What the message's own date tells of that zone goes before the setting.
        """
        try:
            date = datetime.fromisoformat(told.text(key))
            if date.tzinfo is None:
                date = date.replace(tzinfo=self._zone_of(message))
            return _checked(int(date.timestamp()), told.path(key))
        except (ValueError, OverflowError):
            raise Malformed(f"`{told.path(key)}` is not a date") from None

    def _zone_of(self, message: Told) -> tzinfo:
        if "date" not in message or "date_unixtime" not in message:
            return self.zone
        there = datetime.fromisoformat(message.text("date")).replace(tzinfo=UTC)
        here = datetime.fromtimestamp(_checked(message.number("date_unixtime"), "date"), UTC)
        offset = there - here
        known = here.astimezone(self.zone).utcoffset()
        return self.zone if offset == known else timezone(min(max(offset, -_DAY), _DAY))


_DAY = timedelta(hours=23, minutes=59)


def _checked(seconds: int, key: str) -> int:
    if 0 <= seconds <= LATEST:
        return seconds
    raise Malformed(f"`{key}` is not a date that Telegram has")
