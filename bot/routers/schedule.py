"""/schedule and /timezone: exports that come by themselves, by a person's own clock."""

from __future__ import annotations

from datetime import datetime, tzinfo

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, Update
from aiogram.utils.formatting import Bold, Text

from bot import schedule_texts as words
from bot.delivery import UNCHANGED
from bot.filters import FirstTime
from bot.planning import Planning
from bot.rights import May, Who
from bot.schedule_keyboard import ScheduleDo, ScheduleTap, schedules_keyboard
from bot.scheduler import Clock, quiet_by, zone_by
from bot.timetable import NotUnderstood, asked, next_after, quiet_of, zone_named
from storage.database import Database
from storage.jobs import Jobs
from storage.rights import Action
from storage.schedules import Schedule, Schedules
from storage.zones import zone_of

SCHEDULE = Command("schedule", ignore_case=True)
ZONE = Command("timezone", ignore_case=True)
QUIET = F.args.regexp(r"(?i)\s*quiet\s*($|off\b|\d)")
"""Of a chat whose title begins so, something else is said."""


def router() -> Router:
    routes = Router(name="schedule")
    ask = May(Action.ASK)
    quiet = Command("schedule", ignore_case=True, magic=QUIET)
    listing = Command("schedule", ignore_case=True, magic=~F.args)
    routes.message.register(list_, listing, ask, FirstTime())
    routes.message.register(keep_quiet, quiet, ask, FirstTime())
    routes.message.register(schedule, SCHEDULE, ask)
    routes.message.register(timezone, ZONE, ask, FirstTime())
    routes.callback_query.register(tapped, ScheduleTap.filter())
    return routes


async def list_(message: Message, who: Who, bot: Bot, schedules: Schedules, zone: tzinfo) -> None:
    text, keyboard = await _list(who, bot, schedules, zone)
    await message.answer(**text.as_kwargs(), reply_markup=keyboard)


async def keep_quiet(
    message: Message, command: CommandObject, who: Who, schedules: Schedules
) -> None:
    """Set the hours in which there is no news."""
    hours = (command.args or "").strip()[len("quiet") :]
    if not hours.strip():
        await message.answer(
            f"{words.quiet(quiet_by(await schedules.habits(who.id)))}\n{words.QUIET_USAGE}"
        )
        return
    try:
        quiet = quiet_of(hours)
    except NotUnderstood:
        await message.answer(words.QUIET_USAGE())
        return
    await schedules.set_quiet(who.id, quiet)
    await message.answer(words.quiet(quiet))


async def schedule(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    database: Database,
    zone: tzinfo,
    clock: Clock,
    formats: tuple[str, ...],
) -> None:
    """A new schedule, or another time for one that there is."""
    try:
        meant = asked(command.args or "")
    except NotUnderstood:
        if await jobs.record_command(bot.id, event_update.update_id):
            await message.answer(f"{words.NOT_UNDERSTOOD}\n\n{words.USAGE}")
        return
    planning = Planning(database=database, bot_id=bot.id, zone=zone, clock=clock, formats=formats)
    told = await planning.note(
        meant.chat,
        meant.cron,
        person_id=who.id,
        update_id=event_update.update_id,
        limit_s=meant.limit_s,
        limit_bytes=meant.limit_bytes,
    )
    if told is not None:
        await message.answer(told)


async def timezone(
    message: Message,
    *,
    command: CommandObject,
    who: Who,
    bot: Bot,
    schedules: Schedules,
    zone: tzinfo,
    clock: Clock,
) -> None:
    """Say what a person's zone is, or set it; their schedules keep their hours in it."""
    typed = (command.args or "").strip()
    now = clock()
    if not typed:
        habits = await schedules.habits(who.id)
        theirs = zone_by(habits, zone)
        told = words.zone_is(habits.zone or str(zone), now, theirs)
        await message.answer(f"{told}\n{words.ZONE_USAGE}")
        return
    try:
        named = zone_named(typed)
    except ValueError:
        await message.answer(words.no_such_zone(typed))
        return
    theirs = zone_of(named)
    moved = {
        each.id: next_after(each.plan.cron, theirs, now)
        for each in await schedules.of(who.id, bot.id)
    }
    await schedules.set_zone(who.id, named, moved)
    await message.answer(words.zone_is(named, now, theirs))


async def tapped(
    tap: CallbackQuery,
    callback_data: ScheduleTap,
    *,
    who: Who,
    bot: Bot,
    schedules: Schedules,
    zone: tzinfo,
    clock: Clock,
) -> None:
    """Let one of one's own schedules rest or go on, or delete it. Another's is not there."""
    found = [
        each for each in await schedules.of(who.id, bot.id) if each.id == callback_data.schedule_id
    ]
    if not found or not who.may(Action.ASK):
        await tap.answer(words.GONE())
    else:
        theirs = zone_by(await schedules.habits(who.id), zone)
        await tap.answer(await _do(callback_data.do, found[0], schedules, theirs, clock()))
    if tap.message is None:
        return
    text, keyboard = await _list(who, bot, schedules, zone)
    try:
        await bot.edit_message_text(
            chat_id=tap.message.chat.id,
            message_id=tap.message.message_id,
            reply_markup=keyboard,
            **text.as_kwargs(),
        )
    except TelegramBadRequest as error:
        if UNCHANGED not in error.message.lower():
            raise


async def _do(
    do: ScheduleDo, schedule: Schedule, schedules: Schedules, zone: tzinfo, now: datetime
) -> str:
    if do is ScheduleDo.REMOVE:
        return words.REMOVED() if await schedules.remove(schedule) else words.GONE()
    rest = do is ScheduleDo.REST
    next_at = None if rest else next_after(schedule.plan.cron, zone, now)
    if not await schedules.set_next(schedule, next_at):
        return words.GONE()
    return words.RESTS() if rest else words.GOES_ON()


async def _list(
    who: Who, bot: Bot, schedules: Schedules, zone: tzinfo
) -> tuple[Text, InlineKeyboardMarkup | None]:
    habits = await schedules.habits(who.id)
    found = await schedules.of(who.id, bot.id)
    theirs = zone_by(habits, zone)
    body: list[str | Text] = [words.SCHEDULES() if found else words.NONE_YET()]
    for place, each in enumerate(found, start=1):
        body += [f"\n{place}. ", Bold(words.name(each.plan)), f"\n{words.standing(each, theirs)}"]
    body += [f"\n\n{words.quiet(quiet_by(habits))}", f"\n\n{words.USAGE}"]
    return Text(*body), schedules_keyboard(found)
