"""The files that a message carries.

Every field of the layer that can hold a photo or document within a message has a decision, and a
test walks the layer to hold it. What is left out belongs to somebody else: the answered message's
media, the page behind a link, the stickers of gifts, wallpapers, other qualities of a video.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from struct import Struct
from typing import Any

from telethon.tl import TLObject, types

from exporter.telegram.convert.emoji import emoji_of, looked_at, quoted
from exporter.telegram.convert.kinds import document_kind, kind_of_document, largest
from exporter.telegram.convert.names import marked_id
from storage.models import MediaRow

LIVE_PHOTO, LINK_PREVIEW, STORY, GAME = "live_photo", "link_preview", "story", "game"
VIDEO_COVER, CUSTOM_EMOJI = "video_cover", "custom_emoji"
"""Kinds of files that are no kinds of messages."""
THUMB = "thumb"
"""The variant that is a document's largest still picture."""

Rows = list[MediaRow | None]
"""None: no file."""

_HEAD: Callable[[int, int, int], bytes] = Struct("<Iqq").pack
_bytes_of: Callable[[bytes | str], bytes] = TLObject.serialize_bytes
_PHOTO = types.InputPhotoFileLocation.CONSTRUCTOR_ID
_DOCUMENT = types.InputDocumentFileLocation.CONSTRUCTOR_ID
_LINKED_STORY = types.WebPageAttributeStory


def files_of(message: Any) -> list[MediaRow]:
    """The photos and documents of a `Message` or `MessageService`, the main one first.

    Each file stands there once. Custom emoji have neither size nor location, which must be asked
    for. What destroys itself is no file.
    """
    media, action, rich, entities, reactions, reply = looked_at(message)
    if media is action is rich is entities is reactions and not quoted(reply):
        return []  # as for most
    rows: Rows = [] if media is None else _of_media(message.id, media)
    if action is not None:
        rows.append(photo_row(message.id, getattr(action, "photo", None)))
    if rich is not None:
        rows += _of_rich(message.id, rich)
    rows += [_emoji_row(message.id, document_id) for document_id in emoji_of(message)]
    found: dict[tuple[int, str], MediaRow] = {}
    for row in rows:
        if row is not None:
            found.setdefault((row.file_id, row.variant), row)
    return list(found.values())


def stories_of(message: Any) -> list[tuple[int, int]]:
    """The stories that a message shows or links to: marked id of who posted it, and id."""
    media = message.media
    page = getattr(media, "webpage", None)
    told = [media] if type(media) is types.MessageMediaStory else []
    told += [one for one in getattr(page, "attributes", None) or () if type(one) is _LINKED_STORY]
    return [(marked_id(story.peer), story.id) for story in told]


def photo_row(message_id: int, photo: Any, kind: str = "photo") -> MediaRow | None:
    """The row of a photo's largest size; None for an expired one, or one without bytes."""
    if not isinstance(photo, types.Photo) or (size := largest(photo.sizes)) is None:
        return None
    return MediaRow(
        message_id=message_id,
        kind=kind,
        file_id=photo.id,
        dc_id=photo.dc_id,
        size_bytes=size.size_bytes,
        mime_type=None,
        file_name=None,
        location=_location(_PHOTO, photo, size.type),
    )


def document_row(message_id: int, document: Any, kind: str) -> MediaRow | None:
    """The row of a document; None for an expired one."""
    if not isinstance(document, types.Document):
        return None
    return MediaRow(
        message_id=message_id,
        kind=kind,
        file_id=document.id,
        dc_id=document.dc_id,
        size_bytes=document.size,
        mime_type=document.mime_type or None,
        file_name=_name_of(document),
        location=_location(_DOCUMENT, document, ""),
    )


def thumb_row(message_id: int, document: Any, kind: str) -> MediaRow | None:
    """The row of a document's largest still picture, if it has one."""
    if not isinstance(document, types.Document) or not document.thumbs:
        return None
    size = largest(document.thumbs)
    if size is None or size.width <= 0:
        return None
    return MediaRow(
        message_id=message_id,
        kind=kind,
        file_id=document.id,
        dc_id=document.dc_id,
        size_bytes=size.size_bytes,
        mime_type=None,
        file_name=_name_of(document),
        variant=THUMB,
        location=_location(_DOCUMENT, document, size.type),
    )


def _location(constructor: int, file: Any, size: str) -> bytes:
    """An InputPhotoFileLocation or InputDocumentFileLocation, which have the same fields."""
    head = _HEAD(constructor, file.id, file.access_hash)
    return head + _bytes_of(file.file_reference) + _letter(size)


