"""Writes objects of the installed layer as another layer would have it: tests' older rows."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from telethon.tl import TLObject

from exporter.telegram.layers.schema import FLAGS, TRUE, Constructor, Field, Schema

VECTOR = struct.pack("<I", 0x1CB5C415)


def written_by(schema: Schema, value: Any) -> bytes:
    """The bytes of an object as this schema has it; what the object lacks is not there."""
    constructor = schema[_name_of(value)]
    fields = {field.name: getattr(value, field.name, None) for field in constructor.fields}
    body = b"".join(
        struct.pack("<I", _flags(constructor, field.name, fields))
        if field.type == FLAGS
        else _bytes_of(schema, field, fields[field.name])
        for field in constructor.fields
    )
    return struct.pack("<I", constructor.number) + body


def _name_of(value: Any) -> str:
    _, library, space = type(value).__module__.partition("telethon.tl.types.")
    name = type(value).__name__
    name = name[0].lower() + name[1:]
    return f"{space}.{name}" if library else name


def _flags(owner: Constructor, name: str, fields: Mapping[str, Any]) -> int:
    return sum(
        {
            1 << field.bit
            for field in owner.fields
            if field.flags == name and _is_there(fields, field)
        }
    )


def _is_there(fields: Mapping[str, Any], field: Field) -> bool:
    return fields[field.name] is not None and fields[field.name] is not False


def _bytes_of(schema: Schema, field: Field, value: Any) -> bytes:
    if field.type == TRUE or (field.flags and (value is None or value is False)):
        return b""
    if field.vector:
        items = [_one(schema, field.type, item) for item in value]
        return VECTOR + struct.pack("<i", len(items)) + b"".join(items)
    return _one(schema, field.type, value)


def _one(schema: Schema, kind: str, value: Any) -> bytes:
    plain = _PLAIN.get(kind)
    return written_by(schema, value) if plain is None else plain(value)


def _text(value: str | bytes) -> bytes:
    written: bytes = TLObject.serialize_bytes(value)
    return written


def _date(value: datetime) -> bytes:
    return struct.pack("<i", int(value.timestamp()))


def _bool(value: bool) -> bytes:
    return struct.pack("<I", 0x997275B5 if value else 0xBC799737)


_PLAIN: dict[str, Callable[[Any], bytes]] = {
    "int": struct.Struct("<i").pack,
    "long": struct.Struct("<q").pack,
    "double": struct.Struct("<d").pack,
    "string": _text,
    "bytes": _text,
    "Bool": _bool,
    "date": _date,
}
