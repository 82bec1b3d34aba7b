"""Taps on the buttons of cards, and of the messages that tell an end."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, MaybeInaccessibleMessageUnion, Update

from bot import people_texts, texts
from bot.cards import details as told_details
from bot.delivery import under_command
from bot.keyboards import Do, Tap
from bot.rights import Who, refuse
from storage.audit import Audit, Deed
from storage.cards import Cards
from storage.choices import Choices
from storage.grants import Grants
from storage.jobs import Jobs
from storage.limits import exceeded
from storage.models import Card, CardPlace, ExportRequest, Job, JobKind, JobState
from storage.plans import Plans
from storage.rights import Action
from storage.screens import Screens

REPEATED = (JobKind.EXPORT, JobKind.DELIVER, JobKind.BATCH, JobKind.STATS)
"""Kinds of jobs that a tap may begin once more; others have commands of their own."""
SENT = (JobKind.DELIVER, JobKind.STATS)
"""Those of them after which something is sent into the chat."""


def router() -> Router:
    routes = Router(name="card")
    routes.callback_query.register(again, Tap.filter(F.do.in_({Do.AGAIN, Do.RETRY})))
    routes.callback_query.register(get, Tap.filter(F.do == Do.GET))
    routes.callback_query.register(details, Tap.filter(F.do == Do.DETAILS))
    routes.callback_query.register(change, Tap.filter(F.do == Do.CHANGE))
    routes.callback_query.register(steer, Tap.filter())
    routes.callback_query.register(unknown)
    return routes


async def steer(
    tap: CallbackQuery,
    callback_data: Tap,
    *,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    cards: Cards,
    audit: Audit,
) -> None:
    """Twice is once: the wish stands in the job's row."""
    card = await _tapped_card(tap, callback_data.job_id, bot=bot, cards=cards)
    job = await jobs.get(callback_data.job_id)
    action = Action.FRONT if callback_data.do is Do.FRONT else Action.STEER
    if job is not None and not who.may_to(action, job):
        await refuse(tap, who, audit, job)
    elif job is None or card is None:
        await tap.answer(texts.OUT_OF_DATE())
    elif job.state.is_final:
        await tap.answer(texts.ALREADY_FINISHED())
    elif callback_data.turn < card.revision:
        await tap.answer(texts.OUT_OF_DATE())
    else:
        if job.person_id != who.id:
            await audit.note(
                Deed.STEERED,
                by=who.id,
                target_id=job.person_id,
                chat_id=job.chat_id,
                detail=f"{callback_data.do} {job.id}",
            )
        await tap.answer(await _do(callback_data.do, job, card, jobs, cards))


async def _do(do: Do, job: Job, card: Card, jobs: Jobs, cards: Cards) -> str:
    """Do what a tap asks for; return what to say about it."""
    if do in (Do.CANCEL, Do.KEEP):
        await cards.ask(card.id, asking=do is Do.CANCEL)
        return texts.ASKED() if do is Do.CANCEL else texts.KEPT()
    steering = {
        Do.REALLY_CANCEL: jobs.cancel,
        Do.PAUSE: jobs.pause,
        Do.RESUME: jobs.resume,
        Do.FRONT: jobs.move_to_front,
    }
    done = await steering[do](job.id)
    return texts.steered(do, done or job)


async def again(
    tap: CallbackQuery,
    callback_data: Tap,
    *,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
    deliver: bool,
) -> None:
    """A new job that wants the same, with a card of its own under the tapped message.

    Of a batch it may want no more than what failed. Whose words another's job holds is told to
    nobody who may not know its chat.
    """
    job = await jobs.get(callback_data.job_id)
    if job is None or tap.message is None or not job.state.is_final:
        await tap.answer(texts.OUT_OF_DATE())
        return
    theirs = job.person_id == who.id or await grants.may_have(who.id, job)
    if job.kind is JobKind.BATCH:
        theirs = who.may(Action.BATCH)
    if job.kind not in REPEATED or not theirs or not who.may_to(Action.STEER, job):
        await refuse(tap, who, audit, job)
        return
    if job.kind in SENT and not deliver:
        await tap.answer(texts.NO_DELIVERY())
        return
    if (limit := await exceeded(jobs.database, who.id)) is not None:
        await tap.answer(people_texts.exceeded(limit))
        return
    submitted = await jobs.submit(
        _repeated(job, callback_data.do),
        kind=job.kind,
        person_id=who.id,
        update_id=event_update.update_id,
        card=_under(tap.message, bot),
        chat_id=job.chat_id if job.kind in SENT else None,
    )
    if submitted.joined:
        queued = submitted.job.state is JobState.QUEUED
        await tap.answer(texts.already_running(submitted.job.id, queued=queued))
    else:
        await tap.answer(texts.STARTED_AGAIN())


