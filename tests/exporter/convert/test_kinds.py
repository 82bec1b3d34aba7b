"""Kinds of messages."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import types

from exporter.telegram.convert import files_of, kind_of
from tests.exporter.convert.making import document, in_group, service

VIDEO = types.DocumentAttributeVideo(5.0, 640, 480)
ROUND = types.DocumentAttributeVideo(5.0, 384, 384, round_message=True)
SONG = types.DocumentAttributeAudio(200)
VOICE = types.DocumentAttributeAudio(4, voice=True)
GIF = types.DocumentAttributeAnimated()
STICKER = types.DocumentAttributeSticker("🌱", types.InputStickerSetEmpty())
EMOJI = types.DocumentAttributeCustomEmoji("🌱", types.InputStickerSetEmpty())
NAMED = types.DocumentAttributeFilename("a.bin")


def with_document(*attributes: Any, **fields: Any) -> Any:
    file = document(*attributes, mime_type="application/octet-stream", size=3_963_067_066)
    return in_group(5, media=types.MessageMediaDocument(document=file, **fields))


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ((NAMED,), "file"),
        ((), "file"),
        ((VIDEO, NAMED), "video_file"),
        ((ROUND,), "video_message"),
        ((SONG, NAMED), "audio_file"),
        ((VOICE,), "voice_message"),
        ((VIDEO, GIF, NAMED), "animation"),
        ((VIDEO, STICKER, NAMED), "sticker"),
        ((EMOJI,), "sticker"),
        ((types.DocumentAttributeImageSize(10, 10), NAMED), "file"),
    ],
)
def test_the_attributes_of_a_document_decide_its_kind(
    attributes: tuple[Any, ...], kind: str
) -> None:
    message = with_document(*attributes)

    assert kind_of(message) == kind
    assert files_of(message)[0].kind == kind


@pytest.mark.parametrize(
    ("flags", "kind"),
    [
        ({"voice": True}, "voice_message"),
        ({"round": True, "video": True}, "video_message"),
        ({"video": True}, "video_file"),
        ({}, "file"),
    ],
)
def test_an_expired_document_keeps_its_kind_and_has_no_file(
    flags: dict[str, bool], kind: str
) -> None:
    message = in_group(5, media=types.MessageMediaDocument(ttl_seconds=30, **flags))

    assert kind_of(message) == kind
    assert files_of(message) == []


def test_a_text_with_a_link_preview_is_a_text() -> None:
    message = in_group(5, "x.org", media=types.MessageMediaWebPage(types.WebPageEmpty(1)))

    assert kind_of(message) == "text"
    assert files_of(message) == []


def test_service_and_empty_messages_have_kinds_of_their_own() -> None:
    assert kind_of(service(5, types.MessageActionPinMessage())) == "service"
    assert kind_of(types.MessageEmpty(id=5, peer_id=types.PeerChat(1))) == "unsupported"


def test_a_rich_message_is_a_text_although_its_media_is_called_unsupported() -> None:
    rich = types.RichMessage(blocks=[], photos=[], documents=[])
    message = in_group(5, media=types.MessageMediaUnsupported(), rich_message=rich)

    assert kind_of(message) == "text"


@pytest.mark.parametrize("empty", [types.PhotoEmpty(9), None])
def test_a_photo_that_is_gone_is_no_file(empty: Any) -> None:
    message = in_group(5, media=types.MessageMediaPhoto(photo=empty, ttl_seconds=3))

    assert kind_of(message) == "photo"
    assert files_of(message) == []
