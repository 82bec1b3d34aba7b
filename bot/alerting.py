"""Tells the owners what they must hear of, whatever job it came up in."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramForbiddenError, TelegramRetryAfter
from aiogram.methods import SendMessage

from bot import account_texts
from bot.language import speaking
from bot.session import once
from bot.unbroken import Unbroken
from storage.alerts import Alert, Alerts
from storage.database import Database
from storage.errors import StorageError
from storage.people import People

LOOK_EVERY_S = 30.0
"""When nothing changes in the database."""
AGAIN_AFTER_S = 5.0

log = structlog.get_logger(__name__)


class Alerting:
    """The loop over what is still to be told."""

    def __init__(
        self, bot: Bot, database: Database, owners: Collection[int], unbroken: Unbroken
    ) -> None:
        self._bot = bot
        self._database = database
        self._alerts = Alerts(database)
        self._people = People(database)
        self._owners = owners
        self._unbroken = unbroken
        self._heard: set[tuple[int, int]] = set()
        """Alerts and who was told, while another owner could not be."""

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            seen = self._database.changes
            try:
                with self._unbroken.work():
                    put_off = [await self._tell(alert) for alert in await self._alerts.untold()]
            except StorageError as error:
                log.warning("alerts wait for the database", reason=str(error))
                put_off = [AGAIN_AFTER_S]
            wait_s = max(put_off, default=0.0)
            if 0 < wait_s < LOOK_EVERY_S:
                await asyncio.sleep(wait_s)
            else:
                await self._database.wait_for_change(LOOK_EVERY_S, since=seen)

    async def _tell(self, alert: Alert) -> float:
        """Tell every owner; returns how long to wait until it is tried again, 0: it is done.

        Owners who never started the bot are not waited for, once another one has heard.
        """
        waits_s = [
            await self._tell_one(owner, alert)
            for owner in self._owners
            if (alert.id, owner) not in self._heard
        ]
        heard = {(alert.id, owner) for owner in self._owners} & self._heard
        wait_s = max((wait_s for wait_s in waits_s if wait_s < LOOK_EVERY_S), default=0.0)
        if wait_s or not heard:
            return wait_s or LOOK_EVERY_S
        await self._alerts.told(alert.id)
        self._heard -= heard
        return 0.0

    async def _tell_one(self, owner: int, alert: Alert) -> float:
        with speaking(await self._people.language(owner)):
            text = account_texts.alert(alert.news)
        try:
            await once(self._bot, SendMessage(chat_id=owner, text=text, parse_mode=None))
        except TelegramRetryAfter as pause:
            return float(pause.retry_after)
        except TelegramForbiddenError as error:  # an owner who never started the bot
            log.warning("an owner cannot be alerted", owner=owner, error=str(error))
            return LOOK_EVERY_S
        except AiogramError as error:
            log.info("an alert was not delivered", owner=owner, error=str(error))
            return AGAIN_AFTER_S
        self._heard.add((alert.id, owner))
        return 0.0
