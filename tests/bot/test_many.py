"""Many chats at once on the phone: the screen that asks, the one card, and the one summary."""

from __future__ import annotations

import pytest

from bot.routers.many import selection_in
from storage.archive import Archive
from storage.audit import Audit, Deed
from storage.batches import EXCLUDED, Batches, LeftOut, Part
from storage.database import Database
from storage.folders import Folder, Folders
from storage.models import ChatInfo, ExportRequest, Job, JobKind, JobState, Phase, Progress
from storage.people import People
from storage.rights import Role
from storage.selections import ChatKind, Selection
from tests.bot.running import OWNER, NewBot, RunningBot, Worker, cancel, summary
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

NEWS = ChatInfo(id=-1001, title="News", type="public_channel", username="news")
SPAM = ChatInfo(id=-1002, title="Spam", type="private_channel")
FAMILY = ChatInfo(id=-3, title="Family", type="private_group")
MIA = ChatInfo(id=5, title="Mia", type="personal_chat")
CHATS = [NEWS, SPAM, FAMILY, MIA]
ALL = Selection()


def labels(message: Message) -> list[str]:
    return [text for row in message.buttons for text in row]


async def listed(worker: Worker, database: Database) -> None:
    """Play the worker that lists the chats."""
    job = await worker.claim()
    assert job.kind is JobKind.DIALOGS
    await Archive(database).save_dialogs(1, CHATS, [])
    await Folders(database).save(
        1, [Folder(title="Work", chat_ids=[NEWS.id, MIA.id]), Folder(title="Fun", chat_ids=[])]
    )
    await worker.jobs.finish(job.id, job.fence)


async def screen_of(
    phone: Phone, worker: Worker, database: Database, command: str = "/export all"
) -> Message:
    asked = await phone.say(command)
    screen = await phone.wait_for(
        lambda message: message.reply_to is asked and "Looking which chats" in message.text
    )
    assert labels(screen) == ["Cancel"]
    await listed(worker, database)
    return await phone.wait_for(lambda message: message is screen and "Looking" not in message.text)


async def tap(phone: Phone, screen: Message, button: str, then: str) -> None:
    """Tap a button and wait until the screen has a line or a button that is just this."""
    await phone.tap(screen, button)
    await phone.wait_for(
        lambda message: message is screen and then in [*message.text.splitlines(), *labels(message)]
    )


async def started(phone: Phone, worker: Worker, screen: Message) -> Job:
    """Tap Start; the job of the batch, claimed."""
    assert (await phone.tap(screen, "Start")).text == "Started."
    job = await worker.claim()
    assert job.kind is JobKind.BATCH
    return job


async def begun(
    phone: Phone, worker: Worker, database: Database, *, left_out: tuple[LeftOut, ...] = ()
) -> tuple[Job, Message]:
    """A batch of News and Family, and its card."""
    screen = await screen_of(phone, worker, database)
    job = await started(phone, worker, screen)
    parts = [
        Part(kind=JobKind.EXPORT, chat_id=chat.id, request=ExportRequest(chat=str(chat.id)))
        for chat in (NEWS, FAMILY)
    ]
    await Batches(database).make(job, parts, left_out)
    card = await phone.wait_for(
        lambda message: message is not screen and "Chats 0 of 2" in message.text
    )
    return job, card


