"""messages.jsonl: one message a line, everything that is known of it.

Each line is an object: `v` (the version of this format), `chat_id`, and the fields of
`exporter.records.Record` under their names, those of its parts likewise. What a message does not
have is left out. Dates are in UTC with a Z, ids of peers in marked form, bytes in base64. A peer is
an object with `id`, `name` (null when unknown), `username` and `is_bot`. An entity has `type`,
`offset`, `length` (UTF-16 units) and the key that `exporter.records.ENTITY_VALUES` names.

A new field needs no new version; a field that is renamed, removed or changes its meaning does.
"""

from __future__ import annotations

from typing import Any

import orjson

from exporter.peers import PeerRef
from exporter.records import Record
from exporter.writers.plain import Plain
from exporter.writers.writer import NOTHING_ELSE, Around, OneFile
from storage.models import ChatInfo

__all__ = ["FILE_NAME", "VERSION", "JsonLines", "line_of"]

FILE_NAME = "messages.jsonl"
VERSION = 1

_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


class JsonLines(OneFile):
    """Writes messages.jsonl."""

    file_name = FILE_NAME
    _chat_id = 0

    def begin(self, chat: ChatInfo, _around: Around = NOTHING_ELSE, /) -> None:
        """Nothing stands before the first message."""
        self._chat_id = chat.id
        self._file.open()

    def message(self, record: Record) -> None:
        """Append one line."""
        self._file.write(line_of(record, self._chat_id))


def line_of(record: Record, chat_id: int) -> bytes:
    """One line with its line feed."""
    line: dict[str, Any] = {"v": VERSION, "chat_id": chat_id}
    _PLAIN.fill(line, record)
    return orjson.dumps(line, option=_OPTIONS)


def _peer(peer: PeerRef) -> dict[str, Any]:
    found: dict[str, Any] = {"id": peer.id, "name": peer.name}
    if peer.username:
        found["username"] = peer.username
    if peer.is_bot:
        found["is_bot"] = True
    return found


_PLAIN = Plain(date=None, peer=_peer)
"""orjson writes dates by itself."""