@lru_cache(maxsize=64)
def _letter(size: str) -> bytes:
    """The `thumb_size` of a location: there are few."""
    return _bytes_of(size)


def _name_of(document: Any) -> str | None:
    names = [a.file_name for a in document.attributes if _is_name(a)]
    return names[-1] or None if names else None


def _is_name(attribute: Any) -> bool:
    return isinstance(attribute, types.DocumentAttributeFilename)


def _of_photo(message_id: int, media: Any) -> Rows:
    if media.ttl_seconds:
        return []
    live = document_row(message_id, media.video, LIVE_PHOTO) if media.video else None
    return [photo_row(message_id, media.photo), live]


def _of_document(message_id: int, media: Any) -> Rows:
    """`alt_documents` are the same video in other qualities: the original is enough."""
    if media.ttl_seconds:
        return []
    rows = _whole_document(message_id, media.document, document_kind(media))
    if media.video_cover:
        rows.append(photo_row(message_id, media.video_cover, VIDEO_COVER))
    return rows


def _whole_document(message_id: int, document: Any, kind: str) -> Rows:
    return [document_row(message_id, document, kind), thumb_row(message_id, document, kind)]


def _of_link(message_id: int, media: Any) -> Rows:
    """What is shown of the link; not the page behind it, which is no part of the message."""
    if not isinstance(page := media.webpage, types.WebPage):
        return []
    rows = [
        photo_row(message_id, page.photo, LINK_PREVIEW),
        document_row(message_id, page.document, LINK_PREVIEW),
    ]
    for attribute in page.attributes or ():
        if type(attribute) is _LINKED_STORY:
            rows += story_rows(message_id, attribute.story)
    return rows


def _of_game(message_id: int, media: Any) -> Rows:
    game = media.game
    return [
        photo_row(message_id, game.photo, GAME),
        document_row(message_id, game.document, GAME),
    ]


def _of_invoice(message_id: int, media: Any) -> Rows:
    """What was bought. The picture of the ware lies on another server than Telegram's."""
    return _of_extended(message_id, media.extended_media)


def _of_paid(message_id: int, media: Any) -> Rows:
    return [row for one in media.extended_media for row in _of_extended(message_id, one)]


def _of_extended(message_id: int, extended: Any) -> Rows:
    """Of media behind a price: nothing while only its preview is shown."""
    if type(extended) is not types.MessageExtendedMedia:
        return []
    return _of_media(message_id, extended.media)


def _of_story(message_id: int, media: Any) -> Rows:
    return [*story_rows(message_id, media.story)]


def story_rows(message_id: int, story: Any) -> list[MediaRow]:
    """The files of a `StoryItem`; of one that is gone or came without its content: none."""
    if type(story) is not types.StoryItem:
        return []
    rows = [*_of_media(message_id, story.media), document_row(message_id, story.music, STORY)]
    return [replace(row, kind=STORY) for row in rows if row is not None]


def _of_poll(message_id: int, media: Any) -> Rows:
    answers = [getattr(answer, "media", None) for answer in media.poll.answers]
    attached = (media.attached_media, *answers, media.results.solution_media)
    return [row for one in attached if one for row in _of_media(message_id, one)]


def _of_rich(message_id: int, rich: Any) -> Rows:
    rows = [photo_row(message_id, photo) for photo in rich.photos]
    for document in rich.documents:
        if isinstance(document, types.Document):
            rows += _whole_document(message_id, document, kind_of_document(document))
    return rows


def _of_media(message_id: int, media: Any) -> Rows:
    carrier = CARRIERS.get(type(media))
    return [] if carrier is None else carrier(message_id, media)


def _emoji_row(message_id: int, document_id: int) -> MediaRow:
    return MediaRow(
        message_id=message_id,
        kind=CUSTOM_EMOJI,
        file_id=document_id,
        dc_id=0,
        size_bytes=0,
        mime_type=None,
        file_name=None,
    )


CARRIERS: dict[type, Callable[[int, Any], Rows]] = {
    types.MessageMediaPhoto: _of_photo,
    types.MessageMediaDocument: _of_document,
    types.MessageMediaWebPage: _of_link,
    types.MessageMediaGame: _of_game,
    types.MessageMediaInvoice: _of_invoice,
    types.MessageMediaPaidMedia: _of_paid,
    types.MessageMediaStory: _of_story,
    types.MessageMediaPoll: _of_poll,
}
"""The `MessageMedia` classes that can hold files."""
