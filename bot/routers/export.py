"""/export CHAT: one durable row, then an answer."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message, ReplyParameters, Update

from bot import texts
from bot.filters import FirstTime
from storage.cards import Cards
from storage.jobs import Jobs
from storage.models import CardPlace, ExportRequest, JobState


def router() -> Router:
    routes = Router(name="export")
    routes.message.register(export, Command("export", ignore_case=True), has_words)
    routes.message.register(usage, Command("export", ignore_case=True), FirstTime())
    return routes


def has_words(_: Message, command: CommandObject) -> bool:
    return bool((command.args or "").strip())


async def export(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    bot: Bot,
    jobs: Jobs,
    cards: Cards,
) -> None:
    """The card appears by itself once the row stands; only a joined export needs a sentence."""
    submitted = await jobs.submit(
        ExportRequest(chat=(command.args or "").strip()),
        person_id=message.from_user.id if message.from_user else None,
        update_id=event_update.update_id,
        card=CardPlace(
            bot_id=bot.id,
            chat_id=message.chat.id,
            reply_to=message.message_id,
            is_group=message.chat.type != "private",
        ),
    )
    if submitted.repeated or not submitted.joined:
        return
    job = submitted.job
    shown = await cards.for_job(job.id, message.chat.id)
    under = shown.message_id if shown is not None else None
    await message.answer(
        texts.already_running(job.id, queued=job.state is JobState.QUEUED),
        reply_parameters=ReplyParameters(
            message_id=under or message.message_id, allow_sending_without_reply=True
        ),
    )


async def usage(message: Message) -> None:
    await message.answer(texts.EXPORT_USAGE)
