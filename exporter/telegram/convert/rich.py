"""Rich messages: pages of blocks instead of a text with entities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from telethon.tl import TLObject, types

from exporter.texts import Text

_RICH_TEXT = types.TextPlain.SUBCLASS_OF_ID

_LEAVES: dict[type, str] = {
    types.TextPlain: "text",
    types.TextCustomEmoji: "alt",
    types.TextMath: "source",
    types.PageBlockMath: "source",
}
"""Where words stand; everything else in a page holds these or has no words."""


def words_of(rich: Any) -> Text | None:
    """The words of a rich message, a line for each stretch of text; None if it has none.

    How they are laid out stays in the record's `extra`.
    """
    lines = "\n".join(line for line in _lines(rich.blocks) if line)
    return Text(lines) if lines else None


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _lines(one)
    elif isinstance(value, TLObject):
        if value.SUBCLASS_OF_ID == _RICH_TEXT or type(value) in _LEAVES:
            yield "".join(_pieces(value))
        else:
            yield from _lines(list(vars(value).values()))


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _pieces(one)
    elif isinstance(value, TLObject):
        leaf = _LEAVES.get(type(value))
        if leaf is not None:
            yield getattr(value, leaf)
        else:
            yield from _pieces(list(vars(value).values()))
