"""Finding messages in the index, the newest first or the fittest; what only SQLite has.

Nothing here knows people: whoever asks says in which chats may be looked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiosqlite
import orjson

from storage.connections import raw
from storage.database import Database
from storage.encoding import moment_ms
from storage.queries import HAS, Term
from storage.search_index import is_behind
from storage.search_schema import SLOT_BITS, WEIGHTS, IndexLost, is_present, means_lost
from storage.spacing import unspaced

COUNTED = 10_000
"""More than these are not counted: "10,000+"."""
PEERS_MEANT = 500
"""So many people at most are taken for one word."""
RANKED = 20_000
"""Of so many matches at most, the newest ones, the fittest are chosen."""
BEGIN, END = "\x02", "\x03"
"""Around what was looked for, in `Found.text` and `Found.words`."""
FAR = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A question, with names turned into ids and days into moments."""

    terms: tuple[Term, ...] = ()
    has: tuple[str, ...] = ()
    chats: Collection[int] | None = None
    """Only in these; None: in all."""
    senders: Collection[int] | None = None
    """Only by these."""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment, and the first one after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One message that fits."""

    chat_id: int
    message_id: int
    date: datetime
    kind: str
    sender_id: int | None
    topic_id: int | None
    deleted: datetime | None
    """When it was noticed to be gone from Telegram."""
    text: str
    """With `BEGIN` and `END` around the words that were looked for."""
    words: str
    """Likewise: names of files, titles of links, one a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found."""

    found: Sequence[Found]
    count: int
    """How many there are; `COUNTED` + 1: more than are counted."""
    is_behind: bool
    """Something that is kept is not in the index yet."""

    @property
    def is_capped(self) -> bool:
        return self.count > COUNTED


class Search:
    """Reads the index. All methods raise IndexLost when it is missing or damaged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, wanted: Wanted, *, limit: int, offset: int = 0, by_relevance: bool = False
    ) -> Answer:
        """The messages that fit, the newest first, or the fittest of the newest `RANKED`."""
        async with self._database.read() as connection:
            sqlite = await raw(connection)
            try:
                if not await is_present(sqlite):
                    raise IndexLost()
                return await _find(sqlite, wanted, limit, offset, by_relevance=by_relevance)
            except sqlite3.Error as error:
                if means_lost(error):
                    raise IndexLost() from error
                raise

    async def peers_called(self, name: str) -> set[int]:
        """Who has this @username or these words in their name, as far as they are known."""
        async with self._database.read() as connection:
            sqlite = await raw(connection)
            try:
                if name.startswith("@"):
                    rows = await sqlite.execute_fetchall(BY_USERNAME, {"name": name[1:]})
                    return {peer_id for (peer_id,) in rows}
                term = Term(name)
                return set(await _peers(sqlite, term)) if term.is_word else set()
            except sqlite3.Error as error:
                if means_lost(error):
                    raise IndexLost() from error
                raise


async def _find(
    sqlite: aiosqlite.Connection, wanted: Wanted, limit: int, offset: int, *, by_relevance: bool
) -> Answer:
    values = {
        "words": await _expression(sqlite, wanted),
        "first": 0 if wanted.since is None else int(wanted.since.timestamp()) << SLOT_BITS,
        "after": FAR if wanted.until is None else int(wanted.until.timestamp()) << SLOT_BITS,
        "limit": limit,
        "offset": offset,
        "begin": BEGIN,
        "end": END,
    }
    behind = await is_behind(sqlite)
    if values["words"] is None:
        return Answer(found=(), count=0, is_behind=behind)
    ((count,),) = await sqlite.execute_fetchall(COUNT, values | {"most": COUNTED + 1})
    if by_relevance:
        ranked = await sqlite.execute_fetchall(FITTEST, values | {"ranked": RANKED})
        ids = [number for (number,) in ranked]
        rows = await sqlite.execute_fetchall(THESE, values | {"ids": orjson.dumps(ids).decode()})
        by_id = {row[0]: row for row in rows}
        rows = [by_id[number] for number in ids if number in by_id]
    else:
        rows = list(await sqlite.execute_fetchall(NEWEST, values))
    return Answer(found=[_found(row[1:]) for row in rows], count=count, is_behind=behind)


