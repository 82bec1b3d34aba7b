"""Photos of people and chats, kept as TL bytes: whoever is shown one gets a copy of their own."""

from __future__ import annotations

from typing import Any

from telethon.extensions import BinaryReader
from telethon.tl import types

from tests.sandbox.world import media
from tests.sandbox.world.numbers import mix
from tests.sandbox.world.synthetic import FIRST_DATE


def picture(file_id: int, *, date: int = FIRST_DATE) -> Any:
    """A square photo of 640 points, as profiles have; its size depends on the id."""
    return media.photo(file_id, 640, 640, 15_000 + mix(file_id, 3) % 90_000, date)


def copied(photo: Any) -> Any:
    """A copy that may be changed."""
    return BinaryReader(bytes(photo)).tgread_object()


def user_photo(photos: list[Any]) -> Any:
    """What stands in a user, https://core.telegram.org/constructor/userProfilePhoto."""
    if not photos:
        return None
    return types.UserProfilePhoto(photo_id=photos[0].id, dc_id=photos[0].dc_id)


def chat_photo(photo: Any) -> Any:
    """What stands in a chat, https://core.telegram.org/constructor/chatPhoto."""
    if not isinstance(photo, types.Photo):
        return types.ChatPhotoEmpty()
    return types.ChatPhoto(photo_id=photo.id, dc_id=photo.dc_id)
