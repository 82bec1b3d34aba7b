"""The screen of options: what of a chat is to be exported, the plan, and the start."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot import option_texts as words
from bot.option_screens import TOPICS_A_PAGE, Press, Want
from bot.routers.options import changed
from exporter.options import FILE_KINDS
from storage.archive import Archive
from storage.audit import Audit, Deed
from storage.choices import Choice
from storage.database import Database
from storage.formats import FORMATS, USUAL
from storage.models import ChatInfo, ExportRequest, Job, JobKind, JobState, Topic
from storage.people import People
from storage.plans import Plan, Plans
from storage.screens import Screens
from tests.bot.running import OWNER, PATIENCE_S, NewBot, RunningBot, Worker
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

ALPINE = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
MAKE_USUAL = "Use these formats for new chats"
NEWS = ChatInfo(id=-1001234567891, title="News", type="public_channel", username="news")
PLAN = Plan(
    chat=ALPINE,
    topics=5,
    held=900,
    messages=4_300,
    files={"photo": 812, "video_file": 90, "video_message": 6, "file": 41},
    fetch_bytes=3_200_000_000,
    duration_s=1_500,
    free_bytes=183_200_000_000,
)


async def screen_of(phone: Phone, command: str = f"/plan {ALPINE.id}") -> Message:
    """Open a screen by a command."""
    await phone.say(command)
    return await phone.wait_for("All messages")


async def tap(phone: Phone, screen: Message, button: str, then: str) -> str:
    """Tap a button and wait until the screen says so; what the toast said."""
    toast = await phone.tap(screen, button)
    await phone.wait_for(lambda message: message is screen and then in said(message))
    return toast.text


def said(screen: Message) -> str:
    """All that a screen shows, buttons too."""
    return "\n".join([screen.text, *labels(screen)])


def offers(screen: Message, button: str, message: Message) -> bool:
    """The screen has a button that says just this."""
    return message is screen and button in labels(message)


def labels(screen: Message) -> list[str]:
    return [text for row in screen.buttons for text in row]


async def the_job(worker: Worker, kind: JobKind) -> Job:
    """The only job of a kind."""
    [job] = [job for job in await worker.jobs.recent(100) if job.kind is kind]
    return job


async def shown_at(database: Database) -> int:
    """The number of the message that shows the only screen, once that is noted."""
    screens = Screens(database)
    async with asyncio.timeout(PATIENCE_S):
        while (screen := await screens.get(1)) is None or screen.message_id is None:
            await database.wait_for_change(1)
    return screen.message_id


async def planned(phone: Phone, worker: Worker, database: Database, screen: Message) -> None:
    """Tap Plan and play the worker that makes one."""
    await tap(phone, screen, "Plan", "Looking what there is…")
    job = await worker.claim()
    assert job.kind is JobKind.PLAN
    await Plans(database).put(job.id, PLAN)
    await worker.jobs.finish(job.id, job.fence)
    await phone.wait_for(lambda message: message is screen and "4,300" in message.text)


async def test_a_chat_picked_from_telegrams_lists_opens_its_options(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export")
    await phone.wait_for("Or search")
    await phone.pick_chat("Group", ALPINE.id, title="Alpine Hikers")

    screen = await phone.wait_for("All messages")

    assert "Alpine Hikers" in screen.text
    assert labels(screen)[:3] == ["✓ All", "7 days", "30 days"]
    assert labels(screen)[-3:] == ["Plan", "Start", "Cancel"]
    assert not [job for job in await worker.jobs.recent() if job.kind is JobKind.EXPORT]


async def test_what_is_chosen_is_exported_and_offered_again(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    screen = await screen_of(phone)
    await tap(phone, screen, "7 days", "The last 7 days")
    for kind in ("Voice", "Stickers"):
        await phone.tap(screen, f"✓ {kind}")
        await phone.wait_for(partial(offers, screen, kind))
    await tap(phone, screen, "20 MB", "up to 20.0")
    await tap(phone, screen, "✓ JSONL", "Formats: result.json, Reader\n")
    await tap(phone, screen, "✓ Reader", "Formats: result.json\n")
    assert await tap(phone, screen, "Start", "Started.") == "Started."

    wanted = ExportRequest(
        chat=str(ALPINE.id),
        since="7d",
        media="animation,audio_file,file,link_preview,photo,profile_photo,story,video_file,"
        "video_message",
        max_size_bytes=20_000_000,
        formats=("json",),
    )
    assert (await the_job(worker, JobKind.EXPORT)).request == wanted
    assert screen.buttons == []

    await worker.finish(await worker.claim())
    await phone.say(f"/export {ALPINE.id}")
    again = await worker.claim()
    assert again.request == wanted

    await phone.say(f"/plan {ALPINE.id}")
    offered = await phone.wait_for(
        lambda message: message is not screen and "The last 7 days" in message.text
    )
    assert "✓ 20 MB" in labels(offered)


async def test_a_plan_says_what_is_fetched_and_starts_it(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    screen = await screen_of(phone)

    await planned(phone, worker, database, screen)

    assert screen.text.replace("\u00a0", " ").splitlines() == [
        "\u2068Alpine Hikers\u2069 · group, 5 topics",
        "All messages",
        "",
        "About 4,300 new messages",
        "Photos 812 · videos 96 · files 41",
        "To fetch 3.2 GB",
        "About 25 min · 180.0 GB free after",
        "",
        "Formats: result.json, JSONL, Reader",
    ]
    assert labels(screen) == ["Start", "Change", "Cancel"]
    await tap(phone, screen, "Change", "✓ All")
    await tap(phone, screen, "30 days", "The last 30 days")
    await tap(phone, screen, "Start", "Started.")

    job = await the_job(worker, JobKind.EXPORT)
    assert job.request.since == "30d"
    assert await Plans(database).get(job.id) == PLAN, "what was seen is not asked again"
    assert await Plans(database).asking(job.id) is None


async def test_a_plan_that_fails_says_why(bot: RunningBot, phone: Phone, worker: Worker) -> None:
    screen = await screen_of(phone)
    await tap(phone, screen, "Plan", "Looking")
    job = await worker.claim()
    await worker.jobs.fail(job.id, job.fence, "This account sees no chat with that id.")

    await phone.wait_for(lambda message: message is screen and "sees no chat" in message.text)
    assert labels(screen) == ["Change", "Cancel"]


async def test_a_closed_screen_starts_nothing(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    screen = await screen_of(phone)
    start = screen.button("Start")["callback_data"]
    await tap(phone, screen, "Cancel", "Nothing was started.")

    stale = await phone.tap_data(screen, start)

    assert stale.text == "This card is out of date."
    assert await worker.jobs.recent() == []


async def test_a_stale_button_is_told_so_and_does_nothing(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    screen = await screen_of(phone)
    start = screen.button("Start")["callback_data"]
    await tap(phone, screen, "7 days", "The last 7 days")

    first = await phone.tap_data(screen, start)
    await tap(phone, screen, "Start", "Started.")
    second = await phone.tap_data(screen, start)

    assert first.text == second.text == "This card is out of date."
    assert (await the_job(worker, JobKind.EXPORT)).request.since == "7d"


async def test_since_last_time_is_offered_after_an_export(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    await phone.say(f"/export {ALPINE.id}")
    job = await worker.claim()
    await worker.jobs.set_chat(job.id, job.fence, ALPINE.id)
    await worker.finish(job)
    screen = await screen_of(phone)

    await tap(phone, screen, "Since last", "Since last time")
    await tap(phone, screen, "Start", "Started.")

    last = f"{job.created_at:%Y-%m-%dT%H:%MZ}"
    assert (await worker.claim()).request.since == last


async def test_formats_that_are_made_the_usual_ones_are_those_of_new_chats(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    screen = await screen_of(phone)
    assert MAKE_USUAL not in labels(screen)
    await tap(phone, screen, "✓ JSONL", "Formats: result.json, Reader\n")
    await tap(phone, screen, "✓ Reader", "Formats: result.json\n")
    await tap(phone, screen, "Notes", "Formats: result.json, Notes")

    toast = await phone.tap(screen, MAKE_USUAL)
    assert toast.text == "Chats that you choose for the first time will come in these formats."
    await phone.wait_for(lambda message: message is screen and MAKE_USUAL not in labels(screen))

    other = await screen_of(phone, f"/plan {NEWS.id}")
    assert {"✓ result.json", "JSONL", "✓ Notes"} <= set(labels(other))
    await phone.say(f"/export {NEWS.id}")
    assert (await worker.claim()).request.formats == ("json", "markdown")


async def test_where_nobody_chose_formats_those_of_the_settings_are_meant(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    screen = await screen_of(phone)
    assert {f"✓ {words.format_name(name)}" for name in USUAL} <= set(labels(screen))

    await tap(phone, screen, "Start", "Started.")

    assert (await worker.claim()).request.formats == ()  # the exporter knows


async def test_the_topics_of_a_forum_are_offered(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    archive = Archive(database)
    await archive.save_chat(ALPINE, is_forum=True)
    await archive.save_topics(
        ALPINE.id, [Topic(topic_id=1, title="General"), Topic(topic_id=7, title="Ropes")]
    )
    screen = await screen_of(phone)

    await tap(phone, screen, "All topics", "Which topic?")
    await tap(phone, screen, "\u2068Ropes\u2069", "Topic: \u2068Ropes")
    await tap(phone, screen, "Start", "Started.")

    assert (await the_job(worker, JobKind.EXPORT)).request.topic == "7"


async def test_comments_are_offered_for_channels_only(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    archive = Archive(database)
    await archive.save_chat(ALPINE, is_forum=False)
    await archive.save_chat(NEWS, is_forum=False)

    group = await screen_of(phone)
    assert "Comments" not in labels(group)

    await phone.say("/plan @news")
    channel = await phone.wait_for("News")
    await tap(phone, channel, "Comments", "With the comments of posts")


async def test_the_last_format_stays(bot: RunningBot, phone: Phone) -> None:
    screen = await screen_of(phone)
    await tap(phone, screen, "✓ JSONL", "Formats: result.json, Reader\n")
    await tap(phone, screen, "✓ Reader", "Formats: result.json\n")

    toast = await phone.tap(screen, "✓ result.json")

    assert toast.text == "One format has to stay."


async def test_a_screen_survives_a_kill_on_either_side_of_its_row(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker, database: Database
) -> None:
    bot_api.faults.slow(30, on="getUpdates", after=1)
    await phone.say(f"/plan {ALPINE.id}")
    async with new_bot() as bot:
        await phone.wait_for("All messages")
        await bot.kill()
    bot_api.faults.clear()

    async with new_bot():
        await phone.say("/help")
        await phone.wait_for("A card shows")
        screen = phone.private.messages[await shown_at(database)]
        await planned(phone, worker, database, screen)
        await tap(phone, screen, "Start", "Started.")

    await the_job(worker, JobKind.EXPORT)


async def test_nobody_taps_on_anothers_screen(
    bot: RunningBot, phone: Phone, stranger: Phone, worker: Worker, database: Database
) -> None:
    await People(database).allow(stranger.person.id, by=OWNER)
    await stranger.start()
    own = await stranger.wait_for("I save Telegram chats")
    screen = await screen_of(phone)

    forged = await stranger.tap_data(own, screen.button("Start")["callback_data"])

    assert forged.text
    assert forged.text != "Started."
    assert await worker.jobs.recent() == []


async def test_a_person_who_stopped_the_bot_holds_up_nobodys_screen(
    bot: RunningBot, phone: Phone, stranger: Phone, worker: Worker, database: Database
) -> None:
    await People(database).allow(stranger.person.id, by=OWNER)
    await stranger.start()
    screen = await screen_of(stranger)
    await tap(stranger, screen, "Plan", "Looking what there is…")
    await stranger.block()
    job = await worker.claim()
    await worker.jobs.fail(job.id, job.fence, "This account sees no chat with that id.")

    await screen_of(phone)


async def test_what_was_chosen_for_a_chat_that_is_not_open_does_not_tell_that_it_is_there(
    bot: RunningBot, stranger: Phone, worker: Worker, database: Database
) -> None:
    await People(database).allow(stranger.person.id, by=OWNER)
    await stranger.start()
    await Archive(database).save_chat(NEWS)
    shown = []
    for name in ("News", "@news", "t.me/news", "Nothing", "@nothing"):
        sent = await stranger.say(f"/plan {name}")
        screen = await stranger.wait_for("All messages", after=sent)
        await tap(stranger, screen, "✓ JSONL", "Formats: result.json, Reader\n")
        await tap(stranger, screen, "Start", "Started.")
        sent = await stranger.say(f"/plan {name}")
        screen = await stranger.wait_for("All messages", after=sent)
        shown.append((screen.text.partition("\n")[2], labels(screen)))

    assert all(each == shown[0] for each in shown)


async def test_a_large_export_asks_on_its_card(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await Plans(database).ask(job.id, PLAN)
    await worker.jobs.release(job.id, job.fence)

    card = await phone.wait_for("That is a lot. Start it?")

    assert "To fetch 3.2" in card.text
    assert labels(card) == ["Start", "Change", "Cancel"]
    await phone.tap(card, "Start")
    assert (await worker.claim()).id == job.id


async def test_other_options_can_be_chosen_for_a_large_export_instead(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    await phone.say("/export @alpine")
    job = await worker.claim()
    await Plans(database).ask(job.id, PLAN)
    await worker.jobs.release(job.id, job.fence)
    card = await phone.wait_for("That is a lot. Start it?")

    assert (await phone.tap(card, "Change")).text == "Choose below."
    screen = await phone.wait_for("All messages", after=card)
    await phone.wait_for(lambda message: message is card and "Cancelled." in message.text)
    await tap(phone, screen, "7 days", "The last 7 days")
    await tap(phone, screen, "Start", "Started.")
    late = await phone.tap_data(card, f"j:change:{job.id}:99")

    begun = await worker.claim()
    assert (begun.request.chat, begun.request.since) == ("@alpine", "7d")
    assert late.text == "This card is out of date."


async def test_nobody_changes_anothers_large_export(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker, database: Database
) -> None:
    await People(database).allow(6_200_000_001, by=OWNER)
    member = Phone(bot_api.state, Person(id=6_200_000_001, first_name="Mia", started=True))
    await phone.say("/export @alpine")
    job = await worker.claim()
    await Plans(database).ask(job.id, PLAN)
    await worker.jobs.release(job.id, job.fence)
    await member.say("/help")
    under = await member.wait_for("/export")

    toast = await member.tap_data(under, f"j:change:{job.id}:99")

    (newest,) = await Audit(database).newest(limit=1)
    resting = await worker.jobs.get(job.id)
    assert toast.text == "You no longer have access."
    assert (newest.deed, newest.person_id) == (Deed.REFUSED, member.person.id)
    assert resting is not None
    assert resting.state is JobState.PAUSED


async def test_days_are_written_in_answer_to_a_question(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    screen = await screen_of(phone)
    await tap(phone, screen, "Days…", "Which days?")

    for wrong, told in (
        ("in spring", "I don't understand which days you mean."),
        ("2024-02-30 2024-03-01", "There is no such day: 2024-02-30."),
        ("2024-06-30 2024-05-01", "The first of these days comes after the last."),
        ("2099-01-01", "That is still to come"),
        ("1999-12-31", "Telegram began in 2013."),
    ):
        sent = await phone.say(wrong)
        await phone.wait_for(told, after=sent)
    sent = await phone.say("2024-05-01 2024-06-30")
    await phone.wait_for("1 May 2024 – 30 Jun 2024", after=sent)
    await phone.wait_for(
        lambda message: message is screen and "✓ 1 May 2024 – 30 Jun 2024" in labels(message)
    )
    await tap(phone, screen, "Start", "Started.")

    request = (await the_job(worker, JobKind.EXPORT)).request
    assert (request.since, request.until) == ("2024-05-01", "2024-06-30")
    offered = await screen_of(phone, f"/plan  {ALPINE.id}")
    assert offered is not screen


async def test_a_link_stays_a_link_while_days_are_asked_for(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    screen = await screen_of(phone)
    await tap(phone, screen, "Days…", "Which days?")

    await phone.say("t.me/alpine")

    assert (await worker.claim()).request.chat == "t.me/alpine"
    await tap(phone, screen, "‹ Back", "All messages")
    sent = await phone.say("2024")
    await phone.wait_for("Send /export and choose", after=sent)


async def test_only_the_newest_screen_waits_for_days(bot: RunningBot, phone: Phone) -> None:
    screen = await screen_of(phone)
    await tap(phone, screen, "Days…", "Which days?")
    await phone.say(f"/plan {NEWS.id}")
    await phone.wait_for(lambda message: message is not screen and "All messages" in message.text)

    sent = await phone.say("2024")

    await phone.wait_for("Send /export and choose", after=sent)


async def test_days_that_come_again_after_a_kill_are_taken_once(
    new_bot: NewBot, bot_api: BotApi, phone: Phone
) -> None:
    async with new_bot():
        screen = await screen_of(phone)
        await tap(phone, screen, "Days…", "Which days?")
        await phone.say("2024")
        update = bot_api.state.updates.unconfirmed[0]
        await phone.wait_for("1 Jan 2024 – 31 Dec 2024")
        bot_api.state.updates.repeat(update)
        sent = await phone.say("/jobs")
        await phone.wait_for("Nothing was exported yet", after=sent)

    assert len([each for each in phone.received if each.text.startswith("1 Jan")]) == 1
    assert not [each for each in phone.received if "Send /export and choose" in each.text]


async def test_a_forum_with_many_topics_has_pages_of_them(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    archive = Archive(database)
    await archive.save_chat(ALPINE, is_forum=True)
    many = [Topic(topic_id=number, title=f"Topic {number}") for number in range(1, 61)]
    await archive.save_topics(ALPINE.id, many)
    screen = await screen_of(phone)

    await tap(phone, screen, "All topics", "Which topic?")
    assert "\u2068Topic 24\u2069" in labels(screen)
    assert "\u2068Topic 25\u2069" not in labels(screen)
    assert len(labels(screen)) == TOPICS_A_PAGE + len(("All topics", "More", "Back"))
    await tap(phone, screen, "More ›", "Topic 25")
    await tap(phone, screen, "More ›", "Topic 60")
    assert "More ›" not in labels(screen)
    await tap(phone, screen, "‹ Before", "Topic 25")
    await tap(phone, screen, "\u2068Topic 40\u2069", "Topic: \u2068Topic 40")
    await tap(phone, screen, "Start", "Started.")

    assert (await the_job(worker, JobKind.EXPORT)).request.topic == "40"


async def test_a_card_has_the_title_that_was_chosen_before_any_worker_has_looked(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export")
    await phone.wait_for("Or search")
    await phone.pick_chat("Group", ALPINE.id, title="Alpine Hikers")
    screen = await phone.wait_for("All messages")
    await tap(phone, screen, "Start", "Started.")

    card = await phone.wait_for("Starting…")

    assert card.text.startswith("\u2068Alpine Hikers\u2069")


async def test_a_title_that_is_not_open_to_a_member_is_no_hint_for_them(
    bot: RunningBot, bot_api: BotApi, phone: Phone, database: Database
) -> None:
    await Archive(database).save_chat(ALPINE)
    await People(database).allow(6_200_000_001, by=OWNER)
    member = Phone(bot_api.state, Person(id=6_200_000_001, first_name="Mia", started=True))

    await phone.say(f"/export {ALPINE.id}")
    await member.say(f"/export {ALPINE.id}")

    await phone.wait_for("\u2068Alpine Hikers\u2069")
    card = await member.wait_for(lambda message: "Cancel" in labels(message))
    assert card.text.startswith(f"\u2068{ALPINE.id}\u2069")


@pytest.mark.parametrize(
    ("want", "value"),
    [
        (Want.SPAN, "400d"),
        (Want.KIND, "everything"),
        (Want.SIZE, "-1"),
        (Want.SIZE, "9" * 30),
        (Want.FORMAT, "exe"),
        (Want.TOPIC, "Ropes"),
    ],
)
def test_what_no_button_says_changes_nothing(want: Want, value: str) -> None:
    assert changed(Choice(), want, value) == Choice()


def test_all_kinds_are_all_and_none_is_none() -> None:
    choice = Choice(media="none")
    for key in words.KINDS:
        choice = changed(choice, Want.KIND, key)
    assert choice.media == "all"

    choice = changed(choice, Want.KIND, "photo")
    assert "photo" not in choice.media.split(",")


def test_every_kind_of_file_has_a_button() -> None:
    assert sorted(kind for _, kinds in words.KINDS.values() for kind in kinds) == [*FILE_KINDS]


def test_every_format_has_a_button() -> None:
    assert tuple(words.FORMATS) == FORMATS


@pytest.mark.parametrize(
    ("want", "value"),
    [(Want.SIZE, str(2_000_000_000)), *((Want.FORMAT, name) for name in words.FORMATS)],
)
def test_a_tap_fits_into_a_button(want: Want, value: str) -> None:
    longest = Press(want=want, screen=2**31, revision=2**31, value=value)
    assert len(longest.pack().encode()) <= 64
