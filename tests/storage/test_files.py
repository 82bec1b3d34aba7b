"""What becomes of the files that messages carry, from wanted to kept or given up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.archive import Archive
from storage.contents import Contents
from storage.database import Database
from storage.files import Files
from storage.media import (
    LARGE_BYTES,
    Content,
    Ended,
    FileKey,
    FileState,
    FileTotals,
    Finished,
    SkipReason,
    StoredFile,
    WantedFile,
)
from storage.models import MediaRow, MessageRow
from storage.slices import Slice
from tests.storage.making import CHAT_ID, START, message, page_of, photo

OTHER = -1005
THIRD = -77
KIND, SIZE, SLICE = SkipReason.KIND, SkipReason.SIZE, SkipReason.SLICE


@pytest.fixture
def files(database: Database) -> Files:
    return Files(database)


@pytest.fixture
def contents(database: Database) -> Contents:
    return Contents(database)


def file(message_id: int, file_id: int, size_bytes: int = 1000, **fields: object) -> MediaRow:
    plain = replace(photo(message_id, file_id=file_id), size_bytes=size_bytes, location=b"there")
    return replace(plain, **fields)  # type: ignore[arg-type]


def nothing(_: MessageRow | None, __: MediaRow) -> SkipReason | None:
    return KIND


def all_of_it(_: MessageRow | None, __: MediaRow) -> SkipReason | None:
    return None


async def keep_message(
    archive: Archive,
    *carried: MediaRow,
    chat_id: int = CHAT_ID,
    account_id: int = 1,
    tl: bytes | None = None,
    wants: object = None,
) -> None:
    """One message for each id among the files."""
    rows = [
        message(id_, kind="photo", tl=tl) for id_ in sorted({row.message_id for row in carried})
    ]
    page = page_of(*rows, media=carried)
    await archive.keep(account_id, chat_id, None, page, wants=wants)  # type: ignore[arg-type]


async def store(contents: Contents, *file_ids: int, sha256: bytes | None = None) -> list[Content]:
    made = [Content(sha256=sha256 or os.urandom(32), size_bytes=1000, mtime_ns=5) for _ in file_ids]
    await contents.keep(
        [
            Finished(key=FileKey(file_id), content=content)
            for file_id, content in zip(file_ids, made, strict=True)
        ]
    )
    return made


async def open_ones(files: Files, *chat_ids: int, large: bool = False) -> list[WantedFile]:
    return await files.open_files(chat_ids or (CHAT_ID,), large=large, limit=100)


async def open_ids(files: Files, *chat_ids: int) -> list[int]:
    return [open_.key.file_id for open_ in await open_ones(files, *chat_ids)]


async def states(files: Files, *chat_ids: int) -> dict[FileState, int]:
    totals = await files.totals(chat_ids or (CHAT_ID,))
    return {state: total.files for state, total in totals.items()}


async def fate(files: Files, message_id: int, chat_id: int = CHAT_ID) -> StoredFile:
    [one] = (await files.of_messages(chat_id, [message_id]))[message_id]
    return one


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


async def test_open_files_come_by_message_and_without_those_under_way(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, *(file(id_, 100 - id_) for id_ in range(1, 7)))
    await keep_message(archive, file(8, 8, LARGE_BYTES), file(9, 9, LARGE_BYTES - 1))
    busy = [FileKey(99), FileKey(96)]

    async def ids(limit: int, *, large: bool = False) -> list[int]:
        found = await files.open_files([CHAT_ID], large=large, limit=limit, but_not=busy)
        return [open_.key.file_id for open_ in found]

    assert await ids(3) == [98, 97, 95]
    assert await ids(50) == [98, 97, 95, 94, 9]
    assert await ids(50, large=True) == [8]


async def test_open_files_of_several_chats_fill_one_limit(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(1, 10), file(2, 20))
    await keep_message(archive, file(1, 30), file(2, 40), chat_id=OTHER)

    found = await files.open_files([OTHER, CHAT_ID], large=False, limit=3)

    assert [open_.key.file_id for open_ in found] == [30, 40, 10]


async def test_a_file_asked_for_in_another_chat_is_adopted(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(3, 10), file(7, 10), file(5, 50))
    await keep_message(archive, file(9, 10, location=b"newer"), chat_id=OTHER, account_id=2)
    await keep_message(archive, file(10, 99), chat_id=OTHER, account_id=2)

    assert await files.adopt([CHAT_ID]) == 1
    assert await files.adopt([CHAT_ID]) == 0

    assert await open_ids(files) == [50, 10]
    adopted = (await open_ones(files))[1]
    assert (adopted.message_id, adopted.location, adopted.account_id) == (7, b"newer", 2)
    assert await open_ids(files, OTHER) == [99]


async def test_an_adopted_file_is_asked_for_anew_by_an_account_that_may(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(7, 10))
    await keep_message(archive, file(9, 10), chat_id=OTHER, account_id=2)

    await files.adopt([CHAT_ID], account_ids=[4, 1])

    [adopted] = await open_ones(files)
    assert (adopted.location, adopted.account_id) == (b"", 4)


async def test_parts_on_disk_are_remembered_until_they_cannot_be_used(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(7, 10))

    await files.parts_kept(FileKey(10), b"one")
    await files.parts_kept(FileKey(10), b"two")
    [partial] = await open_ones(files)
    assert (partial.parts, await states(files)) == (b"two", {FileState.PARTIAL: 1})

    await files.start_over(FileKey(10))
    [whole] = await open_ones(files)
    assert (whole.parts, await states(files)) == (b"", {FileState.WANTED: 1})


async def test_a_file_whose_size_is_another_has_no_parts(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(7, 10))
    await files.parts_kept(FileKey(10), b"one")

    await keep_message(archive, file(8, 10, 2000))

    [open_] = await open_ones(files)
    assert (open_.parts, open_.size_bytes) == (b"", 2000)
    assert await files.totals([CHAT_ID]) == {
        FileState.PARTIAL: FileTotals(files=1, size_bytes=2000)
    }


async def test_a_renewed_location_replaces_the_old_one(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(7, 10, 0))

    await files.renewed(FileKey(10), location=b"new", dc_id=4, account_id=2, size_bytes=500)
    await files.renewed(FileKey(10), location=b"newest", dc_id=4, account_id=2)
    await files.moved(FileKey(10), 1)

    [open_] = await open_ones(files)
    assert (open_.location, open_.dc_id, open_.account_id) == (b"newest", 1, 2)
    assert (await files.totals([CHAT_ID]))[FileState.WANTED].size_bytes == 500


async def test_a_file_whose_message_went_is_asked_for_where_an_older_one_has_it(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(3, 10), file(5, 10), file(9, 10))

    assert await files.elsewhere(FileKey(10))
    [open_] = await open_ones(files)
    assert (open_.message_id, open_.location) == (5, b"")
    assert await files.elsewhere(FileKey(10))
    assert not await files.elsewhere(FileKey(10))


async def test_what_is_given_up_says_why_and_is_listed(archive: Archive, files: Files) -> None:
    await keep_message(archive, file(3, 10), file(5, 20), file(6, 30))
    await keep_message(archive, file(1, 30), chat_id=OTHER)
    await files.parts_kept(FileKey(10), b"one")

    await files.ended([ended(20, FileState.UNAVAILABLE, "gone"), ended(10, FileState.FAILED, "no")])
    await files.ended([ended(30, FileState.FAILED, "slow")])

    found = [(one.message_id, one.state, one.reason) for one in await files.problems([CHAT_ID])]
    assert found == [
        (3, FileState.FAILED, "no"),
        (5, FileState.UNAVAILABLE, "gone"),
        (6, FileState.FAILED, "slow"),
    ]
    assert len(await files.problems([CHAT_ID], 2)) == 2
    assert [one.message_id for one in await files.problems([OTHER])] == [1]
    assert await files.problems([THIRD]) == []
    assert await open_ids(files, CHAT_ID, OTHER) == []


async def test_a_kept_file_is_not_given_up(
    archive: Archive, files: Files, contents: Contents
) -> None:
    await keep_message(archive, file(3, 10))
    await store(contents, 10)

    await files.ended([ended(10, FileState.FAILED)])
    await files.parts_kept(FileKey(10), b"late")
    await files.start_over(FileKey(10))

    assert await states(files) == {FileState.KEPT: 1}


async def test_a_kept_file_can_be_wanted_again(
    archive: Archive, files: Files, contents: Contents
) -> None:
    await keep_message(archive, file(3, 10), file(4, 20))
    await store(contents, 10)

    await files.requeue([FileKey(10), FileKey(20)])

    [first, second] = await open_ones(files)
    assert (first.location, second.location) == (b"", b"there")
    assert (await fate(files, 3)).sha256 is None


async def test_totals_count_a_file_of_two_chats_once(
    archive: Archive, files: Files, contents: Contents
) -> None:
    await keep_message(archive, file(1, 10), file(2, 20), file(3, 10), file(4, 40))
    await keep_message(archive, file(1, 10), file(2, 50), chat_id=OTHER)
    await keep_message(archive, file(1, 50), file(2, 20), chat_id=THIRD)
    await store(contents, 10)

    assert await states(files, CHAT_ID) == {FileState.WANTED: 2, FileState.KEPT: 1}
    assert await states(files, OTHER) == {FileState.WANTED: 1, FileState.KEPT: 1}
    everywhere = await states(files, CHAT_ID, OTHER, THIRD)
    assert everywhere == {FileState.WANTED: 3, FileState.KEPT: 1}
    assert await states(files, -1) == {}


async def test_choosing_says_anew_what_is_wanted(archive: Archive, files: Files) -> None:
    await keep_message(archive, *(file(id_, id_, id_) for id_ in range(1, 9)))
    await files.parts_kept(FileKey(8), b"one")

    def small(_: MessageRow | None, carried: MediaRow) -> SkipReason | None:
        return SIZE if carried.size_bytes > 4 else None

    await files.choose([CHAT_ID], small, account_id=1)
    assert await open_ids(files) == [1, 2, 3, 4]
    assert await files.skipped([CHAT_ID]) == {SIZE: FileTotals(files=4, size_bytes=26)}

    await files.choose([CHAT_ID], nothing, account_id=1)
    assert await files.skipped([CHAT_ID]) == {KIND: FileTotals(files=8, size_bytes=36)}

    await files.choose([CHAT_ID], all_of_it, account_id=1)
    assert await states(files) == {FileState.WANTED: 7, FileState.PARTIAL: 1}
    assert (await open_ones(files))[7].parts == b"one"


async def test_choosing_leaves_out_the_files_of_other_messages(
    archive: Archive, files: Files
) -> None:
    await archive.save_pictures(1, CHAT_ID, [file(0, 99, kind="chat_photo")])
    await keep_message(archive, file(1, 10), file(2, 20), file(3, 10), file(4, 40))
    later = Slice(since=START + timedelta(seconds=3))

    await files.choose([CHAT_ID], all_of_it, wanted=later, account_id=1)

    assert await open_ids(files) == [99, 10, 40]
    assert (await fate(files, 2)).reason == SLICE


@pytest.mark.parametrize("ids", [(1, 5000), (5000, 1)])
async def test_choosing_hears_all_messages_of_a_file_however_far_apart(
    archive: Archive, files: Files, ids: Sequence[int]
) -> None:
    """Its first and last message lie in different stretches of the walk."""
    first, last = ids
    others = [file(id_, 10_000 + id_) for id_ in range(2, 3000)]
    await keep_message(archive, file(1, 10), *others, wants=nothing)
    await keep_message(archive, file(5000, 10), wants=nothing)

    def wants(row: MessageRow | None, _: MediaRow) -> SkipReason | None:
        assert row is not None
        return {first: None, last: SLICE}.get(row.id, SIZE)

    await files.choose([CHAT_ID], wants, account_id=1)

    assert await open_ids(files) == [10]


async def test_choosing_tells_the_reason_that_says_most(archive: Archive, files: Files) -> None:
    def wants(row: MessageRow | None, _: MediaRow) -> SkipReason | None:
        assert row is not None
        return SIZE if row.id == 1 else SLICE

    await keep_message(archive, file(1, 10), file(2, 10))

    await files.choose([CHAT_ID], wants, account_id=1)

    assert (await fate(files, 1)).reason == SIZE


async def test_choosing_leaves_open_what_another_chat_asks_for(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(1, 10))
    await keep_message(archive, file(1, 10), chat_id=OTHER)

    await files.choose([CHAT_ID], nothing, account_id=1)
    assert await open_ids(files, OTHER) == [10]

    await files.choose([OTHER], nothing, account_id=1)
    assert await open_ids(files, OTHER, CHAT_ID) == []


async def test_what_was_given_up_is_wanted_again_only_when_asked(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, file(1, 10), file(2, 20), file(3, 30))
    await files.ended([ended(10, FileState.FAILED), ended(20, FileState.UNAVAILABLE)])

    await files.choose([CHAT_ID], all_of_it, account_id=1)
    assert await open_ids(files) == [30]
    await files.choose([CHAT_ID], nothing, account_id=1)
    assert len(await files.problems([CHAT_ID])) == 2

    await files.choose([CHAT_ID], all_of_it, account_id=1, retry_failed=True)
    assert [(open_.key.file_id, open_.tries) for open_ in await open_ones(files)] == [
        (10, 0),
        (20, 0),
        (30, 0),
    ]


async def test_contents_of_a_chat_are_those_of_its_kept_files(
    archive: Archive, files: Files, contents: Contents
) -> None:
    await keep_message(archive, *(file(id_, id_) for id_ in range(1, 8)), file(8, 1))
    await keep_message(archive, file(1, 99), chat_id=OTHER)
    made = await store(contents, 1, 2, 99)
    await store(contents, 3, sha256=made[1].sha256)

    pages = [page async for page in files.contents_of([CHAT_ID])]

    found = sorted(content.sha256 for page in pages for content in page)
    assert found == sorted(content.sha256 for content in made[:2])
    assert [page async for page in files.contents_of([THIRD])] == []


async def test_contents_of_a_long_chat_come_in_several_lists(
    archive: Archive, files: Files, contents: Contents
) -> None:
    ids = range(1, 6001)
    await keep_message(archive, *(file(id_, id_) for id_ in ids), file(6001, 1))
    made = await store(contents, *ids)

    pages = [page async for page in files.contents_of([CHAT_ID])]

    found = [content.sha256 for page in pages for content in page]
    assert len(pages) == 2
    assert sorted(found) == sorted(content.sha256 for content in made)


def ended(file_id: int, state: FileState, reason: str = "no") -> Ended:
    return Ended(key=FileKey(file_id), state=state, reason=reason)
