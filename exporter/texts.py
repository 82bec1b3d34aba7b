"""Texts with their entities, as Telegram sent them; offsets are UTF-16 units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """A styled stretch of a text, as Telegram sent it: entities may nest and overlap."""

    type: str
    """Telegram Desktop's word (bold, text_link, custom_emoji, …) or, where it has none, ours:
    formatted_date, diff_insert, diff_replace, diff_delete."""
    offset: int
    length: int
    value: str | int | bool | None = None
    """What the type carries, see `ENTITY_VALUES`."""


ENTITY_VALUES: Mapping[str, str] = {
    "mention_name": "user_id",
    "custom_emoji": "document_id",
    "pre": "language",
    "text_link": "href",
    "blockquote": "collapsed",
    "formatted_date": "date",
    "diff_replace": "old_text",
}
"""What `Entity.value` holds, by type: the key it is written under."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its entities."""

    text: str
    entities: tuple[Entity, ...] = ()
