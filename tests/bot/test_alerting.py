"""What the owner must hear of comes to the phone, whatever job it came up in."""

from __future__ import annotations

from storage.alerts import Alerts, add_alert
from storage.database import Database
from tests.bot.running import NewBot, RunningBot
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

SENTENCE = "Ben: Telegram no longer accepts this account's session."


async def alert(database: Database, text: str = SENTENCE) -> None:
    async with database.write() as connection:
        await add_alert(connection, text)


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
    await alert(database, "Another one.")
    await phone.wait_for("Another one.")

    assert [message.text for message in phone.received] == [SENTENCE, "Another one."]


async def test_an_alert_that_came_up_while_the_bot_was_down_is_told_at_its_start(
    new_bot: NewBot, phone: Phone, database: Database
) -> None:
    await alert(database)
    await alert(database)
    async with new_bot():
        await phone.wait_for("no longer accepts")
        await told(database)
    async with new_bot():
        await alert(database, "Another one.")
        await phone.wait_for("Another one.")

    assert [message.text for message in phone.received] == [SENTENCE, "Another one."]


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
