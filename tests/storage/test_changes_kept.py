"""What becomes of messages that are kept already: versions, tombstones, and their counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from storage.archive import Archive
from storage.database import Database
from storage.errors import JobLost
from storage.jobs import Jobs
from storage.models import ExportRequest, Kept, MediaTotals, MessageRow
from storage.pages import Arrived
from storage.tables import messages
from tests.storage.making import CHAT_ID, START, full_page, message, page_of, photo, user

OTHER_CHAT = CHAT_ID - 1


async def test_an_edited_message_keeps_every_earlier_version(archive: Archive) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    for number in range(3):
        row = message(5, tl=b"version %d" % number, edited=START + timedelta(days=number))
        await keep(archive, row)

    versions = await archive.versions(CHAT_ID, 5)

    assert [version.tl for version in versions] == [b"version 0", b"version 1"]
    assert [version.edited for version in versions] == [START, START + timedelta(days=1)]
    assert began <= versions[0].replaced < versions[1].replaced
    assert {(v.id, v.kind, v.layer) for v in versions} == {(5, "text", 229)}
    assert await archive.versions(OTHER_CHAT, 5) == await archive.versions(CHAT_ID, 6) == []


async def test_what_is_no_edit_takes_the_place_of_the_old_one_without_a_version(
    database: Database,
) -> None:
    archive = Archive(database, is_edit=lambda before, after: before.tl[:4] != after.tl[:4])
    await keep(archive, message(1, tl=b"same, 1 view"), message(2, tl=b"word"))

    kept = await keep(archive, message(1, tl=b"same, 9 views"), message(2, tl=b"other"))

    assert kept == Kept(new=0, edited=1)
    assert [row.tl for row in await all_messages(archive)] == [b"same, 9 views", b"other"]
    assert await archive.versions(CHAT_ID, 1) == []
    assert [version.tl for version in await archive.versions(CHAT_ID, 2)] == [b"word"]


async def test_bytes_that_are_understood_better_now_change_the_kind(archive: Archive) -> None:
    await keep(archive, message(1, kind="unsupported"))

    assert await keep(archive, message(1, kind="photo"), media=(photo(1),)) == Kept(new=0, edited=0)

    assert await archive.counts_by_kind(CHAT_ID) == {"photo": 1}
    assert (await archive.media_totals(CHAT_ID)).files == 1
    assert await archive.versions(CHAT_ID, 1) == []


async def test_an_answer_from_before_an_edit_changes_nothing(archive: Archive) -> None:
    """Answers may overtake each other: of two accounts, or of two requests."""
    edited = message(1, tl=b"second", edited=START + timedelta(days=2))
    await keep(archive, edited)

    for late in (message(1, tl=b"none"), message(1, tl=b"first", edited=START)):
        assert await keep(archive, late) == Kept(new=0, edited=0)

    assert await all_messages(archive) == [edited]


async def test_a_deleted_message_stays_with_the_time_it_was_noticed(archive: Archive) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    await keep(archive, *(message(id_) for id_ in range(1, 11)))

    assert await archive.mark_deleted(CHAT_ID, [3, 4, 99]) == 2
    assert await archive.mark_deleted(CHAT_ID, [4, 5]) == 1
    assert await archive.mark_deleted(OTHER_CHAT, [1]) == 0
    assert await archive.mark_deleted(CHAT_ID, []) == 0

    rows = {row.id: row for row in await all_messages(archive)}
    gone = [row for row in rows.values() if row.deleted is not None]
    assert [row.id for row in gone] == [3, 4, 5]
    assert all(row.deleted and row.deleted >= began for row in gone)
    assert replace(rows[3], deleted=None) == message(3)
    assert await archive.count(CHAT_ID) == 10
    assert await archive.ids(CHAT_ID, 2, 7) == [2, 6, 7]


async def test_a_worker_that_lost_its_job_marks_nothing(archive: Archive, jobs: Jobs) -> None:
    await jobs.submit(ExportRequest(chat="@a"))
    job = await jobs.claim([])
    assert job is not None
    await keep(archive, message(1))
    await jobs.release(job.id, job.fence)

    with pytest.raises(JobLost):
        await archive.mark_deleted(CHAT_ID, [1], fence=(job.id, job.fence))

    assert await archive.ids(CHAT_ID, 1, 1) == [1]


async def test_a_message_that_is_seen_again_is_not_deleted(archive: Archive) -> None:
    await keep(archive, message(1), message(2))
    await archive.mark_deleted(CHAT_ID, [1, 2])

    assert await keep(archive, message(1)) == Kept(new=0, edited=0)

    assert await archive.ids(CHAT_ID, 1, 2) == [1]
    assert await archive.versions(CHAT_ID, 1) == []


async def test_deleted_messages_can_be_left_out(archive: Archive) -> None:
    await keep(archive, message(1), message(2, kind="photo"), message(3), message(4))
    await archive.mark_deleted(CHAT_ID, [2, 3])

    left = [row.id async for rows in archive.messages(CHAT_ID, deleted=False) for row in rows]

    assert left == [1, 4]
    assert await archive.counts_by_kind(CHAT_ID) == {"text": 3, "photo": 1}
    assert await archive.counts_by_kind(CHAT_ID, deleted=False) == {"text": 2}


async def test_purging_removes_all_of_deleted_messages_and_nothing_else(archive: Archive) -> None:
    rows = [message(id_, kind="photo") for id_ in (1, 2, 3)]
    await keep(archive, *rows, media=tuple(photo(id_) for id_ in (1, 2, 3)))
    await keep(archive, message(2, tl=b"edited", kind="photo"), media=(photo(2),))
    await keep(archive, message(3, tl=b"edited", kind="photo"), media=(photo(3),))
    await keep(archive, message(2), chat_id=OTHER_CHAT)
    await archive.mark_deleted(OTHER_CHAT, [2])
    await archive.mark_deleted(CHAT_ID, [1, 2])

    assert await archive.purge_deleted(CHAT_ID) == 2
    assert await archive.purge_deleted(CHAT_ID) == 0

    assert [row.id for row in await all_messages(archive)] == [3]
    assert await archive.counts_by_kind(CHAT_ID) == {"photo": 1}
    assert await archive.media_totals(CHAT_ID) == MediaTotals(files=1, size_bytes=1000)
    assert await archive.versions(CHAT_ID, 2) == []
    assert len(await archive.versions(CHAT_ID, 3)) == 1
    assert await archive.count(OTHER_CHAT) == 1


async def test_the_newest_messages_are_counted_without_deleted_ones(archive: Archive) -> None:
    await keep(archive, *(message(id_) for id_ in (10, 20, 30, 40)))
    await archive.mark_deleted(CHAT_ID, [30])

    assert await archive.newest_id(CHAT_ID, 1) == 40
    assert await archive.newest_id(CHAT_ID, 2) == 20
    assert await archive.newest_id(CHAT_ID, 4) == 1
    assert await archive.newest_id(OTHER_CHAT, 1) == 1


async def test_pages_that_wait_together_are_kept_together(archive: Archive) -> None:
    ranges = await archive.plan(CHAT_ID, 1, 400, part_ids=100)
    arrived = [
        Arrived(account_id=number, range_id=range_.id, page=full_page(range_.first_id))
        for number, range_ in reversed(list(enumerate(ranges, 1)))
    ]

    assert await archive.keep_many(CHAT_ID, arrived) == Kept(new=400, edited=0)
    assert await archive.keep_many(CHAT_ID, arrived) == Kept(new=0, edited=0)

    assert [row.id for row in await all_messages(archive)] == list(range(1, 401))
    assert await archive.plan(CHAT_ID, 1, 400, part_ids=100) == []
    seen_by = [await archive.access_hash(number, 1001) for number in range(1, 6)]
    assert seen_by == [7007, 7007, 7007, 7007, None]


async def test_one_page_that_cannot_be_kept_leaves_none_of_them(archive: Archive) -> None:
    [range_] = await archive.plan(CHAT_ID, 1, 1000)
    good = Arrived(account_id=1, range_id=range_.id, page=full_page(1))
    bad = Arrived(account_id=1, range_id=range_.id + 1, page=full_page(101))

    with pytest.raises(LookupError):
        await archive.keep_many(CHAT_ID, [good, bad])

    assert await archive.count(CHAT_ID) == 0
    assert (await archive.plan(CHAT_ID, 1, 1000))[0].next_id == 1


async def test_messages_asked_for_by_id_move_no_checkpoint(archive: Archive) -> None:
    [range_] = await archive.plan(CHAT_ID, 1, 1000)

    await archive.keep(1, CHAT_ID, None, page_of(message(70), peers=(user(7),)))

    assert await archive.count(CHAT_ID) == 1
    assert await archive.plan(CHAT_ID, 1, 1000) == [range_]


async def test_messages_far_apart_are_found_again(archive: Archive) -> None:
    await keep(archive, *(message(id_) for id_ in range(1, 1000)))
    far = [message(1), message(500, tl=b"edited"), message(10_000_000)]

    assert await keep(archive, *far) == Kept(new=1, edited=1)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pages=st.lists(
        st.tuples(
            st.dictionaries(st.integers(1, 30), st.sampled_from(["text", "photo"]), max_size=12),
            st.sets(st.integers(1, 30)),
            st.sets(st.integers(1, 30), max_size=4),
        ),
        max_size=6,
    )
)
async def test_whatever_is_said_to_be_seen_nothing_is_lost_or_counted_twice(
    database: Database, pages: list[tuple[dict[int, str], set[int], set[int]]]
) -> None:
    """`perhaps` may be right, too much, or wrong; in a chat of its own each time."""
    archive = Archive(database)
    async with database.read() as connection:
        chat_id = (await connection.scalar(select(func.min(messages.c.chat_id))) or CHAT_ID) - 1
    expected: dict[int, str] = {}
    for kinds, perhaps, deleted in pages:
        rows = [message(id_, kind=kind, tl=kind.encode()) for id_, kind in sorted(kinds.items())]
        kept = await archive.keep(1, chat_id, None, page_of(*rows, next_id=1), perhaps=perhaps)
        assert kept.new == len(kinds.keys() - expected.keys())
        expected |= kinds
        await archive.mark_deleted(chat_id, deleted)

    found = {row.id: row async for rows in archive.messages(chat_id) for row in rows}
    assert {id_: row.kind for id_, row in found.items()} == expected
    assert await archive.counts_by_kind(chat_id) == dict(Counter(expected.values()))
    there = Counter(row.kind for row in found.values() if row.deleted is None)
    assert await archive.counts_by_kind(chat_id, deleted=False) == dict(there)
    await archive.purge_deleted(chat_id)
    assert await archive.counts_by_kind(chat_id) == dict(there)


async def keep(
    archive: Archive, *rows: MessageRow, chat_id: int = CHAT_ID, **given: object
) -> Kept:
    return await archive.keep(1, chat_id, None, page_of(*rows, **given))  # type: ignore[arg-type]


async def all_messages(archive: Archive) -> list[MessageRow]:
    return [row async for rows in archive.messages(CHAT_ID) for row in rows]
