"""/stats: pictures of what a chat's archive amounts to. A job of the worker draws them."""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, Update

from bot import stats_texts as words
from bot import texts
from bot.filters import FirstTime
from bot.keyboards import Draw, draw_keyboard
from bot.rights import May, Who, refuse
from storage.audit import Audit
from storage.grants import Grants
from storage.jobs import Jobs
from storage.models import CardPlace, ChatInfo, ExportRequest, JobKind
from storage.rights import Action

SHOWN = 20
STATS = Command("stats", ignore_case=True)


def router() -> Router:
    routes = Router(name="stats")
    may = May(Action.JOBS)
    routes.message.register(draw, STATS, may, names_a_chat)
    routes.message.register(offer, STATS, may, FirstTime())
    routes.callback_query.register(turn, Draw.filter(F.chat_id.is_(None)), may)
    routes.callback_query.register(drawn, Draw.filter(), may)
    return routes


def names_a_chat(_: Message, command: CommandObject) -> bool:
    return bool((command.args or "").strip())


async def offer(message: Message, *, who: Who, jobs: Jobs, grants: Grants, deliver: bool) -> None:
    """The archives that are open to the person, each with a button."""
    if not deliver:
        await message.answer(words.NOT_SENT())
        return
    found = await _archives(who, jobs, grants)
    if not found:
        await message.answer(words.NO_ARCHIVES())
        return
    keyboard = draw_keyboard(found, dark=await _likes_dark(who, jobs))
    await message.answer(words.WHICH(), reply_markup=keyboard)


async def turn(
    tap: CallbackQuery, callback_data: Draw, *, who: Who, bot: Bot, jobs: Jobs, grants: Grants
) -> None:
    """Offer the other look."""
    if tap.message is None:
        await tap.answer(texts.OUT_OF_DATE())
        return
    await tap.answer()
    found = await _archives(who, jobs, grants)
    await bot.edit_message_reply_markup(
        chat_id=tap.message.chat.id,
        message_id=tap.message.message_id,
        reply_markup=draw_keyboard(found, dark=callback_data.dark),
    )


async def drawn(
    tap: CallbackQuery,
    callback_data: Draw,
    *,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
    deliver: bool,
) -> None:
    """Have the pictures of the tapped chat drawn."""
    chat_id = callback_data.chat_id
    if tap.message is None or chat_id is None:
        await tap.answer(texts.OUT_OF_DATE())
    elif not deliver:
        await tap.answer(words.NOT_SENT())
    elif not await grants.may_read(who.id, chat_id):
        await refuse(tap, who, audit, None)
    else:
        submitted = await jobs.submit(
            ExportRequest(chat=str(chat_id), dark=callback_data.dark),
            kind=JobKind.STATS,
            person_id=who.id,
            update_id=event_update.update_id,
            card=CardPlace(
                bot_id=bot.id, chat_id=tap.message.chat.id, reply_to=tap.message.message_id
            ),
            chat_id=chat_id,
        )
        await tap.answer(words.ALREADY() if submitted.joined else words.COUNTING())


async def draw(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    deliver: bool,
) -> None:
    """The chat stands behind the command; the exporter knows which one is meant."""
    if not deliver:
        if await jobs.record_command(bot.id, event_update.update_id):
            await message.answer(words.NOT_SENT())
        return
    chat = (command.args or "").strip()
    await jobs.submit(
        ExportRequest(chat=chat, dark=await _likes_dark(who, jobs)),
        kind=JobKind.STATS,
        person_id=who.id,
        update_id=event_update.update_id,
        card=CardPlace(bot_id=bot.id, chat_id=message.chat.id, reply_to=message.message_id),
    )


async def _archives(who: Who, jobs: Jobs, grants: Grants) -> list[ChatInfo]:
    """The archives that are open to the person, the newest first."""
    found = [job.summary.chat for job in await jobs.archives() if job.summary]
    readable = await grants.readable(who.id, [chat.id for chat in found])
    return [chat for chat in found if chat.id in readable][:SHOWN]


async def _likes_dark(who: Who, jobs: Jobs) -> bool:
    """Whether their last pictures were dark ones."""
    last = await jobs.latest(JobKind.STATS, who.id)
    return last is not None and last.request.dark
