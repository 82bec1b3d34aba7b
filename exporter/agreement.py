"""Whether somebody has agreed to an export that fetches a great deal."""

from __future__ import annotations

import structlog

from exporter.config import ExporterConfig
from exporter.plan import plan_for
from exporter.survey import Survey
from storage.archive import Archive
from storage.cards import Cards
from storage.jobs import Jobs
from storage.models import CardPlace
from storage.plans import Plans
from storage.schedules import Schedules

LOOK_EVERY_S = 1.0

log = structlog.get_logger()


async def agree(found: Survey, jobs: Jobs, archive: Archive, config: ExporterConfig) -> None:
    """Let a large export of the phone rest before it begins, and its card ask.

    It is paused like any other: whoever lets it go on has agreed. One of a schedule without limits
    gets a card for that, in the private chat of its person. Nobody is asked twice, nor about a
    plan that was shown before, nor on the command line, where somebody looks on.
    """
    job, plans = found.seat.job, Plans(jobs.database)
    if job.person_id is None or job.request.media == "none":
        return
    card = None
    if not await Cards(jobs.database).has_any(job.id):
        schedule = await Schedules(jobs.database).of_job(job.id)
        if schedule is None or schedule.plan.is_limited:
            return  # a run that comes to its limit rests by itself
        card = CardPlace(bot_id=schedule.bot_id, chat_id=schedule.person_id, reply_to=0)
    if await plans.get(job.id) is not None:
        await plans.agreed(job.id)
        return
    plan = await plan_for(found, archive, jobs.database, config)
    if not plan.is_large(config.plan_above_bytes):
        return
    log.info("a large export asks first", size_bytes=plan.fetch_bytes)
    await plans.ask(job.id, plan, card)
    while True:
        seen = jobs.database.changes
        now = await jobs.get(job.id)
        if now is None or now.wish is None:
            break  # somebody was quicker than the runner, which sees the wish and stops us here
        await jobs.database.wait_for_change(LOOK_EVERY_S, since=seen)
    await plans.agreed(job.id)
