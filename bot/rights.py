"""Rights at the door of a handler, and at each tap: the table is `storage.rights`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, TelegramObject

from bot import people_texts
from bot.cards import Naming
from storage.audit import Audit, Deed
from storage.grants import Grants
from storage.models import Job
from storage.rights import Action, On, Role, may

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind an update, as they stand at this moment."""

    id: int
    role: Role

    def may(self, action: Action, on: On = On.BOT) -> bool:
        return may(self.role, action, on)

    def may_to(self, action: Action, job: Job) -> bool:
        """Whether they may do that to a job; one of the command line is nobody's on the phone."""
        return may(self.role, action, self.on(job))

    def on(self, job: Job) -> On:
        return On.OWN_JOB if job.person_id == self.id else On.OTHERS_JOB


class May(BaseFilter):
    """Lets a handler see only those who may do this; for all others the command does not exist."""

    def __init__(self, action: Action) -> None:
        self.action = action

    async def __call__(self, _: TelegramObject, who: Who) -> bool:
        return who.may(self.action)


async def names_for(who: Who, jobs: Sequence[Job], grants: Grants) -> dict[int, Naming]:
    """How each job may be called in front of a person."""
    theirs = await grants.may_have_of(who.id, jobs)
    named = {}
    for job in jobs:
        if job.id in theirs:
            named[job.id] = Naming.TITLE
        elif job.person_id == who.id:
            named[job.id] = Naming.TYPED
    return named


async def refuse(tap: CallbackQuery, who: Who, audit: Audit, job: Job | None) -> None:
    """Answer a tap that is not theirs to make: forged, or of a time when they still might."""
    data = tap.data or ""
    log.warning("a tap was refused", person=who.id, data=data)
    await audit.note(
        Deed.REFUSED,
        by=who.id,
        target_id=job.person_id if job else None,
        chat_id=job.chat_id if job else None,
        detail=data,
    )
    await tap.answer(people_texts.NO_ACCESS())
