"""Formats from the archive: no network, as often as wanted, the same bytes every time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from exporter.records import Record
from exporter.telegram.convert import Names, convert, parse
from exporter.writers import WRITERS, Writer
from storage.archive import Archive
from storage.models import ChatInfo, MessageRow, Skipped, Topic
from storage.slices import EVERYTHING, Slice

AT_ONCE = 100
"""Messages between two turns of the event loop: a few milliseconds."""

PEERS_AT_ONCE = 20_000
"""Names kept in memory."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some messages of one chat."""

    chat: ChatInfo
    wanted: Slice = EVERYTHING
    select: Callable[[list[Record]], list[Record]] | None = None
    """Chooses among the records what a slice cannot tell apart; may add to them."""


async def render(
    archive: Archive,
    chat: ChatInfo,
    folder: Path,
    formats: Sequence[str],
    zone: tzinfo,
    *,
    on_progress: Callable[[int], None] | None = None,
    on_skipped: Callable[[Skipped], None] | None = None,
    parts: Sequence[Part] | None = None,
) -> int:
    """Write a chat in the given formats (names of `WRITERS`) into a folder.

    `parts` are what is wanted of it, and before that of what it was before; None: all of the chat.

    Each file appears when it is whole and replaces an older one; cancelled or failed, nothing of
    this run is left. `on_progress` hears how many messages are written so far, `on_skipped` of
    each one that could not be read: it stands in the files as *unsupported*.

    Returns:
        The number of messages written.

    Raises:
        JobError: another render writes the same files.
        OSError: the disk is full, or the folder cannot be written.
    """
    writers = [WRITERS[name](folder, zone) for name in formats]
    written = 0
    with ExitStack() as stack:
        for writer in writers:
            stack.callback(writer.abort)
            writer.begin(chat)
        for part in parts or (Part(chat),):
            async for records in _read(archive, part, chat.id):
                _write(writers, records, on_skipped)
                written += len(records)
                if on_progress is not None:
                    on_progress(written)
                await asyncio.sleep(0)
        for writer in writers:
            writer.end()
    return written


async def _read(archive: Archive, part: Part, chat_id: int) -> AsyncIterator[list[Record]]:
    """The records of a part of a chat's archive, `AT_ONCE` or fewer at a time."""
    topics = {topic.topic_id: topic for topic in await archive.topics(part.chat.id)}
    names = Names(part.chat, at_once=PEERS_AT_ONCE)
    async for page in archive.messages(part.chat.id, wanted=part.wanted):
        for start in range(0, len(page), AT_ONCE):
            rows = page[start : start + AT_ONCE]
            records = await _records(archive, rows, names, topics)
            if part.chat.id != chat_id:
                records = [replace(record, chat_id=part.chat.id) for record in records]
            yield records if part.select is None else part.select(records)


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
    parsed = [(row, parse(row)) for row in rows]
    records = [convert(row, message, names, topics) for row, message in parsed]
    if not names.missing:
        return records
    asked = sorted(names.missing)
    names.learn(asked, await archive.peers(asked))
    return [convert(row, message, names, topics) for row, message in parsed]
