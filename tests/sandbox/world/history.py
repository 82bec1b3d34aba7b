"""The messages of one chat in one numbering."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable
from typing import Any

from telethon.extensions import BinaryReader

from tests.sandbox.world.news import News

Make = Callable[[int], Any]
"""Builds the synthetic message with that id, always the same one."""


class History:
    """Messages by id, as nobody in particular sees them: `view.seen` adds what a viewer gets.

    Synthetic messages are made when they are asked for; those that were posted by hand, loaded or
    edited are kept as TL bytes. Only the ids stand in memory, four bytes each.
    """

    def __init__(
        self, ids: Iterable[int] = (), make: Make | None = None, news: News | None = None
    ) -> None:
        """`news` is the account's for numberings that its chats share; a channel has its own."""
        self.ids: array[int] = array("i", ids)
        """Ascending; the messages that exist now."""
        self.last = self.top
        """The highest id that there ever was; none is given twice."""
        self.revision = 0
        """Raised when an existing message changes or goes, not when a new one comes."""
        self.news = news or News()
        self._make = make
        self._kept: dict[int, bytes] = {}

    @property
    def top(self) -> int:
        """The newest message's id, 0 when there is none."""
        return self.ids[-1] if self.ids else 0

    def __contains__(self, message_id: int) -> bool:
        place = bisect_left(self.ids, message_id)
        return place < len(self.ids) and self.ids[place] == message_id

    def __len__(self) -> int:
        return len(self.ids)

    def get(self, message_id: int) -> Any:
        """A fresh TL object that the caller may change, or None for a hole."""
        kept = self._kept.get(message_id)
        if kept is not None:
            return BinaryReader(kept).tgread_object()
        if self._make is None or message_id not in self:
            return None
        return self._make(message_id)

    def put(self, message: Any) -> None:
        """Keep a message: a new one on top, or in the place of an older one."""
        ids = self.ids
        if message.id > self.top:
            ids.append(message.id)
            self.last = max(self.last, message.id)
            self.news.add("new", self, message.id)
        else:
            place = bisect_left(ids, message.id)
            if ids[place] != message.id:
                ids.insert(place, message.id)
            self.revision += 1
            self.news.add("edited", self, message.id)
        self._kept[message.id] = bytes(message)

    def delete(self, message_ids: Collection[int]) -> None:
        gone = set(message_ids)
        self.news.add("deleted", self, *sorted(gone & set(self.ids)))
        self.ids = array("i", (i for i in self.ids if i not in gone))
        self.revision += 1
        for message_id in gone:
            self._kept.pop(message_id, None)
