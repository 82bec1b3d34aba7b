"""The photos of chats and people: they belong to no message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from telethon.tl import types
from telethon.tl.functions.photos import GetUserPhotosRequest

from exporter.telegram.about import about
from exporter.telegram.connection import Telegram
from exporter.telegram.convert.carried import photo_row
from exporter.telegram.pacing import Refused
from exporter.telegram.resolve import ChatRef
from storage.models import MediaRow

PROFILE_PHOTO = "profile_photo"
"""The kind of file that an earlier photo of a person is."""
PAGE = 100

log = structlog.get_logger()


async def pictures_of(telegram: Telegram, chat: ChatRef) -> list[MediaRow]:
    """The photo that a chat has now and, of a person, the earlier ones; newest first.

    Their `message_id` is 0. The earlier photos of a group stand in its service messages.
    """
    current = (await about(telegram, chat)).photo
    earlier = await profile_photos(telegram, chat)
    now = [] if current is None else [current]
    return now + [row for row in earlier if current is None or row.file_id != current.file_id]


async def profile_photos(telegram: Telegram, chat: ChatRef) -> list[MediaRow]:
    """The photos of a person, the newest first, as far as this account may see them.

    https://core.telegram.org/method/photos.getUserPhotos
    """
    peer = chat.input_peer
    if not isinstance(peer, types.InputPeerUser):
        return []
    photos = await _photos(telegram, types.InputUser(peer.user_id, peer.access_hash))
    return [row for _, row in photos]


async def own_photos(telegram: Telegram) -> list[tuple[datetime, MediaRow]]:
    """The account's own photos, the newest first, with the moments they were put up."""
    return await _photos(telegram, types.InputUserSelf())


async def _photos(telegram: Telegram, user: Any) -> list[tuple[datetime, MediaRow]]:
    found: dict[int, Any] = {}
    while True:
        answer = await _page(telegram, user, len(found))
        fresh = {photo.id: photo for photo in answer.photos if photo.id not in found}
        found |= fresh
        if not fresh or len(found) >= getattr(answer, "count", 0):
            break
    rows = ((photo, photo_row(0, photo, PROFILE_PHOTO)) for photo in found.values())
    return [(photo.date, row) for photo, row in rows if row is not None]


async def _page(telegram: Telegram, user: Any, offset: int) -> Any:
    request = GetUserPhotosRequest(user_id=user, offset=offset, max_id=0, limit=PAGE)
    try:
        return await telegram.ask(request)
    except Refused as refused:
        log.warning("Telegram does not show a person's photos", reason=str(refused))
        return types.photos.Photos(photos=[], users=[])
