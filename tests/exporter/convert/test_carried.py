"""The files that messages carry."""

from __future__ import annotations

from telethon.extensions import BinaryReader
from telethon.tl import types

from exporter.telegram.convert import files_of
from storage.models import MediaRow
from tests.exporter.convert.making import document, in_group, photo, service

VIDEO = types.DocumentAttributeVideo(5.0, 640, 480)
NAMED = types.DocumentAttributeFilename("a.bin")


def test_a_photo_is_its_largest_size() -> None:
    message = in_group(5, media=types.MessageMediaPhoto(photo=photo()))

    assert files_of(message) == [
        MediaRow(
            message_id=5,
            kind="photo",
            file_id=5001,
            dc_id=2,
            size_bytes=150_000,
            mime_type=None,
            file_name=None,
            location=bytes(types.InputPhotoFileLocation(5001, 9, b"reference", "y")),
        )
    ]


def test_a_document_is_known_by_its_own_size_and_name() -> None:
    file = document(VIDEO, NAMED, mime_type="video/mp4", size=3_963_067_066)

    assert files_of(in_group(5, media=types.MessageMediaDocument(document=file))) == [
        MediaRow(
            message_id=5,
            kind="video_file",
            file_id=6001,
            dc_id=4,
            size_bytes=3_963_067_066,
            mime_type="video/mp4",
            file_name="a.bin",
            location=bytes(types.InputDocumentFileLocation(6001, 9, b"reference", "")),
        )
    ]


def test_the_largest_still_picture_of_a_document_is_a_file_of_its_own() -> None:
    sizes = [types.PhotoSize("s", 90, 90, 900), types.PhotoSize("m", 320, 240, 4_000)]
    file = document(VIDEO, mime_type="video/mp4", thumbs=sizes)

    _, thumb = files_of(in_group(5, media=types.MessageMediaDocument(document=file)))

    assert (thumb.file_id, thumb.variant, thumb.kind) == (6001, "thumb", "video_file")
    assert thumb.size_bytes == 4_000
    assert BinaryReader(thumb.location).tgread_object().thumb_size == "m"


def test_the_new_photo_of_a_group_is_a_file_of_its_service_message() -> None:
    [row] = files_of(service(5, types.MessageActionChatEditPhoto(photo())))

    assert (row.kind, row.file_id) == ("photo", 5001)


def test_of_equally_large_sizes_the_first_one_counts() -> None:
    sizes = [
        types.PhotoSize("a", 100, 100, 11),
        types.PhotoSize("b", 100, 100, 22),
        types.PhotoSizeEmpty("c"),
    ]
    [row] = files_of(in_group(5, media=types.MessageMediaPhoto(photo=photo(*sizes))))

    assert row.size_bytes == 11
