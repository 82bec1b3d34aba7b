"""/find: who finds what, how it looks, and its pages."""

from __future__ import annotations

import pytest

from storage.archive import Archive
from storage.database import Database
from storage.grants import Grants
from storage.models import ChatInfo
from storage.people import People
from storage.rights import Role
from storage.search_index import SearchIndex
from tests.bot.indexed import keep
from tests.bot.running import OWNER, RunningBot
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone
from tests.storage.making import message, page_of

GROUP = ChatInfo(id=-1001000000001, title="Alpine Hikers", type="private_supergroup")
CHANNEL = ChatInfo(id=-1001000000002, title="News", type="public_channel", username="news_of_day")
FRIEND = ChatInfo(id=4_200_000_001, title="Ben", type="personal_chat")
MEMBER = 5_200_000_002


@pytest.fixture
async def member(bot_api: BotApi, database: Database, bot: RunningBot) -> Phone:
    await People(database).set_owners({OWNER})
    await People(database).allow(MEMBER, by=OWNER, role=Role.MEMBER, name="Max")
    return Phone(bot_api.state, Person(id=MEMBER, first_name="Max", started=True))


async def answer(phone: Phone, typed: str) -> Message:
    sent = await phone.say(typed)
    return await phone.wait_for(lambda _: True, after=sent)


def styled(told: Message, kind: str) -> list[str]:
    """The parts of a message that have a style, without the marks that isolate titles."""
    units = told.text.encode("utf-16-le")
    return [
        units[2 * each["offset"] : 2 * (each["offset"] + each["length"])]
        .decode("utf-16-le")
        .strip("\u2068\u2069")
        for each in told.frames[-1].entities
        if each["type"] == kind
    ]


def links(told: Message) -> list[str]:
    return [each["url"] for each in told.frames[-1].entities if each["type"] == "text_link"]


