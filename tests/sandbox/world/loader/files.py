"""Photos and documents: what an export tells of a file, as TL media."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from telethon.tl import types

from tests.sandbox.world import media
from tests.sandbox.world.loader.source import Source

MIME_TYPES = {
    "sticker": "image/webp",
    "video_message": "video/mp4",
    "voice_message": "audio/ogg",
    "animation": "video/mp4",
    "video_file": "video/mp4",
    "audio_file": "audio/mpeg",
}
"""Of files whose type an old export does not tell."""


def photo(source: Source, message: dict[str, Any], date: int) -> Any:
    """The photo of a message or of a service action; None when the export says it was gone."""
    width, height = message.get("width", 0), message.get("height", 0)
    size = source.size(message, "photo_file_size")
    if not width and not size:
        return None
    return media.photo(source.file_id(message["id"], "photo"), width, height, size, date)


def photo_media(source: Source, message: dict[str, Any], date: int) -> Any:
    return types.MessageMediaPhoto(
        photo=photo(source, message, date),
        spoiler=message.get("media_spoiler"),
        ttl_seconds=message.get("self_destruct_period_seconds"),
    )


def document_media(source: Source, message: dict[str, Any], date: int) -> Any:
    kind = message.get("media_type")
    is_gone = message.get("file_size") == 0 and "mime_type" not in message
    return types.MessageMediaDocument(
        document=None if is_gone else _document(source, message, date),
        spoiler=message.get("media_spoiler"),
        ttl_seconds=message.get("self_destruct_period_seconds"),
        round=True if kind == "video_message" else None,
        voice=True if kind == "voice_message" else None,
        video=True if kind in {"video_message", "video_file"} else None,
    )


def _document(source: Source, message: dict[str, Any], date: int) -> Any:
    kind = message.get("media_type")
    thumbnail = None
    if "thumbnail" in message:
        thumbnail = source.size(message, "thumbnail_file_size")
    return media.document(
        source.file_id(message["id"], "document"),
        size_bytes=source.size(message, "file_size"),
        mime_type=message.get("mime_type", MIME_TYPES.get(kind or "", "")),
        attributes=_attributes(message, kind),
        date=date,
        thumbnail_bytes=thumbnail,
    )


def _attributes(message: dict[str, Any], kind: str | None) -> list[Any]:
    """What makes Telegram Desktop see the kind, the measures and the name that it exported.

    It asks in this order: sticker, round, voice, animation, video, audio.
    """
    width, height = message.get("width", 0), message.get("height", 0)
    duration = message.get("duration_seconds", 0)
    attributes: list[Any] = []
    if kind in {"voice_message", "audio_file"}:
        attributes.append(
            types.DocumentAttributeAudio(
                duration=duration,
                voice=True if kind == "voice_message" else None,
                title=message.get("title"),
                performer=message.get("performer"),
                waveform=bytes(63) if kind == "voice_message" else None,
            )
        )
    elif kind in {"video_message", "video_file", "animation"} or duration:
        attributes.append(
            types.DocumentAttributeVideo(
                duration=duration,
                w=width,
                h=height,
                round_message=True if kind == "video_message" else None,
                supports_streaming=True if kind == "video_file" else None,
            )
        )
    if width and not any(isinstance(each, types.DocumentAttributeVideo) for each in attributes):
        attributes.append(types.DocumentAttributeImageSize(w=width, h=height))
    if kind == "animation":
        attributes.append(types.DocumentAttributeAnimated())
    if kind == "sticker":
        attributes.append(
            types.DocumentAttributeSticker(
                alt=message.get("sticker_emoji", ""), stickerset=types.InputStickerSetEmpty()
            )
        )
    name = _name(message, kind)
    if name:
        attributes.append(types.DocumentAttributeFilename(file_name=name))
    return attributes


def _name(message: dict[str, Any], kind: str | None) -> str | None:
    """Old exports tell the name of a plain file only by its path."""
    if "file_name" in message:
        return str(message["file_name"])
    path = message.get("file", "")
    if "file_size" in message or kind is not None or path.startswith("("):
        return None
    return PurePosixPath(path).name
