"""The bot as its service runs it, and a worker that a test drives through the job rows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Protocol, Self

from bot.pace import Pace
from bot.service import BotConfig, serve
from storage.cards import Cards
from storage.database import Database
from storage.jobs import Jobs
from storage.models import ChatInfo, Job, Phase, Progress, Summary, Wish
from tests.sandbox.botapi.messages import Message
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.botapi.state import Toast
from tests.sandbox.phone import Phone

OWNER = 5_100_000_001
PATIENCE_S = 40.0
QUICK = Pace(private_s=0.3, group_s=0.8, first_minute_s=0.3)
"""A tenth of the usual gaps: what is tested is the order of things, not how long they take."""


class RunningBot:
    """`serve` on connections of its own, as in a process of its own."""

    def __init__(
        self, bot_api: BotApi, database_url: str, *, export_dir: Path, pace: Pace, patience_s: float
    ) -> None:
        self.config = BotConfig(
            token=bot_api.token,
            admin_ids=frozenset({OWNER}),
            api_url=bot_api.url,
            export_dir=export_dir,
            pace=pace,
        )
        self._database_url = database_url
        self._patience_s = patience_s
        self._stop = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        database = await Database.open(self._database_url, patience_s=self._patience_s)
        try:
            await serve(self.config, database, self._stop)
        finally:
            await database.close()

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.task is not None and not self.task.cancelled():
            self._stop.set()
            await self.task

    async def stop(self) -> None:
        """As at SIGTERM."""
        assert self.task is not None
        self._stop.set()
        await self.task

    async def kill(self) -> None:
        """Between two steps, whatever it is doing, as `kill -9` would."""
        assert self.task is not None
        self.task.cancel()
        await asyncio.wait([self.task])


class NewBot(Protocol):
    """Makes one more bot with the same token and database."""

    def __call__(self, pace: Pace = QUICK, *, patience_s: float = 10) -> RunningBot: ...


class Worker:
    """Does to a job's row what an exporter would do."""

    def __init__(self, database: Database) -> None:
        self.jobs = Jobs(database)
        self.cards = Cards(database)
        self._database = database

    async def claim(self) -> Job:
        """The next job, as soon as there is one."""
        async with asyncio.timeout(PATIENCE_S):
            while (job := await self.jobs.claim([])) is None:
                await self._database.wait_for_change(1)
        return job

    async def card_noted(self, job: Job) -> None:
        """The bot has written down that the card shows this state of the job."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                noted = await self.cards.for_job(job.id, OWNER)
                if noted is not None and noted.revision == job.turn:
                    return
                await self._database.wait_for_change(1)

    async def report(
        self, job: Job, messages: int, total: int | None = 1000, **rest: object
    ) -> Wish | None:
        """Fetched so many messages of the chat Alpine Hikers."""
        progress = Progress(
            phase=Phase.FETCHING, title="Alpine Hikers", messages=messages, total=total
        )
        return await self.jobs.report(job.id, job.fence, replace(progress, **rest))  # type: ignore[arg-type]

    async def finish(self, job: Job, messages: int = 1000, **rest: object) -> None:
        await self.jobs.finish(job.id, job.fence, summary(messages, **rest))


async def cancel(phone: Phone, card: Message) -> Toast:
    """Tap Cancel and confirm it; what the bot says to that."""
    await phone.tap(card, "Cancel")
    await phone.wait_for(lambda message: message is card and "Cancel?" in message.text)
    return await phone.tap(card, "Yes, cancel")


def summary(messages: int, **rest: object) -> Summary:
    chat = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
    plain = Summary(
        chat=chat,
        folder="/srv/exports/Alpine Hikers -1001234567890",
        messages=messages,
        new=messages,
        by_kind={"text": messages},
        duration_s=90.0,
        rate=messages / 90,
    )
    return replace(plain, **rest)  # type: ignore[arg-type]
