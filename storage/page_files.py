"""The files of a page: which messages carry them, and which of them are to be fetched."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import aiosqlite
import orjson

from storage.encoding import now_ms
from storage.file_counts import Counts, add, correct, recounting, stand
from storage.media import FileKey, FileState, SkipReason, Wants
from storage.models import MediaRow, MessageRow, Page
from storage.page_statements import ADD_FILE, DROP_MEDIA, KNOWN, SAVE_MEDIA, SEE_FILE, WANT_FILE


class Written(NamedTuple):
    """The messages of a page that were new, and those that took the place of others."""

    new: Collection[int]
    changed: Sequence[int]


class Carried(NamedTuple):
    """A file of a page, with the newest of its messages; one that wants it goes first."""

    row: MediaRow
    skip: SkipReason | None


class KnownFile(NamedTuple):
    """A row of `files`, and whether a message of the chat has it by now."""

    state: str
    reason: str | None
    size_bytes: int
    stands: bool


class Place(NamedTuple):
    """Where the files of a page were seen, and by whom."""

    account_id: int
    chat_id: int


async def save_files(
    sqlite: aiosqlite.Connection, at: Place, page: Page, written: Written, wants: Wants | None
) -> None:
    """Keep what a page's messages carry, in the caller's transaction.

    What a replaced message carried goes. A kept file stays kept; of any other the newest location
    and message are noted, and one that was skipped is wanted if it is now. Without `wants` every
    file is.
    """
    dropped = await _drop(sqlite, at.chat_id, written.changed)
    ids = {*written.new, *written.changed}
    rows = [row for row in page.media if row.message_id in ids]
    if rows or dropped:
        carried = _carried(rows, page.messages, wants)
        await _save(sqlite, at, rows, carried, dropped=dropped, new_ids=written.new)


async def save_pictures(
    sqlite: aiosqlite.Connection, at: Place, pictures: Sequence[MediaRow], wants: Wants | None
) -> None:
    """Keep which photos a chat itself has or had, in the caller's transaction.

    Their `message_id` is 0. Those that are known stay.
    """
    if pictures:
        await _save(sqlite, at, pictures, _carried(pictures, (), wants))


async def _save(
    sqlite: aiosqlite.Connection,
    at: Place,
    rows: Sequence[MediaRow],
    carried: Mapping[FileKey, Carried],
    *,
    dropped: Collection[FileKey] = (),
    new_ids: Collection[int] = (),
) -> None:
    known = await _known(sqlite, at.chat_id, {*carried, *dropped})
    new = {key: file for key, file in carried.items() if key not in known}
    if new:
        now = now_ms()
        await sqlite.executemany(ADD_FILE, [_values(at, file, now) for file in new.values()])
    if rows:
        await sqlite.executemany(SAVE_MEDIA, [_media_values(at.chat_id, row) for row in rows])
    await correct(sqlite, _changes(at.chat_id, carried, known, dropped))
    await _refresh(sqlite, at, carried, known, new_ids)


def _carried(
    rows: Sequence[MediaRow], messages: Sequence[MessageRow], wants: Wants | None
) -> dict[FileKey, Carried]:
    by_id = {message.id: message for message in messages} if wants else {}
    found: dict[FileKey, Carried] = {}
    for row in rows:
        skip = wants(by_id.get(row.message_id), row) if wants else None
        key = FileKey(row.file_id, row.variant)
        before = found.get(key)
        if before is None or skip is None or before.skip is not None:
            found[key] = Carried(row, skip)
    return found


def _changes(
    chat_id: int,
    carried: Mapping[FileKey, Carried],
    known: Mapping[FileKey, KnownFile],
    dropped: Collection[FileKey],
) -> Counts:
    """What of the chat's counts changes by messages that have a file now, or no more."""
    changes: Counts = {}
    for key, (row, skip) in carried.items():
        file = known.get(key)
        if file is None:
            state = FileState.WANTED if skip is None else FileState.SKIPPED
            add(changes, stand(chat_id, state, skip), 1, row.size_bytes)
        elif not file.stands and key not in dropped:
            add(changes, stand(chat_id, file.state, file.reason), 1, file.size_bytes)
    for key in dropped:
        gone = known.get(key)
        if gone is not None and not gone.stands and key not in carried:
            add(changes, stand(chat_id, gone.state, gone.reason), -1, -gone.size_bytes)
    return changes


