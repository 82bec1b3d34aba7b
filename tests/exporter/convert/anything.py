"""Builds an object of any class of the layer, with everything that it may hold or nothing."""

from __future__ import annotations

import inspect
import random
import typing
from datetime import datetime
from typing import Any

from telethon.tl import types

from tests.exporter.convert.making import WINTER

DEPTH = 2
"""Deeper down only what is required is filled in."""


class Anything:
    """Chooses by a seed, so that a failure can be repeated.

    With `full` each optional field is set, else none: fields that share a flag agree either way.
    """

    def __init__(self, seed: int, *, full: bool, depth: int = DEPTH) -> None:
        self._random = random.Random(seed)
        self._full = full
        self._depth = depth

    def make(self, kind: type, depth: int = 0) -> Any:
        """An object of this class."""
        parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
        values: dict[str, Any] = {}
        for name, parameter in list(parameters.items())[1:]:
            if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
                continue
            wanted = parameter.annotation
            if parameter.default is None:
                if not self._full or depth >= self._depth:
                    continue
                wanted = _without_none(wanted)
            values[name] = self._value(wanted, depth + 1)
        return kind(**values)

    def _value(self, wanted: Any, depth: int) -> Any:
        origin = typing.get_origin(wanted)
        if origin is list:
            (inner,) = typing.get_args(wanted)
            return [self._value(inner, depth)]
        if origin is typing.Union and type(None) in typing.get_args(wanted):
            return self._value(_without_none(wanted), depth)
        if wanted in _PLAIN:
            return _PLAIN[wanted]
        return self.make(self._choose(wanted, depth), depth)

    def _choose(self, wanted: Any, depth: int) -> type:
        received = [one for one in _kinds(wanted) if not one.__name__.startswith("Input")]
        candidates = received or _kinds(wanted)
        if depth >= self._depth:
            return min(candidates, key=_fields)
        return self._random.choice(candidates)


def _kinds(wanted: Any) -> list[type]:
    """The classes that may stand for a type of the layer, which is a union or its name."""
    if isinstance(wanted, typing.ForwardRef):
        wanted = wanted.__forward_arg__
    if isinstance(wanted, str):
        union = getattr(types, wanted, None)
        wanted = wanted.removeprefix("Type") if union is None else union
    kinds = typing.get_args(wanted) or (wanted,)
    names = [one.__forward_arg__ if isinstance(one, typing.ForwardRef) else one for one in kinds]
    return [named(one) if isinstance(one, str) else named(one.__name__) for one in names]


_MODULES = (types, types.messages)


def named(name: str) -> type:
    """The class that the library makes of what it reads: its own, where it has one."""
    last = name.rsplit(".", maxsplit=1)[-1]
    found: type = next(getattr(one, last) for one in _MODULES if hasattr(one, last))
    return found


def _fields(kind: type) -> int:
    return len(inspect.signature(kind).parameters)


_PLAIN: dict[Any, Any] = {
    int: 7,
    float: 1.5,
    str: "Apfel 🍏",
    bytes: b"\x00\xffbytes",
    bool: True,
    datetime: WINTER,
}


def _without_none(wanted: Any) -> Any:
    return next(one for one in typing.get_args(wanted) if one is not type(None))
