"""/status and the pages of /jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.accounts import Accounts
from storage.database import Database
from storage.models import AccountState, AccountWait, ExportRequest, Freeze, LearnedPace
from storage.paces import Paces
from storage.secrets import Secrets
from storage.takeouts import Takeouts
from tests.bot.running import RunningBot, Worker
from tests.sandbox.phone import Phone


async def test_status_tells_of_disk_memory_queue_and_accounts(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    accounts = Accounts(database, Secrets.load("a key", database.path.parent))
    first = await accounts.add(user_id=7, name="Mia", phone=None, dc_id=2, session="s")
    second = await accounts.add(user_id=8, name="Ben", phone=None, dc_id=2, session="s")
    await accounts.end(second.id, AccountState.REVOKED)
    pace = LearnedPace(rate=9.8, settled=True, waited_at=datetime.now(UTC))
    await Paces(database).save(first.id, {"messages.getHistory": pace})
    await phone.say("/export @first")
    await worker.claim()
    await phone.say("/export @second")

    await phone.say("/status")
    told = await phone.wait_for("Queue")

    lines = told.text.split("\n")
    assert lines[0].startswith("Disk: ")
    assert " free of " in lines[0]
    assert lines[1].startswith("Memory: ")
    assert lines[2] == "Queue: 1 running · 1 waiting"
    assert lines[3] == "Account \u2068Mia\u2069: ready, Telegram allows about 980 messages/s"
    assert lines[4].startswith("⚠️ Account \u2068Ben\u2069: Telegram ended its session")


async def test_status_tells_how_each_account_stands(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    accounts = Accounts(database, Secrets.load("a key", database.path.parent))
    names = ("Mia", "Ben", "Eva", "Kim")
    mia, ben, eva, kim = [
        await accounts.add(user_id=place, name=name, phone=None, dc_id=2, session="s")
        for place, name in enumerate(names, start=7)
    ]
    await Takeouts(database).wait_for_owner(mia.id)
    since, until = datetime(2026, 3, 12, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)
    await accounts.accepted(ben.id, Freeze(since=since, until=until))
    await accounts.end(eva.id, AccountState.DUPLICATED)
    await accounts.end(kim.id, AccountState.DEACTIVATED)
    pace = LearnedPace(rate=0.5, settled=True, waited_at=datetime.now(UTC))
    await Paces(database).save(mia.id, {"messages.search": pace})
    await phone.say("/export @first")
    wait = AccountWait(
        account_id=mia.id,
        until=datetime.now(UTC) + timedelta(minutes=59, seconds=30),
        reason="Telegram asks us to wait",
    )
    await worker.report(await worker.claim(), 10, account_waits=(wait,))

    await phone.say("/status")
    told = await phone.wait_for("Queue")

    assert told.text.split("\n")[3:] == [
        "Account \u2068Mia\u2069: ready",
        "· Telegram allows about 30 searches a minute",
        "⏳ Telegram asks us to wait 1\u00a0h. It goes on by itself.",
        "🔑 For faster exports: in Telegram with this account, chat “Telegram”, tap Allow.",
        (
            "❄️ Account \u2068Ben\u2069: frozen by Telegram since 12 Mar 2026. It still reads the"
            " chats that it is in, and is deleted on 11 Apr 2026 unless an appeal succeeds."
        ),
        (
            "⚠️ Account \u2068Eva\u2069: its session was used from two places, so Telegram ended"
            " it. On the computer: chatkeep accounts add"
        ),
        "⚠️ Account \u2068Kim\u2069: Telegram has deactivated it.",
    ]


async def test_older_jobs_are_on_further_pages_of_the_same_message(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    for number in range(25):
        await worker.jobs.submit(ExportRequest(chat=f"@chat{number}"))
        job = await worker.claim()
        await worker.jobs.fail(job.id, job.fence, "No such chat.")

    await phone.say("/jobs")
    listed = await phone.wait_for("Lately")
    await phone.tap(listed, "Older ›")
    await phone.wait_for(lambda message: message is listed and "❌ 15 ·" in message.text)
    await phone.tap(listed, "Older ›")
    await phone.wait_for(lambda message: message is listed and "❌ 1 ·" in message.text)
    assert listed.buttons == [["‹ Newer"]]
    await phone.tap(listed, "‹ Newer")
    await phone.wait_for(lambda message: message is listed and "❌ 15 ·" in message.text)


async def test_commands_are_acknowledged_by_reactions(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    asked = await phone.say("/export @alpine")
    job = await worker.claim()
    await phone.wait_for("@alpine")
    assert [each["emoji"] for each in asked.reactions] == ["👀"]

    await worker.finish(job)
    ended = await phone.wait_for("1,000 new")
    assert ended.reply_to is asked
    await phone.wait_for(lambda _: [each["emoji"] for each in asked.reactions] == ["👌"])
