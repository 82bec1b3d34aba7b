"""Claims jobs and runs them with the accounts that this process holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

import structlog

from exporter.account import keep_account
from exporter.batch import list_chats, make_batch
from exporter.config import ExporterConfig
from exporter.deliver import deliver
from exporter.errors import AccountUnusable, ChatUnseen, CommandError, JobError, said, sentence_of
from exporter.export import Joined, export_chat
from exporter.held import HeldAccounts
from exporter.indexing import keep_indexed
from exporter.permission import NotOpen, Permission
from exporter.plan import plan_of
from exporter.progress import ProgressBoard
from exporter.removing import remove
from exporter.saving import Media
from exporter.seats import seat_of
from exporter.stats.delivery import draw_for_phone
from exporter.telegram.connection import Telegram
from exporter.telegram.edits import is_edit
from storage.archive import Archive
from storage.batches import Batches
from storage.database import Database
from storage.errors import JobLost, StorageError
from storage.jobs import Among, Jobs
from storage.models import Job, JobKind, Summary
from storage.parcels import Parcels
from storage.plans import Plan, Plans
from storage.wording import Sentence

JOBS_AT_ONCE = 2
"""Besides one of a short kind, which need not wait for them. Jobs of batches take these places when
nobody else needs them; as many others may then come beside them."""
REPORT_EVERY_S = 0.5
LOOK_EVERY_S = 0.05
"""A busy database changes all the time; the queue is looked at no more often than this."""
AFTER_STORAGE_ERROR_S = 1.0

LOST = "job lost to another worker, or ended by a person"
NO_ACCOUNT = Sentence(
    "No Telegram account is signed in. On the computer, run: chatkeep accounts add"
)
NOT_THIS_ACCOUNT = Sentence(
    "This account is not signed in any more. On the computer: chatkeep accounts add"
)

T = TypeVar("T")

log = structlog.get_logger()


class Runner:
    """Runs jobs one after another, or a few at once; each to a final state."""

    def __init__(
        self,
        config: ExporterConfig,
        database: Database,
        jobs: Jobs,
        held: HeldAccounts,
        media: Media,
    ) -> None:
        self._config = config
        self._database = database
        self._jobs = jobs
        self._held = held
        self._media = media
        self._archive = Archive(database, is_edit=is_edit)
        self._permission = Permission(database, config)
        self._plans = Plans(database)
        self._index_due = asyncio.Event()
        """An export has ended, or none runs: what it kept can be made searchable."""

    async def serve(self, stop: asyncio.Event) -> None:
        """Run jobs as they come, until `stop`; what was running then goes back into the queue.

        A database that cannot be used for a while, such as one that another program locks, is
        waited for: nobody may be there to start the service again.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._leave(stop, work := group.create_task(self._work())))
            indexing = group.create_task(
                keep_indexed(self._database, self._archive, self._index_due), name="index"
            )
            await asyncio.wait({work})
            indexing.cancel()
        await self._jobs.requeue(self._held.ids)

    async def run_one(self, job_id: int) -> bool:
        """Run this job if it waits in the queue; return whether it did.

        Raises:
            StorageError: how it ended could not be written; whoever takes the account next puts
                it back into the queue.
        """
        signed_in = await self._held.take()
        if signed_in and not self._held.ids:
            return False
        job = await self._jobs.claim(self._held.ids, only=job_id)
        if job is None:
            return False
        if (failed := await self._run(job)) is not None:
            await self._fail(job, failed)
        return True

    async def _leave(self, stop: asyncio.Event, work: asyncio.Task[None]) -> None:
        await stop.wait()
        work.cancel()

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            running: dict[asyncio.Task[None], Job] = {}
            while True:
                seen = self._database.changes
                running = {task: job for task, job in running.items() if not task.done()}
                among = _places(running.values())
                if among is not None and (job := await self._patiently(partial(self._next, among))):
                    task = group.create_task(self._serve_one(job), name=f"job {job.id}")
                    running[task] = job
                    continue
                if not running:
                    self._index_due.set()
                await asyncio.sleep(LOOK_EVERY_S)
                await self._database.wait_for_change(timeout_s=1.0, since=seen)

    async def _serve_one(self, job: Job) -> None:
        if (failed := await self._run(job)) is not None:
            await self._patiently(lambda: self._fail(job, failed))
        self._index_due.set()

    async def _patiently(self, do: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await do()
            except StorageError as error:
                log.warning("the jobs wait for the database", reason=str(error))
                await asyncio.sleep(AFTER_STORAGE_ERROR_S)

    async def _next(self, among: Among) -> Job | None:
        signed_in = await self._held.take()
        if signed_in and not self._held.ids:
            return None  # another process holds them and does the jobs
        return await self._jobs.claim(self._held.ids, among=among)

    async def _run(self, job: Job) -> str | None:
        """Take one claimed job to its end; return why it failed, which is still to be written."""
        with structlog.contextvars.bound_contextvars(job=job.id):
            log.info("job started", kind=job.kind, attempt=job.attempt)
            board = ProgressBoard(job.progress)
            try:
                await self._reported(job, board)
            except Exception as error:  # noqa: BLE001 - one job must not stop the runner
                with suppress(JobLost, StorageError):
                    await self._jobs.report(job.id, job.fence, board.snapshot())
                return _why(job, error)
        return None

    async def _fail(self, job: Job, sentence: str) -> None:
        try:
            await self._jobs.fail(job.id, job.fence, sentence)
        except JobLost:
            log.warning(LOST, job=job.id)

    async def _reported(self, job: Job, board: ProgressBoard) -> None:
        """Run the job; meanwhile write its progress, and stop it when a person wishes so.

        Whether it is paused, over, or taken up again after all, is what its row says then.
        """
        async with asyncio.TaskGroup() as group:
            do = partial(self._do, job, board)
            work = group.create_task(self._permission.evenly(job, do))
            while not (await asyncio.wait({work}, timeout=REPORT_EVERY_S))[0]:
                wish = await self._jobs.report(job.id, job.fence, board.snapshot())
                if wish is not None:
                    work.cancel()
        if work.cancelled():
            await self._jobs.report(job.id, job.fence, board.snapshot())
            await self._jobs.release(job.id, job.fence)
            log.info("job stopped, as a person wished")

    async def _do(self, job: Job, board: ProgressBoard) -> None:
        match job.kind:
            case JobKind.EXPORT:
                done = await self._by_any_account(
                    lambda telegram: self._export(job, telegram, board)
                )
                if isinstance(done, Joined):
                    await self._jobs.join(job.id, job.fence, done.job_id)
                    log.info("job joined", other=done.job_id)
                else:
                    await self._jobs.report(job.id, job.fence, board.snapshot())
                    await self._jobs.finish(job.id, job.fence, done)
                    log.info("job done", messages=done.messages, new=done.new)
            case JobKind.DIALOGS:
                await self._by_each_account(
                    lambda telegram: list_chats(telegram, self._archive, self._database)
                )
                await self._jobs.finish(job.id, job.fence)
            case JobKind.BATCH:
                await self._permission.check_batch(job)
                await self._batch(job, board)
            case JobKind.ACCOUNT:
                await self._permission.check_batch(job)
                await self._jobs.finish(job.id, job.fence, await self._account(job, board))
            case JobKind.PLAN:
                plan = await self._by_any_account(lambda telegram: self._plan(job, telegram, board))
                await self._plans.put(job.id, plan)
                await self._jobs.finish(job.id, job.fence)
            case JobKind.DELIVER:
                await self._permission.check_delivery(job)
                parcels, threads = Parcels(self._database), self._database.threads
                await deliver(job, parcels, self._config, board, threads)
                await self._jobs.finish(job.id, job.fence)
            case JobKind.STATS:
                await self._stats(job, board)
                await self._jobs.finish(job.id, job.fence)
            case JobKind.REMOVE:
                chat_id = int(job.request.chat)
                await self._permission.check_removal(job, chat_id)
                await self._jobs.set_chat(job.id, job.fence, chat_id)
                chat = await self._archive.chat(chat_id)
                board.names(chat.title if chat else None)
                await remove(job, self._database.threads)
                await self._jobs.finish(job.id, job.fence)

    async def _export(self, job: Job, telegram: Telegram, board: ProgressBoard) -> Summary | Joined:
        with board.account(telegram.account_id) as heard, telegram.telling(heard):
            async with self._permission.looking(job):
                seat = await seat_of(job, telegram, self._held, self._archive)
            return await export_chat(
                seat,
                jobs=self._jobs,
                archive=self._archive,
                media=self._media,
                board=board,
                config=self._config,
                permission=self._permission,
            )

    async def _batch(self, job: Job, board: ProgressBoard) -> None:
        """Make the jobs of a batch; that they are over is all there is to do the second time."""
        if job.request.chats is None or await Batches(self._database).is_made(job.id):
            await self._jobs.finish(job.id, job.fence)
            return
        if not self._held.ids:
            raise JobError(NO_ACCOUNT)
        await make_batch(
            job,
            job.request.chats,
            held=self._held,
            archive=self._archive,
            database=self._database,
            board=board,
        )

    async def _account(self, job: Job, board: ProgressBoard) -> Summary:
        async def keep(telegram: Telegram) -> Summary:
            if str(telegram.user_id) != job.request.chat:
                raise CommandError(NOT_THIS_ACCOUNT)
            with board.account(telegram.account_id) as heard, telegram.telling(heard):
                return await keep_account(
                    telegram, self._archive, self._database, self._config, board
                )

        return await self._by_any_account(keep)

    async def _plan(self, job: Job, telegram: Telegram, board: ProgressBoard) -> Plan:
        with board.account(telegram.account_id) as heard, telegram.telling(heard):
            async with self._permission.looking(job):
                seat = await seat_of(job, telegram, self._held, self._archive)
            await self._permission.check(seat)
            return await plan_of(seat, self._archive, self._database, self._config)

    async def _stats(self, job: Job, board: ProgressBoard) -> None:
        chat = await self._permission.archived(job, self._archive)
        await self._jobs.set_chat(job.id, job.fence, chat.id)
        board.names(chat.title)
        await draw_for_phone(job, chat, self._archive, self._database, self._config)

    async def _by_any_account(self, do: Callable[[Telegram], Awaitable[T]]) -> T:
        """Do it with the first account that can: one whose session lives and who sees the chat.

        Raises:
            JobError: none can; the reason that says most.
        """
        reasons: list[JobError] = []
        for account_id in self._held.ids:
            try:
                return await do(await self._held.connection(account_id))
            except AccountUnusable as error:
                reasons.append(await self._held.give_up(account_id, error))
            except CommandError as error:
                reasons.append(error)
        raise _telling(reasons)

    async def _by_each_account(self, do: Callable[[Telegram], Awaitable[object]]) -> None:
        """Do it with every account that can.

        Raises:
            JobError: none can; the reason that says most.
        """
        reasons: list[JobError] = []
        account_ids = self._held.ids
        for account_id in account_ids:
            try:
                await do(await self._held.connection(account_id))
            except AccountUnusable as error:
                reasons.append(await self._held.give_up(account_id, error))
        if len(reasons) == len(account_ids):
            raise _telling(reasons)


def _telling(reasons: Sequence[JobError]) -> JobError:
    """Choose what to say when no account could do it, by why each could not."""
    if not reasons:
        return JobError(NO_ACCOUNT)
    for kind in (NotOpen, AccountUnusable):
        if (found := next((each for each in reasons if isinstance(each, kind)), None)) is not None:
            return found
    if all(isinstance(each, ChatUnseen) for each in reasons) and len(reasons) > 1:
        return CommandError(
            Sentence(
                "All {count} accounts were asked, and none of them sees this chat. What the first"
                " one found: {reason}",
                count=len(reasons),
                reason=said(reasons[0]),
            )
        )
    return next((each for each in reasons if not isinstance(each, ChatUnseen)), reasons[0])


def _places(running: Collection[Job]) -> Among | None:
    """Which jobs there is a place for beside these; None: for none."""
    alone = sum(job.batch_id is None for job in running)
    if len(running) < JOBS_AT_ONCE:
        return Among.ALL
    if alone < JOBS_AT_ONCE:
        return Among.ALONE
    return Among.SHORT if alone == JOBS_AT_ONCE else None


def _why(job: Job, error: Exception) -> str | None:
    """Return what a person should read about a job that failed; None when it is not ours now."""
    if _holds(error, JobLost):
        log.warning(LOST)
        return None
    sentence = sentence_of(error)
    if sentence is not None:
        log.info("job failed", reason=sentence)
        return sentence
    log.error("job failed by a bug", exc_info=error)
    return Sentence(
        "Something unexpected went wrong; what was fetched is kept. The log on the computer says"
        " more (job {job_id}).",
        job_id=str(job.id),
    )


def _holds(error: BaseException, kind: type[Exception]) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_holds(inner, kind) for inner in error.exceptions)
    return isinstance(error, kind)
