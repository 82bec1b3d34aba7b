"""Chooses how the bytes of a message are read: by the layer they were made by."""

from __future__ import annotations

from functools import cache
from typing import Any

from telethon.tl.alltlobjects import LAYER

from exporter.telegram.layers.older import OlderReader, Readings, Vanished, readings
from exporter.telegram.layers.schema import schema_of
from exporter.telegram.reader import Reader


def read_message(tl: bytes, layer: int) -> Any:
    """Return the installed library's object of a message that was kept under a layer.

    What an older layer had and this one has not is in the message's `left_out`.

    Raises:
        one of `MALFORMED`: these bytes are no object of that layer.
    """
    known = None if layer == LAYER else readings_of(layer)
    if known is None:
        return Reader(tl).tgread_object()
    reader = OlderReader(tl, known)
    found = reader.tgread_object()
    if reader.left_out and not isinstance(found, Vanished):
        found.left_out = tuple(reader.left_out)
    return found


@cache
def readings_of(layer: int) -> Readings | None:
    """How the objects of a layer are read; None if its schema is not kept."""
    then, now = schema_of(layer), schema_of(LAYER)
    return None if then is None or now is None else readings(then, now)
