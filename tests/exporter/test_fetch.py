"""Fetching with several requests and accounts at once: all of it, once, and in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from exporter.errors import AccountUnusable, JobError
from exporter.fetch import LEAST_IN_FLIGHT, MOST_IN_FLIGHT, At, Seat, everything, fetch, in_flight
from exporter.keeping import PAGES_AHEAD
from exporter.progress import ProgressBoard
from exporter.seen import Seen
from exporter.telegram.connection import Telegram
from exporter.telegram.history import top_of
from exporter.telegram.pages import NEW_A_PAGE
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.errors import JobLost
from storage.jobs import Jobs
from storage.models import ExportRequest, Job
from tests.exporter.reaching import signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.people import Account

HISTORY = "GetHistoryRequest"
OWNER, SECOND = 1, 2


@dataclass(slots=True)
class Work:
    """An export of one chat, as the runner would do it."""

    sandbox: Sandbox
    archive: Archive
    jobs: Jobs
    job: Job
    chat: Chat
    lost: list[int] = field(default_factory=list)
    """Accounts whose sessions ended."""
    board: ProgressBoard = field(default_factory=ProgressBoard)

    async def at(self, telegram: Telegram) -> At:
        found = await resolve(telegram, self.archive, str(self.chat.peer_id))
        await self.archive.save_chat(found.info)
        return telegram, found

    async def run(self, *telegrams: Telegram, later: tuple[Telegram, ...] = ()) -> None:
        """Fetch with these accounts at once, and with others as they are found."""

        async def others() -> AsyncGenerator[At, None]:
            for telegram in later:
                yield await self.at(telegram)

        async def on_lost(account_id: int, error: AccountUnusable) -> AccountUnusable:
            self.lost.append(account_id)
            return error

        seats = [await self.at(telegram) for telegram in telegrams]
        top = await top_of(*seats[0])
        seat = Seat(job=self.job, telegrams=seats, others=others, on_lost=on_lost)
        await fetch(seat, everything(top), self.archive, self.board, Seen(10_000))

    async def kept(self) -> list[int]:
        lists = self.archive.messages(self.chat.peer_id)
        return [row.id async for rows in lists for row in rows]

    @property
    def asked_by(self) -> Counter[int | None]:
        """Pages that were asked for, by account."""
        return Counter(
            call.account
            for call in self.sandbox.faults.log
            if call.name == HISTORY and call.arguments["limit"] > 1
        )


@pytest.fixture
async def jobs(archive: Archive) -> Jobs:
    return Jobs(archive._database)


async def work_on(sandbox: Sandbox, archive: Archive, jobs: Jobs, chat: Chat) -> Work:
    await jobs.submit(ExportRequest(chat=str(chat.peer_id)))
    job = await jobs.claim([OWNER])
    assert job is not None
    return Work(sandbox, archive, jobs, job, chat)


@asynccontextmanager
async def two_accounts(sandbox: Sandbox) -> AsyncIterator[tuple[Telegram, Telegram, Account]]:
    """The owner and another one, both connected, and the other one's account."""
    second = sandbox.world.add_account("15550002222", name="Ben Second")
    async with (
        signed_in(sandbox, account_id=OWNER) as one,
        signed_in(sandbox, second, account_id=SECOND) as two,
    ):
        yield one, two, second


