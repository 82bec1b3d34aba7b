"""Exports that come by themselves, by a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.database import Database
from storage.grants import Grants
from storage.models import CardPlace, ChatInfo, ExportRequest, Job, JobState, Summary
from storage.people import People
from storage.plans import Plan, Plans
from storage.schedules import Run, Schedules
from tests.bot.running import OWNER, PATIENCE_S, NewBot, RunningBot, Worker, summary
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

EVENING = datetime(2026, 11, 25, 20, 0, tzinfo=ZoneInfo("Europe/Berlin"))
NOBODY = 1
THREE = EVENING.replace(day=26, hour=3)
MORNING = THREE.replace(hour=8)


class Hours:
    """What time it is for the bot."""

    def __init__(self, database: Database) -> None:
        self.now = EVENING
        self.schedules = Schedules(database)

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)

    async def become(self, moment: datetime) -> None:
        """Move the clock, and have the bot look at it: any change in the database does."""
        self.now = moment
        await self.schedules.set_quiet(NOBODY, "")

    async def run_that(self, bot: RunningBot, **expected: object) -> Run:
        """A run that the person has not heard of, as soon as it is so."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for run in await self.schedules.untold(bot.bot_id):
                    if all(getattr(run, name) == value for name, value in expected.items()):
                        return run
                await asyncio.sleep(0.05)

    async def next_is(self, bot: RunningBot, moment: datetime) -> None:
        """Some schedule is due then, and none before."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.schedules.next_due(bot.bot_id) != moment.astimezone(UTC):
                await asyncio.sleep(0.05)

    async def all_told(self, bot: RunningBot) -> None:
        """Nothing is left to tell."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.schedules.untold(bot.bot_id):
                await asyncio.sleep(0.05)


@pytest.fixture
def hours(database: Database) -> Hours:
    return Hours(database)


@pytest.fixture
async def bot(new_bot: NewBot, hours: Hours) -> AsyncIterator[RunningBot]:
    async with on_time(new_bot, hours) as running:
        yield running


def on_time(new_bot: NewBot, hours: Hours) -> RunningBot:
    """A bot that goes by this clock, in Berlin."""
    made = new_bot()
    made.config = replace(made.config, clock=hours, zone=ZoneInfo("Europe/Berlin"))
    return made


async def daily(phone: Phone, words: str = "/schedule @alpine daily 03:00") -> Message:
    said = await phone.say(words)
    return await phone.wait_for("The next time is", after=said)


def about(chat_id: int, title: str, **rest: object) -> Summary:
    plain = summary(1000, **rest)
    return replace(plain, chat=replace(plain.chat, id=chat_id, title=title))


async def finish(worker: Worker, job: Job, done: Summary) -> None:
    await worker.jobs.finish(job.id, job.fence, done)


async def test_a_schedule_is_noted_in_words_and_listed(bot: RunningBot, phone: Phone) -> None:
    noted = await daily(phone, "/schedule @alpine weekly mon,thu 03:00 at most 2 h 20 GB")
    assert noted.text.replace("\u00a0", " ") == (
        "\u2068@alpine\u2069: Mon, Thu at 03:00, at most 2 h, 20.0 GB. The next time is "
        "Thu 26 Nov, 03:00. I'll send news only when there is something new.\n\n"
        "All messages\nFiles: all\nFormats: result.json, JSONL, Reader"
    )

    await phone.say("/schedule")
    listed = await phone.wait_for("By schedule:")

    assert "1. \u2068@alpine\u2069\nMon, Thu at 03:00 · at most 2" in listed.text
    assert "From 22:00 to 08:00 I keep quiet" in listed.text
    assert listed.buttons == [["⏸ 1", "🗑 1"]]


async def test_what_is_no_time_is_answered_with_how_to_say_it(
    bot: RunningBot, phone: Phone
) -> None:
    await phone.say("/schedule @alpine at noon")

    told = await phone.wait_for("I don't understand when")

    assert "/schedule @name daily 03:00" in told.text


