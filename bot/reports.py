"""Keeps every open card true, and tells by a message of its own how a job ended.

All it needs stands in rows: after a restart, of the bot or of the exporter, it goes on from the
cards that are still open. What is only remembered here (what a card shows, when a chat may be
bothered again) costs one edit more when it is lost.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog
from aiogram import Bot

from bot import batch_cards
from bot import cards as drawn
from bot.delivery import Delivery, Landed
from bot.keyboards import ending_keyboard
from bot.language import speaking
from bot.pace import Pace
from bot.reactions import ENDINGS, react
from bot.unbroken import Unbroken
from storage.batches import Batches
from storage.cards import Cards
from storage.database import Database
from storage.errors import StorageError
from storage.grants import Grants
from storage.jobs import Jobs
from storage.models import Card, Job, JobKind, JobState
from storage.people import People
from storage.plans import Plans
from storage.rights import Action, On, may

log = structlog.get_logger(__name__)

SHORTEST_ROUND_S = 0.25
LONGEST_ROUND_S = 2.0
"""Countdowns go on without any change in the database."""
IDLE_ROUND_S = 30.0
AFTER_STORAGE_ERROR_S = 3.0


@dataclass(slots=True, kw_only=True)
class _Memory:
    """What is known of a card beyond its row, which a locked database may keep from us."""

    message_id: int | None = None
    """Sent, and perhaps not noted yet."""
    ending_id: int | None = None
    """Likewise of the message that tells the end."""
    frame: drawn.Frame | None = None
    """What the card shows; None after a restart."""
    shown_at: float = float("-inf")
    """`time.monotonic`."""


class Reports:
    """The loop over the open cards."""

    def __init__(
        self,
        bot: Bot,
        database: Database,
        *,
        export_dir: Path,
        deliver: bool,
        pace: Pace,
        unbroken: Unbroken,
    ) -> None:
        self._bot = bot
        self._database = database
        self._jobs = Jobs(database)
        self._cards = Cards(database)
        self._grants = Grants(database)
        self._people = People(database)
        self._plans = Plans(database)
        self._batches = Batches(database)
        self._export_dir = export_dir
        self._deliver = deliver
        self._unbroken = unbroken
        self._delivery = Delivery(bot, pace)
        self._memory: dict[int, _Memory] = {}

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            seen = self._database.changes
            try:
                some = await self._round(stop)
            except StorageError as error:
                log.warning("the cards wait for the database", reason=str(error))
                await asyncio.sleep(AFTER_STORAGE_ERROR_S)
                continue
            await asyncio.sleep(SHORTEST_ROUND_S)
            wait_s = LONGEST_ROUND_S if some else IDLE_ROUND_S
            await self._database.wait_for_change(min(wait_s, self._delivery.due_in_s()), since=seen)

    async def _round(self, stop: asyncio.Event) -> bool:
        """Bring every open card up to date, the one longest unseen first."""
        bot_id = self._bot.id
        pending = [pair for pair in await self._cards.open() if pair[0].place.bot_id == bot_id]
        self._memory = {card.id: self._memory.get(card.id, _Memory()) for card, _ in pending}
        queue = await self._queue() if pending else []
        for card, job in sorted(pending, key=lambda pair: self._memory[pair[0].id].shown_at):
            if stop.is_set():
                break
            with self._unbroken.work(), speaking(await self._people.language(card.place.chat_id)):
                await self._attend(card, job, queue)
        return bool(pending)

    async def _queue(self) -> list[Job]:
        """The unfinished exports in the order in which they are done."""
        exports = [job for job in await self._jobs.unfinished() if job.kind is JobKind.EXPORT]
        return sorted(
            exports, key=lambda job: (job.state is JobState.QUEUED, -job.priority, job.id)
        )

    async def _attend(self, card: Card, job: Job, queue: list[Job]) -> None:
        followed, frame = await self._frame(card, job, queue)
        landed = card.final
        if not landed:
            landed = await self._show(card, followed, frame) and frame.final
        if not frame.final or card.summary_message_id is not None:
            return
        if not await self._may_know(card, followed):
            await self._cards.summarised(card.id, None)
        elif landed or self._delivery.edits_refused_for_long(card.place):
            await self._tell_ending(card, followed)

    async def _frame(self, card: Card, job: Job, queue: list[Job]) -> tuple[Job, drawn.Frame]:
        """The job whose course the card shows, and how it looks now.

        A job that joined another one shows the other's course, unless that has a card here too;
        it has no buttons then, because the other may be somebody else's.
        """
        followed = False
        if job.state is JobState.JOINED and job.joined_job_id is not None:
            other = await self._jobs.get(job.joined_job_id)
            if await self._cards.for_job(job.joined_job_id, card.place.chat_id) is not None:
                return job, drawn.joined_card(job, job.joined_job_id)
            followed, job = other is not None, other or job
        if not await self._may_know(card, job):
            return job, drawn.closed_card(job)
        ahead = next((place for place, other in enumerate(queue) if other.id == job.id), 0)
        running = any(other.state is JobState.RUNNING for other in queue)
        waits = drawn.Queue(ahead=ahead, running=running, may_jump=await self._may_jump(card, job))
        if job.kind is JobKind.BATCH:
            return job, batch_cards.card(
                job,
                await self._batches.tally(job.id),
                queue=waits,
                now=datetime.now(UTC),
                asking=card.asking,
            )
        resting = job.state is JobState.PAUSED
        frame = drawn.card(
            job,
            queue=waits,
            now=datetime.now(UTC),
            asking=card.asking,
            plan=await self._plans.asking(job.id) if resting else None,
        )
        return job, replace(frame, keyboard=None) if followed else frame

    async def _may_jump(self, card: Card, job: Job) -> bool:
        """Whether who asked may move the job to the front; nobody is offered what is refused."""
        if job.state is not JobState.QUEUED:
            return True
        return may(await self._people.role(card.place.chat_id), Action.FRONT, On.OWN_JOB)

    async def _may_know(self, card: Card, job: Job) -> bool:
        """Whether who reads a card may know its chat, now."""
        return await self._grants.may_have(card.place.chat_id, job)

    async def _show(self, card: Card, job: Job, frame: drawn.Frame) -> bool:
        """Send or edit the card if it is time; whether the phone shows `frame` now."""
        if card.message_id is None:
            if not await self._send(card, frame):
                return False
        elif not await self._edit(card, card.message_id, job, frame):
            return False
        if (frame.revision, frame.final) != (card.revision, card.final):
            await self._cards.shown(card.id, revision=frame.revision, final=frame.final)
        return True

    async def _send(self, card: Card, frame: drawn.Frame) -> bool:
        memory = self._memory[card.id]
        if memory.message_id is None:
            sent = await self._delivery.send_card(card.place, frame)
            if sent is None:
                return False
            memory.message_id = sent.message_id
            memory.frame, memory.shown_at = frame, time.monotonic()
        await self._cards.sent(card.id, memory.message_id)
        return memory.frame is not None and memory.frame.same(frame)

    async def _edit(self, card: Card, message_id: int, job: Job, frame: drawn.Frame) -> bool:
        memory = self._memory[card.id]
        if memory.frame is not None and memory.frame.same(frame):
            return True
        changed = memory.frame is None or memory.frame.key != frame.key
        landed = await self._delivery.edit_card(
            card.place, message_id, frame, changed_state=changed, age_s=_age_s(job)
        )
        if landed is Landed.GONE:
            memory.message_id = memory.frame = None
            await self._cards.lost(card.id)
        elif landed is Landed.YES:
            memory.frame, memory.shown_at = frame, time.monotonic()
        return landed is Landed.YES

    async def _tell_ending(self, card: Card, job: Job) -> None:
        memory = self._memory[card.id]
        tally = await self._batches.tally(job.id) if job.kind is JobKind.BATCH else None
        if job.kind is JobKind.BATCH:
            text = batch_cards.ending(job, tally, export_dir=self._export_dir)
        else:
            text = drawn.ending(job, export_dir=self._export_dir)
        if text is not None and memory.ending_id is None:
            failed = tally is not None and bool(tally.failed)
            keyboard = ending_keyboard(job, deliver=self._deliver, failed=failed)
            sent = await self._delivery.send_ending(card.place, text, keyboard)
            if sent is None:
                return
            memory.ending_id = sent.message_id
            await react(self._bot, card.place.chat_id, card.place.reply_to, ENDINGS[job.state])
        await self._cards.summarised(card.id, memory.ending_id)  # without a text, the card says all


def _age_s(job: Job) -> float:
    return (datetime.now(UTC) - (job.started_at or job.created_at)).total_seconds()
