"""Files that messages carry: what is to be fetched, how far each one is, and what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Any

import aiosqlite
import orjson

from storage import file_statements as sql
from storage.choosing import Choice, choose, end_of_stretch, up_to
from storage.connections import raw
from storage.contents import to_contents
from storage.database import Database
from storage.encoding import now_ms
from storage.file_counts import Count, Counts, counted, recounting
from storage.inline import in_one_trip
from storage.media import (
    Content,
    Ended,
    FileKey,
    FileState,
    FileTotals,
    StoredFile,
    WantedFile,
    Wants,
)
from storage.slices import EVERYTHING, Slice
from storage.wording import from_column, to_column

Rows = list[dict[str, Any]]
ROWS_A_READ = 5_000


class Files:
    """The table `files`, one row for each file in whatever messages it stands.

    Each open file is asked for in one chat, the *origin*: where it was seen last.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_files(
        self,
        chat_ids: Iterable[int],
        *,
        large: bool,
        limit: int,
        but_not: Collection[FileKey] = (),
    ) -> list[WantedFile]:
        """Return files to fetch whose origin is one of these chats, chat by chat, by message id.

        Either the large or the small ones, up to `limit`; `but_not` are those under way.
        """
        found: list[WantedFile] = []
        query = sql.LARGE if large else sql.SMALL
        busy = frozenset(but_not)
        async with self._database.read() as connection:
            sqlite = await raw(connection)
            for chat_id in chat_ids:
                room = limit - len(found)
                values = {"chat": chat_id, "limit": room + len(busy), "offset": 0}
                rows = await sqlite.execute_fetchall(query, values)
                files = (_to_wanted(row) for row in rows)
                found += [file for file in files if file.key not in busy][:room]
                if len(found) >= limit:
                    break
        return found

    async def adopt(self, chat_ids: Collection[int], *, account_ids: Sequence[int] = ()) -> int:
        """Make these chats the origin of open files that stand in them but are asked for elsewhere.

        With `account_ids`, locations of other accounts are dropped, and the first one asks anew.

        Returns:
            How many files those were.
        """
        chats = {"chats": orjson.dumps(list(chat_ids)).decode(), "limit": 1, "offset": 0}

        async def adopt(sqlite: aiosqlite.Connection) -> int:
            moves = []
            for query in (sql.SMALL_ELSEWHERE, sql.LARGE_ELSEWHERE):
                for file_id, variant, account_id in await sqlite.execute_fetchall(query, chats):
                    about = _about(FileKey(file_id, variant))
                    [place] = await sqlite.execute_fetchall(sql.PLACE, about | chats)
                    foreign = bool(account_ids) and account_id not in account_ids
                    account = account_ids[0] if foreign else account_id
                    moves.append(about | _origin(place) | {"silent": foreign, "account": account})
            await sqlite.executemany(sql.MOVE_ORIGIN, moves)
            return len(moves)

        async with self._database.write(wakes=False) as connection:
            return await in_one_trip(await raw(connection), adopt)

    async def left(self, chat_ids: Iterable[int]) -> FileTotals:
        """How many files `open_files` has yet to give, and their size.

        Reads an entry of an index for each: 0.1 s a million.
        """
        files = size_bytes = 0
        async with self._database.read() as connection:
            sqlite = await raw(connection)
            for chat_id in chat_ids:
                for query in (sql.SMALL_LEFT, sql.LARGE_LEFT):
                    [(number, size)] = await sqlite.execute_fetchall(query, {"chat": chat_id})
                    files += number
                    size_bytes += size or 0
        return FileTotals(files=files, size_bytes=size_bytes)

    async def totals(self, chat_ids: Collection[int]) -> dict[FileState, FileTotals]:
        """Count the files that stand in these chats, each once, by state.

        One chat is a look-up. Of several, the messages of all but the one with most files are gone
        through, which takes some seconds a million.
        """
        found: dict[FileState, FileTotals] = {}
        for (_, state, _), count in (await self._counts(chat_ids)).items():
            found[FileState(state)] = _sum(found.get(FileState(state)), count)
        return found

    async def skipped(self, chat_ids: Collection[int]) -> dict[str, FileTotals]:
        """Count the skipped files among them, by reason."""
        found: dict[str, FileTotals] = {}
        for (_, state, reason), count in (await self._counts(chat_ids)).items():
            if state == FileState.SKIPPED:
                found[reason] = _sum(found.get(reason), count)
        return found

    async def choose(
        self,
        chat_ids: Collection[int],
        wants: Wants,
        *,
        account_id: int,
        wanted: Slice = EVERYTHING,
        retry_failed: bool = False,
        leave_out: bool = True,
    ) -> int:
        """Say anew of all files in these chats that are not kept whether they are wanted.

        A file is wanted if any message that has it wants it. What was given up is wanted again
        only with `retry_failed`; `account_id` is who asks for files of which no location is known.
        Without `leave_out`, what is not wanted here stays with those who want it. The messages
        that `wants` is given lack their TL bytes.

        Returns:
            How many files are wanted that were not.
        """
        choice = Choice(wants, wanted, account_id, retry_failed, leave_out)
        return await choose(self._database, chat_ids, choice)

    async def renewed(
        self,
        key: FileKey,
        *,
        location: bytes,
        dc_id: int,
        account_id: int,
        size_bytes: int | None = None,
    ) -> None:
        """Note where a file is to be had now."""
        told = {"place": location, "dc": dc_id, "account": account_id, "size": size_bytes}
        await self._write(sql.RENEW, [_about(key) | told], recount=size_bytes is not None)

    async def moved(self, key: FileKey, dc_id: int) -> None:
        """Note that a file lies in another data centre."""
        await self._write(sql.MOVE_DC, [_about(key) | {"dc": dc_id}])

    async def elsewhere(self, key: FileKey) -> bool:
        """Ask for a file where an older message of the same chat has it, since this one has gone.

        Returns:
            False when there is none: then Telegram has the file no more.
        """
        async with self._database.write(wakes=False) as connection:
            sqlite = await raw(connection)
            return bool(await sqlite.execute_fetchall(sql.GO_BACK, _about(key)))

    async def parts_kept(self, key: FileKey, parts: bytes) -> None:
        """Note which parts are on disk: `WantedFile.parts`."""
        values = _about(key) | {"new_parts": parts}

        async def keep(sqlite: aiosqlite.Connection) -> None:
            if not list(await sqlite.execute_fetchall(sql.KEEP_MORE_PARTS, values)):
                async with recounting(sqlite, [key.file_id]):
                    await sqlite.execute_fetchall(sql.KEEP_PARTS, values)

        async with self._database.write(wakes=False) as connection:
            await in_one_trip(await raw(connection), keep)

    async def start_over(self, key: FileKey) -> None:
        """Note that no part of an open file is on disk: its partial file cannot be used."""
        await self._write(sql.START_OVER, [_about(key)], recount=True)

    async def ended(self, ended: Sequence[Ended]) -> None:
        """Note files that are given up; their partial files are of no use any more."""
        rows = [
            _about(end.key) | {"new_state": end.state.value, "why": to_column(end.reason)}
            for end in ended
        ]
        await self._write(sql.END, rows, recount=True)

    async def requeue(self, keys: Collection[FileKey]) -> None:
        """Want kept files again."""
        await self._write(sql.REQUEUE, [_about(key) for key in keys], recount=True)

    async def of_messages(
        self, chat_id: int, message_ids: Collection[int]
    ) -> dict[int, list[StoredFile]]:
        """What became of the files of these messages, by message id; in one query."""
        values = {"chat": chat_id, "ids": orjson.dumps(list(message_ids)).decode()}
        found: dict[int, list[StoredFile]] = {}
        async with self._database.read() as connection:
            for row in await (await raw(connection)).execute_fetchall(sql.OF_MESSAGES, values):
                found.setdefault(row[0], []).append(_to_stored(row))
        return found

    async def problems(self, chat_ids: Collection[int], limit: int = 1000) -> list[StoredFile]:
        """Files of these chats that were given up, by message id."""
        chats = orjson.dumps(list(chat_ids)).decode()
        values = {"chats": chats, "limit": limit, "offset": 0}
        async with self._database.read() as connection:
            rows = await (await raw(connection)).execute_fetchall(sql.PROBLEMS, values)
        return [_to_stored(row) for row in rows]

    async def contents_of(self, chat_ids: Iterable[int]) -> AsyncIterator[list[Content]]:
        """The contents of the kept files of these chats, in lists; each is a short read.

        A content comes again when another file has it too.
        """
        for chat_id in chat_ids:
            after: int | None = -1
            while after is not None:
                async with self._database.read() as connection:
                    sqlite = await raw(connection)
                    last = await end_of_stretch(sqlite, chat_id, after, ROWS_A_READ)
                    values = {"chat": chat_id, "after": after, "last": up_to(last)}
                    found = to_contents(await sqlite.execute_fetchall(sql.CONTENTS_OF, values))
                if found:
                    yield found
                after = last

    async def remove_unnamed(self) -> int:
        """Forget files that no message has any more; how many those were.

        Kept ones go with their contents: `Contents.remove`.
        """
        async with self._database.write(wakes=False) as connection:
            return len(list(await (await raw(connection)).execute_fetchall(sql.REMOVE_UNNAMED)))

    async def _counts(self, chat_ids: Collection[int]) -> Counts:
        async with self._database.read() as connection:
            return await counted(await raw(connection), chat_ids)

    async def _write(self, statement: str, rows: Rows, *, recount: bool = False) -> None:
        async def write(sqlite: aiosqlite.Connection) -> None:
            if not recount:
                await sqlite.executemany(statement, rows)
                return
            async with recounting(sqlite, [row["file"] for row in rows]):
                await sqlite.executemany(statement, rows)

        if rows:
            async with self._database.write(wakes=False) as connection:
                await in_one_trip(await raw(connection), write)