async def test_a_night_of_exports_is_told_once_in_the_morning(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone)
    await daily(phone, "/schedule @family daily 03:30")
    last = await daily(phone, "/schedule @quiet daily 03:40")

    await hours.become(THREE + timedelta(minutes=45))
    jobs = [await worker.claim() for _ in range(3)]
    assert [job.request.chat for job in jobs] == ["@alpine", "@family", "@quiet"]
    assert {job.person_id for job in jobs} == {OWNER}
    await finish(worker, jobs[0], about(-1001, "Alpine Hikers", new=412))
    await finish(worker, jobs[1], about(-1002, "Family", new=96, edited=3, deleted=2))
    await finish(worker, jobs[2], about(-1003, "Quiet", new=0))
    await hours.become(MORNING - timedelta(minutes=1))
    await phone.say("/timezone")
    await phone.wait_for("it is Thu 26 Nov, 07:59")
    assert "🌙" not in phone.transcript()

    await hours.become(MORNING)
    told = await phone.wait_for("🌙", after=last)

    assert told.text == (
        "🌙 Last night: 2 chats, 508 new messages\n"
        "\u2068Alpine Hikers\u2069 +412\n"
        "\u2068Family\u2069 +96 · 3 edited · 2 deleted"
    )
    assert not told.silent
    await hours.all_told(bot)
    assert len([each for each in phone.received if "🌙" in each.text]) == 1


