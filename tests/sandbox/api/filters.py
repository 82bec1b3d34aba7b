"""Which messages a search means, https://core.telegram.org/api/search."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from telethon.tl import types

WORD = re.compile(r"\w+")


def matches(message: Any, words: list[str], kind: Any) -> bool:
    """Whether the message holds every word (or one that begins with it) and is of that kind."""
    return OF_KIND[type(kind)](message) and (not words or _has_words(message, words))


def words_of(text: str) -> list[str]:
    found: list[str] = WORD.findall(text.lower())
    return found


def _has_words(message: Any, words: list[str]) -> bool:
    there = words_of(getattr(message, "message", None) or "")
    for attribute in _attributes(message):
        if isinstance(attribute, types.DocumentAttributeFilename):
            there += words_of(attribute.file_name)
    return all(any(word.startswith(wanted) for word in there) for wanted in words)


def _attributes(message: Any) -> list[Any]:
    document = getattr(getattr(message, "media", None), "document", None)
    attributes: list[Any] = getattr(document, "attributes", None) or []
    return attributes


def _attribute(message: Any, kind: type) -> Any:
    return next((each for each in _attributes(message) if isinstance(each, kind)), None)


def _is_photo(message: Any) -> bool:
    return isinstance(getattr(message, "media", None), types.MessageMediaPhoto)


def _is_video(message: Any) -> bool:
    video = _attribute(message, types.DocumentAttributeVideo)
    return video is not None and not video.round_message and not _is_gif(message)


def _is_round(message: Any) -> bool:
    video = _attribute(message, types.DocumentAttributeVideo)
    return video is not None and bool(video.round_message)


def _is_gif(message: Any) -> bool:
    return _attribute(message, types.DocumentAttributeAnimated) is not None


def _is_voice(message: Any) -> bool:
    audio = _attribute(message, types.DocumentAttributeAudio)
    return audio is not None and bool(audio.voice)


def _is_music(message: Any) -> bool:
    audio = _attribute(message, types.DocumentAttributeAudio)
    return audio is not None and not audio.voice


def _is_document(message: Any) -> bool:
    """A file that is shown as a file."""
    if not isinstance(getattr(message, "media", None), types.MessageMediaDocument):
        return False
    shown_otherwise = (
        types.DocumentAttributeVideo,
        types.DocumentAttributeAudio,
        types.DocumentAttributeAnimated,
        types.DocumentAttributeSticker,
    )
    return not any(isinstance(each, shown_otherwise) for each in _attributes(message))


def _has_link(message: Any) -> bool:
    links = (types.MessageEntityUrl, types.MessageEntityTextUrl)
    return any(isinstance(each, links) for each in getattr(message, "entities", None) or [])


def _media_is(*kinds: type) -> Callable[[Any], bool]:
    return lambda message: isinstance(getattr(message, "media", None), kinds)


def _action_is(*kinds: type) -> Callable[[Any], bool]:
    return lambda message: isinstance(getattr(message, "action", None), kinds)


OF_KIND: dict[type, Callable[[Any], bool]] = {
    types.InputMessagesFilterEmpty: bool,
    types.InputMessagesFilterPhotos: _is_photo,
    types.InputMessagesFilterVideo: _is_video,
    types.InputMessagesFilterPhotoVideo: lambda message: _is_photo(message) or _is_video(message),
    types.InputMessagesFilterDocument: _is_document,
    types.InputMessagesFilterUrl: _has_link,
    types.InputMessagesFilterGif: _is_gif,
    types.InputMessagesFilterVoice: _is_voice,
    types.InputMessagesFilterRoundVideo: _is_round,
    types.InputMessagesFilterRoundVoice: lambda message: _is_round(message) or _is_voice(message),
    types.InputMessagesFilterMusic: _is_music,
    types.InputMessagesFilterChatPhotos: _action_is(types.MessageActionChatEditPhoto),
    types.InputMessagesFilterPhoneCalls: _action_is(types.MessageActionPhoneCall),
    types.InputMessagesFilterMyMentions: lambda message: bool(message.mentioned),
    types.InputMessagesFilterGeo: _media_is(types.MessageMediaGeo, types.MessageMediaVenue),
    types.InputMessagesFilterContacts: _media_is(types.MessageMediaContact),
    types.InputMessagesFilterPinned: lambda message: bool(getattr(message, "pinned", None)),
    types.InputMessagesFilterPoll: _media_is(types.MessageMediaPoll),
}
