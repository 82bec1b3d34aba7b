"""Texts with their entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telethon.tl import types

from exporter.telegram.desktop.numbers import file_id
from exporter.telegram.desktop.told import Malformed, Told

Make = Callable[[int, int, Told], Any]
"""Offset and length in UTF-16 units, and the run as exported."""


def _plain(kind: type) -> Make:
    return lambda offset, length, _: kind(offset, length)


MAKERS: dict[str, Make] = {
    "mention": _plain(types.MessageEntityMention),
    "hashtag": _plain(types.MessageEntityHashtag),
    "bot_command": _plain(types.MessageEntityBotCommand),
    "link": _plain(types.MessageEntityUrl),
    "email": _plain(types.MessageEntityEmail),
    "bold": _plain(types.MessageEntityBold),
    "italic": _plain(types.MessageEntityItalic),
    "code": _plain(types.MessageEntityCode),
    "phone": _plain(types.MessageEntityPhone),
    "cashtag": _plain(types.MessageEntityCashtag),
    "underline": _plain(types.MessageEntityUnderline),
    "strikethrough": _plain(types.MessageEntityStrike),
    "bank_card": _plain(types.MessageEntityBankCard),
    "spoiler": _plain(types.MessageEntitySpoiler),
    "pre": lambda offset, length, run: types.MessageEntityPre(offset, length, run.text("language")),
    "text_link": lambda offset, length, run: types.MessageEntityTextUrl(
        offset, length, run.text("href")
    ),
    "mention_name": lambda offset, length, run: types.MessageEntityMentionName(
        offset, length, run.number("user_id")
    ),
    "blockquote": lambda offset, length, run: types.MessageEntityBlockquote(
        offset, length, collapsed=run.flag("collapsed")
    ),
    "custom_emoji": lambda offset, length, run: types.MessageEntityCustomEmoji(
        offset, length, emoji_id(run)
    ),
}
UNKNOWN = _plain(types.MessageEntityUnknown)


def text_of(value: Any, where: str) -> tuple[str, list[Any]]:
    """The text and the entities of a string, or of a list of strings and objects.

    Raises:
        Malformed: it is neither.
    """
    if isinstance(value, str):
        return value, []
    if not isinstance(value, list):
        raise Malformed(f"`{where}` is not a text")
    text: list[str] = []
    offset = 0
    entities = []
    for place, run in enumerate(value):
        if isinstance(run, str):
            piece, told = run, None
        else:
            told = Told(run, f"{where}[{place}]")
            piece = told.text("text")
        length = utf16(piece)
        if told is not None and length and (kind := told.text("type")) != "plain":
            entities.append(MAKERS.get(kind, UNKNOWN)(offset, length, told))
        text.append(piece)
        offset += length
    return "".join(text), entities


def message_text(message: Told) -> tuple[str, list[Any]]:
    """Old exports have no `text_entities`; `text` alone says the same."""
    key = "text_entities" if "text_entities" in message else "text"
    return text_of(message.raw(key) or "", key)


def with_entities(told: Told, key: str) -> Any:
    """A `TextWithEntities`."""
    text, entities = text_of(told.raw(key) or "", told.path(key))
    return types.TextWithEntities(text=text, entities=entities)


def emoji_id(told: Told) -> int:
    """The document of a custom emoji. Exports name it by its file, or by a sentence; some by id."""
    given = told.words("document_id") or ""
    if given.isascii() and given.isdecimal() and len(given) < 19:
        return int(given)
    if given.startswith("("):
        return file_id("emoji", given, told.text("text"))
    return file_id("emoji file", given)


def utf16(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
