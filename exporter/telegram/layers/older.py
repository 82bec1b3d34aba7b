"""Reads objects of an older layer into the classes of the installed one.

Classes go by their names, since a changed class has another number. What both layers define alike
the library reads itself, as quickly as ever. Of a changed class the fields that both have are
taken over, new ones are empty, and what has no place any more is *left out*: noted with the class
and field where it stood, so that nothing of it is lost to the reader.

A class that is gone (`Vanished`), or that lacks something it cannot be without, is left out with
the smallest optional part that holds it: a button, say, or a reaction. As the media of a message or
the action of a service message it stays, since these say what the message is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias
from zlib import crc32

from telethon.extensions import BinaryReader
from telethon.tl import types

from exporter.telegram.layers.schema import FLAGS, TRUE, Constructor, Field, Schema
from exporter.telegram.reader import Reader


@dataclass(frozen=True, slots=True)
class Vanished:
    """An object of a class that the installed layer does not have, or cannot make."""

    name: str
    """MessageMediaPhoto, …"""
    fields: Mapping[str, Any]


class LeftOut(NamedTuple):
    """What stood in a field and has no place in the installed layer."""

    where: str
    """Message.media, MessageReplyHeader.quote_text, …"""
    value: Any


class Reading(NamedTuple):
    """How the objects of one class of the older layer are read."""

    name: str
    """The library's name of the class."""
    then: tuple[Field, ...]
    now: tuple[Field, ...]
    """What the installed class has, without the fields that only hold flags."""
    unlike: tuple[Field, ...]
    """Those of them that the older class had not, or not so."""
    gone: tuple[str, ...]
    """What only the older class had."""
    kind: Any
    """The installed class; None if there is none."""
    changed: bool


Readings: TypeAlias = Mapping[int, Reading]
"""By the number that an object's bytes begin with."""

MEDIA, ACTION = "Message.media", "MessageService.action"
"""Fields whose object stays where it was although its class is gone. The record of an action shows
all that it holds; other media are left out as well."""


def readings(then: Schema, now: Schema) -> Readings:
    """Match the classes of an older layer with those of the installed one."""
    return {one.number: _reading(one, now.get(one.name)) for one in then.values()}


def _reading(then: Constructor, now: Constructor | None) -> Reading:
    """`now` is the same class in the installed layer."""
    before = {field.name: field for field in then.fields if field.type != FLAGS}
    fields = tuple([field for field in now.fields if field.type != FLAGS]) if now else ()
    return Reading(
        name=then.class_name,
        then=then.fields,
        now=fields,
        unlike=tuple([field for field in fields if not _alike(before.get(field.name), field)]),
        gone=tuple([name for name in before if name not in {field.name for field in fields}]),
        kind=_installed(now) if now else None,
        changed=then != now,
    )


def _alike(then: Field | None, now: Field) -> bool:
    """Whether whatever was in a field fits into that of the installed layer."""
    if then is None or (then.flags and not now.flags):
        return False
    return (then.type, then.vector) == (now.type, now.vector)


def _installed(constructor: Constructor) -> Any:
    """The library's class."""
    space = constructor.name.rpartition(".")[0]
    return getattr(getattr(types, space) if space else types, constructor.class_name)


