"""A walk through the layer: what can stand within a message."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any

from telethon.tl import TLObject, types

from tests.exporter.convert.anything import named


class Field(typing.NamedTuple):
    """A field of a class of the layer."""

    owner: type
    name: str

    def __str__(self) -> str:
        return f"{self.owner.__name__}.{self.name}"


def fields_within(*roots: type) -> dict[Field, set[type]]:
    """Every field that these classes have, or what can stand within them, and what it can hold.

    Classes that are only ever sent stand within nothing that comes in.
    """
    found: dict[Field, set[type]] = {}
    met, left = set(roots), list(roots)
    while left:
        owner = left.pop()
        for name, wanted in _parameters(owner):
            held = {kind for kind in _kinds(wanted) if not kind.__name__.startswith("Input")}
            found[Field(owner, name)] = held
            fresh = {kind for kind in held - met if issubclass(kind, TLObject)}
            met |= fresh
            left += fresh
    return found


def _parameters(owner: type) -> Iterator[tuple[str, Any]]:
    parameters = inspect.signature(owner.__init__).parameters  # type: ignore[misc]
    for name, parameter in list(parameters.items())[1:]:
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            yield name, parameter.annotation


def _kinds(wanted: Any) -> Iterator[type]:
    """The classes that an annotation of the library stands for."""
    if isinstance(wanted, typing.ForwardRef):
        wanted = wanted.__forward_arg__
    if isinstance(wanted, str):
        union = getattr(types, wanted, None)
        wanted = named(wanted.removeprefix("Type")) if union is None else union
    if inner := typing.get_args(wanted):
        for one in inner:
            yield from _kinds(one)
    elif isinstance(wanted, type):
        yield named(wanted.__name__) if issubclass(wanted, TLObject) else wanted
