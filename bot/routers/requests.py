"""The answers to members' requests: Approve, Approve always, Deny."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot import people_texts as words
from bot.keyboards import Reply
from bot.rights import Who, refuse
from storage.audit import Audit
from storage.requests import Answer, Requests


def router() -> Router:
    routes = Router(name="requests")
    routes.callback_query.register(answer, Reply.filter())
    return routes


async def answer(
    tap: CallbackQuery,
    callback_data: Reply,
    *,
    who: Who,
    requests: Requests,
    audit: Audit,
) -> None:
    """The first answer stands; what it changes is shown by the card, and under the question.

    Who asked does not hear of a denial: it would tell them that there is such a chat.
    """
    request = await requests.get(callback_data.request_id)
    if request is None or not await requests.may_answer(who.id, request):
        await refuse(tap, who, audit, None)
        return
    if callback_data.answer is Answer.WITHDRAWN:
        await refuse(tap, who, audit, None)
        return
    answered = await requests.answer(request.id, callback_data.answer, by=who.id)
    await tap.answer(words.ANSWERS[answered.answer]() if answered and answered.answer else None)
