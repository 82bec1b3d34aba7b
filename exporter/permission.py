"""Whether the person behind a job may have its chat: asked again here, once the chat is known.

The bot knows only what was typed. And between a tap and the work, rights may have been taken away.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from exporter.archived import archived_chat
from exporter.config import ExporterConfig
from exporter.errors import AccountUnusable, CommandError, JobError
from exporter.fetch import Seat
from exporter.telegram.about import about
from storage.archive import Archive
from storage.database import Database
from storage.grants import Grants
from storage.models import ChatInfo, Job
from storage.people import People
from storage.requests import Requests
from storage.rights import Action, Role, may
from storage.wording import Sentence

NOT_OPEN = Sentence(
    "This chat is not open to you. If there is such a chat, those who may open it have been asked."
)
"""One and the same sentence, whether there is such a chat or not."""
NOT_AT_ONCE = Sentence("Only an owner may export many chats at once.")
NOT_YOURS = Sentence("You no longer have access to this archive.")
NO_ARCHIVE = Sentence("No archive of this name is open to you. /archives lists those that are.")
"""Likewise one sentence, whether there is such an archive or not."""

log = structlog.get_logger()


class NotOpen(CommandError):
    """This account sees no such chat, and the person may not know that."""


class _Closed(JobError):
    """There is such a chat, and it is not open to the person, who may not know that."""

    def __init__(self, chat: ChatInfo) -> None:
        super().__init__(NOT_OPEN)
        self.chat = chat


class Permission:
    """Looks up what people may do. Jobs of the command line are the machine's owner's."""

    def __init__(self, database: Database, config: ExporterConfig) -> None:
        self._refusals_every_s = config.refusals_every_s
        self._export_dir = config.export_dir
        self._people = People(database)
        self._grants = Grants(database)
        self._requests = Requests(database)

    @asynccontextmanager
    async def looking(self, job: Job) -> AsyncIterator[None]:
        """While a chat is looked for: what is wrong with what was typed is for owners to know.

        Raises:
            NotOpen: instead of any other sentence, so that the next account is asked.
        """
        try:
            yield
        except AccountUnusable:
            raise
        except JobError as error:
            if await self._is_owners(job):
                raise
            log.info("the chat was not found", reason=str(error))
            raise NotOpen(NOT_OPEN) from None

    async def evenly(self, job: Job, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work of a job; that a chat is not open is said at fixed times after its start.

        Those who may open it are asked then: nobody answers a request before it was refused.

        Raises:
            JobError, and whatever else the work does.
        """
        began_s = time.monotonic()
        try:
            await work()
        except JobError as error:
            if str(error) in (NOT_OPEN, NO_ARCHIVE) and self._refusals_every_s:
                took_s = time.monotonic() - began_s
                await asyncio.sleep(self._refusals_every_s - took_s % self._refusals_every_s)
            if isinstance(error, _Closed):
                await self._requests.ask(job, error.chat)
            raise

    async def check(self, seat: Seat) -> None:
        """Let nobody have a chat that is not open to them.

        Raises:
            JobError: it is not.
        """
        job, chat = seat.job, seat.chat
        if job.person_id is None or await self._may_read(job.person_id, seat):
            return
        log.info("the chat is not open to this person", person=job.person_id, chat=chat.info.id)
        raise _Closed(chat.info)

    async def check_batch(self, job: Job) -> None:
        """Raises JobError: the person may not have many chats at once, or what is an account's."""
        if job.person_id is not None and not may(
            await self._people.role(job.person_id), Action.BATCH
        ):
            raise JobError(NOT_AT_ONCE)

    async def check_delivery(self, job: Job) -> None:
        """Let nobody have the files of a chat that is not open to them.

        In a folder that an owner chose elsewhere, other files may lie as well: those are theirs.

        Raises:
            JobError: the person may not get them.
        """
        if job.person_id is None:
            return
        if job.chat_id is None or not _lies_in(self._export_dir, job.request.to):
            allowed = await self._is_owners(job)
        else:
            allowed = await self._grants.may_receive(job.person_id, job.chat_id)
        if not allowed:
            raise JobError(NOT_YOURS)

    async def archived(self, job: Job, archive: Archive) -> ChatInfo:
        """Find the archived chat that a job names, if it is open to the person.

        Raises:
            CommandError: there is none, or none that is theirs to know of.
        """
        try:
            chat = await archived_chat(archive, job.request.chat)
        except CommandError:
            if await self._is_owners(job):
                raise
            raise CommandError(NO_ARCHIVE) from None
        if job.person_id is None or await self._grants.may_read(job.person_id, chat.id):
            return chat
        log.info("the archive is not open to this person", person=job.person_id, chat=chat.id)
        raise CommandError(NO_ARCHIVE)

    async def check_removal(self, job: Job, chat_id: int) -> None:
        """Raises JobError: the person may not delete the files of this chat."""
        if job.person_id is not None and not await self._grants.may_delete(job.person_id, chat_id):
            raise JobError(NOT_YOURS)

    async def _is_owners(self, job: Job) -> bool:
        return job.person_id is None or await self._people.role(job.person_id) is Role.OWNER

    async def _may_read(self, person_id: int, seat: Seat) -> bool:
        """A grant for a basic group holds for the supergroup, which says itself what it was."""
        job, (telegram, chat) = seat.job, seat.telegrams[0]
        if await self._grants.may_read(person_id, chat.info.id, job_id=job.id):
            return True
        if not chat.is_channel or await self._people.role(person_id) is None:
            return False
        forerunner = (await about(telegram, chat)).forerunner
        return forerunner is not None and await self._grants.may_read(
            person_id, chat.info.id, job_id=job.id, forerunner_id=forerunner.info.id
        )


def _lies_in(folder: Path, to: str | None) -> bool:
    """Whether an export was written below a folder."""
    return to is not None and Path(to).resolve().is_relative_to(folder.resolve())
