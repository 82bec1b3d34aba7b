"""Taps on the buttons of cards."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from bot import texts
from bot.keyboards import CancelTap
from storage.cards import Cards
from storage.jobs import Jobs
from storage.models import Card, JobState


def router() -> Router:
    routes = Router(name="card")
    routes.callback_query.register(cancel, CancelTap.filter())
    routes.callback_query.register(unknown)
    return routes


async def cancel(
    tap: CallbackQuery, callback_data: CancelTap, bot: Bot, jobs: Jobs, cards: Cards
) -> None:
    """Twice is once: the wish stands in the job's row."""
    card = await _tapped_card(tap, callback_data.job_id, bot=bot, cards=cards)
    job = await jobs.get(callback_data.job_id)
    if job is None or card is None:
        await tap.answer(texts.OUT_OF_DATE)
    elif job.state.is_final:
        await tap.answer(texts.ALREADY_FINISHED)
    elif callback_data.revision < card.revision:
        await tap.answer(texts.OUT_OF_DATE)
    else:
        cancelled = await jobs.cancel(job.id)
        at_once = cancelled is not None and cancelled.state is JobState.CANCELLED
        await tap.answer(texts.CANCELLED if at_once else texts.CANCELLING)


async def unknown(tap: CallbackQuery) -> None:
    """A button of another version."""
    await tap.answer(texts.OUT_OF_DATE)


async def _tapped_card(tap: CallbackQuery, job_id: int, *, bot: Bot, cards: Cards) -> Card | None:
    """The card under whose message the button was.

    A fast finger is there before the card's message id has been noted.
    """
    if tap.message is None:
        return None
    chat_id, message_id = tap.message.chat.id, tap.message.message_id
    found = await cards.find(bot.id, chat_id, message_id)
    if found is not None:
        return found
    noting = await cards.for_job(job_id, chat_id)
    return noting if noting is not None and noting.message_id in (None, message_id) else None