def _repeated(job: Job, do: Do) -> ExportRequest:
    chats = job.request.chats
    if chats is None:
        return job.request
    return replace(job.request, chats=replace(chats, retry_of=job.id if do is Do.RETRY else None))


async def get(
    tap: CallbackQuery,
    callback_data: Tap,
    *,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
    deliver: bool,
    message_bytes: int,
) -> None:
    """Have the archive packed; it comes into this chat by itself then."""
    job = await jobs.get(callback_data.job_id)
    if job is None or job.summary is None or tap.message is None:
        await tap.answer(texts.OUT_OF_DATE())
    elif not deliver:
        await tap.answer(texts.NO_DELIVERY())
    elif not who.may_to(Action.RECEIVE, job) or not await grants.may_receive(
        who.id, job.summary.chat.id
    ):
        await refuse(tap, who, audit, job)
    else:
        submitted = await jobs.submit(
            ExportRequest(
                chat=job.summary.chat.title or str(job.summary.chat.id),
                to=job.summary.folder,
                max_size_bytes=message_bytes,
            ),
            kind=JobKind.DELIVER,
            person_id=who.id,
            update_id=event_update.update_id,
            card=_under(tap.message, bot),
            chat_id=job.summary.chat.id,
        )
        await tap.answer(texts.ALREADY_PACKING() if submitted.joined else texts.PACKING())


async def details(
    tap: CallbackQuery,
    callback_data: Tap,
    *,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
) -> None:
    """Say more about a failure, under the message that told it."""
    job = await jobs.get(callback_data.job_id)
    if job is None or tap.message is None or job.state is not JobState.FAILED:
        await tap.answer(texts.OUT_OF_DATE())
        return
    if not who.may_to(Action.WATCH, job) or not await grants.may_have(who.id, job):
        await refuse(tap, who, audit, job)
        return
    await tap.answer()
    if await jobs.record_command(bot.id, event_update.update_id):
        await bot.send_message(
            tap.message.chat.id,
            reply_parameters=under_command(_under(tap.message, bot)),
            **told_details(job).as_kwargs(),
        )


async def change(
    tap: CallbackQuery,
    callback_data: Tap,
    *,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    cards: Cards,
    grants: Grants,
    audit: Audit,
) -> None:
    """Choose anew what of a large chat to export: the job that asks gives way to a screen.

    The screen comes first, so that a kill between both leaves something to tap.
    """
    card = await _tapped_card(tap, callback_data.job_id, bot=bot, cards=cards)
    job = await jobs.get(callback_data.job_id)
    plan = await Plans(jobs.database).asking(callback_data.job_id)
    if job is not None and (job.person_id != who.id or not await grants.may_have(who.id, job)):
        await refuse(tap, who, audit, job)
        return
    if job is None or card is None or plan is None or tap.message is None:
        await tap.answer(texts.OUT_OF_DATE())
        return
    if job.state is not JobState.PAUSED or callback_data.turn < card.revision:
        await tap.answer(texts.OUT_OF_DATE())
        return
    await Screens(jobs.database).open(
        update_id=event_update.update_id,
        place=_under(tap.message, bot),
        person_id=who.id,
        chat=job.request.chat,
        peer_id=plan.chat.id,
        title=plan.chat.title,
        choice=await Choices(jobs.database).last(who.id, plan.chat.id),
    )
    await jobs.cancel(job.id)
    await tap.answer(texts.CHOOSE_BELOW())


def _under(message: MaybeInaccessibleMessageUnion, bot: Bot) -> CardPlace:
    """A card's place below a message of ours."""
    return CardPlace(
        bot_id=bot.id,
        chat_id=message.chat.id,
        reply_to=message.message_id,
    )


async def unknown(tap: CallbackQuery) -> None:
    """A button of another version."""
    await tap.answer(texts.OUT_OF_DATE())


async def _tapped_card(tap: CallbackQuery, job_id: int, *, bot: Bot, cards: Cards) -> Card | None:
    """The card under whose message the button was.

    A fast finger is there before the card's message id has been noted.
    """
    if tap.message is None:
        return None
    chat_id, message_id = tap.message.chat.id, tap.message.message_id
    found = await cards.find(bot.id, chat_id, message_id)
    if found is not None:
        return found if found.job_id == job_id else None
    noting = await cards.for_job(job_id, chat_id)
    return noting if noting is not None and noting.message_id in (None, message_id) else None
