"""Which files an export wants."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exporter.media.wanting import wants_of
from storage.media import SkipReason
from storage.models import ExportRequest, MediaRow, MessageRow
from storage.slices import Slice

DATE = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def message(**fields: Any) -> MessageRow:
    plain: dict[str, Any] = {
        "id": 7,
        "date": DATE,
        "edited": None,
        "sender_id": 5,
        "kind": "file",
        "topic_id": None,
        "reply_to_id": None,
        "album_id": None,
        "layer": 1,
        "tl": b"",
    }
    return MessageRow(**plain | fields)


def carried(kind: str = "file", **fields: Any) -> MediaRow:
    plain: dict[str, Any] = {
        "message_id": 7,
        "kind": kind,
        "file_id": 1,
        "dc_id": 2,
        "size_bytes": 1_000,
        "mime_type": None,
        "file_name": "notes.pdf" if kind == "file" else None,
    }
    return MediaRow(**plain | fields)


def reason(file: MediaRow, wanted: Slice | None = None, **wishes: Any) -> SkipReason | None:
    request = ExportRequest(chat="@x", **wishes)
    wants = wants_of(request) if wanted is None else wants_of(request, wanted)
    return wants(message(), file)


@pytest.mark.parametrize(
    "kind", ["photo", "file", "sticker", "link_preview", "custom_emoji", "story", "game"]
)
def test_all_files_are_wanted_by_default(kind: str) -> None:
    assert reason(carried(kind)) is None
    assert reason(carried(kind), media="none") is SkipReason.KIND


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("photo", "photo"),
        ("live_photo", "photo"),
        ("video_cover", "video_file"),
        ("chat_photo", "profile_photo"),
        ("custom_emoji", "custom_emoji"),
    ],
)
def test_a_file_comes_with_the_kind_that_it_belongs_to(kind: str, asked: str) -> None:
    assert reason(carried(kind), media=f"{asked},voice_message") is None
    assert reason(carried(kind), media="voice_message") is SkipReason.KIND


def test_still_pictures_come_only_when_asked_for() -> None:
    thumb = carried(variant="thumb")

    assert reason(thumb) is SkipReason.PICTURE
    assert reason(thumb, media="photo") is SkipReason.KIND
    assert reason(thumb, thumbnails=True) is None
    assert reason(thumb, thumbnails=True, media="photo") is SkipReason.KIND


def test_a_file_as_large_as_the_limit_is_wanted_and_a_larger_one_is_not() -> None:
    assert reason(carried(size_bytes=1_000), max_size_bytes=1_000) is None
    assert reason(carried(size_bytes=1_001), max_size_bytes=1_000) is SkipReason.SIZE


@pytest.mark.parametrize(
    ("file", "endings"),
    [
        (carried(file_name="Notes.PDF"), ("pdf",)),
        (carried(file_name="scan.jpeg"), ("jpg",)),
        (carried(file_name="scan.jpg"), ("jpeg",)),
        (carried(file_name="archive.tar.gz"), ("gz",)),
        (carried(file_name=None, mime_type="audio/ogg"), ("ogg",)),
        (carried("photo"), ("jpg",)),
        (carried("custom_emoji"), ("pdf",)),
    ],
)
def test_files_are_picked_by_what_their_names_end_in(
    file: MediaRow, endings: tuple[str, ...]
) -> None:
    assert reason(file, extensions=endings) is None


@pytest.mark.parametrize("name", ["pdf", "notes.pdf.exe", ".pdf", None])
def test_another_ending_is_not_wanted(name: str | None) -> None:
    file = carried(file_name=name, mime_type="application/zip")

    assert reason(file, extensions=("pdf",)) is SkipReason.EXTENSION


@pytest.mark.parametrize(
    "wanted",
    [
        Slice(min_id=8),
        Slice(max_id=6),
        Slice(since=DATE.replace(hour=13)),
        Slice(until=DATE),
        Slice(topic_id=3),
        Slice(sender_id=6),
        Slice(kinds=("photo",)),
    ],
)
def test_files_of_messages_that_were_not_asked_for_are_not_wanted(wanted: Slice) -> None:
    assert reason(carried(), wanted) is SkipReason.SLICE


def test_files_of_messages_within_the_slice_are_wanted() -> None:
    whole = Slice(
        min_id=7, max_id=7, since=DATE, until=DATE.replace(hour=13), sender_id=5, kinds=("file",)
    )

    assert reason(carried(), whole) is None
    assert wants_of(ExportRequest(chat="@x"), Slice(min_id=9))(None, carried("chat_photo")) is None
