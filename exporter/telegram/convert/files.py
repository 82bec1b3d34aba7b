"""The photos and documents of messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from telethon.tl import types

from exporter.attachments import File, Missing, Photo, Thumbnail
from exporter.telegram.convert.kinds import largest


def photo_record(photo: Any, *, spoiler: bool = False, ttl_seconds: int | None = None) -> Photo:
    """A photo in its largest size; one that destroys itself is not for keeping."""
    if not isinstance(photo, types.Photo):
        return Photo(
            photo_id=None, spoiler=spoiler, ttl_seconds=ttl_seconds, missing=Missing.UNAVAILABLE
        )
    size = largest(photo.sizes)
    return Photo(
        photo_id=photo.id,
        size_bytes=size.size_bytes if size else 0,
        width=size.width if size else 0,
        height=size.height if size else 0,
        spoiler=spoiler,
        ttl_seconds=ttl_seconds,
        missing=Missing.UNAVAILABLE if ttl_seconds or not size else Missing.NOT_INCLUDED,
    )


def message_photo(media: Any) -> Photo:
    """The photo of a `MessageMediaPhoto`."""
    photo = photo_record(media.photo, spoiler=bool(media.spoiler), ttl_seconds=media.ttl_seconds)
    return replace(photo, live=True) if media.live_photo else photo


def message_file(message: Any, media: Any) -> File:
    """The document of a `MessageMediaDocument`."""
    document, ttl_seconds = media.document, media.ttl_seconds
    spoiler = bool(media.spoiler)
    if not isinstance(document, types.Document):
        return File(
            document_id=None, spoiler=spoiler, ttl_seconds=ttl_seconds, missing=Missing.UNAVAILABLE
        )
    details = _details(document.attributes)
    thumbnail = _thumbnail(document)
    if thumbnail and ttl_seconds and not message.out:
        thumbnail = replace(thumbnail, size_bytes=0, missing=Missing.UNAVAILABLE)
    return File(
        document_id=document.id,
        size_bytes=document.size,
        mime_type=document.mime_type or None,
        thumbnail=thumbnail,
        video_start_s=media.video_timestamp,
        spoiler=spoiler,
        ttl_seconds=ttl_seconds,
        missing=Missing.UNAVAILABLE if ttl_seconds else Missing.NOT_INCLUDED,
        **details,
    )


def _details(attributes: list[Any]) -> dict[str, Any]:
    """What the attributes of a document say, a later one overruling an earlier one."""
    found: dict[str, Any] = {}
    for attribute in attributes:
        kind = type(attribute)
        if kind is types.DocumentAttributeFilename:
            found["name"] = attribute.file_name or None
        elif kind is types.DocumentAttributeVideo:
            found["width"], found["height"] = attribute.w, attribute.h
            found["duration_s"] = attribute.duration
        elif kind is types.DocumentAttributeImageSize:
            found["width"], found["height"] = attribute.w, attribute.h
        elif kind is types.DocumentAttributeAudio:
            found["duration_s"] = attribute.duration
            found["performer"] = attribute.performer or None
            found["title"] = attribute.title or None
            found["waveform"] = attribute.waveform or None
        elif kind in _STICKERS:
            found["sticker_emoji"] = attribute.alt or None
    return found


_STICKERS = (types.DocumentAttributeSticker, types.DocumentAttributeCustomEmoji)


def _thumbnail(document: Any) -> Thumbnail | None:
    size = largest(document.thumbs) if document.thumbs else None
    if size is None or size.width <= 0:
        return None
    return Thumbnail(
        width=size.width,
        height=size.height,
        size_bytes=size.size_bytes,
        missing=Missing.NOT_INCLUDED,
    )
