"""Filters of our own."""

from __future__ import annotations

from aiogram import Bot
from aiogram.filters import BaseFilter
from aiogram.types import Message, Update

from storage.jobs import Jobs


class FirstTime(BaseFilter):
    """Lets an update through once, and writes that down before its handler does anything.

    Telegram brings an update again when a kill came between its handler and the confirmation.
    /export needs no such filter: its job is that row.
    """

    async def __call__(self, _: Message, bot: Bot, event_update: Update, jobs: Jobs) -> bool:
        return await jobs.record_command(bot.id, event_update.update_id)
