"""Which messages of a chat are meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import ColumnElement

from storage.models import MessageRow
from storage.tables import messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What all wanted messages have in common; by default nothing: every message is wanted."""

    min_id: int | None = None
    max_id: int | None = None
    """The first and the last id."""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment, and the first moment after the last."""
    topic_id: int | None = None
    sender_id: int | None = None
    """A marked peer id."""
    kinds: tuple[str, ...] = ()
    """As `MessageRow.kind`; none means all."""

    @property
    def is_everything(self) -> bool:
        return self == EVERYTHING

    @property
    def reaches_back(self) -> bool:
        """Whether something of the basic group that became this supergroup may be meant.

        It has neither topics nor the supergroup's numbers.
        """
        return self.topic_id is None and self.min_id is None and self.max_id is None

    def holds(self, message: MessageRow) -> bool:
        """Whether a message is wanted."""
        return (
            (self.min_id is None or message.id >= self.min_id)
            and (self.max_id is None or message.id <= self.max_id)
            and (self.since is None or message.date >= self.since)
            and (self.until is None or message.date < self.until)
            and (self.topic_id is None or message.topic_id == self.topic_id)
            and (self.sender_id is None or message.sender_id == self.sender_id)
            and (not self.kinds or message.kind in self.kinds)
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions on the table `messages`."""
        found: list[ColumnElement[bool]] = []
        if self.min_id is not None:
            found.append(messages.c.id >= self.min_id)
        if self.max_id is not None:
            found.append(messages.c.id <= self.max_id)
        if self.since is not None:
            found.append(messages.c.date >= _unix(self.since))
        if self.until is not None:
            found.append(messages.c.date < _unix(self.until))
        if self.topic_id is not None:
            found.append(messages.c.topic_id == self.topic_id)
        if self.sender_id is not None:
            found.append(messages.c.sender_id == self.sender_id)
        if self.kinds:
            found.append(messages.c.kind.in_(self.kinds))
        return found


EVERYTHING = Slice()


def _unix(moment: datetime) -> int:
    """The first whole second that is not before the moment; Telegram knows no parts of one."""
    return ceil(moment.timestamp())
