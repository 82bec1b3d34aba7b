"""Stories of people and channels, as far as messages show them."""

from __future__ import annotations

from typing import Any

from telethon.extensions import BinaryReader
from telethon.tl import types

LIVES_S = 86_400


class Stories:
    """By the marked id of who posted them, and their own ids."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], bytes] = {}
        self._posted: dict[int, int] = {}

    def post(self, peer_id: int, media: Any, *, date: int) -> int:
        """A new story; its id."""
        story_id = self._posted[peer_id] = self._posted.get(peer_id, 0) + 1
        item = types.StoryItem(
            id=story_id, date=date, expire_date=date + LIVES_S, media=media, public=True
        )
        self._kept[peer_id, story_id] = bytes(item)
        return story_id

    def get(self, peer_id: int, story_id: int) -> Any:
        """A fresh StoryItem; None for one that there is not."""
        kept = self._kept.get((peer_id, story_id))
        return None if kept is None else BinaryReader(kept).tgread_object()

    def delete(self, peer_id: int, story_id: int) -> None:
        del self._kept[peer_id, story_id]

    def ever(self, peer_id: int) -> bool:
        """Whether they ever posted one."""
        return peer_id in self._posted