async def test_every_message_is_kept_once_and_asked_for_once(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=5_000)
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        await work.run(telegram)

    assert await work.kept() == chat.message_ids
    assert work.board.new == 5_000
    assert sum(work.asked_by.values()) == -(-5_000 // NEW_A_PAGE)


async def test_holes_cost_no_more_than_a_page_a_range(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=5_000)
    chat.delete(*range(7, 5_000, 11), *range(1_500, 2_200))
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        await work.run(telegram)

    assert await work.kept() == chat.message_ids
    pages = -(-len(chat.message_ids) // NEW_A_PAGE)
    assert sum(work.asked_by.values()) <= pages + 5_000 // (4 * NEW_A_PAGE) + 2


async def test_order_in_the_archive_is_not_that_of_arrival(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=1_200)
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        first = sandbox.faults.hold(after=1)
        running = asyncio.create_task(work.run(telegram))
        await first.reached.wait()
        await sandbox.faults.wait_for_calls(HISTORY, 8)
        first.release()
        await running

    assert await work.kept() == chat.message_ids


async def test_several_requests_are_under_way_at_once(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=3_000)
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        holds = [sandbox.faults.hold(after=1) for _ in range(LEAST_IN_FLIGHT)]
        running = asyncio.create_task(work.run(telegram))
        for hold in holds:
            await hold.reached.wait()
        for hold in holds:
            hold.release()
        await running

    assert await work.kept() == chat.message_ids


def test_more_requests_are_under_way_the_longer_an_answer_takes() -> None:
    assert in_flight(0) == LEAST_IN_FLIGHT
    assert LEAST_IN_FLIGHT < in_flight(0.06) < MOST_IN_FLIGHT
    assert in_flight(5) == MOST_IN_FLIGHT


def test_no_more_requests_are_under_way_than_a_known_rate_allows() -> None:
    assert in_flight(0.06, 10) == LEAST_IN_FLIGHT + 1
    assert in_flight(0.06, 1_000) == in_flight(0.06)
    assert in_flight(5, 10) == MOST_IN_FLIGHT


async def test_a_second_run_asks_for_what_is_new_only(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=3_000)
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        await work.run(telegram)
        for number in range(250):
            chat.post(f"new {number}")
        before = sandbox.faults.calls(HISTORY)
        await work.run(telegram)
        asked = sandbox.faults.calls(HISTORY) - before

    assert await work.kept() == chat.message_ids
    assert asked == 3 + 2, "three pages, and the top before and after"


async def test_two_accounts_share_the_ranges_of_a_chat(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    async with two_accounts(sandbox) as (one, two, second):
        chat = sandbox.world.add_supergroup("Study", messages=6_000)
        work = await work_on(sandbox, archive, jobs, chat)
        await work.run(one, later=(two,))

    assert await work.kept() == chat.message_ids
    assert sum(work.asked_by.values()) == -(-6_000 // NEW_A_PAGE)
    assert work.asked_by[second.id] > 5


async def test_a_few_pages_are_not_worth_a_second_account(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    async with two_accounts(sandbox) as (one, two, second):
        chat = sandbox.world.add_supergroup("Study", messages=500)
        work = await work_on(sandbox, archive, jobs, chat)
        await work.run(one, later=(two,))

    assert await work.kept() == chat.message_ids
    assert work.asked_by[second.id] == 0


@pytest.mark.parametrize("after", [1, 3, 20])
async def test_an_account_that_dies_leaves_its_ranges_to_the_other(
    sandbox: Sandbox, archive: Archive, jobs: Jobs, after: int
) -> None:
    async with two_accounts(sandbox) as (one, two, second):
        chat = sandbox.world.add_supergroup("Study", messages=6_000)
        work = await work_on(sandbox, archive, jobs, chat)
        sandbox.faults.revoke(on=HISTORY, account=sandbox.world.owner.id, after=after)
        await work.run(one, later=(two,))

    assert await work.kept() == chat.message_ids
    assert work.lost == [OWNER]
    assert work.asked_by[second.id] > 5


async def test_an_account_that_is_shut_out_leaves_its_ranges_to_the_other(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    async with two_accounts(sandbox) as (one, two, second):
        chat = sandbox.world.add_supergroup("Study", messages=6_000)
        work = await work_on(sandbox, archive, jobs, chat)
        sandbox.faults.fail(400, "CHANNEL_PRIVATE", account=second.id, after=4, times=None)
        await work.run(one, later=(two,))

    assert await work.kept() == chat.message_ids
    assert work.lost == []
    assert work.asked_by[sandbox.world.owner.id] > 5


async def test_when_no_account_is_left_the_first_reason_is_told_and_the_rest_waits(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=3_000)
    work = await work_on(sandbox, archive, jobs, chat)
    sandbox.faults.revoke(on=HISTORY, after=12)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(AccountUnusable, match="no longer accepts"):
            await work.run(telegram)
    kept = len(await work.kept())
    before = sum(work.asked_by.values())
    async with signed_in(sandbox) as telegram:
        await work.run(telegram)

    assert work.lost == [OWNER]
    assert 0 < kept < 3_000
    assert await work.kept() == chat.message_ids
    rest = -(-(3_000 - kept) // NEW_A_PAGE)
    assert sum(work.asked_by.values()) - before <= rest + LEAST_IN_FLIGHT


async def test_a_chat_that_nobody_may_read_ends_with_a_sentence_and_keeps_what_it_has(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=3_000)
    work = await work_on(sandbox, archive, jobs, chat)
    sandbox.faults.fail(400, "CHANNEL_PRIVATE", after=12, times=None)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(JobError, match=r"may not read “Study”.*is kept"):
            await work.run(telegram)

    assert await work.kept() != []


async def test_what_comes_in_meanwhile_is_fetched_too(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=1_000)
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        held = sandbox.faults.hold(after=5)
        running = asyncio.create_task(work.run(telegram))
        await held.reached.wait()
        for number in range(150):
            chat.post(f"meanwhile {number}")
        held.release()
        await running

    assert len(chat.message_ids) == 1_150
    assert await work.kept() == chat.message_ids


@pytest.mark.parametrize("private", [False, True])
async def test_faults_and_a_lively_chat_lose_nothing_and_double_nothing(
    sandbox: Sandbox, archive: Archive, jobs: Jobs, private: bool
) -> None:
    world = sandbox.world
    chat = (
        world.add_private_chat(world.add_user("Mia Moon"), messages=3_000)
        if private
        else world.add_supergroup("Study", messages=3_000)
    )
    work = await work_on(sandbox, archive, jobs, chat)
    faults = sandbox.faults
    for after in (3, 17):
        faults.cut_before_answer(after=after)
        faults.cut_amid_answer(after=after)
        faults.server_error(after=after)
        faults.short_page(after=after)
        faults.unordered_page(after=after)
        faults.duplicate_page(after=after)
    faults.flood_wait(1, after=5)
    start = set(chat.message_ids)
    async with signed_in(sandbox) as telegram, chat.churn(20, 5):
        await work.run(telegram)
        end = set(chat.message_ids)

    kept = await work.kept()
    assert kept == sorted(set(kept))
    assert start & end <= set(kept)


async def test_a_slow_disk_slows_the_fetching(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=6_000)
    work = await work_on(sandbox, archive, jobs, chat)
    most = 1 + LEAST_IN_FLIGHT + 1 + PAGES_AHEAD
    async with signed_in(sandbox) as telegram:
        held = sandbox.faults.hold(after=1)
        running = asyncio.create_task(work.run(telegram))
        await held.reached.wait()
        async with archive._database.write():
            held.release()
            await sandbox.faults.wait_for_calls(HISTORY, 1 + PAGES_AHEAD)
            await asyncio.sleep(0.2)  # those that must not be asked for would be by now
            asked = sandbox.faults.calls(HISTORY)
        await running

    assert asked <= most + PAGES_AHEAD
    assert await work.kept() == chat.message_ids


async def test_a_cancelled_run_leaves_no_task_and_goes_on_at_its_checkpoints(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=6_000)
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        held = sandbox.faults.hold(after=30)
        tasks = asyncio.all_tasks()
        running = asyncio.create_task(work.run(telegram))
        await held.reached.wait()
        running.cancel()
        await asyncio.wait([running])
        left = asyncio.all_tasks() - tasks
        held.release()
        kept = len(await work.kept())
        before = sum(work.asked_by.values())
        await work.run(telegram)

    assert running.cancelled()
    assert {task.get_name() for task in left}.isdisjoint({"keep pages", "fetch pages"})
    assert kept > 0
    assert await work.kept() == chat.message_ids
    rest = -(-(6_000 - kept) // NEW_A_PAGE)
    assert sum(work.asked_by.values()) - before <= rest + LEAST_IN_FLIGHT + 1


async def test_a_job_that_is_another_workers_now_keeps_nothing_more(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=3_000)
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        held = sandbox.faults.hold(after=1)
        running = asyncio.create_task(work.run(telegram))
        await held.reached.wait()
        await jobs.release(work.job.id, work.job.fence)
        assert await jobs.claim([OWNER])
        kept = await work.kept()
        held.release()
        with pytest.raises(ExceptionGroup) as raised:
            await running

    assert raised.group_contains(JobLost)
    assert await work.kept() == kept


async def test_names_are_kept_however_the_pages_come(
    sandbox: Sandbox, archive: Archive, jobs: Jobs
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=2_000, people=30)
    work = await work_on(sandbox, archive, jobs, chat)
    async with signed_in(sandbox) as telegram:
        await work.run(telegram)

    names = await archive.peers(chat.members)
    assert {peer_id: peer.name for peer_id, peer in names.items()} == {
        user_id: sandbox.world.users[user_id].name for user_id in chat.members
    }
