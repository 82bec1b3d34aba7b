"""/status: the machine, the queue, and the accounts with what Telegram allows them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psutil
from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot import account_texts, texts
from bot.filters import FirstTime
from bot.rights import May, Who
from storage.accounts import list_accounts
from storage.database import Database
from storage.jobs import Jobs
from storage.models import ASKED_FOR, JobState
from storage.paces import Paces
from storage.rights import Action


def router() -> Router:
    routes = Router(name="status")
    routes.message.register(
        status, Command("status", ignore_case=True), May(Action.STATUS), FirstTime()
    )
    return routes


async def status(
    message: Message, who: Who, jobs: Jobs, database: Database, export_dir: Path
) -> None:
    exports = [job for job in await jobs.unfinished() if job.kind in ASKED_FOR]
    lines = [
        texts.disk(psutil.disk_usage(str(_existing(export_dir)))),
        texts.memory(psutil.virtual_memory()),
        texts.queue([job.state for job in exports]),
    ]
    now = datetime.now(UTC)
    waits = {
        wait.account_id: wait
        for job in exports
        if job.state is JobState.RUNNING
        for wait in job.progress.account_waits
    }
    if who.may(Action.ACCOUNTS):
        for account in await list_accounts(database):
            learned = await Paces(database).load(account.id)
            rates = {method: pace.rate for method, pace in learned.items()}
            lines += account_texts.account(account, rates, waits.get(account.id), now)
    await message.answer("\n".join(lines))


def _existing(folder: Path) -> Path:
    """The folder, or the one above it that there is."""
    return next(path for path in (folder, *folder.parents) if path.exists())
