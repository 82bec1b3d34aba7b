"""What becomes of files, from wanted to kept or given up."""

from __future__ import annotations

from storage.archive import Archive
from storage.contents import Contents
from storage.files import Files
from storage.media import (
    LARGE_BYTES,
    FileKey,
    FileState,
)
from tests.storage.filing import (
    OTHER,
    THIRD,
    ended,
    fate,
    file,
    keep_message,
    open_ids,
    open_ones,
    states,
    store,
)
from tests.storage.making import CHAT_ID


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
