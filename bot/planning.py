"""A schedule as a person asks for it, by words or by buttons: noted once, and told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo

from bot import option_texts
from bot import schedule_texts as words
from bot.hints import title_of
from bot.option_screens import topic_title
from bot.scheduler import Clock, zone_by
from bot.timetable import next_after
from storage.archive import Archive
from storage.choices import Choices
from storage.database import Database
from storage.jobs import Jobs
from storage.models import ExportRequest
from storage.schedules import Plan, Schedules

MOST = 20
"""Schedules of one person: so many fit into a message, with their buttons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What it takes to note schedules; `zone` is that of people who have named none, `formats` are
    the usual ones of those who have chosen none."""

    database: Database
    bot_id: int
    zone: tzinfo
    clock: Clock
    formats: tuple[str, ...]

    async def note(
        self,
        chat: str,
        cron: str,
        *,
        person_id: int,
        update_id: int,
        limit_s: int | None = None,
        limit_bytes: int | None = None,
    ) -> str | None:
        """Have a chat exported by five fields of cron, with what its person chose for it last.

        It takes the place of an earlier schedule of that chat, however that was typed.

        Returns:
            The answer; None: this update came before.
        """
        schedules, choices = Schedules(self.database), Choices(self.database)
        peer_id = await choices.chat_id(chat)
        earlier = [each.plan.request.chat for each in await schedules.of(person_id, self.bot_id)]
        same = [
            typed
            for typed in earlier
            if typed == chat or (peer_id is not None and await choices.chat_id(typed) == peer_id)
        ]
        if not same and len(earlier) >= MOST:
            fresh = await Jobs(self.database).record_command(self.bot_id, update_id)
            return words.TOO_MANY() if fresh else None
        chat = same[0] if same else chat
        plan = Plan(
            request=ExportRequest(chat=chat),
            choice=(await choices.last(person_id, peer_id)).again(),
            title=await title_of(self.database, person_id, chat),
            cron=cron,
            limit_s=limit_s,
            limit_bytes=limit_bytes,
        )
        theirs = zone_by(await schedules.habits(person_id), self.zone)
        next_at = next_after(cron, theirs, self.clock())
        if not await schedules.add(
            plan,
            person_id=person_id,
            bot_id=self.bot_id,
            update_id=update_id,
            next_at=next_at,
        ):
            return None
        topics = [] if peer_id is None else await Archive(self.database).topics(peer_id)
        topic = topic_title(plan.choice.topic, topics)
        shown = replace(plan.choice, formats=plan.choice.formats or self.formats)
        return words.noted(plan, next_at, theirs, option_texts.chosen(shown, topic))
