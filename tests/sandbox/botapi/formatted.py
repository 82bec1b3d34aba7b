"""The text of a message as Telegram takes it: marks parsed, entities checked, length limited."""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.botapi.errors import Json, bad_request
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.html_text import parse_html, utf16_length

TEXT_LIMIT = 4096
"""After entities parsing, https://core.telegram.org/bots/api#sendmessage"""
CAPTION_LIMIT = 1024
"""https://core.telegram.org/bots/api#senddocument"""
ENTITY_LIMIT = 100
"""https://core.telegram.org/api/entities: more are dropped without a word."""

ENTITY_TYPES = frozenset({
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold",
    "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote",
    "code", "pre", "text_link", "text_mention", "custom_emoji", "date_time", "bank_card",
})  # fmt: skip
"""https://core.telegram.org/bots/api#messageentity"""

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+|(?<![\w@/.])t\.me/[\w/+-]+)"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.]+\b)"
    r"|(?P<bot_command>(?<![\w/>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?\b)"
    r"|(?P<mention>(?<![\w@/.])@\w{4,32}\b)"
    r"|(?P<hashtag>(?<![\w#/])#(?=\w*[^\W\d])\w+)"
)


def found_entities(text: str) -> list[Json]:
    """The entities that Telegram finds by itself: commands, mentions, links, hashtags."""
    return [
        {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _FOUND.finditer(text)
    ]


def formatted_text(
    fields: Fields,
    text_field: str,
    entities_field: str,
    *,
    limit: int = TEXT_LIMIT,
    too_long: str = "message is too long",
) -> tuple[str, tuple[Json, ...]]:
    """The text of the request without white space around it, and its entities.

    Empty when the field is absent or empty: whether that is allowed, the method knows.

    Raises:
        BotApiError: 400 for marks that can't be parsed, wrong entities, a text that is only white
            space or too long.
    """
    raw = fields.text(text_field)
    mode = fields.text("parse_mode").strip().lower()
    if mode == "html":
        text, entities = parse_html(raw)
    elif mode in ("", "none"):
        text, entities = raw, _given(fields.parsed(entities_field, "message entities"), raw)
    else:
        raise bad_request("unsupported parse_mode")
    text = text.replace("\r\n", "\n").replace("\r", "")
    text, entities = _trimmed(text, entities)
    if raw and not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > limit:
        raise bad_request(too_long)
    marked = [(e["offset"], e["offset"] + e["length"]) for e in entities]
    alone = [
        found
        for found in found_entities(text)
        if not any(s < found["offset"] + found["length"] and found["offset"] < e for s, e in marked)
    ]
    both = sorted([*entities, *alone], key=lambda entity: (entity["offset"], -entity["length"]))
    return text, tuple(both[:ENTITY_LIMIT])


def _given(entities: Any, text: str) -> list[Json]:
    """The entities named in the request, checked.

    Raises:
        BotApiError: 400 if one is no object, of an unknown type, or out of the text.
    """
    if entities is None:
        return []
    if not isinstance(entities, list):
        raise bad_request("can't parse MessageEntity: Expected an Array")
    length = utf16_length(text)
    for entity in entities:
        _check(entity, length)
    present = [dict(entity) for entity in entities if entity["length"]]
    return sorted(present, key=lambda entity: (entity["offset"], -entity["length"]))


def _check(entity: Any, text_length: int) -> None:
    refused = "can't parse MessageEntity: "
    if not isinstance(entity, dict):
        raise bad_request(f"{refused}Expected an Object")
    for name in ("offset", "length"):
        if not isinstance(entity.get(name), int):
            raise bad_request(f'{refused}Can\'t find field "{name}"')
    if entity.get("type") not in ENTITY_TYPES:
        raise bad_request(f"{refused}Unsupported type specified")
    if entity["type"] == "text_link" and not entity.get("url"):
        raise bad_request(f'{refused}Can\'t find field "url"')
    start, end = entity["offset"], entity["offset"] + entity["length"]
    if start < 0 or end < start:
        raise bad_request("receive an entity with incorrect offset or length")
    if end > text_length:
        raise bad_request(
            f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 "
            f"offset {end}"
        )


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut white space at both ends, and what entities lose by it."""
    kept = text.strip()
    if kept == text:
        return text, entities
    start = utf16_length(text[: len(text) - len(text.lstrip())]) if kept else 0
    end = start + utf16_length(kept)
    moved: list[Json] = []
    for entity in entities:
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], end)
        if last > first:
            moved.append({**entity, "offset": first - start, "length": last - first})
    return kept, moved
