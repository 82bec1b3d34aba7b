"""The search index as tables: what only SQLite has, FTS5, a view and triggers.

All of it is made of other tables, and made again when it is lost. The full texts stand nowhere
twice: `search_index` keeps only which words stand where, and `search_content` takes the texts out
of the messages' own bytes, where `search_rows` says that they lie.

Triggers only note what changed, so that keeping a page costs next to nothing and never fails for
a damaged index: `storage.search_index` works it off.
"""

from __future__ import annotations

import sqlite3

import aiosqlite

from storage.errors import StorageError
from storage.wording import Sentence

SLOT_BITS = 12
"""A row's number is its message's second, and within it one of 4,096 places: so numbers are in
the order of time, over all chats, and FTS5 gives the newest first without looking at the others."""

TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc' separators '\ufe0e\ufe0f'"
"""Mn and Mc are the vowel signs of Indic scripts, which else would cut words into pieces; the
separators choose between the looks of an emoji. https://www.sqlite.org/fts5.html#unicode61_tokenizer"""
COLUMNS = "text, words, scope"
WEIGHTS = "10.0, 5.0, 0.0"
"""Of the columns, for bm25."""

FTS = {
    "search_index": f"""
CREATE VIRTUAL TABLE search_index USING fts5({COLUMNS}, content='search_content',
    content_rowid='id', tokenize="{TOKENIZER}")""",
    "search_names": f"""
CREATE VIRTUAL TABLE search_names USING fts5(name, username, tokenize="{TOKENIZER}")""",
}
"""`scope` says whose and what a message is, in words that no text is searched for: c and its chat,
s and its sender, h and what it has. `search_names` are the peers, by id."""

VIEW = """
CREATE VIEW search_content AS
SELECT r.id AS id,
    coalesce(r.text, CAST(substr(m.tl, r.text_at, r.text_bytes) AS TEXT)) AS text,
    coalesce(r.words, '') AS words,
    'c' || replace(m.chat_id, '-', 'm')
        || coalesce(' s' || replace(m.sender_id, '-', 'm'), '')
        || ' h' || replace(m.kind, '_', '') || coalesce(' ' || r.has, '') AS scope
FROM search_rows r JOIN messages m ON m.chat_id = r.chat_id AND m.id = r.message_id"""

_TAKE_AWAY = f"""
    INSERT INTO search_gone (id, {COLUMNS})
        SELECT c.id, c.text, c.words, c.scope
        FROM search_rows r JOIN search_content c ON c.id = r.id
        WHERE r.chat_id = OLD.chat_id AND r.message_id = OLD.id;
    DELETE FROM search_rows WHERE chat_id = OLD.chat_id AND message_id = OLD.id;"""
_LOOK_AGAIN = """
    INSERT OR IGNORE INTO search_pending (chat_id, message_id)
        SELECT NEW.chat_id, NEW.id FROM search_marks
        WHERE chat_id = NEW.chat_id AND indexed_up_to >= NEW.id;"""
TRIGGERS = {
    "search_message_added": f"""
CREATE TRIGGER search_message_added AFTER INSERT ON messages BEGIN{_LOOK_AGAIN}
END""",
    "search_message_changed": f"""
CREATE TRIGGER search_message_changed BEFORE UPDATE ON messages
WHEN OLD.tl IS NOT NEW.tl OR OLD.kind IS NOT NEW.kind OR OLD.sender_id IS NOT NEW.sender_id
    OR OLD.date IS NOT NEW.date OR OLD.chat_id IS NOT NEW.chat_id
BEGIN{_TAKE_AWAY}{_LOOK_AGAIN}
END""",
    "search_message_removed": f"""
CREATE TRIGGER search_message_removed BEFORE DELETE ON messages BEGIN{_TAKE_AWAY}
    DELETE FROM search_pending WHERE chat_id = OLD.chat_id AND message_id = OLD.id;
END""",
}
"""The texts as they were indexed have to be told when they are taken out of the index."""

PLAIN = ("search_rows", "search_marks", "search_pending", "search_gone")
"""Emptied to begin anew; they are in `storage.tables`."""
WHOLE = {*FTS, "search_content", *TRIGGERS}
PRESENT = """
SELECT name FROM sqlite_master WHERE type IN ('table', 'view', 'trigger') AND name LIKE 'search\\_%'
    ESCAPE '\\'"""
SHADOWS = ("config", "content", "data", "docsize", "idx")
"""The tables that FTS5 keeps an index in: https://www.sqlite.org/fts5.html#fts5_data_structures"""


UNNAMED = "SQL logic error"
"""All that SQLite says when one of these is missing."""


class IndexLost(StorageError):
    """The search index is missing or damaged; it has to be made again."""

    def __init__(self) -> None:
        super().__init__(
            Sentence("The search index is damaged. Make it anew with: chatkeep search --rebuild")
        )


def means_lost(error: sqlite3.Error) -> bool:
    """Whether an error of SQLite tells that of the index, and not of the database itself."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_ERROR:
        return "search_" in str(error) or str(error) == UNNAMED
    return code == sqlite3.SQLITE_CORRUPT_VTAB or code & 0xFF == sqlite3.SQLITE_CONSTRAINT


async def is_present(sqlite: aiosqlite.Connection) -> bool:
    """Whether every table, view and trigger is there; says nothing of what is in them."""
    rows = await sqlite.execute_fetchall(PRESENT)
    return {name for (name,) in rows} >= WHOLE.union(PLAIN)


async def is_sound(sqlite: aiosqlite.Connection) -> bool:
    """Whether FTS5 finds its tables as it left them; reads all of them, in a transaction."""
    try:
        for name in FTS:
            await sqlite.execute_fetchall(f"INSERT INTO {name}({name}) VALUES('integrity-check')")
    except sqlite3.Error as error:
        if not means_lost(error):
            raise
        return False
    return True


async def make(sqlite: aiosqlite.Connection) -> None:
    """Make the index anew, empty, in the caller's transaction."""
    for name in TRIGGERS:
        await sqlite.execute_fetchall(f"DROP TRIGGER IF EXISTS {name}")
    for name in FTS:
        await _drop(sqlite, name)
    await sqlite.execute_fetchall("DROP VIEW IF EXISTS search_content")
    for name in PLAIN:
        await sqlite.execute_fetchall(f"DELETE FROM {name}")
    for statement in (*FTS.values(), VIEW, *TRIGGERS.values()):
        await sqlite.execute_fetchall(statement)


async def _drop(sqlite: aiosqlite.Connection, name: str) -> None:
    """Drop one of FTS5's tables, even one that cannot be opened any more."""
    try:
        await sqlite.execute_fetchall(f"DROP TABLE IF EXISTS {name}")
    except sqlite3.Error as error:
        if not means_lost(error):
            raise
        await sqlite.execute_fetchall("PRAGMA writable_schema = ON")
        await sqlite.execute_fetchall("DELETE FROM sqlite_master WHERE name = ?", (name,))
        await sqlite.execute_fetchall("PRAGMA writable_schema = RESET")
    for shadow in SHADOWS:
        await sqlite.execute_fetchall(f"DROP TABLE IF EXISTS {name}_{shadow}")
