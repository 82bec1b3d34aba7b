"""Tells edits from what changes of a message by itself: reactions, views, file references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telethon.tl import TLObject

from exporter.telegram.convert import MALFORMED
from exporter.telegram.layers import read_message
from storage.versions import Version

WRITTEN = ("message", "entities", "media", "rich_message", "action")
"""The parts that somebody wrote: only these can be edited."""

OF_THE_MOMENT = frozenset(
    {
        "access_hash",  # each account has its own
        "alt_documents",
        "closed",
        "completions",
        "extended_media",
        "file_reference",
        "receipt_msg_id",
        "results",
        "sizes",
        "story",
        "thumbs",
        "video_processing_pending",
        "video_sizes",
        "video_thumbs",
        "webpage",
    }
)
"""Fields within these parts that the server fills in or renews without anybody's edit: votes of
polls, previews of links, further qualities of videos, and the like."""


def is_edit(before: Version, after: Version) -> bool:
    """Whether somebody changed a message's text or media; unreadable bytes may hold anything."""
    try:
        return _written(before) != _written(after)
    except MALFORMED:
        return True


def _written(kept: Version) -> list[Any]:
    message = read_message(kept.tl, kept.layer)
    return [type(message), *(_lasting(getattr(message, name, None)) for name in WRITTEN)]


def _lasting(value: Any) -> Any:
    if isinstance(value, TLObject):
        value = value.to_dict()
    if isinstance(value, Mapping):
        return {key: _lasting(one) for key, one in value.items() if key not in OF_THE_MOMENT}
    if isinstance(value, list | tuple):
        return [_lasting(one) for one in value] or None
    return value
