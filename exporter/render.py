"""Formats from the archive: no network, as often as wanted, the same bytes every time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from exporter.media.placing import Placer
from exporter.records import Record
from exporter.telegram.convert import Names, convert, parse, with_earlier
from exporter.writers import WRITERS, Around, Beside, Statistic, Writer, writer_for
from exporter.writers.splitting import UNSPLIT, Split
from storage.archive import Archive
from storage.models import ChatInfo, MessageRow, MessageVersion, Skipped, Topic
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
    split: Split = UNSPLIT,
    template: str | None = None,
    language: str = "en",
    comments: bool = False,
    stats: tuple[Statistic, ...] = (),
) -> int:
    """Write a chat in the given formats (names of `WRITERS`) into a folder.

    `split` says how each format is split into several files, `template` what these are called.

    A supergroup begins with the messages of the basic group that it was. `wanted` and then
    `select` leave messages out, as does `keep_deleted` = False those that are gone from Telegram.
    `language` is that of the words around the messages; `comments` says that those of a channel's
    posts are written into a folder within this one; `stats` are pictures that lie there.

    Each file appears when it is whole and replaces an older one; cancelled or failed, nothing of
    this run is left. `on_progress` hears how many messages are written so far, `on_skipped` of
    each one that could not be read: it stands in the files as *unsupported*.

    Returns:
        The number of messages written.

    Raises:
        JobError: another render writes the same files.
        OSError: the disk is full, or the folder cannot be written.
    """
    writers = [
        writer_for(name, folder, zone, split=split, template=template)
        for name in WRITERS
        if name in formats
    ]
    around = Around(
        own_ids=tuple(await archive.own_ids()),
        topics=tuple(await archive.topics(chat.id)),
        language=language,
        comments=comments,
        stats=stats,
    )
    written = 0
    with ExitStack() as stack:
        for writer in writers:
            stack.callback(writer.abort)
            writer.begin(chat, around)
        async for records in records_of(
            archive, chat, wanted=wanted, keep_deleted=keep_deleted, select=select, placer=placer
        ):
            _write(writers, records, on_skipped)
            written += len(records)
            if on_progress is not None:
                on_progress(written)
            await archive.foreground.let_pass()
        avatar = None if placer is None else await placer.place_pictures(chat.id)
        _end(writers, {} if avatar is None else {chat.id: avatar})
    return written


async def records_of(
    archive: Archive,
    chat: ChatInfo,
    *,
    wanted: Slice = EVERYTHING,
    keep_deleted: bool = True,
    select: Select | None = None,
    placer: Placer | None = None,
) -> AsyncIterator[list[Record]]:
    """The records of a chat as they are written, some at a time; see `render`."""
    for own in await _chats(archive, chat, wanted):
        async for read in _read(archive, own, wanted, deleted=keep_deleted):
            records = read if own == chat else _of_other_chat(read, own.id)
            records = records if select is None else select(records)
            yield records if placer is None else await placer.place(own.id, records)


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
        earlier = await archive.versions_between(chat.id, page[0].id, page[-1].id)
        for start in range(0, len(page), AT_ONCE):
            rows = page[start : start + AT_ONCE]
            yield await _records(archive, rows, names, topics, earlier)


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
    archive: Archive,
    rows: Sequence[MessageRow],
    names: Names,
    topics: Mapping[int, Topic],
    earlier: Mapping[int, Sequence[MessageVersion]],
) -> list[Record]:
    """The records of some rows, with the names of everybody in them."""
    names.make_room()
    senders = names.unknown(row.sender_id for row in rows if row.sender_id is not None)
    if senders:
        names.learn(senders, await archive.peers(senders))
    parsed = [(row, parse(row)) for row in rows]

    def converted() -> list[Record]:
        records = [convert(row, message, names, topics) for row, message in parsed]
        return [
            with_earlier(one, earlier[one.id], names) if one.id in earlier else one
            for one in records
        ]

    records = converted()
    if not names.missing:
        return records
    asked = sorted(names.missing)
    names.learn(asked, await archive.peers(asked))
    return converted()
