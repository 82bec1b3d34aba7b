"""Albums of photos: https://core.telegram.org/bots/api#sendmediagroup"""

from __future__ import annotations

import time
from struct import unpack
from typing import Any

from tests.sandbox.botapi.errors import BotApiError, Json, bad_request
from tests.sandbox.botapi.fields import Fields, Upload
from tests.sandbox.botapi.messages import Frame
from tests.sandbox.botapi.methods.messages import caption_of, replied_message
from tests.sandbox.botapi.state import State

FEWEST, MOST = 2, 10
"""https://core.telegram.org/bots/api#sendmediagroup"""
PHOTO_LIMIT = 10 * 1024 * 1024
SIDES_LIMIT, RATIO_LIMIT = 10_000, 20
"""Width and height together, and one to the other: https://core.telegram.org/bots/api#sendphoto"""
PNG = b"\x89PNG\r\n\x1a\n"


async def send_media_group(state: State, fields: Fields) -> list[Json]:
    """All of it is sent or nothing; each photo counts as a message."""
    media: Any = fields.parsed("media", "media")
    if not isinstance(media, list) or not FEWEST <= len(media) <= MOST:
        raise bad_request("media must include 2-10 items")
    items = [fields.within(item) for item in media]
    photos = [_photo(state, item) for item in items]
    captions = [caption_of(item) for item in items]
    chat = state.writable_chat(fields)
    reply_to = replied_message(state, fields, chat)
    for _ in photos:
        state.limits.spend(chat)
    album_id = str(next(state.album_ids))
    sent = [
        state.add_message(
            chat,
            state.me,
            Frame(text=text, entities=entities, at=time.time()),
            reply_to=reply_to,
            silent=fields.flag("disable_notification"),
            photo=photo,
            album_id=album_id,
        )
        for photo, (text, entities) in zip(photos, captions, strict=True)
    ]
    return [message.to_json() for message in sent]


def _photo(state: State, item: Fields) -> list[Json]:
    """The sizes of an uploaded photo, or of one that was sent before."""
    if item.text("type") != "photo":
        raise bad_request("the sandbox knows only photos in albums")
    upload, file_id = item.upload("media"), item.text("media")
    if upload is not None:
        return _stored(state, upload)
    if file_id in state.photos:
        return state.photos[file_id]
    raise bad_request("wrong remote file identifier specified: can't unserialize it")


def _stored(state: State, upload: Upload) -> list[Json]:
    content = upload.content
    if len(content) > PHOTO_LIMIT:
        raise BotApiError(413, "Request Entity Too Large")
    if not content.startswith(PNG):
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = unpack(">II", content[16:24])
    if width + height > SIDES_LIMIT or max(width, height) > RATIO_LIMIT * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    sizes = []
    for side in (90, 320, max(width, height)):
        document = state.store(f"{upload.name} {side}", content, "image/jpeg")
        sizes.append(
            {
                "file_id": document["file_id"],
                "file_unique_id": document["file_unique_id"],
                "file_size": document["file_size"],
                "width": min(width, side),
                "height": min(height, side),
            }
        )
    state.photos[sizes[-1]["file_id"]] = sizes
    return sizes


METHODS = {"sendMediaGroup": send_media_group}
