"""Stretches of ids: cut, covered, joined; what was fetched once is never planned again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from storage.archive import Archive
from storage.database import Database
from storage.jobs import Jobs
from storage.models import ExportRequest, Range
from storage.ranges import parts_of, pieces_of, uncovered
from storage.tables import ranges
from tests.storage.making import CHAT_ID, page_of

LAST = 60
stretches = st.builds(
    lambda start, length: range(start, start + length), st.integers(1, LAST), st.integers(0, LAST)
)


@given(wanted=stretches, taken=st.lists(stretches, max_size=6))
def test_uncovered_is_what_is_wanted_and_not_taken_in_order(
    wanted: range, taken: list[range]
) -> None:
    found = list(uncovered(wanted, taken))

    assert [id_ for stretch in found for id_ in stretch] == sorted(
        set(wanted) - {id_ for stretch in taken for id_ in stretch}
    )
    assert all(found)


@given(stretch=stretches.filter(len), part_ids=st.integers(1, 20))
def test_parts_join_and_only_the_last_one_is_of_another_size(stretch: range, part_ids: int) -> None:
    parts = parts_of(stretch, part_ids)

    assert [id_ for part in parts for id_ in part] == list(stretch)
    assert {len(part) for part in parts[:-1]} <= {part_ids}
    assert len(parts) == 1 or part_ids <= 2 * len(parts[-1])
    assert 2 * len(parts[-1]) <= 3 * part_ids


@given(left=stretches.filter(len), wanted=stretches, part_ids=st.integers(1, 20))
def test_pieces_join_and_lie_within_what_is_wanted_or_outside(
    left: range, wanted: range, part_ids: int
) -> None:
    pieces = pieces_of(left, wanted, part_ids)

    assert [id_ for piece in pieces for id_ in piece] == list(left)
    for piece in pieces:
        assert set(piece) <= set(wanted) or not set(piece) & set(wanted)


class Fetching:
    """A chat of its own, fetched here and there; `covered` is kept by hand."""

    def __init__(self, archive: Archive, chat_id: int) -> None:
        self._archive = archive
        self._chat_id = chat_id
        self.covered: dict[str | None, set[int]] = {}

    async def fetch(
        self, wanted: range, source: str | None, *, part_ids: int, stop_after: int
    ) -> None:
        """Plan, compare with what is known, and go on with some ranges up to some id."""
        left = await self._archive.plan(
            self._chat_id, wanted.start, wanted.stop - 1, source=source, part_ids=part_ids
        )
        own = self.covered.setdefault(source, set())
        known = own | self.covered.get(None, set())
        planned = [id_ for part in left for id_ in range(part.next_id, part.last_id + 1)]
        assert planned == sorted(set(planned)), "in order, and nothing twice"
        assert set(planned) <= set(wanted) - own
        assert set(wanted) - known <= set(planned), "nothing is forgotten"
        for part in left:
            length = min(stop_after, part.last_id + 1 - part.next_id)
            stop_after -= length
            if length:
                await self._go_on(part, part.next_id + length)
                own |= set(range(part.next_id, part.next_id + length))

    async def _go_on(self, part: Range, next_id: int) -> None:
        await self._archive.keep(1, self._chat_id, part.id, page_of(next_id=next_id))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            stretches, st.sampled_from([None, "topic:5"]), st.integers(1, 25), st.integers(0, LAST)
        ),
        max_size=8,
    )
)
async def test_whatever_was_asked_before_each_id_is_planned_until_it_is_fetched(
    database: Database, steps: list[tuple[range, str | None, int, int]]
) -> None:
    archive = Archive(database)
    async with database.read() as connection:
        chat_id = (await connection.scalar(select(func.min(ranges.c.chat_id))) or CHAT_ID) - 1
    chat = Fetching(archive, chat_id)
    for wanted, source, part_ids, stop_after in steps:
        await chat.fetch(wanted, source, part_ids=part_ids, stop_after=stop_after)
    for source in (None, "topic:5"):
        everything = range(1, 3 * LAST)
        await chat.fetch(everything, source, part_ids=1000, stop_after=len(everything))

    for source in (None, "topic:5"):
        assert await archive.plan(chat_id, 1, 3 * LAST - 1, source=source) == []


async def test_one_long_range_of_an_older_version_is_cut(
    archive: Archive, database: Database
) -> None:
    async with database.write() as connection:
        old = {"chat_id": CHAT_ID, "first_id": 1, "last_id": 1000, "next_id": 401}
        await connection.execute(insert(ranges).values(old))

    left = await archive.plan(CHAT_ID, 1, 1000, part_ids=200)

    assert [(part.first_id, part.next_id, part.last_id) for part in left] == [
        (1, 401, 600),
        (601, 601, 800),
        (801, 801, 1000),
    ]


async def test_a_slice_leaves_the_rest_of_a_range_alone(archive: Archive) -> None:
    await archive.plan(CHAT_ID, 1, 1000, part_ids=1000)

    left = await archive.plan(CHAT_ID, 301, 400, part_ids=1000)

    assert [(part.first_id, part.last_id) for part in left] == [(301, 400)]
    whole = await archive.plan(CHAT_ID, 1, 1000, part_ids=1000)
    assert [(part.first_id, part.last_id) for part in whole] == [(1, 300), (301, 400), (401, 1000)]


async def test_ranges_that_are_done_become_one_row(archive: Archive, database: Database) -> None:
    for top in (1000, 1100, 1200):
        for part in await archive.plan(CHAT_ID, 1, top, part_ids=100):
            await archive.keep(1, CHAT_ID, part.id, page_of(next_id=part.last_id + 1))

    assert await archive.plan(CHAT_ID, 1, 1200) == []
    assert await rows(database) == [(1, 1200, 1201)]


async def test_ranges_that_do_not_touch_stay_apart(archive: Archive, database: Database) -> None:
    for first_id in (1, 201):
        for part in await archive.plan(CHAT_ID, first_id, first_id + 99, part_ids=50):
            await archive.keep(1, CHAT_ID, part.id, page_of(next_id=part.last_id + 1))

    left = await archive.plan(CHAT_ID, 1, 300, part_ids=1000)

    assert [(part.first_id, part.last_id) for part in left] == [(101, 200)]
    assert await rows(database) == [(1, 100, 101), (101, 200, 101), (201, 300, 301)]


@pytest.mark.parametrize("running", [1, 2])
async def test_no_range_is_taken_from_under_another_job(
    archive: Archive, database: Database, jobs: Jobs, running: int
) -> None:
    """A job holds its ranges by their ids: while two export a chat, none are joined."""
    for number in range(running):
        await jobs.submit(ExportRequest(chat="@a", formats=("json",) * (number + 1)))
        job = await jobs.claim([])
        assert job is not None
        await jobs.set_chat(job.id, job.fence, CHAT_ID)
    for part in await archive.plan(CHAT_ID, 1, 100, part_ids=50):
        await archive.keep(1, CHAT_ID, part.id, page_of(next_id=part.last_id + 1))

    await archive.plan(CHAT_ID, 1, 100)

    assert len(await rows(database)) == running


async def rows(database: Database) -> list[tuple[int, int, int]]:
    query = select(ranges).where(ranges.c.chat_id == CHAT_ID).order_by(ranges.c.first_id)
    async with database.read() as connection:
        found = (await connection.execute(query)).all()
    return [(row.first_id, row.last_id, row.next_id) for row in found]
