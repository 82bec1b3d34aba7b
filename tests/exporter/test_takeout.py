"""Asking within an account's data export."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from exporter.telegram import takeout as subject
from exporter.telegram.connection import Memory, Telegram
from exporter.telegram.history import History, Top, top_of
from exporter.telegram.pacing import Refused
from exporter.telegram.resolve import ChatRef, resolve
from exporter.telegram.takeout import WORTH
from storage.archive import Archive
from tests.exporter.exporting import exporter
from tests.exporter.reaching import ACCOUNT_ID, signed_in
from tests.sandbox.faults import LoggedCall
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat

ASKED = "GetHistoryRequest"
OPENED = "InitTakeoutSessionRequest"
PROBED = "GetSplitRangesRequest"


class Told:
    """What was told about the owner's permission."""

    def __init__(self) -> None:
        self.all: list[bool] = []
        self.wanted = asyncio.Event()

    def __call__(self, wanted: bool) -> None:
        self.all.append(wanted)
        if wanted:
            self.wanted.set()


class Reader:
    """Reads a chat with an account that may have a data export."""

    def __init__(self, telegram: Telegram, chat: ChatRef) -> None:
        self.telegram = telegram
        self.chat = chat
        self.told = Told()

    @asynccontextmanager
    async def exporting(self, *, messages: int = WORTH) -> AsyncIterator[Telegram]:
        async with self.telegram.takeout(
            messages=messages, protected=self.chat.protected, on_permission=self.told
        ) as inside:
            yield inside

    async def ids(self, telegram: Telegram) -> list[int]:
        """Every message, oldest first."""
        found: list[int] = []
        next_id, last_id = 1, (await top_of(telegram, self.chat)).id
        while next_id <= last_id:
            page = await History().page(telegram, self.chat, next_id, last_id)
            found += [message.id for message in page.messages]
            next_id = page.next_id
        return found


@asynccontextmanager
async def reader(
    sandbox: Sandbox, archive: Archive, memory: Memory, chat: Chat, **changes: Any
) -> AsyncIterator[Reader]:
    async with signed_in(sandbox, memory=memory, **changes) as telegram:
        yield Reader(telegram, await resolve(telegram, archive, str(chat.peer_id)))


def calls(sandbox: Sandbox, name: str = ASKED) -> list[LoggedCall]:
    return [call for call in sandbox.faults.log if call.name == name]


