"""What the store holds: every content once, however many files have it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Any

import aiosqlite
from sqlalchemy import (
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    null,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from storage.connections import raw
from storage.database import Database
from storage.encoding import now_ms
from storage.file_counts import recounting
from storage.inline import in_one_trip
from storage.media import HASH_BYTES, Content, Finished
from storage.statements import as_sql
from storage.tables import contents, files, media

WINDOW_HASHES = 8
"""What one call of upload.getFileHashes answers."""
ROWS_A_READ = 10_000


def window_of(hashes: bytes) -> bytes:
    """What tells apart contents of one size: the SHA-256 of the first eight of their hashes."""
    return hashlib.sha256(hashes[: WINDOW_HASHES * HASH_BYTES]).digest()


class Contents:
    """The table `contents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, sha256: bytes) -> Content | None:
        """Return the content with this SHA-256."""
        found = await self._read(FIND, {"sha": sha256})
        return found[0] if found else None

    async def candidates(self, size_bytes: int, window: bytes) -> list[Content]:
        """Return the contents of this size whose first hashes are these: see `window_of`."""
        return await self._read(CANDIDATES, {"size": size_bytes, "window": window})

    async def keep(self, finished: Sequence[Finished]) -> None:
        """Note files whose bytes are in the store: all of them in one transaction.

        Hashes and the time of a content that is known are brought up to date.
        """
        if not finished:
            return
        now = now_ms()
        rows = [_values(done.content) for done in finished]
        kept = [
            {
                "file": done.key.file_id,
                "of": done.key.variant,
                "sha": done.content.sha256,
                "size": done.content.size_bytes,
                "now": now,
            }
            for done in finished
        ]

        async def keep(sqlite: aiosqlite.Connection) -> None:
            await sqlite.executemany(KEEP_CONTENT, rows)
            async with recounting(sqlite, [done.key.file_id for done in finished]):
                await sqlite.executemany(KEEP_FILE, kept)

        async with self._database.write(wakes=False) as connection:
            await in_one_trip(await raw(connection), keep)

    async def touched(self, sha256: bytes, mtime_ns: int) -> None:
        """Note that the stored file has another time, but the right bytes."""
        async with self._database.write(wakes=False) as connection:
            await connection.execute(
                update(contents).where(contents.c.sha256 == sha256).values(mtime_ns=mtime_ns)
            )

    async def lose(self, sha256: bytes) -> int:
        """Note that the store has a content no more: its files are wanted again.

        Returns:
            How many files those are.
        """
        values = {"sha": sha256, "now": now_ms()}

        async def lose(sqlite: aiosqlite.Connection) -> int:
            found = await sqlite.execute_fetchall(FILES_OF, values)
            async with recounting(sqlite, [row[0] for row in found]):
                await sqlite.execute_fetchall(WANT_AGAIN, values)
            await sqlite.execute_fetchall(DROP, values)
            return len(list(found))

        async with self._database.write(wakes=False) as connection:
            return await in_one_trip(await raw(connection), lose)

    async def windows(self) -> AsyncIterator[list[tuple[int, bytes]]]:
        """Size and window of every content that has hashes, in lists; each is a short read."""
        values: dict[str, Any] = {"after": b"", "limit": ROWS_A_READ, "offset": 0}
        while True:
            async with self._database.read() as connection:
                rows = await (await raw(connection)).execute_fetchall(WINDOWS, values)
            found = list(rows)
            if not found:
                return
            yield [(size_bytes, window) for _, size_bytes, window in found if window is not None]
            values["after"] = found[-1][0]

    async def count(self) -> int:
        """How many contents there are."""
        async with self._database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(contents)) or 0

    async def unnamed(self, limit: int, *, after: bytes = b"") -> list[Content]:
        """Return contents that no message needs any more, by SHA-256, from behind `after`."""
        return await self._read(UNNAMED, {"after": after, "limit": limit, "offset": 0})

    async def remove(self, sha256s: Collection[bytes]) -> list[bytes]:
        """Forget contents that still no message needs, with the rows of their files.

        Returns:
            Those that are forgotten, so that only their bytes are removed from the store.
        """
        async with self._database.write(wakes=False) as connection:
            sqlite = await raw(connection)
            removed = []
            for sha256 in sha256s:
                gone = await sqlite.execute_fetchall(REMOVE, {"sha": sha256})
                if list(gone):
                    removed.append(sha256)
                    await sqlite.execute_fetchall(REMOVE_FILES, {"sha": sha256})
        return removed

    async def _read(self, sql: str, values: dict[str, Any]) -> list[Content]:
        async with self._database.read() as connection:
            rows = await (await raw(connection)).execute_fetchall(sql, values)
        return to_contents(rows)


def to_contents(rows: Iterable[Any]) -> list[Content]:
    """SHA-256, size, time and hashes of each, as records."""
    return [
        Content(sha256=sha256, size_bytes=size_bytes, mtime_ns=mtime_ns, hashes=hashes)
        for sha256, size_bytes, mtime_ns, hashes in rows
    ]


def _values(content: Content) -> dict[str, object]:
    return {
        "sha256": content.sha256,
        "size_bytes": content.size_bytes,
        "mtime_ns": content.mtime_ns,
        "hashes": content.hashes,
        "window": window_of(content.hashes) if content.hashes else None,
    }


def _keeping() -> str:
    new = insert(contents)
    told = new.excluded.hashes != literal_column("x''")
    return as_sql(
        new.on_conflict_do_update(
            index_elements=["sha256"],
            set_={
                "mtime_ns": new.excluded.mtime_ns,
                "hashes": case((told, new.excluded.hashes), else_=contents.c.hashes),
                "window": case((told, new.excluded.window), else_=contents.c.window),
            },
        )
    )


_CONTENT = select(contents.c.sha256, contents.c.size_bytes, contents.c.mtime_ns, contents.c.hashes)
_IS_SHA = contents.c.sha256 == bindparam("sha")
_IS_NAMED = exists().where(
    files.c.sha256 == contents.c.sha256,
    media.c.file_id == files.c.file_id,
    media.c.variant == files.c.variant,
)
FIND = as_sql(_CONTENT.where(_IS_SHA))
CANDIDATES = as_sql(
    _CONTENT.where(
        contents.c.size_bytes == bindparam("size"), contents.c.window == bindparam("window")
    )
)
KEEP_CONTENT = _keeping()
KEEP_FILE = as_sql(
    update(files)
    .where(files.c.file_id == bindparam("file"), files.c.variant == bindparam("of"))
    .values(
        state=literal_column("'kept'"),
        reason=null(),
        sha256=bindparam("sha"),
        size_bytes=bindparam("size"),
        location=literal_column("x''"),
        parts=literal_column("x''"),
        tries=literal_column("0"),
        changed_ms=bindparam("now"),
    )
)
FILES_OF = as_sql(select(files.c.file_id).where(files.c.sha256 == bindparam("sha")))
WANT_AGAIN = as_sql(
    update(files)
    .where(files.c.sha256 == bindparam("sha"))
    .values(
        state=literal_column("'wanted'"),
        reason=null(),
        sha256=null(),
        tries=literal_column("0"),
        changed_ms=bindparam("now"),
    )
)
DROP = as_sql(delete(contents).where(_IS_SHA))
WINDOWS = as_sql(
    select(contents.c.sha256, contents.c.size_bytes, contents.c.window)
    .where(contents.c.sha256 > bindparam("after"))
    .order_by(contents.c.sha256)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
UNNAMED = as_sql(
    _CONTENT.where(contents.c.sha256 > bindparam("after"), ~_IS_NAMED)
    .order_by(contents.c.sha256)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
REMOVE = as_sql(delete(contents).where(_IS_SHA, ~_IS_NAMED).returning(contents.c.size_bytes))
REMOVE_FILES = as_sql(delete(files).where(files.c.sha256 == bindparam("sha")))
