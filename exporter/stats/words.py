"""The words of a message that are worth counting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files

from exporter.texts import Text

WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*(?!\w)")
"""Letters of any script, joined by apostrophes and hyphens; no figures beside them, so no codes."""
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\b[\w-]+(?:\.[\w-]+)+/\S*|[@#/]\w+")
"""Links, e-mail addresses, names, hashtags and commands, wherever Telegram marked none."""
NO_WORDS = frozenset(
    {"link", "email", "mention", "hashtag", "cashtag", "bot_command", "phone", "bank_card"}
    | {"code", "pre", "custom_emoji"}
)
"""Entities whose text is no prose."""
SHORTEST, LONGEST = 3, 30
"""Letters of a word: shorter ones say little; longer ones are no words, or a language without
spaces."""


def words_of(text: Text) -> Iterator[str]:
    """The words of a text in small letters, without stop words, links, names and code."""
    prose = ADDRESS.sub(" ", _prose(text) if text.entities else text.text)
    leave_out = stop_words()
    for word in WORD.findall(unicodedata.normalize("NFC", prose).lower()):
        if SHORTEST <= len(word) <= LONGEST and word not in leave_out:
            yield word


@cache
def stop_words() -> Collection[str]:
    """English and Russian words that say nothing by themselves, as people type them: ещё and еще.

    Lists of our own, since those of the packages on PyPI leave out "home", "work" and "жизнь" too.
    """
    listed = files("exporter.stats").joinpath("stop_words.txt").read_text(encoding="utf-8")
    words = {word for line in listed.splitlines() if line[0] != "#" for word in line.split()}
    words |= {word.replace("ё", "е") for word in words}
    return frozenset(words | {word.replace("'", "’") for word in words})


def _prose(text: Text) -> str:
    """The text without its entities that are no prose; offsets are UTF-16 units."""
    units = text.text.encode("utf-16-le", "surrogatepass")
    pieces, end = [], 0
    for entity in sorted(text.entities, key=lambda entity: entity.offset):
        if entity.type in NO_WORDS and entity.offset * 2 >= end:
            pieces.append(units[end : entity.offset * 2])
            end = (entity.offset + entity.length) * 2
    pieces.append(units[end:])
    return " ".join(piece.decode("utf-16-le", "ignore") for piece in pieces)
