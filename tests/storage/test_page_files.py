"""What a page's transaction keeps of the files that its messages carry."""

from __future__ import annotations

from storage.archive import Archive
from storage.contents import Contents
from storage.files import Files
from storage.media import (
    FileKey,
    FileState,
    FileTotals,
    SkipReason,
    StoredFile,
    WantedFile,
)
from storage.models import MediaRow, MessageRow
from tests.storage.filing import (
    OTHER,
    SIZE,
    SLICE,
    ended,
    fate,
    file,
    keep_message,
    nothing,
    open_ids,
    open_ones,
    states,
    store,
)
from tests.storage.making import CHAT_ID


async def test_a_page_makes_its_files_wanted(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(7, 70, file_name="a.jpg"), account_id=3)

    assert await open_ones(files) == [
        WantedFile(
            key=FileKey(70),
            kind="photo",
            size_bytes=1000,
            dc_id=2,
            location=b"there",
            account_id=3,
            chat_id=CHAT_ID,
            message_id=7,
            name="a.jpg",
            parts=b"",
            tries=0,
        )
    ]
    assert await files.left([CHAT_ID]) == FileTotals(files=1, size_bytes=1000)


async def test_a_document_and_its_still_picture_are_two_files(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(7, 70, kind="video_file"), file(7, 70, 9, variant="thumb"))

    assert {open_.key for open_ in await open_ones(files)} == {FileKey(70), FileKey(70, "thumb")}
    assert (await files.totals([CHAT_ID]))[FileState.WANTED] == FileTotals(files=2, size_bytes=1009)
    assert {one.key.variant for one in (await files.of_messages(CHAT_ID, [7]))[7]} == {"", "thumb"}


async def test_what_is_not_wanted_is_skipped_and_says_why(archive: Archive, files: Files) -> None:
    def wants(row: MessageRow | None, carried: MediaRow) -> SkipReason | None:
        assert row is not None
        assert row.id == carried.message_id
        return SIZE if row.id == 2 else None

    await keep_message(archive, file(1, 10), file(2, 20), wants=wants)

    assert await open_ids(files) == [10]
    assert (await fate(files, 2)).reason == SIZE
    assert await files.skipped([CHAT_ID]) == {SIZE: FileTotals(files=1, size_bytes=1000)}


async def test_a_file_is_wanted_if_one_of_its_messages_wants_it(
    archive: Archive, files: Files
) -> None:
    def second(row: MessageRow | None, _: MediaRow) -> SkipReason | None:
        return None if row is not None and row.id == 2 else SLICE

    await keep_message(archive, file(1, 10), file(2, 10), file(3, 10), wants=second)

    [open_] = await open_ones(files)
    assert open_.message_id == 2


async def test_a_file_seen_again_is_asked_for_where_it_was_seen_last(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(1, 10))
    await keep_message(archive, file(9, 10, location=b"newer"), chat_id=OTHER, account_id=2)

    assert await open_ids(files) == []
    [open_] = await open_ones(files, OTHER)
    assert (open_.location, open_.account_id, open_.message_id) == (b"newer", 2, 9)


async def test_a_message_that_tells_no_location_leaves_the_known_one(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(1, 10))
    emoji = file(2, 10, 0, location=b"", dc_id=0, kind="custom_emoji")
    await keep_message(archive, emoji, account_id=2)

    [open_] = await open_ones(files)
    assert (open_.location, open_.dc_id, open_.account_id) == (b"there", 2, 1)
    assert (open_.size_bytes, open_.message_id, open_.kind) == (1000, 2, "custom_emoji")


async def test_an_open_file_stays_with_those_who_want_it(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(1, 10))
    await keep_message(archive, file(5, 10, location=b"newer"), chat_id=OTHER, wants=nothing)

    [open_] = await open_ones(files)
    assert (open_.message_id, open_.location) == (1, b"there")


async def test_a_skipped_file_that_is_wanted_now_is_fetched(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(1, 10), wants=nothing)
    await keep_message(archive, file(2, 10))

    assert await open_ids(files) == [10]
    assert await states(files) == {FileState.WANTED: 1}


async def test_a_kept_file_never_goes_back_by_a_page(
    archive: Archive, files: Files, contents: Contents
) -> None:
    await keep_message(archive, file(1, 10))
    [content] = await store(contents, 10)

    await keep_message(archive, file(1, 10, 7, location=b"newer"), tl=b"changed")
    await keep_message(archive, file(2, 10), chat_id=OTHER, wants=nothing)

    assert await fate(files, 1) == StoredFile(
        message_id=1,
        key=FileKey(10),
        kind="photo",
        state=FileState.KEPT,
        reason=None,
        size_bytes=1000,
        sha256=content.sha256,
    )
    assert await states(files, OTHER) == {FileState.KEPT: 1}


async def test_what_was_given_up_stays_so_when_its_message_changes(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(1, 10), file(2, 20))
    await files.ended([ended(10, FileState.FAILED), ended(20, FileState.UNAVAILABLE)])

    await keep_message(archive, file(1, 10), file(2, 20), tl=b"changed")

    assert await states(files) == {FileState.FAILED: 1, FileState.UNAVAILABLE: 1}


async def test_a_file_that_had_gone_is_wanted_again_when_a_new_message_has_it(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(1, 10))
    await files.ended([ended(10, FileState.UNAVAILABLE)])

    await keep_message(archive, file(2, 10, location=b"newer"))

    [open_] = await open_ones(files)
    assert (open_.location, open_.message_id) == (b"newer", 2)


async def test_an_edit_puts_other_files_in_the_place_of_the_old_ones(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(1, 10), file(1, 11))
    await keep_message(archive, file(2, 11))
    await keep_message(archive, file(1, 12), tl=b"edited")

    found = await files.of_messages(CHAT_ID, [1, 2])
    assert [one.key.file_id for one in found[1]] == [12]
    assert await states(files) == {FileState.WANTED: 2}
    assert await files.remove_unnamed() == 1
    assert await open_ids(files) == [12, 11]


async def test_purged_messages_take_their_files_with_them(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(1, 10), file(2, 20), file(3, 10))
    await archive.mark_deleted(CHAT_ID, [2, 3])

    await archive.purge_deleted(CHAT_ID)

    assert await states(files) == {FileState.WANTED: 1}
    assert await files.of_messages(CHAT_ID, [1, 2, 3]) == {1: [await fate(files, 1)]}


async def test_photos_of_a_chat_stay_when_another_is_chosen(archive: Archive, files: Files) -> None:
    await archive.save_pictures(1, CHAT_ID, [file(0, 10, kind="chat_photo")])
    await archive.save_pictures(1, CHAT_ID, [file(0, 20, kind="chat_photo")], wants=nothing)

    assert await open_ids(files) == [10]
    assert await states(files) == {FileState.WANTED: 1, FileState.SKIPPED: 1}


async def test_a_file_whose_size_is_another_has_no_parts(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(7, 10))
    await files.parts_kept(FileKey(10), b"one")

    await keep_message(archive, file(8, 10, 2000))

    [open_] = await open_ones(files)
    assert (open_.parts, open_.size_bytes) == (b"", 2000)
    assert await files.totals([CHAT_ID]) == {
        FileState.PARTIAL: FileTotals(files=1, size_bytes=2000)
    }
