"""Texts as string literals of a classic script, whichever program or server reads the file."""

from __future__ import annotations

import json
from typing import Any

import orjson

_ESCAPES = (
    ("\\", "\\\\"),  # first: the others bring backslashes
    ("'", "\\'"),
    ("<", "\\x3c"),  # so that nothing is taken for the end of the script, or a comment
    ("\r", "\\r"),
    ("\n", "\\n"),
    ("\0", "\\x00"),  # not \0: before a digit that would be another letter
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
)


def literal(text: str) -> bytes:
    """The text in single quotes; halves of surrogate pairs come back as such."""
    for plain, escaped in _ESCAPES:
        if plain in text:
            text = text.replace(plain, escaped)
    return b"'" + text.encode("utf-8", "backslashreplace") + b"'"


def compact_json(value: Any) -> str:
    """JSON without white space; halves of surrogate pairs, which no UTF-8 has, stay in it."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
