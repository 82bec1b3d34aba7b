"""The schema of a layer, as Telegram writes it: https://core.telegram.org/mtproto/TL"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FLAGS, TRUE = "#", "true"
"""The types of a field that holds flags, and of one that is nothing but its flag."""
COMMENT = "//"
FOLDER = Path(__file__).parent
"""Where the schemas are, as LAYER.tl."""

_LINE = re.compile(r"([\w.]+)#([0-9a-f]{1,8})((?: \w+:\S+)*) = ([\w.]+);")
_FIELD = re.compile(r"(\w+):(?:(\w+)\.(\d+)\?)?(#|(Vector<)?([\w.]+)>?)")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a constructor."""

    name: str
    type: str
    """int, string, Peer, …; of a vector: of its items."""
    vector: bool = False
    flags: str | None = None
    """The field with the flag that says whether this one is there; None if it always is."""
    bit: int = 0


@dataclass(frozen=True, slots=True)
class Constructor:
    """A line of the schema: how one class of objects is made up."""

    name: str
    """messageMediaPhoto, messages.botApp, …"""
    number: int
    """Which the bytes of an object begin with, as an unsigned int."""
    type: str
    """MessageMedia, …: the classes that may stand in for each other."""
    fields: tuple[Field, ...]

    @property
    def class_name(self) -> str:
        """The library's name for it, without its space: MessageMediaPhoto, BotApp."""
        last = self.name.rpartition(".")[2]
        return last[0].upper() + last[1:]


Schema = Mapping[str, Constructor]
"""The constructors of a layer by name."""


@cache
def schema_of(layer: int) -> Schema | None:
    """Return what is kept of a layer; None if nothing is."""
    path = FOLDER / f"{layer}.tl"
    return parse(path.read_text("utf-8")) if path.is_file() else None


def parse(text: str) -> Schema:
    """Read a schema, a constructor a line.

    Raises:
        ValueError: a line is not of that form.
    """
    lines = [line for line in text.splitlines() if line and not line.startswith(COMMENT)]
    found = [_constructor(line) for line in lines]
    return {each.name: each for each in found}


def _constructor(line: str) -> Constructor:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"not a line of a schema: {line}")
    name, number, fields, kind = match.groups()
    return Constructor(name, int(number, 16), kind, tuple(map(_field, fields.split())))


def _field(text: str) -> Field:
    match = _FIELD.fullmatch(text)
    if match is None:
        raise ValueError(f"not a field of a schema: {text}")
    name, flags, bit, whole, vector, inner = match.groups()
    return Field(name, inner or whole, vector is not None, flags, int(bit or 0))
