"""What a person chose for a chat the last time, so that they need not choose it again."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.encoding import from_ms, now_ms, to_text
from storage.formats import FORMATS
from storage.models import ExportRequest, JobKind, JobState
from storage.tables import chats, choices, jobs, people

USUAL = ExportRequest(chat="")
LINK = re.compile(
    r"(?:https?://)?(?:t|telegram)\.(?:me|dog)/(\w{4,32})/?", re.ASCII | re.IGNORECASE
)


class Span(StrEnum):
    """Which messages are written, by their age."""

    ALL = "all"
    LAST = "last"
    """Those since the last export."""
    WEEK = "7d"
    MONTH = "30d"
    DATES = "dates"
    """From `Choice.first` to `Choice.last`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The options of an export as the phone offers them."""

    span: Span = Span.ALL
    media: str = USUAL.media
    """As `ExportRequest.media`."""
    max_size_bytes: int | None = USUAL.max_size_bytes
    formats: tuple[str, ...] = USUAL.formats
    """None: the usual ones of the installation."""
    comments: bool = USUAL.comments
    topic: str | None = USUAL.topic
    """Its number."""
    first: str | None = None
    """The first day, as 2024-05-01."""
    last: str | None = None
    """The last day, likewise; None: up to now."""

    def again(self) -> Choice:
        """The same for a later export, or for one that comes again and again: days that are over
        would bring nothing new, and so give way to all messages."""
        if self.span is not Span.DATES:
            return self
        return replace(self, span=Span.ALL, first=None, last=None)

    def request(self, chat: str, last_at: datetime | None) -> ExportRequest:
        """What is asked for; `last_at` is when the last export of the chat was asked for."""
        since = self.first if self.span is Span.DATES else None
        if self.span in (Span.WEEK, Span.MONTH):
            since = self.span.value
        elif self.span is Span.LAST and last_at is not None:
            since = f"{last_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
        return replace(
            USUAL,
            chat=chat,
            since=since,
            until=self.last if self.span is Span.DATES else None,
            media=self.media,
            max_size_bytes=self.max_size_bytes,
            formats=self.formats,
            comments=self.comments,
            topic=self.topic,
        )


def to_choice(text: str) -> Choice:
    """From the JSON that `to_text` makes of it."""
    fields = orjson.loads(text)
    return Choice(**fields | {"span": Span(fields["span"]), "formats": tuple(fields["formats"])})


class Choices:
    """The table `choices`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def chat_id(self, words: str) -> int | None:
        """The chat that these words name, as far as the database knows: by id, @name or title."""
        async with self.database.read() as connection:
            return await chat_named(connection, words.strip())

    async def last(self, person_id: int | None, chat_id: int | None) -> Choice:
        """What this person chose for this chat; the usual options when they never did, in the
        formats that they called their usual ones."""
        query = select(choices.c.choice).where(
            choices.c.person_id == person_id, choices.c.chat_id == chat_id
        )
        async with self.database.read() as connection:
            text = await connection.scalar(query)
        if text is not None:
            return to_choice(text)
        return Choice(formats=await self.usual_formats(person_id))

    async def usual_formats(self, person_id: int | None) -> tuple[str, ...]:
        """The formats that a person called their usual ones; none when they never did."""
        query = select(people.c.formats).where(people.c.id == person_id)
        async with self.database.read() as connection:
            text = await connection.scalar(query)
        names = (text or "").split(",")
        return tuple(name for name in names if name in FORMATS)

    async def make_usual(self, person_id: int, formats: tuple[str, ...]) -> None:
        """Have chats for which a person never chose anything written in these formats; none: in
        those of the installation."""
        row = update(people).where(people.c.id == person_id)
        row = row.values(formats=",".join(formats) or None)
        async with self.database.write(durable=True) as connection:
            await connection.execute(row)

    async def last_export(self, chat_id: int | None) -> datetime | None:
        """When the last export of a chat that was done had been asked for."""
        query = select(func.max(jobs.c.created_ms)).where(
            jobs.c.chat_id == chat_id,
            jobs.c.kind == JobKind.EXPORT,
            jobs.c.state == JobState.DONE,
        )
        async with self.database.read() as connection:
            at_ms = await connection.scalar(query)
        return None if at_ms is None else from_ms(at_ms)

    async def request(self, person_id: int | None, chat: str) -> ExportRequest:
        """An export of the chat that is typed, with what this person chose for it before."""
        choice = await self.last(person_id, await self.chat_id(chat))
        return await self.request_by(choice, chat)

    async def request_by(self, choice: Choice, chat: str) -> ExportRequest:
        """An export of the chat that is typed, with these options, as of now."""
        return choice.request(chat, await self.last_export(await self.chat_id(chat)))


async def remember(
    connection: AsyncConnection, person_id: int, chat_id: int, choice: Choice
) -> None:
    """Note what was chosen, in the caller's transaction."""
    row = insert(choices).values(
        person_id=person_id, chat_id=chat_id, choice=to_text(choice), changed_ms=now_ms()
    )
    new = {"choice": row.excluded.choice, "changed_ms": row.excluded.changed_ms}
    await connection.execute(
        row.on_conflict_do_update(index_elements=["person_id", "chat_id"], set_=new)
    )


async def chat_named(connection: AsyncConnection, words: str) -> int | None:
    """See `Choices.chat_id`; in the caller's transaction."""
    if re.fullmatch(r"-?\d{1,18}", words, re.ASCII):
        return int(words)
    link = LINK.fullmatch(words)
    name = words[1:] if words.startswith("@") else link and link[1]
    where = func.lower(chats.c.username) == name.lower() if name else chats.c.title == words
    found = list(await connection.scalars(select(chats.c.id).where(where).limit(2)))
    return found[0] if len(found) == 1 else None
