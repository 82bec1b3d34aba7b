"""Photos and documents: what an export tells of a file."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from telethon.tl import types

from exporter.telegram.desktop.source import Source
from exporter.telegram.desktop.told import Told

MIME_TYPES = {
    "sticker": "image/webp",
    "video_message": "video/mp4",
    "voice_message": "audio/ogg",
    "animation": "video/mp4",
    "video_file": "video/mp4",
    "audio_file": "audio/mpeg",
}
"""Of files whose type an old export does not tell."""
MOVING = frozenset({"video_message", "video_file", "animation"})
THUMB_SIDE = 320
"""The longest side of a still picture: https://core.telegram.org/api/files#stripped-thumbnails"""


def photo(source: Source, message: Told, date: int) -> Any:
    """The photo of a message or of an action; None when the export says that it was gone."""
    width, height = message.count("width"), message.count("height")
    size_bytes = message.count("photo_file_size")
    path = message.text("photo")
    if path.startswith("(") and not width and not size_bytes:
        return None
    return types.Photo(
        id=source.file_id(message.number("id"), "photo", path),
        access_hash=0,
        file_reference=b"",
        date=date,
        sizes=[types.PhotoSize(type="y", w=width, h=height, size=size_bytes)],
        dc_id=0,
    )


def photo_media(source: Source, message: Told, date: int) -> Any:
    """The media of a message that has a photo."""
    return types.MessageMediaPhoto(
        photo=photo(source, message, date),
        spoiler=message.flag("media_spoiler"),
        ttl_seconds=message.count("self_destruct_period_seconds") or None,
    )


def document_media(source: Source, message: Told, date: int) -> Any:
    """The media of a message that has a document."""
    kind = message.text("media_type")
    is_gone = message.raw("file_size") == 0 and "mime_type" not in message
    return types.MessageMediaDocument(
        document=None if is_gone else _document(source, message, kind, date),
        spoiler=message.flag("media_spoiler"),
        ttl_seconds=message.count("self_destruct_period_seconds") or None,
        round=True if kind == "video_message" else None,
        voice=True if kind == "voice_message" else None,
        video=True if kind in {"video_message", "video_file"} else None,
    )


def _document(source: Source, message: Told, kind: str, date: int) -> Any:
    return types.Document(
        id=source.file_id(message.number("id"), "document", message.text("file")),
        access_hash=0,
        file_reference=b"",
        date=date,
        mime_type=message.text("mime_type") or MIME_TYPES.get(kind, ""),
        size=message.count("file_size"),
        thumbs=[_thumbnail(message)] if "thumbnail" in message else None,
        dc_id=0,
        attributes=_attributes(message, kind),
    )


def _thumbnail(message: Told) -> Any:
    """Exports do not tell its measures; those of the document are scaled down."""
    width = message.count("width") or THUMB_SIDE
    height = message.count("height") or THUMB_SIDE
    longest = max(width, height)
    if longest > THUMB_SIDE:
        width, height = (max(1, side * THUMB_SIDE // longest) for side in (width, height))
    size_bytes = message.count("thumbnail_file_size")
    return types.PhotoSize(type="m", w=width, h=height, size=size_bytes)


def _attributes(message: Told, kind: str) -> list[Any]:
    """What makes the kind, the measures and the name that were exported.

    Telegram Desktop asks in this order: sticker, round, voice, animation, video, audio.
    """
    width, height = message.count("width"), message.count("height")
    duration = message.count("duration_seconds")
    found: list[Any] = []
    if kind in {"voice_message", "audio_file"}:
        found.append(
            types.DocumentAttributeAudio(
                duration=duration,
                voice=True if kind == "voice_message" else None,
                title=message.words("title"),
                performer=message.words("performer"),
            )
        )
    elif kind in MOVING or (kind == "sticker" and duration):
        found.append(
            types.DocumentAttributeVideo(
                duration=duration,
                w=width,
                h=height,
                round_message=True if kind == "video_message" else None,
            )
        )
    elif width:
        found.append(types.DocumentAttributeImageSize(w=width, h=height))
    if kind == "animation":
        found.append(types.DocumentAttributeAnimated())
    if kind == "sticker":
        stickers = types.InputStickerSetEmpty()
        alt = message.text("sticker_emoji")
        found.append(types.DocumentAttributeSticker(alt=alt, stickerset=stickers))
    if name := _name(message, kind):
        found.append(types.DocumentAttributeFilename(file_name=name))
    return found


def _name(message: Told, kind: str) -> str:
    """Old exports tell the name of a plain file only by its path."""
    if "file_name" in message:
        return message.text("file_name")
    path = message.text("file")
    if "file_size" in message or kind or path.startswith("("):
        return ""
    return PurePosixPath(path).name