async def test_nothing_is_told_when_nothing_happened(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    noted = await daily(phone)
    await hours.become(THREE)
    await finish(worker, await worker.claim(), summary(1000, new=0))

    await hours.become(MORNING)
    await hours.all_told(bot)

    assert phone.received == [noted]


async def test_a_failure_is_news(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone)
    await hours.become(THREE)
    job = await worker.claim()
    await worker.jobs.fail(job.id, job.fence, "The account can't see it\nany more.")

    await hours.become(MORNING)
    told = await phone.wait_for("⚠️")

    assert told.text == "🌙 Last night\n⚠️ \u2068@alpine\u2069: The account can't see it any more."


async def test_runs_missed_while_nothing_ran_are_made_up_for_once(
    new_bot: NewBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    async with on_time(new_bot, hours):
        await daily(phone)

    await hours.become(THREE + timedelta(days=5, hours=12))
    async with on_time(new_bot, hours) as later:
        run = await hours.run_that(later)
        await finish(worker, await worker.claim(), summary(1000, new=1))
        await phone.wait_for("1 new message")

    assert run.due_at == THREE
    assert [job.request.chat for job in await worker.jobs.recent()] == ["@alpine"]
    (schedule,) = await hours.schedules.of(OWNER, run.schedule.bot_id)
    assert schedule.next_at == THREE + timedelta(days=6)


async def test_a_run_made_up_for_in_an_hour_that_comes_again_is_one_run(
    new_bot: NewBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    async with on_time(new_bot, hours):
        await daily(phone, "/schedule @alpine daily 02:30")

    await hours.become(datetime(2027, 10, 31, 1, 15, tzinfo=UTC))  # a quarter past two, again
    async with on_time(new_bot, hours) as later:
        run = await hours.run_that(later)
        await finish(worker, await worker.claim(), summary(1000, new=1))
        await hours.become(datetime(2027, 10, 31, 7, 0, tzinfo=UTC))
        await phone.wait_for("1 new message")

    assert [job.request.chat for job in await worker.jobs.recent()] == ["@alpine"]
    (schedule,) = await hours.schedules.of(OWNER, run.schedule.bot_id)
    assert schedule.next_at == datetime(2027, 11, 1, 1, 30, tzinfo=UTC)


async def test_a_kill_after_the_job_was_made_makes_no_second_one(
    new_bot: NewBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    first = on_time(new_bot, hours)
    async with first:
        await daily(phone)
        await hours.become(THREE)
        job = await worker.claim()
        await first.kill()

    async with on_time(new_bot, hours) as second:
        await finish(worker, job, summary(1000, new=5))
        await hours.become(MORNING)
        await phone.wait_for("5 new messages")
        await hours.all_told(second)

    assert len(await worker.jobs.recent()) == 1


async def test_a_run_rests_at_its_time_limit_and_goes_on_the_next_night(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone, "/schedule @alpine daily 03:00 at most 2 h")
    await hours.become(THREE)
    job = await worker.claim()
    await worker.report(job, 500)
    await hours.run_that(bot, began_at=THREE)

    await hours.become(THREE + timedelta(hours=2))
    await hours.run_that(bot, stopped=True)
    await worker.jobs.release(job.id, job.fence)
    resting = await worker.jobs.get(job.id)
    assert resting is not None
    assert resting.state is JobState.PAUSED
    await hours.become(MORNING)
    told = await phone.wait_for("⏸")
    assert told.text == (
        "🌙 Last night\n⏸ \u2068Alpine Hikers\u2069: came to its limit, the rest comes next time"
    )

    await hours.become(THREE + timedelta(days=1))
    again = await worker.claim()
    assert again.id == job.id
    await finish(worker, again, summary(1000, new=500))
    await hours.become(MORNING + timedelta(days=1))
    await phone.wait_for("+500")


async def test_a_run_that_somebody_paused_holds_up_no_news(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone)
    await hours.become(THREE)
    job = await worker.claim()
    await worker.report(job, 500)
    await worker.jobs.pause(job.id)
    await worker.jobs.release(job.id, job.fence)

    await hours.become(MORNING)

    told = await phone.wait_for("⏸")
    assert told.text.endswith("\u2068Alpine Hikers\u2069: paused, it goes on next time")


async def test_a_large_run_waits_for_its_person_and_the_next_night_does_not_start_it(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours, database: Database
) -> None:
    await daily(phone)
    await hours.become(THREE)
    job = await worker.claim()
    await worker.report(job, 0, None)
    chat = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
    place = CardPlace(bot_id=bot.bot_id, chat_id=OWNER, reply_to=0)
    await Plans(database).ask(job.id, Plan(chat=chat, fetch_bytes=30_000_000_000), place)
    await worker.jobs.release(job.id, job.fence)
    card = await phone.wait_for("That is a lot. Start it?")

    await hours.become(MORNING)
    told = await phone.wait_for("⏸")
    assert told.text.endswith("it is large, and waits until you tap Start on its card")
    await hours.become(THREE + timedelta(days=1))
    await hours.next_is(bot, THREE + timedelta(days=2))
    resting = await worker.jobs.get(job.id)
    assert resting is not None
    assert resting.state is JobState.PAUSED

    await phone.tap(card, "Start")
    assert (await worker.claim()).id == job.id


async def test_a_run_goes_by_the_options_of_the_time_when_it_was_planned(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await phone.say("/plan -1001234567890")
    screen = await phone.wait_for("All messages")
    await phone.tap(screen, "20 MB")
    await phone.wait_for(lambda message: message is screen and "up to 20.0" in message.text)
    await phone.tap(screen, "Start")
    await finish(worker, await worker.claim(), summary(10))
    noted = await daily(phone, "/schedule -1001234567890 daily 03:00")
    assert "up to 20.0" in noted.text

    await hours.become(THREE)

    assert (await worker.claim()).request.max_size_bytes == 20_000_000


async def test_a_run_rests_when_it_has_fetched_enough(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone, "/schedule @alpine daily 03:00 at most 1 GB")
    await hours.become(THREE)
    job = await worker.claim()
    await worker.report(job, 500, file_bytes=200_000_000)
    await hours.run_that(bot, began_at=THREE)
    await worker.report(job, 500, file_bytes=1_100_000_000)
    assert await worker.report(job, 600, file_bytes=1_100_000_000) is None

    await worker.report(job, 700, file_bytes=1_200_000_000)
    await hours.run_that(bot, stopped=True)

    assert await worker.report(job, 700) == "pause"


async def test_no_limit_holds_for_an_export_that_a_person_asked_for_too(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone, "/schedule @alpine daily 03:00 at most 2 h")
    await hours.become(THREE)
    job = await worker.claim()
    await hours.run_that(bot, began_at=THREE)
    await phone.say("/export @alpine")
    await phone.wait_for("already running")

    await hours.become(THREE + timedelta(hours=3))
    await phone.say("/timezone")
    await phone.wait_for("it is Thu 26 Nov, 06:00")

    assert await worker.report(job, 700) is None


async def test_a_schedule_rests_goes_on_and_goes_by_taps(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone)
    await phone.say("/schedule")
    listed = await phone.wait_for("By schedule:")

    assert (await phone.tap(listed, "⏸ 1")).text == "It rests until you let it go on."
    await phone.wait_for(lambda message: message is listed and "· off" in message.text)
    await hours.become(THREE + timedelta(hours=1))
    assert (await phone.tap(listed, "▶ 1")).text == "It goes on."
    await phone.wait_for(
        lambda message: message is listed and "next Fri 27 Nov, 03:00" in message.text
    )
    assert await worker.jobs.recent() == []
    assert (await phone.tap(listed, "🗑 1")).text == "Deleted. What was saved stays."
    await phone.wait_for(lambda message: message is listed and "Nothing is" in message.text)
    assert (
        await phone.tap(listed, "🗑 1", version=0)
    ).text == "This schedule is not there any more."


async def test_a_persons_own_zone_moves_their_schedules(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone)
    await phone.say("/timezone Tashkent")
    told = await phone.wait_for("Your time zone is Asia/Tashkent")
    assert "it is Thu 26 Nov, 00:00 there" in told.text

    await hours.become(THREE - timedelta(hours=4))

    assert (await worker.claim()).request.chat == "@alpine"
    await phone.say("/timezone Atlantis")
    await phone.wait_for("I know no time zone")


async def test_a_zone_that_is_not_known_any_more_ends_neither_schedules_nor_the_bot(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await daily(phone)
    await hours.schedules.set_zone(OWNER, "Mars/Olympus_Mons", {})

    await hours.become(THREE)

    assert (await worker.claim()).request.chat == "@alpine"
    await phone.say("/timezone")
    await phone.wait_for("it is Thu 26 Nov, 03:00 there")


async def test_without_quiet_hours_news_come_at_once(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await phone.say("/schedule quiet off")
    await phone.wait_for("at any time")
    await phone.say("/schedule quiet 25")
    await phone.wait_for("/schedule quiet 22:00-08:00")
    await daily(phone)
    await hours.become(THREE)
    await finish(worker, await worker.claim(), summary(1000, new=7))

    await phone.wait_for("7 new messages")


async def test_whoever_has_no_role_any_more_has_no_schedules(
    bot: RunningBot, bot_api: BotApi, worker: Worker, hours: Hours, database: Database
) -> None:
    member = Phone(bot_api.state, Person(id=6_300_000_001, first_name="Mia", started=True))
    await People(database).allow(member.person.id, name="Mia", by=OWNER)
    await daily(member)
    await People(database).revoke(member.person.id, by=OWNER)

    await hours.become(THREE)
    await hours.schedules.set_quiet(NOBODY, "")
    bot_id = int(bot.config.token.partition(":")[0])
    async with asyncio.timeout(PATIENCE_S):
        while await hours.schedules.of(member.person.id, bot_id):
            await asyncio.sleep(0.05)

    assert await worker.jobs.recent() == []


async def test_anothers_schedule_is_not_there(
    bot: RunningBot, bot_api: BotApi, phone: Phone, database: Database
) -> None:
    member = Phone(bot_api.state, Person(id=6_300_000_001, first_name="Mia", started=True))
    await People(database).allow(member.person.id, name="Mia", by=OWNER)
    await daily(phone)
    await member.say("/schedule")
    listed = await member.wait_for("Nothing is exported by schedule yet.")

    toast = await member.tap_data(listed, "sched:remove:1")

    assert toast.text == "This schedule is not there any more."
    await phone.say("/schedule")
    await phone.wait_for("\u2068@alpine\u2069")


async def test_a_job_that_joined_another_ends_as_that_does(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await worker.jobs.submit(ExportRequest(chat="-1001234567890"))
    other = await worker.claim()
    await daily(phone)
    await hours.become(THREE)
    job = await worker.claim()
    await worker.jobs.join(job.id, job.fence, other.id)
    await finish(worker, other, summary(1000, new=9))

    await hours.become(MORNING)

    await phone.wait_for("+9")


async def test_the_limit_of_a_schedule_ends_no_export_of_somebody_else(
    bot: RunningBot, phone: Phone, worker: Worker, hours: Hours
) -> None:
    await worker.jobs.submit(ExportRequest(chat="-1001234567890"))
    others = await worker.claim()
    await daily(phone, "/schedule @alpine daily 03:00 at most 1 h")
    await daily(phone, "/schedule @own daily 03:00 at most 1 h")
    await hours.become(THREE)
    joining, own = await worker.claim(), await worker.claim()
    await worker.jobs.join(joining.id, joining.fence, others.id)
    await hours.run_that(bot, began_at=THREE)

    await hours.become(THREE + timedelta(hours=2))
    await hours.run_that(bot, stopped=True)

    assert await worker.report(own, 500) == "pause"
    assert await worker.report(others, 500) is None


async def test_news_tell_nothing_of_a_chat_that_is_closed_since(
    bot: RunningBot, bot_api: BotApi, worker: Worker, hours: Hours, database: Database
) -> None:
    member = Phone(bot_api.state, Person(id=6_300_000_001, first_name="Mia", started=True))
    await People(database).allow(member.person.id, name="Mia", by=OWNER)
    await Grants(database).add(member.person.id, -1001234567890, by=OWNER)
    await worker.jobs.submit(ExportRequest(chat="The words of the owner"), person_id=OWNER)
    others = await worker.claim()
    await worker.jobs.set_chat(others.id, others.fence, -1001234567890)
    await daily(member)
    await hours.become(THREE)
    joining = await worker.claim()
    await worker.jobs.join(joining.id, joining.fence, others.id)
    await worker.jobs.fail(others.id, others.fence, "Alpine Hikers cannot be read.")
    await Grants(database).remove(member.person.id, -1001234567890, by=OWNER)

    await hours.become(MORNING)
    told = await member.wait_for("⚠️")

    assert told.text == "🌙 Last night\n⚠️ \u2068@alpine\u2069: You no longer have access."
