"""What the archive knows of the store."""

from __future__ import annotations

import hashlib
import os

from storage.archive import Archive
from storage.contents import Contents, window_of
from storage.database import Database
from storage.files import Files
from storage.media import Content, FileKey, FileState, Finished
from tests.storage.making import CHAT_ID, message, page_of, photo

HASHES = bytes(range(32)) * 10
OTHER = -1005


def content(size_bytes: int = 1000, hashes: bytes = b"", sha256: bytes | None = None) -> Content:
    return Content(
        sha256=sha256 or os.urandom(32), size_bytes=size_bytes, mtime_ns=5, hashes=hashes
    )


def finished(file_id: int, made: Content) -> Finished:
    return Finished(key=FileKey(file_id), content=made)


async def carry(database: Database, *file_ids: int, chat_id: int = CHAT_ID) -> None:
    """A message for each file, with its id."""
    page = page_of(
        *(message(id_, kind="photo") for id_ in file_ids),
        media=tuple(photo(id_, file_id=id_) for id_ in file_ids),
    )
    await Archive(database).keep(1, chat_id, None, page)


async def test_a_finished_file_and_its_content_are_kept_together(database: Database) -> None:
    await carry(database, 1, 2, 3)
    contents, files = Contents(database), Files(database)
    one, other = content(700, HASHES), content(800)

    await contents.keep([finished(1, one), finished(2, one), finished(3, other)])

    assert await contents.find(one.sha256) == one
    assert await contents.find(other.sha256) == other
    assert await contents.find(b"?" * 32) is None
    assert await contents.count() == 2
    found = await files.of_messages(CHAT_ID, [1, 2, 3])
    assert [found[id_][0].sha256 for id_ in (1, 2, 3)] == [one.sha256, one.sha256, other.sha256]
    assert (await files.totals([CHAT_ID]))[FileState.KEPT].size_bytes == 700 + 700 + 800
    assert await files.open_files([CHAT_ID], large=False, limit=9) == []


async def test_hashes_are_filled_in_and_never_lost(database: Database) -> None:
    contents = Contents(database)
    plain = content()
    told = content(hashes=HASHES, sha256=plain.sha256)

    for made in (plain, told, plain):
        await contents.keep([finished(1, made)])

    assert await contents.find(plain.sha256) == told
    assert await contents.candidates(1000, window_of(HASHES)) == [told]


async def test_candidates_share_size_and_first_hashes(database: Database) -> None:
    contents = Contents(database)
    first = content(hashes=HASHES)
    later_other = content(hashes=HASHES[: 8 * 32] + b"!" * 32)
    await contents.keep(
        [
            finished(1, first),
            finished(2, later_other),
            finished(3, content(999, HASHES)),
            finished(4, content(hashes=b"!" + HASHES[1:])),
            finished(5, content()),
        ]
    )

    found = await contents.candidates(1000, window_of(HASHES))

    assert sorted(one.sha256 for one in found) == sorted([first.sha256, later_other.sha256])


def test_a_window_is_the_hash_of_up_to_eight_hashes() -> None:
    assert window_of(HASHES) == hashlib.sha256(HASHES[:256]).digest()
    assert window_of(HASHES[:64]) == hashlib.sha256(HASHES[:64]).digest()


async def test_windows_of_all_contents_that_have_hashes_are_listed(database: Database) -> None:
    contents = Contents(database)
    await contents.keep([finished(1, content(hashes=HASHES)), finished(2, content())])

    listed = [pair async for page in contents.windows() for pair in page]

    assert listed == [(1000, window_of(HASHES))]


async def test_a_touched_content_has_another_time(database: Database) -> None:
    contents = Contents(database)
    made = content(hashes=HASHES)
    await contents.keep([finished(1, made)])

    await contents.touched(made.sha256, 77)

    found = await contents.find(made.sha256)
    assert found is not None
    assert (found.mtime_ns, found.hashes) == (77, HASHES)


async def test_files_of_a_lost_content_are_wanted_again(database: Database) -> None:
    await carry(database, 1, 2, 3)
    contents, files = Contents(database), Files(database)
    lost, other = content(), content()
    await contents.keep([finished(1, lost), finished(2, lost), finished(3, other)])

    assert await contents.lose(lost.sha256) == 2
    assert await contents.lose(lost.sha256) == 0

    assert await contents.find(lost.sha256) is None
    open_ = await files.open_files([CHAT_ID], large=False, limit=9)
    assert [file.key.file_id for file in open_] == [1, 2]
    totals = await files.totals([CHAT_ID])
    assert {state: total.files for state, total in totals.items()} == {
        FileState.WANTED: 2,
        FileState.KEPT: 1,
    }


async def test_a_content_is_unnamed_once_no_message_has_one_of_its_files(
    database: Database,
) -> None:
    archive, contents = Archive(database), Contents(database)
    await carry(database, 1, 2)
    await carry(database, 2, 3, chat_id=OTHER)
    made = {file_id: content() for file_id in (1, 2, 3)}
    await contents.keep([finished(file_id, one) for file_id, one in made.items()])
    assert await contents.unnamed(9) == []
    await archive.mark_deleted(CHAT_ID, [1, 2])
    await archive.mark_deleted(OTHER, [3])
    await archive.purge_deleted(CHAT_ID)
    await archive.purge_deleted(OTHER)
    gone = sorted([made[1].sha256, made[3].sha256])

    assert [one.sha256 for one in await contents.unnamed(9)] == gone
    assert [one.sha256 for one in await contents.unnamed(1)] == gone[:1]
    assert [one.sha256 for one in await contents.unnamed(9, after=gone[0])] == gone[1:]
    assert sorted(await contents.remove([one.sha256 for one in made.values()])) == gone
    assert await contents.unnamed(9) == []
    assert await contents.count() == 1


async def test_a_content_that_is_named_again_is_not_removed(database: Database) -> None:
    archive, contents = Archive(database), Contents(database)
    await carry(database, 1)
    made = content()
    await contents.keep([finished(1, made)])
    await archive.mark_deleted(CHAT_ID, [1])
    await archive.purge_deleted(CHAT_ID)
    [unnamed] = await contents.unnamed(9)
    await carry(database, 1, chat_id=OTHER)

    assert await contents.remove([unnamed.sha256]) == []

    assert await contents.find(made.sha256) == made
    found = await Files(database).of_messages(OTHER, [1])
    assert found[1][0].state is FileState.KEPT
