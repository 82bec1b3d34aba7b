"""An aiogram bot that polls while a test plays the person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot, Dispatcher


class Answers:
    """A dispatcher for the test's own handlers."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.dispatcher = Dispatcher()

    @asynccontextmanager
    async def given(self) -> AsyncIterator[None]:
        """Poll for updates until the end of the block."""
        async with asyncio.TaskGroup() as group:
            group.create_task(
                self.dispatcher.start_polling(
                    self.bot,
                    handle_as_tasks=False,
                    handle_signals=False,
                    close_bot_session=False,
                    polling_timeout=5,
                )
            )
            yield
            await self.dispatcher.stop_polling()
