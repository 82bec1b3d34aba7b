"""What the search index is filled with: SQLite's own SQL, see `storage.search_index`."""

from __future__ import annotations

from storage.search_schema import COLUMNS

CHECKED = "SELECT coalesce(max(checked_ms), 0) FROM search_marks WHERE chat_id = :peers"
SET_CHECKED = """
INSERT INTO search_marks (chat_id, indexed_up_to, checked_ms) VALUES (:peers, -1, :now)
ON CONFLICT (chat_id) DO UPDATE SET checked_ms = excluded.checked_ms"""
PEERS_MARK = "SELECT indexed_up_to, checked_ms FROM search_marks WHERE chat_id = :peers"
_ABOVE = """
FROM (SELECT DISTINCT chat_id FROM message_counts) c
LEFT JOIN search_marks k ON k.chat_id = c.chat_id
WHERE (SELECT max(id) FROM messages WHERE chat_id = c.chat_id) > coalesce(k.indexed_up_to, 0)"""
_ROW = """
m.id, m.date, m.edited, m.sender_id, m.kind, m.topic_id, m.reply_to_id, m.album_id, m.layer, m.tl,
m.deleted_ms"""
CHATS_BEHIND = f"SELECT c.chat_id, coalesce(k.indexed_up_to, 0) {_ABOVE} LIMIT 1"
PENDING_CHAT = "SELECT chat_id FROM search_pending LIMIT 1"
BEHIND = f"""
SELECT EXISTS (SELECT 1 FROM search_gone) OR EXISTS (SELECT 1 FROM search_pending)
    OR EXISTS (SELECT 1 FROM peers WHERE changed_ms >
        (SELECT max(indexed_up_to) FROM search_marks WHERE chat_id = :peers))
    OR EXISTS (SELECT 1 {_ABOVE})"""
LEFT = f"""
SELECT (SELECT count(*) FROM search_pending) + coalesce(sum(
    (SELECT max(id) FROM messages WHERE chat_id = c.chat_id) - coalesce(k.indexed_up_to, 0)
), 0) {_ABOVE}"""
ABOVE_MARK = f"""
SELECT {_ROW} FROM messages m
WHERE m.chat_id = :chat AND m.id > :after ORDER BY m.id LIMIT :size"""
PENDING = f"""
SELECT {_ROW} FROM search_pending p JOIN messages m ON m.chat_id = p.chat_id AND m.id = p.message_id
WHERE p.chat_id = :chat ORDER BY p.message_id LIMIT :size"""
NOW = f"""
SELECT {_ROW} FROM messages m
WHERE m.chat_id = :chat AND m.id IN (SELECT value FROM json_each(:ids))"""
MARK = "SELECT indexed_up_to FROM search_marks WHERE chat_id = :chat"
SET_MARK = """
INSERT INTO search_marks (chat_id, indexed_up_to) VALUES (:chat, :up_to)
ON CONFLICT (chat_id) DO UPDATE SET indexed_up_to = excluded.indexed_up_to"""
TAKE_PENDING = """
DELETE FROM search_pending
WHERE chat_id = :chat AND message_id IN (SELECT value FROM json_each(:ids)) RETURNING message_id"""
FORGET_PENDING = """
DELETE FROM search_pending WHERE chat_id = :chat AND NOT EXISTS (
    SELECT 1 FROM messages m WHERE m.chat_id = search_pending.chat_id AND m.id = message_id)"""
SET_PENDING = "INSERT OR IGNORE INTO search_pending (chat_id, message_id) VALUES (?, ?)"
USED = "SELECT id FROM search_rows WHERE id IN (SELECT value FROM json_each(:ids))"
ADD_ROW = """
INSERT INTO search_rows (id, chat_id, message_id, text_at, text_bytes, text, words, has)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
ADD_TO_INDEX = f"""
INSERT INTO search_index (rowid, {COLUMNS})
SELECT id, {COLUMNS} FROM search_content WHERE id = ?"""
SOME_GONE = "SELECT 1 FROM search_gone LIMIT 1"
GONE = f"SELECT id, {COLUMNS} FROM search_gone ORDER BY id LIMIT :size"
TAKE_OUT = f"""
INSERT INTO search_index (search_index, rowid, {COLUMNS}) VALUES ('delete', ?, ?, ?, ?)"""
FORGET_GONE = "DELETE FROM search_gone WHERE id = ?"
NEW_NAMES = """
SELECT id, name, username, changed_ms FROM peers WHERE changed_ms > :mark AND changed_ms <= (
    SELECT max(changed_ms) FROM (
        SELECT changed_ms FROM peers WHERE changed_ms > :mark ORDER BY changed_ms LIMIT :size))
ORDER BY changed_ms"""
DROP_NAME = "DELETE FROM search_names WHERE rowid = ?"
ADD_NAME = "INSERT INTO search_names (rowid, name, username) VALUES (?, ?, ?)"
