"""messages.jsonl: one message a line, everything that is known of it.

Each line is an object: `v` (the version of this format), `chat_id`, and the fields of
`exporter.records.Record` under their names, those of its parts likewise. What a message does not
have is left out. Dates are in UTC with a Z, ids of peers in marked form, bytes in base64. A peer is
an object with `id`, `name` (null when unknown), `username` and `is_bot`. An entity has `type`,
`offset`, `length` (UTF-16 units) and the key that `exporter.records.ENTITY_VALUES` names.

A new field needs no new version; a field that is renamed, removed or changes its meaning does.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import orjson

from exporter.attachments import Missing
from exporter.peers import PeerRef
from exporter.records import Record
from exporter.texts import ENTITY_VALUES, Entity, Text
from exporter.writers.writer import OneFile
from storage.models import ChatInfo
from storage.wording import Sentence

__all__ = ["FILE_NAME", "VERSION", "JsonLines", "line_of"]

FILE_NAME = "messages.jsonl"
VERSION = 1

_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


class JsonLines(OneFile):
    """Writes messages.jsonl."""

    file_name = FILE_NAME
    _chat_id = 0

    def begin(self, chat: ChatInfo) -> None:
        """Nothing stands before the first message."""
        self._chat_id = chat.id
        self._file.open()

    def message(self, record: Record) -> None:
        """Append one line."""
        self._file.write(line_of(record, self._chat_id))


def line_of(record: Record, chat_id: int) -> bytes:
    """One line with its line feed."""
    line: dict[str, Any] = {"v": VERSION, "chat_id": chat_id}
    _fill(line, record)
    return orjson.dumps(line, option=_OPTIONS)


_FIELDS: dict[type, tuple[tuple[str, Any], ...]] = {}
"""The fields of each record's class with their defaults, once it was met."""


def _fields_of(record: Any) -> tuple[tuple[str, Any], ...]:
    found = tuple(
        (field.name, {} if field.default_factory is dict else field.default)
        for field in fields(record)
    )
    _FIELDS[type(record)] = found
    return found


def _fill(found: dict[str, Any], record: Any) -> None:
    """Add the fields of a record that are not at their default."""
    for name, default in _FIELDS.get(type(record)) or _fields_of(record):
        value = getattr(record, name)
        if value is default or value == default:
            continue
        kind = type(value)
        found[name] = value if kind in _AS_IT_IS else (_CONVERTERS.get(kind) or _part)(value)


def _plain(value: Any) -> Any:
    kind = type(value)
    return value if kind in _AS_IT_IS else (_CONVERTERS.get(kind) or _part)(value)


def _part(record: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    _fill(found, record)
    return found


def _many(values: Iterable[Any]) -> list[Any]:
    return [_plain(one) for one in values]


def _mapping(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(one) for key, one in values.items()}


def _text(text: Text) -> dict[str, Any]:
    if not text.entities:
        return {"text": text.text}
    return {"text": text.text, "entities": [_entity(one) for one in text.entities]}


def _entity(entity: Entity) -> dict[str, Any]:
    found = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    if entity.value is not None:
        found[ENTITY_VALUES[entity.type]] = entity.value
    return found


def _peer(peer: PeerRef) -> dict[str, Any]:
    found: dict[str, Any] = {"id": peer.id, "name": peer.name}
    if peer.username:
        found["username"] = peer.username
    if peer.is_bot:
        found["is_bot"] = True
    return found


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


_AS_IT_IS = frozenset({int, str, bool, float, type(None), datetime, Missing})
"""What orjson takes as it is."""

_CONVERTERS: dict[type, Callable[[Any], Any]] = {
    tuple: _many,
    list: _many,
    dict: _mapping,
    bytes: _base64,
    Sentence: str,
    Text: _text,
    Entity: _entity,
    PeerRef: _peer,
}
"""How the rest becomes that; any other class is a part of a record."""