def _about(key: FileKey) -> dict[str, Any]:
    return {"file": key.file_id, "of": key.variant, "now": now_ms()}


def _origin(place: Any) -> dict[str, Any]:
    chat_id, message_id, kind = place
    return {"chat": chat_id, "message": message_id, "new_kind": kind}


def _sum(before: FileTotals | None, count: Count) -> FileTotals:
    before = before or FileTotals()
    return FileTotals(
        files=before.files + count.files, size_bytes=before.size_bytes + count.size_bytes
    )


def _to_wanted(row: Any) -> WantedFile:
    file_id, variant, kind, size_bytes, dc_id, location, account_id, chat_id, *others = row
    message_id, name, parts, tries = others
    return WantedFile(
        key=FileKey(file_id, variant),
        kind=kind,
        size_bytes=size_bytes,
        dc_id=dc_id,
        location=location,
        account_id=account_id,
        chat_id=chat_id,
        message_id=message_id,
        name=name,
        parts=parts,
        tries=tries,
    )


def _to_stored(row: Any) -> StoredFile:
    message_id, file_id, variant, kind, state, reason, size_bytes, sha256 = row
    return StoredFile(
        message_id=message_id,
        key=FileKey(file_id, variant),
        kind=kind,
        state=FileState(state),
        reason=from_column(reason),
        size_bytes=size_bytes,
        sha256=sha256,
    )
