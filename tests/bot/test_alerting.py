"""What the owner must hear of comes to the phone, whatever job it came up in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.alerts import AlertKind, Alerts, News, add_alert
from storage.database import Database
from storage.models import Freeze
from tests.bot.running import NewBot, RunningBot
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

REVOKED = News(kind=AlertKind.REVOKED, account_id=1, account="Ben")
THAWED = News(kind=AlertKind.THAWED, account_id=2, account="Mia")
WORDS = [
    "⚠️ Telegram no longer accepts the session of",
    "☀️ The account \u2068Mia\u2069 is no longer",
]

SAYS = {
    AlertKind.REVOKED: ["chatkeep accounts add"],
    AlertKind.DUPLICATED: ["used from two places", "chatkeep accounts add"],
    AlertKind.DEACTIVATED: ["has deactivated", "is kept"],
    AlertKind.FROZEN: ["11 Apr 2026", "export before", "https://t.me/spambot?start=1"],
    AlertKind.THAWED: ["no longer frozen"],
    AlertKind.PERMISSION: ["Open Telegram", "chat “Telegram”, tap Allow"],
}


async def alert(database: Database, news: News = REVOKED) -> None:
    async with database.write() as connection:
        await add_alert(connection, news)


def said(phone: Phone) -> list[bool]:
    """Whether the phone received these two, in this order and nothing else."""
    texts = [message.text for message in phone.received]
    return [text.startswith(words) for text, words in zip(texts, WORDS, strict=True)]


async def told(database: Database) -> None:
    """Wait until nothing is left to be told."""
    while await Alerts(database).untold():
        await database.wait_for_change(0.1)


async def test_an_alert_reaches_the_owner_once(
    bot: RunningBot, phone: Phone, database: Database
) -> None:
    await alert(database)
    await phone.wait_for("no longer accepts")
    await told(database)
    await alert(database, THAWED)
    await phone.wait_for("no longer frozen")

    assert all(said(phone))


async def test_an_alert_that_came_up_while_the_bot_was_down_is_told_at_its_start(
    new_bot: NewBot, phone: Phone, database: Database
) -> None:
    await alert(database)
    await alert(database)
    async with new_bot():
        await phone.wait_for("no longer accepts")
        await told(database)
    async with new_bot():
        await alert(database, THAWED)
        await phone.wait_for("no longer frozen")

    assert all(said(phone))


async def test_an_alert_that_telegram_refuses_for_now_is_told_later(
    bot: RunningBot, bot_api: BotApi, phone: Phone, database: Database
) -> None:
    bot_api.faults.too_many_requests(1, on="sendMessage")
    await alert(database)
    await phone.wait_for("no longer accepts")
    await told(database)

    assert [each.code for each in bot_api.faults.asked("sendMessage")] == [429, 200]


async def test_an_alert_waits_for_an_owner_who_has_not_started_the_bot_yet(
    bot: RunningBot, bot_api: BotApi, phone: Phone, database: Database
) -> None:
    phone.person.started = False
    await alert(database)
    while not bot_api.faults.asked("sendMessage"):
        await database.wait_for_change(0.1)
    await phone.start()
    await phone.wait_for("no longer accepts")


@pytest.mark.parametrize("kind", AlertKind)
async def test_each_kind_of_news_names_the_account_and_says_what_to_do(
    bot: RunningBot, phone: Phone, database: Database, kind: AlertKind
) -> None:
    since, until = datetime(2026, 3, 12, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)
    freeze = Freeze(since=since, until=until, appeal_url="https://t.me/spambot?start=1")
    news = News(
        kind=kind,
        account_id=1,
        account="Ben",
        freeze=freeze if kind is AlertKind.FROZEN else None,
    )
    await alert(database, news)
    said = await phone.wait_for("Ben")

    assert all(word in said.text for word in SAYS[kind]), said.text
