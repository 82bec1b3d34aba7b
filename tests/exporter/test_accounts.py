"""What becomes of accounts that Telegram ends or freezes, and which one exports a chat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from telethon.tl.functions.account import InitTakeoutSessionRequest
from telethon.tl.functions.help import GetAppConfigRequest
from telethon.tl.functions.messages import GetHistoryRequest

from exporter import held
from exporter.telegram.takeout import WORTH
from storage.alerts import AlertKind, Alerts, News
from storage.models import Account, AccountState, ExportRequest, Job, JobKind
from tests.exporter.exporting import Exporter, exporter, ids, written
from tests.installation import Installation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.people import Freeze
from tests.sandbox.world.world import World

HISTORY = "GetHistoryRequest"
DAY_S = 86_400
ENDS = [
    (401, "SESSION_REVOKED", AccountState.REVOKED),
    (401, "AUTH_KEY_UNREGISTERED", AccountState.REVOKED),
    (406, "AUTH_KEY_DUPLICATED", AccountState.DUPLICATED),
    (401, "USER_DEACTIVATED", AccountState.DEACTIVATED),
    (401, "USER_DEACTIVATED_BAN", AccountState.DEACTIVATED),
]


def frozen(*refuses: type) -> Freeze:
    """Since yesterday, and for thirty days; `refuses` as of the sandbox's."""
    now = int(time.time())
    return Freeze(since=now - DAY_S, until=now + 30 * DAY_S, refuses=refuses)


async def news(chatkeep: Exporter) -> list[News]:
    """What the owners are still to be told."""
    return [alert.news for alert in await Alerts(chatkeep.bench.database).untold()]


async def kinds(chatkeep: Exporter) -> list[AlertKind]:
    return [each.kind for each in await news(chatkeep)]


async def stored(chatkeep: Exporter) -> Account:
    """The first account, as the database has it."""
    return (await chatkeep.bench.accounts.all())[0]


