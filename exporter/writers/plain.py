"""Records as plain data, under the names of their fields: what JSON can hold, no defaults."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from exporter.attachments import Missing
from exporter.peers import PeerRef
from exporter.records import Record
from exporter.texts import ENTITY_VALUES, Entity, Text
from storage.wording import Sentence

Object: TypeAlias = dict[str, Any]
Convert: TypeAlias = Callable[[Any], Any]


class _Plan(NamedTuple):
    """How a class is read."""

    names: tuple[str, ...]
    defaults: Sequence[Any]
    values_of: Callable[[Any], tuple[Any, ...]]


class Plain:
    """Turns records into objects, and what stands in them.

    An entity has `type`, `offset`, `length` (UTF-16 units) and the key that
    `exporter.records.ENTITY_VALUES` names; bytes are base64.
    """

    def __init__(
        self, *, date: Convert | None, peer: Convert, without: Collection[str] = ()
    ) -> None:
        """`date` and `peer` say what becomes of these; None: they stay. `without` names fields
        of a `Record`, not of its parts, that are left out."""
        self._without = frozenset(without)
        self._plans: dict[type, _Plan] = {}
        self._converters: dict[type, Convert | None] = {
            **dict.fromkeys((int, str, bool, float, type(None), Missing), None),
            tuple: self._many,
            list: self._many,
            dict: self._mapping,
            bytes: _base64,
            Sentence: str,
            Text: self._text,
            Entity: _entity,
            PeerRef: peer,
            datetime: date,
        }
        """By type; None: as it is. Any other class is a part of a record."""

    def fill(self, found: Object, record: Any) -> None:
        """Add the fields of a record that are not at their default."""
        names, defaults, values_of = self._plans.get(type(record)) or self._plan(record)
        converters = self._converters
        for name, default, value in zip(names, defaults, values_of(record), strict=False):
            if value is default or value == default:
                continue
            convert: Convert | None = converters.get(type(value), self._part)
            found[name] = value if convert is None else convert(value)

    def _plan(self, record: Any) -> _Plan:
        without = self._without if type(record) is Record else ()
        read = [field for field in fields(record) if field.name not in without]
        names = tuple(field.name for field in read)
        defaults: list[Any] = [
            {} if field.default_factory is dict else field.default for field in read
        ]
        values_of = attrgetter(*names, names[0])  # a tuple, also where there is one field
        plan = self._plans[type(record)] = _Plan(names, defaults, values_of)
        return plan

    def _plain(self, value: Any) -> Any:
        convert: Convert | None = self._converters.get(type(value), self._part)
        return value if convert is None else convert(value)

    def _part(self, record: Any) -> Object:
        found: Object = {}
        self.fill(found, record)
        return found

    def _many(self, values: Iterable[Any]) -> list[Any]:
        return [self._plain(one) for one in values]

    def _mapping(self, values: Mapping[str, Any]) -> Object:
        return {key: self._plain(one) for key, one in values.items()}

    def _text(self, text: Text) -> Object:
        if not text.entities:
            return {"text": text.text}
        return {"text": text.text, "entities": entities_of(text)}


def entities_of(text: Text) -> list[Object]:
    """The entities of a text, as objects."""
    return [_entity(one) for one in text.entities]


def _entity(entity: Entity) -> Object:
    found: Object = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    if entity.value is not None:
        found[ENTITY_VALUES[entity.type]] = entity.value
    return found


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
