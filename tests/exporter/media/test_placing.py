"""Files of messages are put into the export's folder, and their paths into the records."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from exporter.attachments import Contact, CustomEmoji, File, Media, Missing, Photo, Thumbnail
from exporter.config import CopyConfig, ExporterConfig
from exporter.media.placing import Placer, Shelves
from exporter.media.wanting import wants_of
from exporter.records import Record
from exporter.workbench import shelves_at
from storage.archive import Archive
from storage.database import Database
from storage.media import Ended, FileKey, FileState, Finished, SkipReason
from storage.models import ExportRequest, MediaRow, MessageRow, Page, Skipped
from storage.threads import Threads
from tests.storage.making import message

CHAT = -1001234567890
ACCOUNT = 1
DATE = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
BYTES = b"the bytes of a photo"


@dataclass
class Desk:
    """An archive with a store, and a folder to export into."""

    archive: Archive
    shelves: Shelves
    folder: Path
    unplaced: list[Skipped] = field(default_factory=list)

    async def carry(self, *rows: MediaRow, skip: SkipReason | None = None) -> None:
        """Keep messages that carry these files."""
        messages = [message(id_, kind="photo") for id_ in sorted({row.message_id for row in rows})]
        page = Page(messages=_real(messages), peers=(), media=rows, skipped=(), next_id=99)
        await self.archive.keep(ACCOUNT, CHAT, None, page, wants=lambda *_: skip)

    async def keep(self, key: FileKey, content: bytes = BYTES) -> Path:
        """Let a file be fetched; return where it is stored."""
        store = self.shelves.store
        await store.prepare()
        part = store.part_path(key)
        part.write_bytes(content)
        digest = sha256(content).digest()
        stored = await store.adopt(part, digest, len(content))
        await self.shelves.contents.keep([Finished(key=key, content=stored)])
        return store.path_of(digest)

    def placer(self, **wishes: Any) -> Placer:
        return Placer(self.shelves, self.folder, UTC, on_skipped=self.unplaced.append, **wishes)

    async def place(self, *records: Record, **wishes: Any) -> list[Record]:
        return await self.placer(**wishes).place(CHAT, records)

    def files(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()
        )


def _real(messages: list[MessageRow]) -> tuple[MessageRow, ...]:
    """Message 0 stands for the chat, and is none."""
    return tuple(row for row in messages if row.id)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    config = ExporterConfig(
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'chatkeep.db'}",
        data_dir=tmp_path,
        export_dir=tmp_path / "exports",
        zone=UTC,
    )
    database = await Database.open(config.database_url)
    with Threads(2) as threads:
        shelves = shelves_at(database, config, threads)
        folder = tmp_path / "export"
        folder.mkdir()
        yield Desk(Archive(database), shelves, folder)
    await database.close()


def row(message_id: int, file_id: int, kind: str = "photo", *, variant: str = "") -> MediaRow:
    return MediaRow(
        message_id=message_id,
        kind=kind,
        file_id=file_id,
        dc_id=2,
        size_bytes=len(BYTES),
        mime_type=None,
        file_name=None,
        variant=variant,
    )


def record(message_id: int, media: Media, kind: str = "photo") -> Record:
    return Record(id=message_id, kind=kind, date=DATE, media=media)


def photo_of(placed: Record) -> Photo:
    assert isinstance(placed.media, Photo)
    return placed.media


async def test_a_kept_photo_lies_in_the_folder_and_its_record_says_where(desk: Desk) -> None:
    await desk.carry(row(1, 10))
    await desk.keep(FileKey(10))

    [placed] = await desk.place(record(1, Photo(photo_id=10, missing=Missing.NOT_INCLUDED)))

    photo = photo_of(placed)
    assert photo.path == "photos/photo_1@03-05-2026_12-00-00.jpg"
    assert (desk.folder / photo.path).read_bytes() == BYTES
    assert photo.sha256 == sha256(BYTES).hexdigest()
    assert photo.missing is None
    assert desk.unplaced == []


async def test_a_document_and_its_picture_lie_side_by_side(desk: Desk) -> None:
    await desk.carry(row(1, 10, "video_file"), row(1, 10, "video_file", variant="thumb"))
    await desk.keep(FileKey(10))
    await desk.keep(FileKey(10, "thumb"), b"a still picture")
    thumbnail = Thumbnail(width=1, height=1, size_bytes=3)
    video = File(document_id=10, name="film.mp4", thumbnail=thumbnail)

    [placed] = await desk.place(record(1, video, "video_file"))

    assert isinstance(placed.media, File)
    assert placed.media.path == "video_files/film.mp4"
    assert placed.media.thumbnail is not None
    assert placed.media.thumbnail.path == "video_files/film.mp4_thumb.jpg"
    assert desk.files() == ["video_files/film.mp4", "video_files/film.mp4_thumb.jpg"]


async def test_a_file_in_two_messages_lies_there_once(desk: Desk) -> None:
    await desk.carry(row(1, 10), row(2, 10))
    await desk.keep(FileKey(10))

    one, two = await desk.place(record(1, Photo(photo_id=10)), record(2, Photo(photo_id=10)))

    assert photo_of(one).path == photo_of(two).path
    assert len(desk.files()) == 1


async def test_a_name_does_not_depend_on_which_files_are_kept(desk: Desk) -> None:
    await desk.carry(row(1, 10), row(2, 20))
    await desk.keep(FileKey(20))
    records = record(1, Photo(photo_id=10)), record(2, Photo(photo_id=20))

    before = photo_of((await desk.place(*records))[1]).path
    await desk.keep(FileKey(10))
    after = photo_of((await desk.place(*records))[1]).path

    assert before == after == "photos/photo_2@03-05-2026_12-00-00.jpg"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (SkipReason.KIND, Missing.NOT_INCLUDED),
        (SkipReason.EXTENSION, Missing.NOT_INCLUDED),
        (SkipReason.SIZE, Missing.TOO_BIG),
    ],
)
async def test_what_was_not_asked_for_says_so(
    desk: Desk, reason: SkipReason, expected: Missing
) -> None:
    await desk.carry(row(1, 10), skip=reason)

    [placed] = await desk.place(record(1, Photo(photo_id=10)))

    assert photo_of(placed) == Photo(photo_id=10, missing=expected)
    assert desk.files() == []


@pytest.mark.parametrize(
    ("state", "expected"),
    [(FileState.FAILED, Missing.FAILED), (FileState.UNAVAILABLE, Missing.UNAVAILABLE)],
)
async def test_what_could_not_be_had_says_so(
    desk: Desk, state: FileState, expected: Missing
) -> None:
    await desk.carry(row(1, 10))
    await desk.shelves.files.ended([Ended(key=FileKey(10), state=state, reason="gone")])

    [placed] = await desk.place(record(1, Photo(photo_id=10)))

    assert photo_of(placed).missing is expected


async def test_kept_files_of_kinds_that_nobody_asks_for_now_are_left_out(desk: Desk) -> None:
    await desk.carry(row(1, 10), row(2, 20, "custom_emoji"))
    await desk.keep(FileKey(10))
    await desk.keep(FileKey(20), b"an emoji")
    emoji = Record(id=2, kind="text", date=DATE, custom_emoji=(CustomEmoji(document_id=20),))

    placed = await desk.place(record(1, Photo(photo_id=10)), emoji, kinds=frozenset({"photo"}))

    assert photo_of(placed[0]).path is not None
    assert placed[1].custom_emoji == (CustomEmoji(document_id=20, missing=Missing.NOT_INCLUDED),)
    assert len(desk.files()) == 1


async def test_a_stored_file_that_is_gone_is_named_and_fetched_again(desk: Desk) -> None:
    await desk.carry(row(1, 10), row(2, 20))
    (await desk.keep(FileKey(10))).unlink()
    await desk.keep(FileKey(20), b"another photo")

    one, two = await desk.place(record(1, Photo(photo_id=10)), record(2, Photo(photo_id=20)))

    assert photo_of(one) == Photo(photo_id=10, missing=Missing.FAILED)
    assert photo_of(two).path is not None
    [skipped] = desk.unplaced
    assert skipped.id == 1
    assert "its stored file is gone. The next export fetches it again." in skipped.reason
    [file] = await desk.shelves.files.open_files([CHAT], large=False, limit=9)
    assert file.key == FileKey(10)


async def test_a_stored_file_that_was_changed_is_not_passed_on(desk: Desk) -> None:
    await desk.carry(row(1, 10))
    stored = await desk.keep(FileKey(10))
    stored.chmod(0o600)
    stored.write_bytes(b"THE BYTES OF A PHOTO")
    os.utime(stored, ns=(0, 0))
    desk.shelves = Shelves(
        files=desk.shelves.files,
        contents=desk.shelves.contents,
        store=desk.shelves.store,
        threads=desk.shelves.threads,
        copy=CopyConfig(links=False, zero_copy=False),
    )

    [placed] = await desk.place(record(1, Photo(photo_id=10)))

    assert photo_of(placed).path is None
    assert desk.files() == []
    assert [item.id for item in desk.unplaced] == [1]
    assert await desk.shelves.contents.count() == 0
    assert not stored.exists()


async def test_texts_and_what_destroys_itself_stay_as_they_are(desk: Desk) -> None:
    text = Record(id=1, kind="text", date=DATE)
    secret = record(2, Photo(photo_id=10, ttl_seconds=5, missing=Missing.UNAVAILABLE))

    assert await desk.place(text, secret) == [text, secret]


async def test_photos_of_the_chat_lie_in_a_folder_of_their_own(desk: Desk) -> None:
    await desk.archive.save_pictures(
        ACCOUNT,
        CHAT,
        [row(0, 10, "chat_photo"), row(0, 20, "profile_photo")],
        wants=wants_of(ExportRequest(chat="@x")),
    )
    await desk.keep(FileKey(10))

    await desk.placer().place_pictures(CHAT)
    await desk.placer(kinds=frozenset({"photo"})).place_pictures(CHAT)

    assert desk.files() == ["profile_pictures/photo_10.jpg"]


async def test_contacts_are_written_as_vcards_and_numbered(desk: Desk) -> None:
    card = "BEGIN:VCARD\nFN:Нина\nEND:VCARD"
    plain = Contact(first_name="Ben", last_name="", phone_number="+1")
    nina = replace(plain, first_name="Нина", vcard=card)
    records = [record(1, plain, "contact"), record(2, nina, "contact"), record(3, nina, "contact")]

    placed = await desk.place(*records)

    assert placed[0] is records[0]
    assert [one.media for one in placed[1:]] == [
        replace(nina, vcard_path=f"contacts/contact_{number}.vcard") for number in (1, 2)
    ]
    assert desk.files() == ["contacts/contact_1.vcard", "contacts/contact_2.vcard"]
    assert (desk.folder / "contacts/contact_2.vcard").read_text() == card