async def test_the_screen_counts_chats_and_kinds_and_starts_what_is_chosen(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    screen = await screen_of(phone, worker, database)
    assert "4 chats" in screen.text
    assert labels(screen) == [
        *["✓ All chats", "Channels 2", "Groups 1", "People 1"],
        *["Folders", "✓ Files", "About me", "Start", "Cancel"],
    ]
    await tap(phone, screen, "Channels 2", "✓ Channels 2")
    assert "2 of 4 chats" in screen.text
    await tap(phone, screen, "People 1", "3 of 4 chats")
    await tap(phone, screen, "✓ Files", "Files")
    await tap(phone, screen, "About me", "✓ About me")

    job = await started(phone, worker, screen)

    assert job.person_id == OWNER
    assert job.request.media == "none"
    assert job.request.chats == Selection(kinds=(ChatKind.CHANNEL, ChatKind.PERSON), accounts=True)
    await phone.wait_for(lambda message: message is screen and "Started." in message.text)
    assert screen.buttons == []


async def test_exceptions_stand_in_the_command_and_unknown_ones_start_nothing(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    screen = await screen_of(phone, worker, database, "/export all except Spam, @news")
    assert "2 of 4 chats" in screen.text
    assert "Without" in screen.text
    job = await started(phone, worker, screen)
    assert job.request.chats == Selection(excluded=("Spam", "@news"))
    await worker.jobs.fail(job.id, job.fence, "No way.")

    wrong = await screen_of(phone, worker, database, "/export channels except @nobody")
    assert "@nobody" in (await phone.tap(wrong, "Start")).text
    assert not await worker.jobs.unfinished()


async def test_folders_are_offered_by_their_names(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    screen = await screen_of(phone, worker, database, "/export folder Wrok")
    assert "No folder is called" in screen.text
    assert [label.strip("\u2068\u2069") for label in labels(screen)] == ["Work", "Fun", "‹ Back"]
    await phone.tap(screen, "\u2068Work\u2069")
    await phone.wait_for(lambda message: message is screen and "2 chats" in message.text)

    job = await started(phone, worker, screen)

    assert job.request.chats == Selection(folders=("Work",))


async def test_a_folder_can_be_put_back(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    screen = await screen_of(phone, worker, database, "/export folder")
    assert "Chats of which folders?" in screen.text
    await tap(phone, screen, "‹ Back", "✓ All chats")
    await tap(phone, screen, "Folders", "‹ Back")
    await tap(phone, screen, "\u2068Fun\u2069", "✓ \u2068Fun\u2069")
    await tap(phone, screen, "‹ Back", "✓ Folders")
    assert (await phone.tap(screen, "Start")).text == "No chat is meant by that."
    await tap(phone, screen, "All chats", "✓ All chats")

    assert (await started(phone, worker, screen)).request.chats == ALL


async def test_one_card_and_one_summary_tell_of_all_chats(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    left = LeftOut(title="Spam", reason=EXCLUDED)
    job, card = await begun(phone, worker, database, left_out=(left,))
    assert labels(card) == ["Pause", "Cancel"]
    first, second = await worker.claim(), await worker.claim()
    await worker.jobs.report(
        first.id,
        first.fence,
        Progress(phase=Phase.FETCHING, title="News", messages=52, total=100),
    )
    await phone.wait_for(
        lambda message: message is card and "▶ \u2068News\u2069 52%" in message.text
    )
    await worker.jobs.finish(first.id, first.fence, summary(100, chat=NEWS, media_kept=3))
    await worker.jobs.fail(second.id, second.fence, "The group is gone.")
    await phone.wait_for(lambda message: message is card and "⚠️ 1 chat stopped" in message.text)
    assert "Chats 2 of 2" in card.text

    last = await worker.claim()
    assert last.id == job.id
    await worker.jobs.finish(last.id, last.fence)
    ended = await phone.wait_for("1 chat stopped:", after=card)

    assert "1 of 2 chats saved\n100 messages · 100 new\n3 files" in ended.text
    assert "\u2068Family\u2069: The group is gone." in ended.text
    assert "1 chat left out, as you asked:\n\u2068Spam\u2069" in ended.text
    assert labels(ended) == ["Retry failed", "Export again"]
    assert not ended.silent
    assert len([each for each in phone.received if "saved" in each.text]) == 2

    assert (await phone.tap(ended, "Retry failed")).text == "Started again."
    again = await worker.claim()
    assert again.request.chats == Selection(retry_of=job.id)
    assert [part.chat_id for part in await Batches(database).failed(job.id)] == [FAMILY.id]


async def test_pause_resume_and_cancel_on_the_card_hold_for_every_chat(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    job, card = await begun(phone, worker, database)
    running = await worker.claim()

    assert (await phone.tap(card, "Pause")).text == "Paused."
    await phone.wait_for(lambda message: message is card and "0 of 2 chats." in message.text)
    await worker.jobs.release(running.id, running.fence)
    assert await worker.jobs.claim([]) is None
    assert (await phone.tap(card, "Resume")).text == "It goes on."
    await phone.wait_for(lambda message: message is card and "Chats 0 of 2" in message.text)
    assert (await worker.claim()).id == running.id

    assert (await cancel(phone, card)).text == "Cancelled. What was saved stays."
    await phone.wait_for(lambda message: message is card and "✖️" in message.text)
    tally = await Batches(database).tally(job.id)
    assert tally is not None
    assert tally.parts[1].state is JobState.CANCELLED


async def test_jobs_shows_a_batch_in_one_line(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    job, card = await begun(phone, worker, database)

    await phone.say("/jobs")
    shown = await phone.wait_for("In the queue", after=card)

    assert f"▶ {job.id} · \u2068All chats\u2069 · 0 of 2 chats" in shown.text
    assert "News" not in shown.text


async def test_a_member_is_refused_and_that_is_noted(
    new_bot: NewBot, bot_api: BotApi, worker: Worker, database: Database
) -> None:
    await People(database).allow(7, by=OWNER, role=Role.MEMBER, name="Mia")
    mia = Phone(bot_api.state, Person(id=7, first_name="Mia", started=True))
    async with new_bot():
        await mia.say("/export all")
        answer = await mia.wait_for("Only an owner")

    assert answer.buttons == []
    [entry] = await Audit(database).newest(limit=1)
    assert (entry.deed, entry.person_id, entry.detail) == (Deed.REFUSED, 7, "/export all")
    assert not await worker.jobs.recent()


async def test_who_is_no_owner_any_more_sees_nothing_of_a_batch(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    job, card = await begun(phone, worker, database)

    await People(database).set_owners({1})

    await phone.wait_for(lambda message: message is card and "All chats" not in message.text)
    assert card.buttons == []
    left = await worker.jobs.get(job.id)
    assert left is not None
    assert left.state is JobState.CANCELLED


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("all", ALL),
        ("ALL", ALL),
        ("all except @a, Title, with comma\nhttps://t.me/b", None),
        ("channels", Selection(kinds=(ChatKind.CHANNEL,))),
        ("people and bots", Selection(kinds=(ChatKind.PERSON, ChatKind.BOT))),
        ("groups, channels", Selection(kinds=(ChatKind.CHANNEL, ChatKind.GROUP))),
        ("folder Work", Selection(folders=("Work",))),
        ("folder Наши дела except @a", Selection(folders=("Наши дела",), excluded=("@a",))),
        ("folders", Selection(folders=("",))),
    ],
)
def test_the_words_say_which_chats_are_meant(typed: str, meant: Selection | None) -> None:
    expected = meant or Selection(excluded=("@a", "Title", "with comma", "https://t.me/b"))
    assert selection_in(typed) == expected


@pytest.mark.parametrize("typed", ["", "all about cats", "@all", "allotment", "channels of mine"])
def test_the_title_of_a_chat_is_no_selection(typed: str) -> None:
    assert selection_in(typed) is None
