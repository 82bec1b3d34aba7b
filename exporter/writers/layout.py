"""JSON laid out as Telegram Desktop does it: one space per level, nothing escaped but what must be.

The standard library's indenting encoder is pure Python and orjson knows two spaces only; this one
does just what is needed.
"""

from __future__ import annotations

from json.encoder import encode_basestring as quote
from typing import Any

__all__ = ["finish", "layout", "quote"]


def layout(value: Any, indent: str) -> str:
    """Lay out a value that begins on a line with this indent (a line feed and its spaces).

    A list is spread over lines, an empty one too; a tuple stays on its line.
    """
    kind = type(value)
    if kind is str:
        return quote(value)
    if kind is dict:
        inner = indent + " "
        items = [
            f'{inner}"{key}": {quote(one) if type(one) is str else layout(one, inner)}'
            for key, one in value.items()
        ]
        return "{" + ",".join(items) + indent + "}"
    if kind is list:
        inner = indent + " "
        spread = [inner + layout(one, inner) for one in value]
        return "[" + ",".join(spread) + indent + "]"
    if kind is tuple:
        return "[" + ",".join([layout(one, indent) for one in value]) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def finish(text: str) -> bytes:
    """The bytes to write: line separators are escaped, since older JavaScript ends lines there."""
    if "\u2028" in text or "\u2029" in text:
        text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return text.encode()
