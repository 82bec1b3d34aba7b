"""The photos and documents of messages."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import Any

from telethon.tl import types

from exporter.attachments import File, Missing, Photo, Thumbnail
from exporter.telegram.convert.kinds import document_kind, kind_of_document, largest


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
    if not media.live_photo:
        return photo
    video = None if media.ttl_seconds else file_record(media.video, kind="video_file")
    return replace(photo, live=True, video=video)


def message_file(message: Any, media: Any, *, kind: str | None = None) -> File:
    """The document of a `MessageMediaDocument`; `kind` as `File.kind`."""
    document, ttl_seconds = media.document, media.ttl_seconds
    spoiler = bool(media.spoiler)
    cover = photo_record(media.video_cover) if media.video_cover and not ttl_seconds else None
    if not isinstance(document, types.Document):
        return File(
            document_id=None,
            kind=kind,
            cover=cover,
            spoiler=spoiler,
            ttl_seconds=ttl_seconds,
            missing=Missing.UNAVAILABLE,
        )
    thumbnail = _thumbnail(document)
    if thumbnail and ttl_seconds and not message.out:
        thumbnail = replace(thumbnail, size_bytes=0, missing=Missing.UNAVAILABLE)
    return File(
        kind=kind,
        thumbnail=thumbnail,
        cover=cover,
        video_start_s=media.video_timestamp,
        spoiler=spoiler,
        ttl_seconds=ttl_seconds,
        missing=Missing.UNAVAILABLE if ttl_seconds else Missing.NOT_INCLUDED,
        **_details(document),
    )


def file_record(document: Any, *, kind: str, thumbnail: bool = False) -> File | None:
    """A document that stands in no media of its own; None for an expired one."""
    if not isinstance(document, types.Document):
        return None
    return File(
        kind=kind,
        thumbnail=_thumbnail(document) if thumbnail else None,
        missing=Missing.NOT_INCLUDED,
        **_details(document),
    )


def attached(message: Any, media: Any) -> Photo | File | None:
    """The photo or file that is only a part of what a message carries; None for other media."""
    if type(media) is types.MessageMediaPhoto:
        return message_photo(media)
    if type(media) is types.MessageMediaDocument:
        return message_file(message, media, kind=document_kind(media))
    return None


def files_inside(rich: Any) -> tuple[Photo | File, ...]:
    """The photos and files within a rich message."""
    found: list[Photo | File | None] = [photo_record(photo) for photo in rich.photos]
    found += [
        file_record(document, kind=kind_of_document(document), thumbnail=True)
        for document in rich.documents
        if isinstance(document, types.Document)
    ]
    return tuple([one for one in found if one is not None])


def _details(document: Any) -> dict[str, Any]:
    """What a document says of itself; a later attribute overrules an earlier one."""
    found: dict[str, Any] = {
        "document_id": document.id,
        "size_bytes": document.size,
        "mime_type": document.mime_type or None,
    }
    for attribute in document.attributes:
        kind = type(attribute)
        if kind is types.DocumentAttributeFilename:
            found["name"] = attribute.file_name or None
        elif kind is types.DocumentAttributeVideo:
            found["width"], found["height"] = attribute.w, attribute.h
            found["duration_s"] = attribute.duration if isfinite(attribute.duration) else 0
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
