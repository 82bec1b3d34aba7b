"""/archives: what lies on the disk, its size and age; and its deletion, after a question."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, Update
from aiogram.utils.formatting import Bold, Text

from bot import texts
from bot.filters import FirstTime
from bot.keyboards import Shelf, ShelfDo, really_delete_keyboard, shelf_keyboard
from storage.database import Database
from storage.jobs import Jobs
from storage.models import CardPlace, ExportRequest, Job, JobKind

SHOWN = 12


def router() -> Router:
    routes = Router(name="archives")
    private = F.chat.type == "private"
    command = Command("archives", ignore_case=True)
    routes.message.register(archives, command, private, FirstTime())
    routes.message.register(elsewhere, command, FirstTime())
    routes.callback_query.register(delete, Shelf.filter(F.do == ShelfDo.DELETE))
    routes.callback_query.register(ask, Shelf.filter())
    return routes


async def archives(message: Message, jobs: Jobs, database: Database) -> None:
    text, keyboard = await _list(jobs, database)
    await message.answer(**text.as_kwargs(), reply_markup=keyboard)


async def elsewhere(message: Message) -> None:
    """Titles are not for a group."""
    await message.answer(texts.IN_PRIVATE)


async def ask(
    tap: CallbackQuery, callback_data: Shelf, bot: Bot, jobs: Jobs, database: Database
) -> None:
    """Ask whether an archive is really to be deleted, or go back to the list."""
    job = await jobs.get(callback_data.job_id)
    if tap.message is None or job is None or job.summary is None:
        await tap.answer(texts.OUT_OF_DATE)
        return
    await tap.answer()
    keyboard: InlineKeyboardMarkup | None
    if callback_data.do is ShelfDo.ASK:
        name = Bold(texts.short_title(job.summary.chat.title or job.request.chat))
        text = Text(texts.DELETE_QUESTION, name, f"\n{texts.DELETE_MEANS}")
        keyboard = really_delete_keyboard(job)
    else:
        text, keyboard = await _list(jobs, database)
    await bot.edit_message_text(
        chat_id=tap.message.chat.id,
        message_id=tap.message.message_id,
        reply_markup=keyboard,
        **text.as_kwargs(),
    )


async def delete(
    tap: CallbackQuery, callback_data: Shelf, event_update: Update, bot: Bot, jobs: Jobs
) -> None:
    """A job of the worker: only that one touches exports."""
    job = await jobs.get(callback_data.job_id)
    if (
        tap.message is None
        or job is None
        or job.summary is None
        or tap.message.chat.type != "private"
    ):
        await tap.answer(texts.OUT_OF_DATE)
        return
    await jobs.submit(
        ExportRequest(chat=str(job.summary.chat.id), to=job.summary.folder),
        kind=JobKind.REMOVE,
        person_id=tap.from_user.id,
        update_id=event_update.update_id,
        card=CardPlace(
            bot_id=bot.id,
            chat_id=tap.message.chat.id,
            reply_to=tap.message.message_id,
        ),
    )
    await tap.answer(texts.DELETING)


async def _list(jobs: Jobs, database: Database) -> tuple[Text, InlineKeyboardMarkup | None]:
    found = [job for job in await jobs.archives() if job.summary is not None]
    if not found:
        return Text(texts.NO_ARCHIVES), None
    shown = found[:SHOWN]
    sizes = await database.threads.run(_sizes, shown)
    now = datetime.now(UTC)
    lines: list[str | Text] = [texts.ARCHIVES]
    for number, (job, size_bytes) in enumerate(zip(shown, sizes, strict=True), start=1):
        name = texts.short_title(job.summary.chat.title or "?" if job.summary else "?")
        lines += [f"\n{number}. ", Bold(name), f"\n{texts.archive(job, size_bytes, now)}"]
    if len(found) > SHOWN:
        lines.append(f"\n{texts.and_more(len(found) - SHOWN)}")
    return Text(*lines), shelf_keyboard(shown)


def _sizes(jobs: list[Job]) -> list[int | None]:
    """The bytes of each archive's folder; None: it is not there."""
    folders = [Path(job.summary.folder) if job.summary else Path() for job in jobs]
    return [_size(folder) if folder.is_dir() else None for folder in folders]


def _size(folder: Path) -> int:
    total = 0
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            total += _size(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            total += entry.stat(follow_symlinks=False).st_size
    return total