def inside_or_not(sandbox: Sandbox) -> set[bool]:
    return {call.takeout_id is not None for call in calls(sandbox)}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data export that waits for permission is asked for again at once."""
    monkeypatch.setattr(subject, "ASK_AGAIN_S", (0.0,))


async def test_a_long_chat_is_read_inside_one_data_export(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=250)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        ids = await read.ids(inside)

    assert ids == chat.message_ids
    assert inside_or_not(sandbox) == {True}
    session = sandbox.world.owner.takeout.session
    assert session is not None
    assert session.flags == {
        "contacts",
        "message_users",
        "message_chats",
        "message_megagroups",
        "message_channels",
    }
    assert {call.takeout_id for call in calls(sandbox)} == {session.id}
    assert await memory.takeouts.find(ACCOUNT_ID) == session.id
    assert read.told.all[-1] is False
    assert True not in read.told.all


async def test_the_allowed_rate_inside_is_learned_apart_from_the_one_outside(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    sandbox.line.takeout_requests_per_second = 2
    chat = sandbox.world.add_supergroup("Study", messages=350)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        await read.ids(inside)

    assert list(await memory.paces.load(ACCOUNT_ID)) == ["messages.getHistory in takeout"]


async def test_few_messages_are_asked_for_as_usual(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=150)
    async with (
        reader(sandbox, archive, memory, chat) as read,
        read.exporting(messages=WORTH - 1) as inside,
    ):
        ids = await read.ids(inside)

    assert ids == chat.message_ids
    assert inside_or_not(sandbox) == {False}
    assert calls(sandbox, OPENED) == []


async def test_a_protected_chat_is_asked_for_as_usual(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=150)
    chat.noforwards = True
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        ids = await read.ids(inside)

    assert ids == chat.message_ids
    assert inside_or_not(sandbox) == {False}


async def test_the_setting_off_keeps_data_exports_out(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=150)
    async with (
        reader(sandbox, archive, memory, chat, server={"takeout": False}) as read,
        read.exporting() as inside,
    ):
        await read.ids(inside)

    assert inside_or_not(sandbox) == {False}
    assert calls(sandbox, OPENED) == []


async def test_a_later_run_looks_whether_the_data_export_is_open_still_and_uses_it(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=150)
    for _ in range(2):
        async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
            await read.ids(inside)

    assert len(calls(sandbox, OPENED)) == 1
    assert [call.outcome for call in calls(sandbox, PROBED)] == ["answered", "answered"]
    assert inside_or_not(sandbox) == {True}


async def test_a_data_export_that_ended_meanwhile_is_opened_anew(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=150)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        await read.ids(inside)
    sandbox.world.owner.takeout.end()
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        between = await read.ids(inside)
        sandbox.world.owner.takeout.end()  # as when another client begins one
        amid = await read.ids(inside)

    assert between == amid == chat.message_ids
    assert len(calls(sandbox, OPENED)) == 3
    assert await memory.takeouts.find(ACCOUNT_ID) == calls(sandbox)[-1].takeout_id


async def test_a_data_export_that_never_works_is_not_opened_again_and_again(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=150)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        sandbox.faults.fail(400, "TAKEOUT_INVALID", on=ASKED)
        ids = await read.ids(inside)

    assert ids == chat.message_ids
    assert len(calls(sandbox, OPENED)) == 1


async def test_while_the_owner_has_not_allowed_it_all_goes_as_usual_and_they_are_told(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    sandbox.world.owner.takeout.delay(24 * 3600)
    chat = sandbox.world.add_supergroup("Study", messages=150)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        ids = await read.ids(inside)
        assert read.told.all[-1] is True

    assert ids == chat.message_ids
    assert inside_or_not(sandbox) == {False}
    assert len(calls(sandbox, OPENED)) == 1
    assert read.told.all[-1] is False, "over with the reading"


@pytest.mark.usefixtures("quick")
async def test_it_begins_amid_the_reading_once_the_owner_allows_it(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    sandbox.world.owner.takeout.delay(24 * 3600)
    chat = sandbox.world.add_supergroup("Study", messages=350)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        held = sandbox.faults.hold(on=ASKED, after=1)
        reading = asyncio.create_task(read.ids(inside))
        await held.reached.wait()
        assert read.told.all == [False, True, True]
        sandbox.world.owner.takeout.allow()
        held.release()
        ids = await reading
        assert read.told.all[-1] is False

    assert ids == chat.message_ids
    assert [call.takeout_id is not None for call in calls(sandbox)] == [False] * 2 + [True] * 3


@pytest.mark.usefixtures("quick")
async def test_it_begins_when_the_delay_is_over(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    sandbox.world.owner.takeout.delay(1)
    chat = sandbox.world.add_supergroup("Study", messages=150)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        while not await memory.takeouts.find(ACCOUNT_ID):
            ids = await read.ids(inside)
            await asyncio.sleep(0.05)

    assert ids == chat.message_ids
    assert calls(sandbox)[0].takeout_id is None


@pytest.mark.parametrize(("code", "message"), [(400, "INPUT_METHOD_INVALID"), (403, "FORBIDDEN")])
async def test_a_server_that_gives_none_is_asked_as_usual_and_nobody_is_bothered(
    sandbox: Sandbox, archive: Archive, memory: Memory, code: int, message: str
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=150)
    sandbox.faults.fail(code, message, on=OPENED, times=None)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        ids = await read.ids(inside)

    assert ids == chat.message_ids
    assert inside_or_not(sandbox) == {False}
    assert len(calls(sandbox, OPENED)) == 1
    assert True not in read.told.all


async def test_a_long_flood_wait_for_the_data_export_is_not_waited_for(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=150)
    sandbox.faults.flood_wait(3600, on=OPENED)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        ids = await read.ids(inside)

    assert ids == chat.message_ids
    assert inside_or_not(sandbox) == {False}


async def test_two_jobs_of_an_account_share_its_data_export(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=350)

    async def read_all(read: Reader) -> list[int]:
        async with read.exporting() as inside:
            return await read.ids(inside)

    async with reader(sandbox, archive, memory, chat) as read, asyncio.TaskGroup() as group:
        both = [group.create_task(read_all(read)) for _ in range(2)]

    assert [task.result() for task in both] == [chat.message_ids] * 2
    assert len(calls(sandbox, OPENED)) == 1
    assert inside_or_not(sandbox) == {True}


async def test_another_refusal_inside_is_passed_on(
    sandbox: Sandbox, archive: Archive, memory: Memory
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=3)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        sandbox.faults.fail(400, "MSG_ID_INVALID", on=ASKED)
        with pytest.raises(Refused):
            await top_of(inside, read.chat)


@pytest.mark.parametrize("kind", ["private", "group"])
async def test_the_splits_of_an_accounts_own_ids_are_gone_through_one_by_one(
    sandbox: Sandbox, archive: Archive, memory: Memory, kind: str
) -> None:
    chat: Chat
    if kind == "private":
        chat = sandbox.world.add_private_chat(sandbox.world.add_user("Mia Moon"), messages=450)
    else:
        chat = sandbox.world.add_basic_group("Family", messages=450)
    ids = chat.message_ids
    sandbox.world.owner.splits = (ids[130], ids[131], ids[300], ids[-1] + 1000)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        found = await read.ids(inside)
        top = await top_of(inside, read.chat)

    assert found == ids
    assert top == Top(id=ids[-1], total=450)
    assert inside_or_not(sandbox) == {True}


async def test_a_channel_has_no_splits(sandbox: Sandbox, archive: Archive, memory: Memory) -> None:
    chat = sandbox.world.add_channel("News", messages=250)
    sandbox.world.owner.splits = (100, 200)
    async with reader(sandbox, archive, memory, chat) as read, read.exporting() as inside:
        ids = await read.ids(inside)

    assert ids == chat.message_ids
    assert inside_or_not(sandbox) == {True}


def pages_inside(sandbox: Sandbox) -> set[bool]:
    """Whether pages of history were asked for inside; the questions for the top are left out."""
    pages = [call for call in calls(sandbox) if call.arguments["limit"] > 1]
    return {call.takeout_id is not None for call in pages}


@pytest.mark.parametrize("kind", ["private", "group", "supergroup", "channel"])
async def test_an_export_of_a_long_chat_fetches_its_pages_inside(
    sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    world = sandbox.world
    chat: Chat
    match kind:
        case "private":
            chat = world.add_private_chat(world.add_user("Mia Moon"), messages=1_200)
        case "group":
            chat = world.add_basic_group("Family", messages=1_200)
        case "supergroup":
            chat = world.add_supergroup("Study", messages=1_200)
        case _:
            chat = world.add_channel("News", messages=1_200)
    ids = chat.message_ids
    world.owner.splits = (ids[250], ids[900])
    async with exporter(sandbox, tmp_path) as chatkeep:
        done = await chatkeep.export(chat.peer_id)

    assert (done.messages, done.complete) == (1_200, True)
    assert pages_inside(sandbox) == {True}


async def test_an_export_that_adds_little_stays_outside(sandbox: Sandbox, tmp_path: Path) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=1_200)
    async with exporter(sandbox, tmp_path) as chatkeep:
        await chatkeep.export(chat.peer_id)
        sandbox.faults.log.clear()
        chat.post("news")
        done = await chatkeep.export(chat.peer_id)

    assert done.new == 1
    assert pages_inside(sandbox) == {False}
    assert calls(sandbox, PROBED) == []


@pytest.mark.parametrize("kind", ["private", "supergroup"])
async def test_an_export_of_a_protected_chat_loses_nothing(
    sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    world = sandbox.world
    if kind == "private":
        mia = world.add_private_chat(world.add_user("Mia Moon"), messages=1_200)
        mia.noforwards, chat_id = True, mia.peer_id
    else:
        study = world.add_supergroup("Study", messages=1_200)
        study.noforwards, chat_id = True, study.peer_id
    async with exporter(sandbox, tmp_path) as chatkeep:
        done = await chatkeep.export(chat_id)

    assert done.messages == 1_200
    assert pages_inside(sandbox) == {False}
