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
from bot.language import woven
from bot.rights import May, Who, refuse
from storage.audit import Audit, Deed
from storage.database import Database
from storage.grants import Grants
from storage.jobs import Jobs
from storage.models import CardPlace, ExportRequest, Job, JobKind
from storage.rights import Action, On

SHOWN = 12


def router() -> Router:
    routes = Router(name="archives")
    command = Command("archives", ignore_case=True)
    may = May(Action.JOBS)
    routes.message.register(archives, command, may, FirstTime())
    routes.callback_query.register(delete, Shelf.filter(F.do == ShelfDo.DELETE))
    routes.callback_query.register(ask, Shelf.filter())
    return routes


async def archives(
    message: Message, who: Who, jobs: Jobs, grants: Grants, database: Database
) -> None:
    text, keyboard = await _list(who, jobs, grants, database)
    await message.answer(**text.as_kwargs(), reply_markup=keyboard)


async def ask(
    tap: CallbackQuery,
    callback_data: Shelf,
    *,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
    database: Database,
) -> None:
    """Ask whether an archive is really to be deleted, or go back to the list."""
    job = await jobs.get(callback_data.job_id)
    if tap.message is None or job is None or job.summary is None:
        await tap.answer(texts.OUT_OF_DATE())
        return
    if not await grants.may_delete(who.id, job.summary.chat.id):
        await refuse(tap, who, audit, job)
        return
    await tap.answer()
    keyboard: InlineKeyboardMarkup | None
    if callback_data.do is ShelfDo.ASK:
        name = Bold(texts.short_title(job.summary.chat.title or job.request.chat))
        text = Text(woven(texts.DELETE_QUESTION, title=name), f"\n{texts.DELETE_MEANS}")
        keyboard = really_delete_keyboard(job)
    else:
        text, keyboard = await _list(who, jobs, grants, database)
    await bot.edit_message_text(
        chat_id=tap.message.chat.id,
        message_id=tap.message.message_id,
        reply_markup=keyboard,
        **text.as_kwargs(),
    )


async def delete(
    tap: CallbackQuery,
    callback_data: Shelf,
    *,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
) -> None:
    """A job of the worker: only that one touches exports."""
    job = await jobs.get(callback_data.job_id)
    if tap.message is None or job is None or job.summary is None:
        await tap.answer(texts.OUT_OF_DATE())
        return
    if not await grants.may_delete(who.id, job.summary.chat.id):
        await refuse(tap, who, audit, job)
        return
    await audit.note(Deed.DELETED, by=who.id, chat_id=job.summary.chat.id)
    await jobs.submit(
        ExportRequest(chat=str(job.summary.chat.id), to=job.summary.folder),
        kind=JobKind.REMOVE,
        person_id=who.id,
        update_id=event_update.update_id,
        card=CardPlace(
            bot_id=bot.id,
            chat_id=tap.message.chat.id,
            reply_to=tap.message.message_id,
        ),
    )
    await tap.answer(texts.DELETING())


async def _list(
    who: Who, jobs: Jobs, grants: Grants, database: Database
) -> tuple[Text, InlineKeyboardMarkup | None]:
    """The archives of the chats that are open to a person."""
    all_found = [(job, job.summary.chat.id) for job in await jobs.archives() if job.summary]
    readable = await grants.readable(who.id, [chat_id for _, chat_id in all_found])
    found = [job for job, chat_id in all_found if chat_id in readable]
    if not found:
        return Text(texts.NO_ARCHIVES), None
    shown = found[:SHOWN]
    sizes = await database.threads.run(_sizes, shown)
    now = datetime.now(UTC)
    lines: list[str | Text] = [texts.ARCHIVES()]
    for number, (job, size_bytes) in enumerate(zip(shown, sizes, strict=True), start=1):
        name = texts.short_title(job.summary.chat.title or "?" if job.summary else "?")
        lines += [f"\n{number}. ", Bold(name), f"\n{texts.archive(job, size_bytes, now)}"]
    if len(found) > SHOWN:
        lines.append(f"\n{texts.and_more(len(found) - SHOWN)}")
    may_delete = who.may(Action.DELETE, On.GRANTED)
    return Text(*lines), shelf_keyboard(shown) if may_delete else None


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
