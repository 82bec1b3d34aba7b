"""Keeping pages, resuming at checkpoints, and reading the archive back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from storage.archive import Archive
from storage.database import Database
from storage.errors import JobLost
from storage.jobs import Jobs
from storage.models import ExportRequest, Kept, MediaTotals, MessageRow, Skipped
from storage.tables import media, messages
from tests.storage.making import (
    CHAT_ID,
    START,
    full_page,
    message,
    page_of,
    photo,
    user,
)

OTHER_CHAT = CHAT_ID - 1


async def test_messages_come_back_as_they_were_kept(archive: Archive) -> None:
    whole = MessageRow(
        id=5,
        date=START,
        edited=START + timedelta(days=1),
        sender_id=-1009999999999,
        kind="video_file",
        topic_id=3,
        reply_to_id=4,
        album_id=2**62,
        layer=229,
        tl=bytes(range(256)) * 40,
    )
    bare = replace(message(9), sender_id=None, reply_to_id=None)
    range_id = await new_range(archive)

    kept = await archive.keep(1, CHAT_ID, range_id, page_of(whole, bare))

    assert kept == Kept(new=2, edited=0)
    assert await all_messages(archive) == [whole, bare]
    assert await archive.top_id(CHAT_ID) == 9


async def test_a_page_kept_twice_changes_nothing(archive: Archive) -> None:
    range_id = await new_range(archive)
    page = full_page(1)
    await archive.keep(1, CHAT_ID, range_id, page)
    before = await all_messages(archive), await archive.counts_by_kind(CHAT_ID)

    kept = await archive.keep(1, CHAT_ID, range_id, page)

    assert kept == Kept(new=0, edited=0)
    assert (await all_messages(archive), await archive.counts_by_kind(CHAT_ID)) == before


async def test_a_message_whose_bytes_differ_takes_the_place_of_the_old_one(
    archive: Archive,
) -> None:
    range_id = await new_range(archive)
    await archive.keep(1, CHAT_ID, range_id, page_of(message(1), message(2), message(3)))
    edited = message(2, kind="photo", tl=b"edited", edited=START)

    kept = await archive.keep(1, CHAT_ID, range_id, page_of(message(1), edited, message(4)))

    assert kept == Kept(new=1, edited=1)
    assert await all_messages(archive) == [message(1), edited, message(3), message(4)]
    assert await archive.counts_by_kind(CHAT_ID) == {"text": 3, "photo": 1}


async def test_an_edited_message_has_the_files_of_its_last_version(archive: Archive) -> None:
    range_id = await new_range(archive)
    first = page_of(message(1, kind="photo"), message(2, kind="photo"), media=(photo(1), photo(2)))
    await archive.keep(1, CHAT_ID, range_id, first)

    await archive.keep(
        1,
        CHAT_ID,
        range_id,
        page_of(
            message(1, kind="photo", tl=b"another photo"),
            message(2, tl=b"no photo"),
            media=(photo(1, file_id=77),),
        ),
    )

    assert await file_ids(archive) == [(1, 77)]
    assert await archive.media_totals(CHAT_ID) == MediaTotals(files=1, size_bytes=1000)


async def test_chats_do_not_mix(archive: Archive) -> None:
    for chat_id in (CHAT_ID, OTHER_CHAT):
        range_id = await new_range(archive, chat_id)
        await archive.keep(
            1, chat_id, range_id, page_of(message(1, tl=str(chat_id).encode()), media=(photo(1),))
        )

    assert await archive.count(CHAT_ID) == await archive.count(OTHER_CHAT) == 1
    [kept] = await all_messages(archive)
    assert kept.tl == str(CHAT_ID).encode()
    assert await archive.counts_by_kind(CHAT_ID - 2) == {}
    assert await archive.top_id(CHAT_ID - 2) == 0


async def test_a_range_resumes_at_its_checkpoint(archive: Archive) -> None:
    [range_] = await archive.plan(CHAT_ID, 1, 500)
    assert (range_.first_id, range_.last_id, range_.next_id) == (1, 500, 1)

    await archive.keep(1, CHAT_ID, range_.id, page_of(message(40), next_id=101))

    [left] = await archive.plan(CHAT_ID, 1, 500)
    assert left == replace(range_, next_id=101)
    assert not left.done


async def test_a_checkpoint_never_goes_back(archive: Archive) -> None:
    range_id = await new_range(archive)
    await archive.keep(1, CHAT_ID, range_id, page_of(message(200)))

    await archive.keep(1, CHAT_ID, range_id, page_of(message(100)))

    assert (await archive.plan(CHAT_ID, 1, 1000))[0].next_id == 201


async def test_new_messages_make_a_range_behind_the_last_one(archive: Archive) -> None:
    [first] = await archive.plan(CHAT_ID, 1, 100)

    assert [(r.first_id, r.last_id) for r in await archive.plan(CHAT_ID, 1, 150)] == [
        (1, 100),
        (101, 150),
    ]
    await archive.keep(1, CHAT_ID, first.id, page_of(next_id=101))
    assert [(r.first_id, r.last_id) for r in await archive.plan(CHAT_ID, 1, 150)] == [(101, 150)]


async def test_nothing_is_left_of_a_chat_that_is_whole(archive: Archive) -> None:
    [range_] = await archive.plan(CHAT_ID, 1, 100)
    await archive.keep(1, CHAT_ID, range_.id, page_of(next_id=101))

    assert await archive.plan(CHAT_ID, 1, 100) == []
    assert await archive.plan(CHAT_ID, 1, 90) == []
    assert await archive.plan(OTHER_CHAT, 1, 0) == []


async def test_skipped_messages_are_kept_with_their_reasons(archive: Archive) -> None:
    range_id = await new_range(archive)
    for reason in ("unknown to this version", "cut short"):
        page = page_of(message(1), skipped=(Skipped(id=2, reason=reason),), next_id=3)
        await archive.keep(1, CHAT_ID, range_id, page)

    assert await archive.skipped(CHAT_ID) == [Skipped(id=2, reason="cut short")]
    assert await archive.skipped(OTHER_CHAT) == []


async def test_a_worker_that_lost_its_job_keeps_nothing(archive: Archive, jobs: Jobs) -> None:
    await jobs.submit(ExportRequest(chat="@a"))
    job = await jobs.claim([])
    assert job is not None
    range_id = await new_range(archive)
    await archive.keep(1, CHAT_ID, range_id, page_of(message(1)), fence=(job.id, job.fence))
    await jobs.release(job.id, job.fence)
    again = await jobs.claim([])
    assert again is not None
    lost = page_of(message(2), peers=(user(7),), skipped=(Skipped(id=3, reason="x"),))

    with pytest.raises(JobLost):
        await archive.keep(1, CHAT_ID, range_id, lost, fence=(job.id, job.fence))

    assert await all_messages(archive) == [message(1)]
    assert await archive.peers([7]) == {}
    assert await archive.skipped(CHAT_ID) == []
    assert (await archive.plan(CHAT_ID, 1, 1000))[0].next_id == 2
    await archive.keep(1, CHAT_ID, range_id, lost, fence=(again.id, again.fence))
    assert await archive.count(CHAT_ID) == 2


async def test_a_page_for_a_range_of_another_chat_is_a_bug(archive: Archive) -> None:
    range_id = await new_range(archive)

    with pytest.raises(LookupError, match="no range"):
        await archive.keep(1, OTHER_CHAT, range_id, page_of(message(1)))

    assert await archive.count(OTHER_CHAT) == 0


@pytest.mark.parametrize("size", [1, 7, 99, 100, 101, 1000])
async def test_messages_come_oldest_first_in_lists_of_any_size(archive: Archive, size: int) -> None:
    range_id = await new_range(archive)
    await archive.keep(1, CHAT_ID, range_id, full_page(301))
    await archive.keep(1, CHAT_ID, range_id, full_page(51))

    lists = [rows async for rows in archive.messages(CHAT_ID, page=size)]

    ids = [row.id for rows in lists for row in rows]
    assert ids == [*range(51, 151), *range(301, 401)]
    assert {len(rows) for rows in lists[:-1]} <= {size}


async def test_messages_that_come_meanwhile_are_left_out(archive: Archive) -> None:
    range_id = await new_range(archive)
    await archive.keep(1, CHAT_ID, range_id, full_page(1))
    seen: list[int] = []

    async for rows in archive.messages(CHAT_ID, page=30):
        seen += [row.id for row in rows]
        await archive.keep(1, CHAT_ID, range_id, full_page(101))

    assert seen == list(range(1, 101))


async def test_an_empty_chat_gives_no_messages(archive: Archive) -> None:
    assert await all_messages(archive) == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pages=st.lists(
        st.dictionaries(
            st.integers(1, 30), st.sampled_from(["text", "photo", "service"]), max_size=12
        ),
        max_size=5,
    )
)
async def test_counts_always_equal_the_rows(
    database: Database, pages: list[dict[int, str]]
) -> None:
    """Whatever is new, edited, or the same again; in a chat of its own each time."""
    archive = Archive(database)
    async with database.read() as connection:
        chat_id = (await connection.scalar(select(func.min(messages.c.chat_id))) or CHAT_ID) - 1
    range_id = await new_range(archive, chat_id)
    expected: dict[int, str] = {}
    for number, kinds in enumerate(pages):
        rows = [message(id_, kind=kind, tl=kind.encode()) for id_, kind in sorted(kinds.items())]
        kept = await archive.keep(1, chat_id, range_id, page_of(*rows, next_id=number + 1))
        assert kept.new == len(kinds.keys() - expected.keys())
        assert kept.edited == sum(
            expected[id_] != kind for id_, kind in kinds.items() if id_ in expected
        )
        expected |= kinds

    assert await archive.counts_by_kind(chat_id) == dict(Counter(expected.values()))
    assert await archive.count(chat_id) == len(expected)


async def new_range(archive: Archive, chat_id: int = CHAT_ID) -> int:
    return (await archive.plan(chat_id, 1, 1000))[0].id


async def all_messages(archive: Archive) -> list[MessageRow]:
    return [row async for rows in archive.messages(CHAT_ID) for row in rows]


async def file_ids(archive: Archive) -> list[tuple[int, int]]:
    query = select(media.c.message_id, media.c.file_id).order_by(media.c.message_id)
    async with archive._database.read() as connection:
        return [(row.message_id, row.file_id) for row in await connection.execute(query)]
