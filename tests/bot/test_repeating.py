"""*Schedule* under a summary, and *Details* under a failure."""

from __future__ import annotations

from dataclasses import replace

from storage.archive import Archive
from storage.audit import Audit, Deed
from storage.choices import Choice, Span
from storage.database import Database
from storage.grants import Grants
from storage.models import ChatInfo
from storage.people import People
from storage.schedules import Schedules
from tests.bot.running import OWNER, RunningBot, Worker
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

ALPINE = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
MIA = 6_200_000_001


def labels(message: Message) -> list[str]:
    return [text for row in message.buttons for text in row]


async def summary_of(phone: Phone, worker: Worker) -> Message:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.jobs.set_chat(job.id, job.fence, ALPINE.id)
    await worker.finish(job)
    return await phone.wait_for("1,000 messages\n1,000 new")


async def test_a_summary_offers_to_save_the_chat_again_and_again(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    ended = await summary_of(phone, worker)
    assert labels(ended) == ["Get archive", "Export again", "Schedule"]

    await phone.tap(ended, "Schedule")
    offered = await phone.wait_for("How often shall I save it")
    assert labels(offered) == ["Every night", "Every week", "Every month"]
    await phone.tap(offered, "Every month")
    await phone.wait_for("on the first of each month at 03:00. The next time is")

    assert offered.buttons == []
    assert "Formats: result.json, JSONL, Reader" in offered.text
    (made,) = await Schedules(database).of(OWNER, bot.bot_id)
    assert (made.plan.request.chat, made.plan.title) == (str(ALPINE.id), None)
    assert made.plan.cron == "0 3 1 * *"


async def test_a_schedule_takes_the_options_of_its_time_and_keeps_them(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    await phone.say(f"/plan {ALPINE.id}")
    screen = await phone.wait_for("All messages")
    await phone.tap(screen, "7 days")
    await phone.wait_for(lambda message: message is screen and "✓ 7 days" in labels(message))
    await phone.tap(screen, "Start")
    await worker.finish(await worker.claim())
    ended = await phone.wait_for("1,000 messages\n1,000 new")
    await phone.tap(ended, "Schedule")
    offered = await phone.wait_for("How often shall I save it")
    await phone.tap(offered, "Every night")
    await phone.wait_for(lambda message: message is offered and "last 7 days" in message.text)

    (made,) = await Schedules(database).of(OWNER, bot.bot_id)
    assert made.plan.choice == Choice(span=Span.WEEK)


async def test_a_schedule_takes_the_place_of_an_earlier_one_of_the_chat_however_typed(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    await Archive(database).save_chat(replace(ALPINE, username="alpine"))
    await phone.say("/schedule @alpine daily 05:00")
    await phone.wait_for("daily at 05:00")
    ended = await summary_of(phone, worker)

    await phone.tap(ended, "Schedule")
    offered = await phone.wait_for("How often shall I save it")
    await phone.tap(offered, "Every week")
    await phone.wait_for("Mon at 03:00. The next time is")

    (made,) = await Schedules(database).of(OWNER, bot.bot_id)
    assert (made.plan.request.chat, made.plan.cron) == ("@alpine", "0 3 * * 1")


async def test_whoever_was_let_have_one_export_schedules_none(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker, database: Database
) -> None:
    member = Phone(bot_api.state, Person(id=MIA, first_name="Mia", started=True))
    await People(database).allow(MIA, by=OWNER)
    await Grants(database).add(MIA, ALPINE.id, by=OWNER)
    ended = await summary_of(member, worker)
    await Grants(database).remove(MIA, ALPINE.id, by=OWNER)

    toast = await member.tap(ended, "Schedule")

    (newest,) = await Audit(database).newest(limit=1)
    assert toast.text == "You no longer have access."
    assert (newest.deed, newest.person_id) == (Deed.REFUSED, MIA)


async def test_a_failure_tells_more_when_asked(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.report(job, 520, worked_s=90.0)
    await worker.jobs.fail(job.id, job.fence, "The disk is full.")
    failed = await phone.wait_for(lambda message: labels(message) == ["Retry", "Details"])

    await phone.tap(failed, "Details")
    told = await phone.wait_for("It is number 1.")

    assert told.reply_to is failed
    assert "The disk is full." in told.text
    assert "Tried 1 time, for 2\u00a0min in all." in told.text
    assert "It stopped while messages were fetched.\n520 messages stay saved." in told.text
    assert told.text.endswith("job=1.")
    assert [entity["type"] for entity in told.entities] == ["bold", "expandable_blockquote"]


async def test_details_are_for_those_to_whom_the_chat_is_open(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker, database: Database
) -> None:
    member = Phone(bot_api.state, Person(id=MIA, first_name="Mia", started=True))
    await People(database).allow(MIA, by=OWNER)
    await phone.say("/export @alpine")
    job = await worker.claim()
    await worker.jobs.fail(job.id, job.fence, "The disk is full.")
    await member.say("/help")
    under = await member.wait_for("/export")

    toast = await member.tap_data(under, f"j:details:{job.id}:0")

    (newest,) = await Audit(database).newest(limit=1)
    assert toast.text == "You no longer have access."
    assert (newest.deed, newest.person_id) == (Deed.REFUSED, MIA)
    assert not [each for each in member.received if "disk is full" in each.text]
