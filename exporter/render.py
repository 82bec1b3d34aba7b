"""Formats from the archive: no network, as often as wanted, the same bytes every time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from exporter.media.placing import Placer
from exporter.records import Record
from exporter.telegram.convert import Names, convert, parse
from exporter.writers import WRITERS, Around, Beside, Writer
from storage.archive import Archive
from storage.models import ChatInfo, MessageRow, Skipped, Topic
from storage.slices import EVERYTHING, Slice

AT_ONCE = 100
"""Messages between two turns of the event loop: a few milliseconds."""

PEERS_AT_ONCE = 20_000
"""Names kept in memory."""


Select = Callable[[list[Record]], list[Record]]
"""Chooses among records what a slice cannot tell apart; may add to them."""


async def render(
    archive: Archive,
    chat: ChatInfo,
    folder: Path,
    formats: Sequence[str],
    zone: tzinfo,
    *,
    on_progress: Callable[[int], None] | None = None,
    on_skipped: Callable[[Skipped], None] | None = None,
    wanted: Slice = EVERYTHING,
    keep_deleted: bool = True,
    select: Select | None = None,
    placer: Placer | None = None,
    language: str = "en",
    comments: bool = False,
) -> int:
    """Write a chat in the given formats (names of `WRITERS`) into a folder.

    A supergroup begins with the messages of the basic group that it was. `wanted` and then
    `select` leave messages out, as does `keep_deleted` = False those that are gone from Telegram.
    `language` is that of the words around the messages; `comments` says that those of a channel's
    posts are written into a folder within this one.

    Each file appears when it is whole and replaces an older one; cancelled or failed, nothing of
    this run is left. `on_progress` hears how many messages are written so far, `on_skipped` of
    each one that could not be read: it stands in the files as *unsupported*.

    Returns:
        The number of messages written.

    Raises:
        JobError: another render writes the same files.
        OSError: the disk is full, or the folder cannot be written.
    """
    writers = [WRITERS[name](folder, zone) for name in WRITERS if name in formats]
    around = Around(
        own_ids=tuple(await archive.own_ids()),
        topics=tuple(await archive.topics(chat.id)),
        language=language,
        comments=comments,
    )
    written = 0
    with ExitStack() as stack:
        for writer in writers:
            stack.callback(writer.abort)
            writer.begin(chat, around)
        for own in await _chats(archive, chat, wanted):
            async for read in _read(archive, own, wanted, deleted=keep_deleted):
                records = read if own == chat else _of_other_chat(read, own.id)
                records = records if select is None else select(records)
                if placer is not None:
                    records = await placer.place(own.id, records)
                _write(writers, records, on_skipped)
                written += len(records)
                if on_progress is not None:
                    on_progress(written)
                await asyncio.sleep(0)
        avatar = None if placer is None else await placer.place_pictures(chat.id)
        _end(writers, {} if avatar is None else {chat.id: avatar})
    return written


def _end(writers: Sequence[Writer], avatars: Mapping[int, str]) -> None:
    """Finish all files; each writer is told of those that were finished before its own."""
    finished: list[str] = []
    for writer in writers:
        path = writer.end(Beside(files=tuple(finished), avatars=avatars))
        finished.append(path.name)


async def _chats(archive: Archive, chat: ChatInfo, wanted: Slice) -> list[ChatInfo]:
    """The basic group that a chat was, if something of it is wanted, and the chat."""
    ids = await archive.lineage(chat.id) if wanted.reaches_back else [chat.id]
    earlier = [await archive.chat(chat_id) for chat_id in ids[:-1]]
    return [*(each for each in earlier if each is not None), chat]


async def _read(
    archive: Archive, chat: ChatInfo, wanted: Slice, *, deleted: bool
) -> AsyncIterator[list[Record]]:
    """The wanted records of one chat, `AT_ONCE` or fewer at a time."""
    topics = {topic.topic_id: topic for topic in await archive.topics(chat.id)}
    names = Names(chat, at_once=PEERS_AT_ONCE)
    async for page in archive.messages(chat.id, wanted=wanted, deleted=deleted):
        for start in range(0, len(page), AT_ONCE):
            rows = page[start : start + AT_ONCE]
            yield await _records(archive, rows, names, topics)


def _of_other_chat(records: list[Record], chat_id: int) -> list[Record]:
    return [replace(record, chat_id=chat_id) for record in records]


def _write(
    writers: Sequence[Writer],
    records: Sequence[Record],
    on_skipped: Callable[[Skipped], None] | None,
) -> None:
    for record in records:
        for writer in writers:
            writer.message(record)
        if record.problem is not None and on_skipped is not None:
            on_skipped(Skipped(id=record.id, reason=record.problem))


async def _records(
    archive: Archive, rows: Sequence[MessageRow], names: Names, topics: Mapping[int, Topic]
) -> list[Record]:
    """The records of some rows, with the names of everybody in them."""
    names.make_room()
    senders = names.unknown(row.sender_id for row in rows if row.sender_id is not None)
    if senders:
        names.learn(senders, await archive.peers(senders))
    parsed = [(row, parse(row)) for row in rows]
    records = [convert(row, message, names, topics) for row, message in parsed]
    if not names.missing:
        return records
    asked = sorted(names.missing)
    names.learn(asked, await archive.peers(asked))
    return [convert(row, message, names, topics) for row, message in parsed]