class OlderReader(Reader):
    """The library's reader, for objects of an older layer."""

    def __init__(self, data: bytes, known: Readings) -> None:
        super().__init__(data)
        self.left_out: list[LeftOut] = []
        self._known = known
        self._vanished = 0

    def tgread_object(self) -> Any:
        reading = self._known.get(self.read_int(signed=False))
        if reading is None:  # a boolean, a vector, or what is newer than the row's layer
            self.position -= 4
            return BinaryReader.tgread_object(self)
        before = self._vanished
        if reading.changed:
            found = self._fields(reading.then)
        else:  # the library's own code, but for making the object
            found = reading.kind.from_reader.__func__(dict, self)
            if self._vanished == before:
                return reading.kind(**found)
        return self._made(reading, found, whole=self._vanished == before)

    def _fields(self, then: Iterable[Field]) -> dict[str, Any]:
        """What the older layer says is there, in the order of the bytes."""
        flags: dict[str, int] = {}
        found: dict[str, Any] = {}
        for field in then:
            if field.type == FLAGS:
                flags[field.name] = self.read_int()
            elif field.flags is not None and not flags[field.flags] >> field.bit & 1:
                found[field.name] = False if field.type == TRUE else None
            elif field.vector:
                self.read_int()
                found[field.name] = [self._value(field.type) for _ in range(self.read_int())]
            else:
                found[field.name] = self._value(field.type)
        return found

    def _value(self, kind: str) -> Any:
        read = READ.get(kind)
        return self.tgread_object() if read is None else read(self)

    def _made(self, reading: Reading, found: dict[str, Any], *, whole: bool) -> Any:
        """The installed class with what was found, as far as it has room; else `Vanished`.

        `whole`: nothing has vanished in it.
        """
        name, kind, values = reading.name, reading.kind, dict(found)
        left_out = [
            LeftOut(f"{name}.{key}", value)
            for key in reading.gone
            if (value := values.pop(key)) is not None and value is not False
        ]
        for field in reading.unlike if whole else reading.now:
            value, unfit = _fit(found.get(field.name), field, f"{name}.{field.name}")
            if value is None and field.flags is None:
                kind = None  # it cannot be without that
            values[field.name] = value
            left_out += unfit
        if kind is None:
            self._vanished += 1
            return Vanished(name, found)
        self.left_out += left_out
        return kind(**values)


def _fit(value: Any, field: Field, where: str) -> tuple[Any, list[LeftOut]]:
    """What of a value the installed field can hold, and what of it has no place there.

    The first is None for nothing, and where something must be but is not.
    """
    if type(value) is Vanished and where in (MEDIA, ACTION):
        return value, [LeftOut(where, value)] if where == MEDIA else []
    if field.vector:
        return _fit_all(value, field, where)
    fit = _as_now(value, field.type)
    unfit = [] if fit is not None or value is None else [LeftOut(where, value)]
    if fit is None and (field.flags is None or field.type == TRUE):
        fit = _as_now(EMPTY.get(field.type), field.type)
    return fit, unfit


def _fit_all(value: Any, field: Field, where: str) -> tuple[Any, list[LeftOut]]:
    """The same of a vector's items; what was no vector has no place in one."""
    if not isinstance(value, list):
        unfit = [] if value is None else [LeftOut(where, value)]
        return None if field.flags else [], unfit
    pairs = [(item, _as_now(item, field.type)) for item in value]
    unfit = [LeftOut(where, item) for item, now in pairs if now is None]
    return [now for _, now in pairs if now is not None], unfit


def _as_now(value: Any, kind: str) -> Any:
    """A value as this type of the installed layer; None if it is of another one."""
    if (plain := PLAIN.get(kind)) is not None:
        return value if type(value) is plain else None
    if kind == "TextWithEntities" and type(value) is str:  # polls had plain texts once
        return types.TextWithEntities(value, [])
    return value if getattr(value, "SUBCLASS_OF_ID", None) == crc32(kind.encode()) else None


PLAIN: Mapping[str, type] = {
    "int": int,
    "long": int,
    "double": float,
    "string": str,
    "bytes": bytes,
    "Bool": bool,
    TRUE: bool,
    "date": datetime,
}
"""The types that are no objects, and what the library makes of them."""

EMPTY: Mapping[str, Any] = {
    "int": 0,
    "long": 0,
    "double": 0.0,
    "string": "",
    "bytes": b"",
    "Bool": False,
    TRUE: False,
    "date": datetime(1970, 1, 1, tzinfo=UTC),
    "TextWithEntities": "",
}
"""What stands in a new field that must not be absent."""

READ: Mapping[str, Callable[[Any], Any]] = {
    "int": Reader.read_int,
    "long": Reader.read_long,
    "double": Reader.read_double,
    "string": Reader.tgread_string,
    "bytes": Reader.tgread_bytes,
    "Bool": Reader.tgread_bool,
    TRUE: lambda _reader: True,
    "date": Reader.tgread_date,
}
