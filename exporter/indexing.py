"""Brings the search index up to date with the archive; see `storage.search_index`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from exporter.searchable import searchable
from exporter.telegram.convert import Names, convert, parse
from storage.archive import Archive
from storage.database import Database
from storage.errors import StorageError
from storage.models import ChatInfo, MessageRow
from storage.search_index import Indexable, SearchIndex
from storage.search_schema import IndexLost

AT_ONCE = 50
"""Messages between two turns of the event loop: a few milliseconds."""
PAUSE_S = 0.5
"""Between two looks whether there is something to index."""

log = structlog.get_logger()


async def keep_indexed(database: Database, archive: Archive, due: asyncio.Event) -> None:
    """Bring the index up to date whenever `due` is set and something has changed, for ever.

    A worker sets it when an export has ended, and while none runs: fetching comes first.
    """
    index = SearchIndex(database)
    seen: int | None = None
    while True:
        await due.wait()
        due.clear()
        changes = database.changes
        try:
            if changes != seen and (number := await catch_up(index, archive)):
                log.info("messages indexed", messages=number)
            seen = changes
        except StorageError as error:
            log.warning("the search index waits for the database", reason=str(error))
        except Exception:  # searching must not stop the exports
            log.exception("the search index is not kept up to date, by a bug")
            return
        await asyncio.sleep(PAUSE_S)


async def catch_up(
    index: SearchIndex, archive: Archive, on_progress: Callable[[int], None] | None = None
) -> int:
    """Index all that came and changed since; how many messages that was.

    An index that is missing or damaged is made anew. Many short transactions: whatever stops
    this, the next one goes on. `on_progress` hears how many messages are done.

    Raises:
        StorageError: the database cannot be used.
    """
    await index.prepare()
    if not await index.is_behind():
        return 0
    try:
        return await _catch_up(index, archive, on_progress)
    except IndexLost:
        await index.forget()
        return await _catch_up(index, archive, on_progress)


async def _catch_up(
    index: SearchIndex, archive: Archive, on_progress: Callable[[int], None] | None
) -> int:
    done = 0
    while await index.take_out():
        pass
    while await index.add_names():
        pass
    while (batch := await index.next_batch()) is not None:
        chat = await archive.chat(batch.chat_id)
        done += await index.add(batch, await _indexable(archive, batch.chat_id, chat, batch.rows))
        if on_progress is not None:
            on_progress(done)
    return done


async def _indexable(
    archive: Archive, chat_id: int, chat: ChatInfo | None, rows: Sequence[MessageRow]
) -> list[Indexable]:
    """What of these is to be found; login codes are hidden by `parse`, as everywhere."""
    names = Names(chat or ChatInfo(id=chat_id, title=None, type="unknown"))
    found: list[Indexable] = []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        found += [searchable(row, convert(row, parse(row), names, {})) for row in some]
        await archive.foreground.let_pass()
    return found
