"""Many chats at once: which are meant, and a job for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from exporter.errors import AccountUnusable, CommandError, JobError
from exporter.folder import name_of
from exporter.held import HeldAccounts
from exporter.progress import ProgressBoard
from exporter.telegram.connection import Telegram
from exporter.telegram.dialogs import Listing, refresh_dialogs
from exporter.telegram.folders import refresh_folders
from storage.archive import Archive
from storage.batches import CLOSED, EXCLUDED, Batches, LeftOut, Part
from storage.database import Database
from storage.folders import Folder, Folders
from storage.models import ChatInfo, ExportRequest, Job, JobKind
from storage.picking import Picked, pick
from storage.selections import Selection
from storage.wording import Sentence

NONE_MEANT = Sentence("There is no chat of that kind to export.")
NOTHING_FAILED = Sentence("None of its chats failed: there is nothing to repeat.")
NAMED = 20
"""Folders that are named to somebody who named another one."""

log = structlog.get_logger()


async def list_chats(telegram: Telegram, archive: Archive, database: Database) -> Listing:
    """Read the chats that an account sees, and which folders they are in, and keep both."""
    listing = await refresh_dialogs(telegram, archive)
    await refresh_folders(telegram, listing, Folders(database))
    return listing


async def make_batch(
    job: Job,
    selection: Selection,
    *,
    held: HeldAccounts,
    archive: Archive,
    database: Database,
    board: ProgressBoard,
) -> None:
    """Make a job for each chat that is meant; from then on the batch waits for them.

    Raises:
        CommandError: a name that nothing has; nothing was made.
        JobError: no account can list its chats.
        JobLost: somebody else has taken the batch up.
    """
    batches = Batches(database)
    if selection.retry_of is not None:
        again = await batches.failed(selection.retry_of)
        if not again:
            raise CommandError(NOTHING_FAILED)
        await batches.make(job, again, [])
        return
    listings = await _listings(held, archive, database, board)
    seen = {chat.id: chat for _, listing in listings for chat in listing.chats}
    folders = await Folders(database).all()
    picked = pick(selection, list(seen.values()), folders)
    _check(picked, folders)
    parts = [_part(job.request, JobKind.EXPORT, chat.id) for chat in picked.chats]
    if selection.accounts:
        parts += [_part(job.request, JobKind.ACCOUNT, user_id) for user_id, _ in listings]
    if not parts:
        raise CommandError(NONE_MEANT)
    await batches.make(job, parts, _left_out(picked, selection, listings))
    log.info("batch begun", chats=len(picked.chats), excluded=len(picked.excluded))


async def _listings(
    held: HeldAccounts, archive: Archive, database: Database, board: ProgressBoard
) -> list[tuple[int, Listing]]:
    """What each account sees, with its user id; accounts that cannot be used are passed over."""
    listings: list[tuple[int, Listing]] = []
    reasons: list[JobError] = []
    for account_id in held.ids:
        try:
            telegram = await held.connection(account_id)
            with board.account(account_id) as heard, telegram.telling(heard):
                listings.append((telegram.user_id, await list_chats(telegram, archive, database)))
        except AccountUnusable as error:
            reasons.append(await held.give_up(account_id, error))
    if not listings and reasons:
        raise reasons[0]
    return listings


def _part(request: ExportRequest, kind: JobKind, chat_id: int) -> Part:
    return Part(kind=kind, chat_id=chat_id, request=replace(request, chat=str(chat_id), chats=None))


def _check(picked: Picked, folders: Sequence[Folder]) -> None:
    """Refuse names that nothing has: who is left out must not be exported for a slip of the pen."""
    if picked.no_folders:
        names = [f"“{folder.title}”" for folder in folders]
        more = ", …" if len(names) > NAMED else ""
        if not names:
            raise CommandError(
                Sentence("No folder is called “{name}”. There are none.", name=picked.no_folders[0])
            )
        raise CommandError(
            Sentence(
                "No folder is called “{name}”. There are: {names}.",
                name=picked.no_folders[0],
                names=", ".join(names[:NAMED]) + more,
            )
        )
    if picked.no_chats:
        raise CommandError(
            Sentence(
                "No chat is called “{name}”, so it cannot be left out. Nothing was exported; name"
                " it as the list of chats does.",
                name=picked.no_chats[0],
            )
        )


def _left_out(
    picked: Picked, selection: Selection, listings: Sequence[tuple[int, Listing]]
) -> list[LeftOut]:
    left_out = [LeftOut(title=_name(chat), reason=EXCLUDED) for chat in picked.excluded]
    closed = {chat.id: chat for _, listing in listings for chat in listing.closed}
    meant = pick(replace(selection, folders=()), list(closed.values()), ()).chats
    if not selection.folders:  # a folder's chats are those that can be read
        left_out += [LeftOut(title=_name(chat), reason=CLOSED) for chat in meant]
    return left_out


def _name(chat: ChatInfo) -> str:
    return name_of(chat) or str(chat.id)