async def _expression(sqlite: aiosqlite.Connection, wanted: Wanted) -> str | None:
    """The question in FTS5's words; None: nothing can fit.

    Who is called by a word counts as having it: so a name finds what a person wrote.
    """
    needed = [await _fitting(sqlite, term) for term in wanted.terms if not term.without]
    for letter, ids in (("c", wanted.chats), ("s", wanted.senders)):
        if ids is not None:
            if not ids:
                return None
            needed.append(_ids(letter, ids))
    needed += [_scope(f"h{kind}" for kind in HAS[word]) for word in wanted.has]
    if not needed:
        needed = ['scope : "c" *']
    unwanted = [await _fitting(sqlite, term) for term in wanted.terms if term.without]
    found = " AND ".join(needed)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


async def _fitting(sqlite: aiosqlite.Connection, term: Term) -> str:
    written = f"{{text words}} : {term.as_fts()}"
    peers = await _peers(sqlite, term)
    if not peers:
        return written
    return f"({written} OR {_ids('s', peers)})"


def _ids(letter: str, ids: Iterable[int]) -> str:
    """Any of these chats (c) or senders (s)."""
    return _scope(f"{letter}{str(one).replace('-', 'm')}" for one in sorted(ids))


def _scope(words: Iterable[str]) -> str:
    quoted = " OR ".join(f'"{word}"' for word in words)
    return f"scope : ({quoted})"


async def _peers(sqlite: aiosqlite.Connection, term: Term) -> list[int]:
    values = {"words": term.as_fts(), "most": PEERS_MEANT}
    return [peer_id for (peer_id,) in await sqlite.execute_fetchall(CALLED, values)]


def _found(row: Sequence[Any]) -> Found:
    """A message of the columns of `_FOUND` after the first."""
    chat_id, message_id, date, kind, sender_id, topic_id, deleted_ms, text, words = row
    return Found(
        chat_id=chat_id,
        message_id=message_id,
        date=datetime.fromtimestamp(date, UTC),
        kind=kind,
        sender_id=sender_id,
        topic_id=topic_id,
        deleted=moment_ms(deleted_ms),
        text=unspaced(text or ""),
        words=unspaced(words or ""),
    )


_MATCHING = """
search_index MATCH :words AND search_index.rowid >= :first AND search_index.rowid < :after"""
_FOUND = f"""
SELECT r.id, r.chat_id, r.message_id, m.date, m.kind, m.sender_id, m.topic_id, m.deleted_ms,
    highlight(search_index, 0, :begin, :end), highlight(search_index, 1, :begin, :end)
FROM search_index
CROSS JOIN search_rows r ON r.id = search_index.rowid
CROSS JOIN messages m ON m.chat_id = r.chat_id AND m.id = r.message_id
WHERE {_MATCHING}"""
"""What was taken out of `search_rows` is left out, though it may be in the index a while longer."""
NEWEST = f"{_FOUND} ORDER BY search_index.rowid DESC LIMIT :limit OFFSET :offset"
THESE = f"{_FOUND} AND search_index.rowid IN (SELECT value FROM json_each(:ids))"
FITTEST = f"""
SELECT id FROM (
    SELECT search_index.rowid AS id, bm25(search_index, {WEIGHTS}) AS fit FROM search_index
    WHERE {_MATCHING} ORDER BY search_index.rowid DESC LIMIT :ranked
) ORDER BY fit, id DESC LIMIT :limit OFFSET :offset"""
COUNT = f"""
SELECT count(*) FROM (SELECT 1 FROM search_index WHERE {_MATCHING} LIMIT :most)"""
CALLED = "SELECT rowid FROM search_names WHERE search_names MATCH :words LIMIT :most"
BY_USERNAME = "SELECT id FROM peers WHERE lower(username) = lower(:name)"
