"""Every way to say which chat is meant: Telegram's lists, a search, a link, a forwarded message."""

from __future__ import annotations

from typing import Any

import pytest

from bot.naming import meant_by, names_in
from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo, JobKind
from tests.bot.running import NewBot, RunningBot, Worker
from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

ALPINE = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
NEWS = ChatInfo(id=-1001234567891, title="News", type="public_channel", username="news")


async def exports(worker: Worker) -> list[str]:
    """The chats that exports were asked for, in order."""
    jobs = await worker.jobs.recent(100)
    return [job.request.chat for job in reversed(jobs) if job.kind is JobKind.EXPORT]


async def test_export_alone_offers_telegrams_lists_and_the_search(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export")
    offered = await phone.wait_for("Or search")

    assert [button["text"] for row in phone.keyboard for button in row] == [
        "Channel",
        "Group",
        "Person",
    ]
    assert offered.button("🔎 Search my chats")["switch_inline_query_current_chat"] == ""
    assert (await worker.claim()).kind is JobKind.DIALOGS, "so that the search knows all chats"
    assert await exports(worker) == []


@pytest.mark.parametrize(
    ("button", "chat"),
    [("Group", ALPINE), ("Channel", NEWS)],
)
async def test_a_chat_is_picked_from_telegrams_lists(
    bot: RunningBot, phone: Phone, worker: Worker, button: str, chat: ChatInfo
) -> None:
    await phone.say("/export")
    await phone.wait_for("Or search")
    await phone.pick_chat(button, chat.id, title=chat.title or "", username=chat.username)

    name = f"@{chat.username}" if chat.username else str(chat.id)
    await phone.wait_for("1 chat chosen.")
    screen = await phone.wait_for("All messages")
    assert (chat.title or "") in screen.text
    assert await exports(worker) == []
    await phone.tap(screen, "Start")
    await phone.wait_for(lambda message: message is not screen and bool(message.buttons))
    assert await exports(worker) == [name]
    assert phone.keyboard == []


async def test_several_people_are_picked_at_once(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("/export")
    await phone.wait_for("Or search")
    people = [
        Person(id=7_000_000_001, first_name="Anna", username="anna_alm"),
        Person(id=7_000_000_002, first_name="Ben"),
    ]
    await phone.share_users("Person", people)

    await phone.wait_for("2 chats chosen.")
    await phone.wait_for("\u2068Ben\u2069")
    assert await exports(worker) == ["@anna_alm", "7000000002"]


CHANNEL = {"id": -1001234567891, "type": "channel", "title": "News", "username": "news"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Alpine Hikers"}
USER = {"id": 7_000_000_002, "is_bot": False, "first_name": "Ben"}


@pytest.mark.parametrize(
    ("origin", "chat"),
    [
        ({"type": "channel", "chat": CHANNEL, "message_id": 5}, "@news"),
        ({"type": "chat", "sender_chat": GROUP}, "-1001234567890"),
        ({"type": "user", "sender_user": USER}, "7000000002"),
    ],
)
async def test_a_forwarded_message_names_its_chat(
    bot: RunningBot, phone: Phone, worker: Worker, origin: dict[str, Any], chat: str
) -> None:
    await phone.send({"text": "Look!", "forward_origin": {"date": 1, **origin}})

    await phone.wait_for(chat)
    assert await exports(worker) == [chat]


async def test_a_forwarded_message_of_somebody_who_hides_is_explained(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    hidden = {"type": "hidden_user", "date": 1, "sender_user_name": "Ben"}
    await phone.send({"text": "Look!", "forward_origin": hidden})

    await phone.wait_for("its sender hides that")
    assert await exports(worker) == []


async def test_links_and_names_are_enough_several_at_once(
    bot: RunningBot, phone: Phone, worker: Worker
) -> None:
    await phone.say("https://t.me/news @alpine\nt.me/+AbCdEf123")

    await phone.wait_for("AbCdEf123")
    assert await exports(worker) == ["https://t.me/news", "@alpine", "t.me/+AbCdEf123"]


async def test_a_command_that_names_several_comes_again_and_is_done_once(
    new_bot: NewBot, bot_api: BotApi, phone: Phone, worker: Worker
) -> None:
    bot_api.faults.slow(30, on="getUpdates", after=1)
    await phone.say("/export @alpine @news")
    async with new_bot() as bot:
        await phone.wait_for("@news")
        await bot.kill()
    bot_api.faults.clear()

    async with new_bot():
        await phone.say("/help")
        await phone.wait_for("A card shows")

    assert await exports(worker) == ["@alpine", "@news"]


async def test_the_search_finds_the_accounts_chats_and_what_is_tapped_opens_its_options(
    bot: RunningBot, phone: Phone, worker: Worker, database: Database
) -> None:
    await Archive(database).save_dialogs(1, [ALPINE, NEWS], [])

    everything = await phone.inline_query("")
    (found,) = await phone.inline_query("alp")
    nothing = await phone.inline_query("zebra")
    await phone.choose(found)
    screen = await phone.wait_for("All messages")
    await phone.tap(screen, "Start")

    assert [each["title"].strip("\u2068\u2069") for each in everything] == ["Alpine Hikers", "News"]
    assert [each["description"] for each in everything] == ["Group", "Public channel · @news"]
    assert nothing == []
    await phone.wait_for(lambda message: message is screen and "Started." in message.text)
    assert await exports(worker) == ["-1001234567890"]


async def test_the_search_is_answered_in_pages(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    chats = [
        ChatInfo(id=-1001000000000 - number, title=f"Chat {number}", type="private_channel")
        for number in range(120)
    ]
    await Archive(database).save_dialogs(1, chats, [])

    pages = [await phone.inline_query("chat", offset=offset) for offset in ("", "50", "100")]

    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({each["id"] for page in pages for each in page}) == 120


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@alpine", ["@alpine"]),
        ("@alpine @alpine", ["@alpine"]),
        ("https://t.me/c/1234567890/5", ["https://t.me/c/1234567890/5"]),
        ("-1001234567890", ["-1001234567890"]),
        ("look at @alpine", []),
        ("Alpine Hikers", []),
        ("12", []),
        ("", []),
    ],
)
def test_only_a_message_of_nothing_but_links_and_names_is_taken_for_a_command(
    text: str, names: list[str]
) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("words", "chats"),
    [
        ("Alpine Hikers", ["Alpine Hikers"]),
        ("@alpine @news", ["@alpine", "@news"]),
        ("@alpine and more", ["@alpine and more"]),
        ("Alpine Hikers\n@news\n\nFamily", ["Alpine Hikers", "@news", "Family"]),
    ],
)
def test_behind_the_command_stands_one_title_or_several_chats(words: str, chats: list[str]) -> None:
    assert meant_by(words) == chats
