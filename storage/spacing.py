"""Words of scripts that set no spaces between them: each of their characters becomes a word.

FTS5's tokenizer `unicode61` takes 北京大学 for one word. Its `trigram` would find three characters
and more, but most Chinese and Japanese words have two, and then finds nothing. So a mark is set
between the characters, and what somebody looks for is a phrase of them: 北京 is found, and 京 too.
"""

from __future__ import annotations

import re

MARK = "\x1f"
"""Ends a word for SQLite, is one byte, and stands in no text of Telegram's."""

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff"  # Myanmar
    "\u1780-\u17ff\u19e0-\u19ff"  # Khmer
    "\u1950-\u19df\u1a20-\u1aaf"  # Tai Le, New Tai Lue, Tai Tham
    "\u3005-\u3007\u3031-\u3035\u303b\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana
    "\u3100-\u312f\u31a0-\u31bf"  # Bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_JOINED = (
    "\u0e30-\u0e3a\u0e45-\u0e4e\u0eb0-\u0ebc\u0ec8-\u0ece"  # Thai and Lao vowels and tones
    "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d"
    "\u17b4-\u17d3\u17dd\u3099\u309a\uff9e\uff9f\u0300-\u036f"
)
"""These belong to the character before them."""
HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_CLUSTER = re.compile(f"[{_UNSPACED}][{_JOINED}]*")


def spaced(text: str) -> str:
    """The text with marks around each character of such a script; most texts as they are."""
    if not HAS_UNSPACED.search(text):
        return text
    return _CLUSTER.sub(lambda found: f"{MARK}{found[0]}{MARK}", text).replace(MARK * 2, MARK)


def unspaced(text: str) -> str:
    """Without the marks."""
    return text.replace(MARK, "")
