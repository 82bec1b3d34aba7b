"""Saying anew which files are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from storage.archive import Archive
from storage.files import Files
from storage.media import (
    FileKey,
    FileState,
    FileTotals,
    SkipReason,
)
from storage.models import MediaRow, MessageRow
from storage.slices import Slice
from tests.storage.filing import (
    KIND,
    OTHER,
    SIZE,
    SLICE,
    all_of_it,
    ended,
    fate,
    file,
    keep_message,
    nothing,
    open_ids,
    open_ones,
    states,
)
from tests.storage.making import CHAT_ID, START


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


async def test_choosing_can_leave_to_others_what_it_does_not_want(
    archive: Archive, files: Files
) -> None:
    await keep_message(archive, *(file(id_, id_, id_) for id_ in range(1, 9)))
    await files.choose([CHAT_ID], nothing, account_id=1)

    def small(_: MessageRow | None, carried: MediaRow) -> SkipReason | None:
        return SIZE if carried.size_bytes > 4 else None

    def large(_: MessageRow | None, carried: MediaRow) -> SkipReason | None:
        return KIND if carried.size_bytes <= 4 else None

    assert await files.choose([CHAT_ID], small, account_id=1, leave_out=False) == 4
    assert await files.choose([CHAT_ID], large, account_id=1, leave_out=False) == 4
    assert await open_ids(files) == list(range(1, 9))
    assert await files.choose([CHAT_ID], large, account_id=1, leave_out=False) == 0


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