async def test_what_is_found_is_told_with_chat_sender_date_and_a_link(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    await keep(database, GROUP, {7: "We saw a Marmot <b>there</b>", 8: "and a cow"})
    await keep(database, CHANNEL, {3: "Marmot season begins"})
    await keep(database, FRIEND, {5: "marmot!"})

    told = await answer(phone, "/find marmot")

    assert told.text.startswith("🔎 marmot · 1–3 of 3\n\n")
    assert "Alpine Hikers\u2069 · \u2068Walker 1007\u2069 · 1 Jan 2024, 00:00" in told.text
    assert "We saw a Marmot <b>there</b>" in told.text
    assert styled(told, "bold") == [
        "marmot",
        *("Alpine Hikers", "Marmot"),
        *("Ben", "marmot"),
        *("News", "Marmot"),
    ]
    assert links(told) == ["https://t.me/c/1000000001/7", "https://t.me/news_of_day/3"]


async def test_pages_are_turned_in_the_same_message(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    await keep(database, GROUP, {number: f"step {number}" for number in range(1, 13)})

    told = await answer(phone, "/find step")
    assert "1–5 of 12" in told.text
    assert told.buttons == [["▶"]]
    assert "step 12" in told.text
    await phone.tap(told, "▶")
    await phone.wait_for(lambda each: each is told and "6–10 of 12" in each.text)
    assert told.buttons == [["◀", "▶"]]
    await phone.tap(told, "▶")
    await phone.wait_for(lambda each: each is told and "11–12 of 12" in each.text)
    assert told.buttons == [["◀"]]
    await phone.tap(told, "◀")

    await phone.wait_for(lambda each: each is told and "6–10 of 12" in each.text)
    assert "step 7" in told.text


async def test_a_member_finds_only_what_is_open_to_them(
    member: Phone, phone: Phone, database: Database
) -> None:
    for chat in (GROUP, CHANNEL, FRIEND):
        await keep(database, chat, {1: f"marmot of {chat.title}"})
    grants = Grants(database)

    assert "Nothing found for “marmot”" in (await answer(member, "/find marmot")).text
    await grants.add(MEMBER, GROUP.id, by=OWNER)
    told = await answer(member, "/find marmot")
    assert "1–1 of 1" in told.text
    assert "marmot of \u2068Alpine" not in told.text
    assert "marmot of Alpine Hikers" in told.text
    assert "Nothing found" in (await answer(member, "/find marmot in:News")).text
    assert "1–3 of 3" in (await answer(phone, "/find marmot")).text


async def test_what_is_closed_meanwhile_is_not_on_the_next_page(
    member: Phone, database: Database
) -> None:
    await keep(database, GROUP, {number: f"step {number}" for number in range(1, 13)})
    await Grants(database).add(MEMBER, GROUP.id, by=OWNER)
    told = await answer(member, "/find step")

    await Grants(database).remove(MEMBER, GROUP.id, by=OWNER)
    await member.tap(told, "▶")

    await member.wait_for(lambda each: each is told and "nothing more" in each.text)


async def test_nobody_turns_the_pages_of_another(
    member: Phone, phone: Phone, database: Database
) -> None:
    await keep(database, GROUP, {number: f"step {number}" for number in range(1, 13)})
    await answer(phone, "/find step")
    own = await answer(member, "/find step")

    toast = await member.tap_data(own, "find:1:1")

    assert toast.text == "This card is out of date."


async def test_strangers_learn_nothing(
    bot: RunningBot, stranger: Phone, database: Database
) -> None:
    await keep(database, GROUP, {1: "marmot"})

    told = await answer(stranger, "/find marmot")

    assert "marmot" not in told.text
    assert "Alpine" not in told.text


async def test_what_cannot_be_looked_for_is_told(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    await keep(database, GROUP, {1: "marmot"})

    for typed, told in (
        ("/find", "Send /find and what you look for"),
        ("/find 😀", "Send /find and what you look for"),
        ("/find -draft", "Say also what to look for"),
        ("/find x has:unicorn", "I don't know has:unicorn"),
        ("/find x since:whenever", "I don't understand"),
        ('/find "AND ( NOT*', "Nothing found for"),
    ):
        assert told in (await answer(phone, typed)).text


async def test_words_narrow_by_chat_sender_and_days(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    await keep(database, GROUP, {7: "marmot", 8: "marmot", 90_000: "marmot"})
    await keep(database, CHANNEL, {7: "marmot"})

    found = {
        typed: (await answer(phone, f"/find marmot {typed}")).text.partition("\n")[0]
        for typed in ('in:"alpine hikers"', "in:news", 'from:"walker 1007"', "until:2024-01-01")
    }

    assert [text.rpartition("of ")[2] for text in found.values()] == ["3", "1", "2", "3"]


async def test_what_has_no_words_is_told_by_its_kind(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    await Archive(database).keep(
        1, GROUP.id, None, page_of(message(1, kind="voice_message", tl=b""))
    )
    await keep(database, GROUP, {2: "marmot"})

    told = await answer(phone, "/find has:voice")

    assert "1–1 of 1" in told.text
    assert told.text.endswith("\nvoice message")


async def test_without_an_index_it_is_asked_for(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    told = await answer(phone, "/find marmot")

    assert "made ready for search" in told.text
    assert await SearchIndex(database).check(), "it was made, for the worker to fill"


async def test_what_is_not_indexed_yet_is_admitted(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    await keep(database, GROUP, {1: "marmot"})
    await Archive(database).keep(1, GROUP.id, None, page_of(message(2, tl=b"marmot")))

    told = await answer(phone, "/find marmot")

    assert "1–1 of 1" in told.text
    assert "cannot be found yet" in told.text


async def test_it_is_said_in_russian_too(
    bot: RunningBot, bot_api: BotApi, database: Database
) -> None:
    await keep(database, GROUP, {1: "сурок"})
    phone = Phone(
        bot_api.state, Person(id=OWNER, first_name="Olga", started=True, language_code="ru")
    )

    assert "1–1 из 1" in (await answer(phone, "/find СУРОК")).text
    assert "ничего не найдено" in (await answer(phone, "/find бобёр")).text
