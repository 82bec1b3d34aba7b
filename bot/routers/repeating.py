"""*Schedule* under a summary: how often its chat is to be exported, by a tap."""

from __future__ import annotations

from datetime import tzinfo

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Update
from aiogram.utils.formatting import Bold, Text

from bot import schedule_texts as words
from bot import texts
from bot.keyboards import Do, Often, Tap, often_keyboard
from bot.planning import Planning
from bot.rights import Who, refuse
from bot.scheduler import Clock
from bot.timetable import OFTEN
from storage.audit import Audit
from storage.database import Database
from storage.grants import Grants
from storage.jobs import Jobs
from storage.models import Job, Summary
from storage.rights import Action
from storage.schedules import Schedules


def router() -> Router:
    routes = Router(name="repeating")
    routes.callback_query.register(offer, Tap.filter(F.do == Do.SCHEDULE))
    routes.callback_query.register(choose, Often.filter())
    return routes


async def offer(
    tap: CallbackQuery,
    callback_data: Tap,
    *,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
    schedules: Schedules,
    zone: tzinfo,
) -> None:
    """Ask how often; other times are for who writes them."""
    job = await jobs.get(callback_data.job_id)
    summary = await _open_to(tap, who, job, grants, audit)
    if summary is None or tap.message is None:
        return
    await tap.answer()
    if not await jobs.record_command(bot.id, event_update.update_id):
        return
    habits = await schedules.habits(who.id)
    name = Bold(texts.short_title(summary.chat.title or str(summary.chat.id)))
    text = Text(name, f"\n{words.how_often(habits.zone or str(zone))}")
    await bot.send_message(
        tap.message.chat.id, reply_markup=often_keyboard(callback_data.job_id), **text.as_kwargs()
    )


async def choose(
    tap: CallbackQuery,
    callback_data: Often,
    *,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
    database: Database,
    zone: tzinfo,
    clock: Clock,
    formats: tuple[str, ...],
) -> None:
    """Note the schedule, in the place of an earlier one of that chat."""
    job = await jobs.get(callback_data.job_id)
    summary = await _open_to(tap, who, job, grants, audit)
    cron = OFTEN.get(callback_data.often)
    if summary is None or tap.message is None:
        return
    if cron is None:
        await tap.answer(texts.OUT_OF_DATE())
        return
    planning = Planning(database=database, bot_id=bot.id, zone=zone, clock=clock, formats=formats)
    told = await planning.note(
        str(summary.chat.id), cron, person_id=who.id, update_id=event_update.update_id
    )
    await tap.answer()
    if told is not None:
        await bot.edit_message_text(
            told, chat_id=tap.message.chat.id, message_id=tap.message.message_id
        )


async def _open_to(
    tap: CallbackQuery, who: Who, job: Job | None, grants: Grants, audit: Audit
) -> Summary | None:
    """What a job brought, if its chat is open to who taps, now and later; else that is said."""
    if job is None or job.summary is None:
        await tap.answer(texts.OUT_OF_DATE())
    elif not who.may(Action.ASK) or not await grants.may_have(who.id, job):
        await refuse(tap, who, audit, job)
    elif not await grants.may_read(who.id, job.summary.chat.id):
        await tap.answer(words.ONCE_ONLY())
    else:
        return job.summary
    return None
