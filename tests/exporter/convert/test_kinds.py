"""Kinds of messages, and the files that they carry."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import types

from exporter.telegram.convert import kind_of, media_of
from storage.models import MediaRow
from tests.exporter.convert.making import WINTER, document, in_group, photo, service

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
    row = media_of(message)
    assert row is not None
    assert row.kind == kind


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
    assert media_of(message) is None


def test_a_text_with_a_link_preview_is_a_text() -> None:
    message = in_group(5, "x.org", media=types.MessageMediaWebPage(types.WebPageEmpty(1)))

    assert kind_of(message) == "text"
    assert media_of(message) is None


def test_service_and_empty_messages_have_kinds_of_their_own() -> None:
    assert kind_of(service(5, types.MessageActionPinMessage())) == "service"
    assert kind_of(types.MessageEmpty(id=5, peer_id=types.PeerChat(1))) == "unsupported"


def test_a_rich_message_is_a_text_although_its_media_is_called_unsupported() -> None:
    rich = types.RichMessage(blocks=[], photos=[], documents=[])
    message = in_group(5, media=types.MessageMediaUnsupported(), rich_message=rich)

    assert kind_of(message) == "text"


def test_a_photo_is_its_largest_size() -> None:
    message = in_group(5, media=types.MessageMediaPhoto(photo=photo()))

    assert media_of(message) == MediaRow(
        message_id=5,
        kind="photo",
        file_id=5001,
        dc_id=2,
        size_bytes=150_000,
        mime_type=None,
        file_name=None,
    )


def test_a_document_is_known_by_its_own_size_and_name() -> None:
    assert media_of(with_document(VIDEO, NAMED)) == MediaRow(
        message_id=5,
        kind="video_file",
        file_id=6001,
        dc_id=4,
        size_bytes=3_963_067_066,
        mime_type="application/octet-stream",
        file_name="a.bin",
    )


def test_the_new_photo_of_a_group_is_a_file_of_its_service_message() -> None:
    row = media_of(service(5, types.MessageActionChatEditPhoto(photo())))

    assert row is not None
    assert (row.kind, row.file_id) == ("photo", 5001)


@pytest.mark.parametrize("empty", [types.PhotoEmpty(9), None])
def test_a_photo_that_is_gone_is_no_file(empty: Any) -> None:
    message = in_group(5, media=types.MessageMediaPhoto(photo=empty, ttl_seconds=3))

    assert kind_of(message) == "photo"
    assert media_of(message) is None


def test_of_equally_large_sizes_the_first_one_counts() -> None:
    sizes = [
        types.PhotoSize("a", 100, 100, 11),
        types.PhotoSize("b", 100, 100, 22),
        types.PhotoSizeEmpty("c"),
    ]
    row = media_of(in_group(5, media=types.MessageMediaPhoto(photo=photo(*sizes)), date=WINTER))

    assert row is not None
    assert row.size_bytes == 11