async def _refresh(
    sqlite: aiosqlite.Connection,
    at: Place,
    carried: Mapping[FileKey, Carried],
    known: Mapping[FileKey, KnownFile],
    new_ids: Collection[int],
) -> None:
    """Note where the known files are to be had now, and want those that nobody wanted before.

    What is open stays with those who want it when this message does not.
    """
    seen: list[dict[str, object]] = []
    wanted: list[dict[str, object]] = []
    recount: list[int] = []
    now = now_ms()
    for key, (row, skip) in carried.items():
        file = known.get(key)
        if file is None or file.state == FileState.KEPT:
            continue
        if skip is not None and FileState(file.state).is_open:
            continue
        seen.append(_seen_values(at, row, now))
        wakes = skip is None and (
            file.state == FileState.SKIPPED
            or (file.state == FileState.UNAVAILABLE and row.message_id in new_ids)
        )
        if wakes:
            wanted.append({"file": key.file_id, "of": key.variant, "now": now})
        if wakes or (row.location and row.size_bytes != file.size_bytes):
            recount.append(key.file_id)
    if not recount:
        if seen:
            await sqlite.executemany(SEE_FILE, seen)
        return
    async with recounting(sqlite, recount):
        await sqlite.executemany(SEE_FILE, seen)
        await sqlite.executemany(WANT_FILE, wanted)


async def _drop(
    sqlite: aiosqlite.Connection, chat_id: int, message_ids: Sequence[int]
) -> set[FileKey]:
    if not message_ids:
        return set()
    values = {"chat": chat_id, "ids": orjson.dumps(list(message_ids)).decode()}
    return {FileKey(*row) for row in await sqlite.execute_fetchall(DROP_MEDIA, values)}


async def drop_files(
    sqlite: aiosqlite.Connection, chat_id: int, message_ids: Sequence[int]
) -> None:
    """Let messages carry nothing any more, in the caller's transaction. Rows of `files` stay."""
    dropped = await _drop(sqlite, chat_id, message_ids)
    if dropped:
        known = await _known(sqlite, chat_id, dropped)
        await correct(sqlite, _changes(chat_id, {}, known, dropped))


async def _known(
    sqlite: aiosqlite.Connection, chat_id: int, keys: Collection[FileKey]
) -> dict[FileKey, KnownFile]:
    ids = orjson.dumps(list({key.file_id for key in keys})).decode()
    found = await sqlite.execute_fetchall(KNOWN, {"chat": chat_id, "ids": ids})
    return {
        FileKey(file_id, variant): KnownFile(state, reason, size_bytes, bool(stands))
        for file_id, variant, state, reason, size_bytes, stands in found
    }


def _values(at: Place, file: Carried, now: int) -> tuple[object, ...]:
    """The columns of `files`, in their order."""
    row, skip = file
    return (
        row.file_id,
        row.variant,
        row.kind,
        (FileState.WANTED if skip is None else FileState.SKIPPED).value,
        None if skip is None else skip.value,
        row.size_bytes,
        row.dc_id,
        row.location,
        at.account_id,
        at.chat_id,
        row.message_id,
        row.file_name,
        b"",
        0,
        None,
        now,
    )


def _media_values(chat_id: int, row: MediaRow) -> tuple[object, ...]:
    """The columns of `media`, in their order."""
    return (
        chat_id,
        row.message_id,
        row.file_id,
        row.variant,
        row.kind,
        row.dc_id,
        row.size_bytes,
        row.mime_type,
        row.file_name,
    )


def _seen_values(at: Place, row: MediaRow, now: int) -> dict[str, object]:
    return {
        "file": row.file_id,
        "of": row.variant,
        "new_kind": row.kind,
        "size": row.size_bytes,
        "dc": row.dc_id,
        "place": row.location,
        "account": at.account_id,
        "chat": at.chat_id,
        "message": row.message_id,
        "called": row.file_name,
        "now": now,
    }
