"""/stats: whose archives it offers, what it asks of the worker, and how the pictures arrive."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.keyboards import Draw
from storage.database import Database
from storage.grants import Grants
from storage.models import ChatInfo, ExportRequest, Job, JobKind
from storage.parcels import Parcel, Parcels
from storage.people import People
from tests.bot.running import OWNER, NewBot, RunningBot, Worker
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone
from tests.test_sandbox.test_bot_albums import png

HIKERS = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
FRIEND = ChatInfo(id=4_200_000_001, title="Friend", type="personal_chat")
AMOUNT = 3
MIA = 6_200_000_042
DARK, LIGHT = "🌙 Dark pictures", "☀️ Light pictures"
ALPINE_BUTTON = "\u2068Alpine Hikers\u2069"
FRIEND_BUTTON = "\u2068Friend\u2069"


async def archived(worker: Worker, chat: ChatInfo) -> None:
    """The chat was exported."""
    await worker.jobs.submit(ExportRequest(chat=str(chat.id)))
    job = await worker.claim()
    await worker.jobs.set_chat(job.id, job.fence, chat.id)
    await worker.finish(job, chat=chat)


async def drawn(worker: Worker, folder: Path, *, note: str = "Told", lost: bool = False) -> Job:
    """Do what the worker does: claim the job, draw three pictures, and finish.

    `lost`: the files have vanished by then.
    """
    job = await worker.claim()
    assert job.kind is JobKind.STATS
    await worker.jobs.set_chat(job.id, job.fence, HIKERS.id)
    outbox = folder / str(job.id)
    outbox.mkdir(parents=True)
    paths = [outbox / f"{number}.png" for number in range(1, AMOUNT + 1)]
    for number, path in enumerate(paths, start=1):
        path.write_bytes(png(100 + number, 100))
    await Parcels(worker.jobs.database).put(
        [
            Parcel(
                job_id=job.id,
                number=number,
                of=AMOUNT,
                key="pictures",
                path=path,
                name=path.name,
                size_bytes=path.stat().st_size,
                note=note if number == 1 else None,
            )
            for number, path in enumerate(paths, start=1)
        ]
    )
    if lost:
        for path in paths:
            path.unlink()
    await worker.jobs.finish(job.id, job.fence)
    return job


def album(phone: Phone) -> list[Message]:
    return [message for message in phone.received if message.photo is not None]


async def test_without_words_it_offers_the_archives_and_a_tap_has_one_drawn(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await archived(worker, HIKERS)
    await archived(worker, FRIEND)

    await phone.say("/stats")
    offered = await phone.wait_for("Which chat?")
    toast = await phone.tap(offered, ALPINE_BUTTON)

    assert offered.buttons == [[FRIEND_BUTTON], [ALPINE_BUTTON], [DARK]]
    assert toast.text == "Counting and drawing…"
    job = await worker.claim()
    assert (job.kind, job.request.chat, job.request.dark) == (JobKind.STATS, str(HIKERS.id), False)
    assert (job.person_id, job.chat_id) == (OWNER, HIKERS.id)


async def test_with_a_chat_named_it_draws_at_once(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    asked = await phone.say("/Stats   Alpine Hikers ")

    job = await worker.claim()
    card = await phone.wait_for("Counting and drawing…")

    assert (job.kind, job.request.chat) == (JobKind.STATS, "Alpine Hikers")
    assert card.reply_to is asked
    assert card.buttons == [["Cancel"]]


async def test_the_look_that_was_chosen_is_kept(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await archived(worker, HIKERS)
    await phone.say("/stats")
    offered = await phone.wait_for("Which chat?")

    await phone.tap(offered, DARK)
    await phone.wait_for(lambda message: message is offered and [LIGHT] in message.buttons)
    await phone.tap(offered, ALPINE_BUTTON)
    job = await worker.claim()
    await worker.jobs.finish(job.id, job.fence)
    await phone.say("/stats @alpine")

    assert job.request.dark
    assert (await worker.claim()).request.dark


async def test_pictures_come_as_one_album_with_what_they_show_in_words(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database, tmp_path: Path
) -> None:
    asked = await phone.say("/stats Alpine Hikers")

    await drawn(worker, tmp_path, note="Alpine Hikers\nMessages over time")
    await phone.wait_for("The pictures come below.")
    await phone.wait_for(lambda message: message.photo is not None)

    shown = album(phone)
    assert len({message.album_id for message in shown}) == 1
    assert [message.photo[-1]["width"] for message in shown if message.photo] == [101, 102, 103]
    assert [message.reply_to for message in shown] == [asked] * 3
    assert shown[0].text == (
        "The pictures go through Telegram's cloud, like any file you send.\n"
        "Alpine Hikers\nMessages over time"
    )
    assert [message.text for message in shown[1:]] == ["", ""]
    while list(tmp_path.glob("*/*.png")):
        await database.wait_for_change(1)  # what has arrived does not lie about


async def test_equal_pictures_are_not_uploaded_again(
    bot: RunningBot, phone: Phone, worker: Worker, tmp_path: Path
) -> None:
    await phone.say("/stats Alpine Hikers")
    await drawn(worker, tmp_path)
    await phone.wait_for(lambda message: message.photo is not None)

    again = await phone.say("/stats Alpine Hikers")
    await drawn(worker, tmp_path)
    await phone.wait_for(lambda message: message.photo is not None, after=again)

    sent = [message.photo[-1]["file_id"] for message in album(phone) if message.photo]
    assert sent[3:] == sent[:3]


async def test_pictures_that_telegram_has_forgotten_are_uploaded_anew(
    bot: RunningBot, bot_api: BotApi, phone: Phone, worker: Worker, tmp_path: Path
) -> None:
    await phone.say("/stats Alpine Hikers")
    await drawn(worker, tmp_path)
    await phone.wait_for(lambda message: message.photo is not None)
    bot_api.state.photos.clear()

    again = await phone.say("/stats Alpine Hikers")
    await drawn(worker, tmp_path)
    await phone.wait_for(lambda message: message.photo is not None, after=again)

    assert len(album(phone)) == 6


async def test_a_kill_before_the_album_arrives_sends_it_once(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker, tmp_path: Path
) -> None:
    async with new_bot() as bot:
        hold = bot_api.faults.hold(on="sendMediaGroup")
        await phone.say("/stats Alpine Hikers")
        await drawn(worker, tmp_path)
        await asyncio.wait_for(hold.reached.wait(), 40)
        await bot.kill()

    async with new_bot():
        await phone.wait_for(lambda message: message.photo is not None)
        await phone.say("/help")
        await phone.wait_for("A card shows")

    assert len(album(phone)) == 3


async def test_pictures_that_are_gone_are_explained(
    bot: RunningBot, phone: Phone, worker: Worker, tmp_path: Path
) -> None:
    await phone.say("/stats Alpine Hikers")

    await drawn(worker, tmp_path, lost=True)

    await phone.wait_for("The pictures are not there any more. Send /stats again.")
    assert album(phone) == []


async def test_a_member_is_offered_only_what_is_open_and_a_forged_tap_is_refused(
    bot: RunningBot, bot_api: BotApi, worker: Worker, database: Database
) -> None:
    people, grants = People(database), Grants(database)
    await archived(worker, HIKERS)
    await archived(worker, FRIEND)
    await people.allow(MIA, by=OWNER)
    await grants.add(MIA, HIKERS.id, by=OWNER)
    mia = Phone(bot_api.state, Person(id=MIA, first_name="Mia", started=True))

    await mia.say("/stats")
    offered = await mia.wait_for("Which chat?")
    toast = await mia.tap_data(offered, Draw(chat_id=FRIEND.id, dark=False).pack())

    assert offered.buttons == [[ALPINE_BUTTON], [DARK]]
    assert toast.text == "You no longer have access."
    assert await worker.jobs.unfinished() == []


async def test_a_stranger_gets_nothing(bot: RunningBot, stranger: Phone, worker: Worker) -> None:
    await stranger.say("/stats Alpine Hikers")
    await stranger.wait_for("This bot is private")

    assert await worker.jobs.recent() == []


@pytest.mark.parametrize("words", ["/stats", "/stats Alpine Hikers"])
async def test_nothing_is_drawn_where_nothing_may_be_sent(
    new_bot: NewBot, phone: Phone, worker: Worker, words: str
) -> None:
    bot = new_bot()
    bot.config = replace(bot.config, deliver=False)
    async with bot:
        await phone.say(words)
        await phone.wait_for("Pictures are not sent into this chat.")

    assert await worker.jobs.recent() == []


async def test_without_archives_there_is_nothing_to_draw(bot: RunningBot, phone: Phone) -> None:
    await phone.say("/stats")

    await phone.wait_for("There is nothing to draw yet.")