def who_asked(sandbox: Sandbox) -> set[int | None]:
    return {call.account for call in sandbox.faults.log if call.name == HISTORY and call.answered}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a frozen account is free again is asked each time that it is needed."""
    monkeypatch.setattr(held, "LOOK_AT_FROZEN_EVERY_S", 0.0)


@pytest.mark.parametrize(("code", "message", "state"), ENDS)
async def test_a_session_that_telegram_ends_is_told_once_and_never_tried_again(
    sandbox: Sandbox, tmp_path: Path, code: int, message: str, state: AccountState
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", messages=400)
    sandbox.faults.end_session(code, message, on=HISTORY, after=2)
    async with exporter(sandbox, tmp_path) as chatkeep:
        refused = await chatkeep.refusal(chat.peer_id)
        account = await stored(chatkeep)
    asked = len(sandbox.faults.log)
    async with exporter(sandbox, tmp_path) as chatkeep:  # as after a restart
        again = await chatkeep.refusal(chat.peer_id)
        told = await news(chatkeep)

    assert refused.startswith(f"{sandbox.world.owner.user.name}: ")
    assert account.state is state
    assert "No Telegram account is signed in" in again
    assert len(sandbox.faults.log) == asked, "Telegram heard no more of this account"
    assert [(each.kind, each.account) for each in told] == [
        (AlertKind(state), sandbox.world.owner.user.name)
    ]


@pytest.mark.parametrize(("code", "message", "state"), ENDS[2:4])
async def test_another_account_that_sees_the_chat_takes_over(
    sandbox: Sandbox, tmp_path: Path, code: int, message: str, state: AccountState
) -> None:
    owner, second = sandbox.world.owner, sandbox.world.add_account("15550002222", name="Ben")
    chat = sandbox.world.add_supergroup("Hikers", messages=400, members=[owner, second])
    sandbox.faults.end_session(code, message, on=HISTORY, account=owner.id, after=2)
    async with exporter(sandbox, tmp_path, owner, second) as chatkeep:
        done = await chatkeep.export(chat.peer_id)
        account, told = await stored(chatkeep), await kinds(chatkeep)

    assert ids(written(done)) == chat.message_ids
    assert who_asked(sandbox) == {owner.id, second.id}
    assert (account.state, told) == (state, [AlertKind(state)])


async def jobs_when(chatkeep: Exporter, ready: Callable[[Job], bool]) -> list[Job]:
    """All jobs, as soon as each of them is as wanted."""
    while True:
        jobs = [job for number in (1, 2) if (job := await chatkeep.bench.jobs.get(number))]
        if all(map(ready, jobs)):
            return jobs
        await chatkeep.bench.database.wait_for_change(0.1)


async def test_the_last_account_that_saw_the_chat_is_named_when_telegram_ends_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    owner, second = sandbox.world.owner, sandbox.world.add_account("15550002222", name="Ben")
    chat = sandbox.world.add_supergroup("Hidden Valley", messages=400, members=[second])
    sandbox.faults.end_session(401, "SESSION_REVOKED", on=HISTORY, after=2)
    async with exporter(sandbox, tmp_path, owner, second) as chatkeep:
        refused = await chatkeep.refusal(chat.peer_id)

    assert refused.startswith("Ben: Telegram no longer accepts")


async def test_jobs_that_lose_the_same_account_all_say_why(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chats = [sandbox.world.add_supergroup(f"Club {n}", messages=400) for n in range(2)]
    held_up = sandbox.faults.hold(on=HISTORY, times=None)
    stop = asyncio.Event()
    async with exporter(sandbox, tmp_path) as chatkeep:
        for chat in chats:
            await chatkeep.bench.jobs.submit(ExportRequest(chat=str(chat.peer_id)))
        serving = asyncio.create_task(chatkeep.runner.serve(stop))
        await jobs_when(chatkeep, lambda job: job.chat_id is not None)
        for key in sandbox.keys.of_account(sandbox.world.owner.id):
            key.revoked = True
        held_up.release()
        jobs = await jobs_when(chatkeep, lambda job: job.state.is_final)
        stop.set()
        await serving
        told = await kinds(chatkeep)

    name = sandbox.world.owner.user.name
    assert all((job.error or "").startswith(f"{name}: Telegram no longer") for job in jobs), jobs
    assert told == [AlertKind.REVOKED]


async def test_a_frozen_account_still_exports_its_chats_and_the_owner_hears_of_it_once(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", messages=150)
    freeze = sandbox.world.owner.freeze = frozen()
    for _ in range(2):
        async with exporter(sandbox, tmp_path) as chatkeep:
            done = await chatkeep.export(chat.peer_id)
            account, told = await stored(chatkeep), await news(chatkeep)

    assert ids(written(done)) == chat.message_ids
    assert account.state is AccountState.FROZEN
    assert account.freeze is not None
    assert account.freeze.until == datetime.fromtimestamp(freeze.until, UTC)
    assert account.freeze.appeal_url == freeze.appeal_url
    assert [(each.kind, each.freeze) for each in told] == [(AlertKind.FROZEN, account.freeze)]


async def test_a_frozen_account_is_refused_chats_that_it_is_not_in_and_another_goes_on(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    owner, second = sandbox.world.owner, sandbox.world.add_account("15550002222", name="Ben")
    chat = sandbox.world.add_supergroup("Hikers", "hikers", messages=150, members=[second])
    owner.freeze = frozen()
    async with exporter(sandbox, tmp_path) as chatkeep:
        refused = await chatkeep.refusal("@hikers")
    async with exporter(sandbox, tmp_path, owner, second) as chatkeep:
        done = await chatkeep.export("@hikers")
        told = await kinds(chatkeep)

    assert "has frozen this account" in refused
    assert "a member of" in refused
    assert ids(written(done)) == chat.message_ids
    assert who_asked(sandbox) == {second.id}
    assert told == [AlertKind.FROZEN]


@pytest.mark.usefixtures("quick")
async def test_a_420_of_a_frozen_account_is_no_wait_and_it_is_used_again_when_it_is_free(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", messages=150)
    async with exporter(sandbox, tmp_path) as chatkeep:
        await chatkeep.export("Alpine Hikers")
        sandbox.world.owner.freeze = frozen(GetHistoryRequest)  # while it is connected
        chat.post("news")
        before = sandbox.faults.calls(HISTORY)
        refused = await chatkeep.refusal("Alpine Hikers")
        asked = sandbox.faults.calls(HISTORY) - before
        state = (await stored(chatkeep)).state
        sandbox.world.owner.freeze = None
        done = await chatkeep.export("Alpine Hikers")
        account, told = await stored(chatkeep), await kinds(chatkeep)

    assert "frozen" in refused
    assert asked == 1, "said once is enough"
    assert state is AccountState.FROZEN
    assert done.new == 1
    assert (account.state, account.freeze) == (AccountState.READY, None)
    assert told == [AlertKind.FROZEN, AlertKind.THAWED]


async def test_a_freeze_of_which_telegram_tells_no_more_ends_the_job_and_only_that(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.world.add_supergroup("Alpine Hikers", messages=150)
    sandbox.world.owner.freeze = frozen(GetHistoryRequest, GetAppConfigRequest)
    async with exporter(sandbox, tmp_path) as chatkeep:
        refused = await chatkeep.refusal("Alpine Hikers")
        account, told = await stored(chatkeep), await kinds(chatkeep)

    assert refused.startswith(f"{sandbox.world.owner.user.name}: Telegram has frozen this account")
    assert (account.state, told) == (AccountState.READY, [])
    assert sandbox.faults.calls(HISTORY) == 1


async def test_a_frozen_account_that_may_not_have_a_data_export_goes_on_without(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", messages=WORTH)
    sandbox.world.owner.freeze = frozen(InitTakeoutSessionRequest)
    async with exporter(sandbox, tmp_path) as chatkeep:
        done = await chatkeep.export(chat.peer_id)

    assert ids(written(done)) == chat.message_ids
    assert sandbox.faults.calls("InitTakeoutSessionRequest") == 1


async def test_the_owner_is_asked_once_to_allow_data_exports(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chats = [sandbox.world.add_supergroup(f"Club {n}", messages=WORTH) for n in range(3)]
    takeout = sandbox.world.owner.takeout
    takeout.delay(DAY_S)
    asked: list[bool] = []
    for chat in chats:
        if chat is chats[-1]:
            takeout.allow()
        async with exporter(sandbox, tmp_path) as chatkeep:  # each time as after a restart
            await chatkeep.export(chat.peer_id)
            asked.append((await stored(chatkeep)).asks_permission)
            told = await news(chatkeep)

    assert asked == [True, True, False]
    assert [(each.kind, each.account) for each in told] == [
        (AlertKind.PERMISSION, sandbox.world.owner.user.name)
    ]


@pytest.mark.parametrize("named", ["{id}", "Hidden Valley", "https://t.me/c/{bare}/5"])
async def test_the_account_that_sees_a_private_group_exports_it(
    sandbox: Sandbox, tmp_path: Path, named: str
) -> None:
    owner, second = sandbox.world.owner, sandbox.world.add_account("15550002222", name="Ben")
    chat = sandbox.world.add_supergroup("Hidden Valley", messages=150, members=[second])
    async with exporter(sandbox, tmp_path, owner, second) as chatkeep:
        done = await chatkeep.export(named.format(id=chat.peer_id, bare=chat.id))

    assert ids(written(done)) == chat.message_ids
    assert who_asked(sandbox) == {second.id}


async def test_an_invite_link_of_a_private_group_leads_to_the_account_that_is_in_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    owner, second = sandbox.world.owner, sandbox.world.add_account("15550002222", name="Ben")
    chat = sandbox.world.add_supergroup("Hidden Valley", messages=150, members=[second])
    chat.invite = "AAAAAFabcdefghij"
    async with exporter(sandbox, tmp_path, owner, second) as chatkeep:
        done = await chatkeep.export(f"https://t.me/+{chat.invite}")

    assert ids(written(done)) == chat.message_ids
    assert who_asked(sandbox) == {second.id}


async def test_the_list_of_chats_is_that_of_all_accounts(sandbox: Sandbox, tmp_path: Path) -> None:
    owner, second = sandbox.world.owner, sandbox.world.add_account("15550002222", name="Ben")
    sandbox.world.add_supergroup("Mine", messages=1, members=[owner])
    sandbox.world.add_supergroup("Bens", messages=1, members=[second])
    async with exporter(sandbox, tmp_path, owner, second) as chatkeep:
        listing = await chatkeep.bench.jobs.submit(ExportRequest(chat=""), kind=JobKind.DIALOGS)
        assert await chatkeep.runner.run_one(listing.job.id)
        listed = await chatkeep.bench.archive.dialogs()

    assert {"Mine", "Bens"} <= {chat.title for chat in listed}


async def test_a_chat_that_no_account_sees_is_said_to_be_so_with_their_number(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    others = [sandbox.world.add_account(f"1555000222{n}", name=f"Ben {n}") for n in range(2)]
    somebody = sandbox.world.add_account("15550003333", name="Mia")
    chat = sandbox.world.add_supergroup("Hidden Valley", messages=5, members=[somebody])
    async with exporter(sandbox, tmp_path, sandbox.world.owner, *others) as chatkeep:
        by_id = await chatkeep.refusal(chat.peer_id)
        by_title = await chatkeep.refusal("Hidden Valley")

    for refused in (by_id, by_title):
        assert "All 3 accounts were asked, and none of them sees this chat." in refused


async def test_the_phone_hears_of_a_freeze_and_the_command_line_shows_it(
    install: Callable[[Sandbox], Installation],
) -> None:
    world = World()
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session(world.owner))
        world.owner.freeze = frozen()
        checked = await chatkeep.run("accounts", "check")
        listed = await chatkeep.run("accounts", "list")
        await chatkeep.start("bot")
        await sandbox.phone.start()
        alert = await sandbox.phone.wait_for("has frozen the account")
        await sandbox.phone.say("/status")
        status = await sandbox.phone.wait_for("Queue")
        world.owner.freeze = None
        again = await chatkeep.run("accounts", "check")
        await sandbox.phone.wait_for("no longer frozen")

    assert checked.code != 0
    assert "frozen since" in checked.out
    assert checked.out == listed.out
    assert world.owner.user.name in alert.text
    assert "https://t.me/spambot" in alert.text
    assert "frozen by Telegram since" in status.text
    assert (again.code, again.out.strip().endswith("ready")) == (0, True)
