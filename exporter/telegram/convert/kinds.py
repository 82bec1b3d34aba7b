"""What kind of message a Telegram message is, and which size of a picture is its largest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from telethon.tl import types

MEDIA_KINDS: dict[type, str] = {
    types.MessageMediaEmpty: "text",
    types.MessageMediaPhoto: "photo",
    types.MessageMediaDocument: "file",
    types.MessageMediaGeo: "location",
    types.MessageMediaGeoLive: "live_location",
    types.MessageMediaVenue: "venue",
    types.MessageMediaContact: "contact",
    types.MessageMediaGame: "game",
    types.MessageMediaInvoice: "invoice",
    types.MessageMediaPoll: "poll",
    types.MessageMediaToDo: "todo_list",
    types.MessageMediaDice: "dice",
    types.MessageMediaStory: "story",
    types.MessageMediaGiveaway: "giveaway",
    types.MessageMediaGiveawayResults: "giveaway_results",
    types.MessageMediaPaidMedia: "paid_media",
    types.MessageMediaVideoStream: "video_stream",
    types.MessageMediaWebPage: "text",
    types.MessageMediaUnsupported: "unsupported",
}
"""Every `MessageMedia` class of the layer. A document is looked at more closely, a web page is a
text with a link preview."""


class PictureSize(NamedTuple):
    """One size of a picture that can be fetched."""

    type: str
    width: int
    height: int
    size_bytes: int


def kind_of(message: Any) -> str:
    """The kind of a `Message`, `MessageService` or `MessageEmpty`.

    text, photo, sticker, video_message, voice_message, animation, video_file, audio_file, file,
    contact, location, live_location, venue, game, invoice, poll, todo_list, dice, story, giveaway,
    giveaway_results, paid_media, video_stream; service; unsupported: Telegram marked it so, or
    this layer has no decision for it.
    """
    if isinstance(message, types.Message):
        media = message.media
        if media is None:
            return "text"
        if message.rich_message is not None and type(media) is types.MessageMediaUnsupported:
            return "text"
        return media_kind(media)
    return "service" if isinstance(message, types.MessageService) else "unsupported"


def media_kind(media: Any) -> str:
    """The kind of a `MessageMedia`."""
    if type(media) is types.MessageMediaDocument:
        return document_kind(media)
    return MEDIA_KINDS.get(type(media), "unsupported")


def document_kind(media: Any) -> str:
    """The kind of a `MessageMediaDocument`.

    The document decides; the media's own flags where an expired one left nothing else.
    """
    document = media.document
    if not isinstance(document, types.Document):
        if media.voice:
            return "voice_message"
        return "video_message" if media.round else "video_file" if media.video else "file"
    return kind_of_document(document)


def kind_of_document(document: Any) -> str:
    """The kind of a `Document` by its attributes, in Telegram Desktop's order."""
    found = set()
    for attribute in document.attributes:
        if (kinds := _ATTRIBUTES.get(type(attribute))) is not None:
            flag, flagged, plain = kinds
            found.add(flagged if flag and getattr(attribute, flag) else plain)
    return next((kind for kind in _BY_PRECEDENCE if kind in found), "file") if found else "file"


_BY_PRECEDENCE = (
    "sticker",
    "video_message",
    "voice_message",
    "animation",
    "video_file",
    "audio_file",
)
_ATTRIBUTES: dict[type, tuple[str | None, str, str]] = {
    types.DocumentAttributeVideo: ("round_message", "video_message", "video_file"),
    types.DocumentAttributeAudio: ("voice", "voice_message", "audio_file"),
    types.DocumentAttributeSticker: (None, "", "sticker"),
    types.DocumentAttributeCustomEmoji: (None, "", "sticker"),
    types.DocumentAttributeAnimated: (None, "", "animation"),
}
"""The kind that an attribute makes, with its flag and without."""


def largest(sizes: Sequence[Any]) -> PictureSize | None:
    """The largest size with bytes to fetch; the first of equals, as Telegram Desktop takes it."""
    best: PictureSize | None = None
    for size in sizes:
        match size:
            case types.PhotoSize():
                size_bytes = size.size
            case types.PhotoSizeProgressive() if size.sizes:
                size_bytes = size.sizes[-1]
            case types.PhotoCachedSize():
                size_bytes = len(size.bytes)
            case _:  # empty, stripped or a path: nothing to fetch
                continue
        if best is None or size.w * size.h > best.width * best.height:
            best = PictureSize(size.type, size.w, size.h, size_bytes)
    return best
