"""Which accounts work on an export: the first that sees the chat, and others to help it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import structlog

from exporter.errors import AccountUnusable, CommandError, JobError
from exporter.fetch import At, Seat
from exporter.held import HeldAccounts
from exporter.telegram.connection import Telegram
from exporter.telegram.resolve import ChatRef, resolve
from storage.archive import Archive
from storage.models import Job
from storage.wording import Sentence

log = structlog.get_logger()


async def seat_of(job: Job, telegram: Telegram, held: HeldAccounts, archive: Archive) -> Seat:
    """Find the chat of an export with one account.

    Raises:
        CommandError: there is no such chat, or this is not the account that its archive is of.
        JobError: as in `Telegram.ask`.
    """
    chat = await resolve(telegram, archive, job.request.chat)
    await archive.save_chat(chat.info, is_forum=chat.is_forum)
    if not chat.is_channel:
        await _own(telegram, chat, archive)
    if not chat.is_channel or len(held.ids) == 1:
        return Seat(job=job, telegrams=[(telegram, chat)], on_lost=held.give_up)
    return Seat(
        job=job,
        telegrams=[(telegram, chat)],
        others=lambda: _others(chat, held, archive),
        on_lost=held.give_up,
    )


async def _own(telegram: Telegram, chat: ChatRef, archive: Archive) -> None:
    """Make sure that a chat whose ids are one account's own is always fetched by that one."""
    owner_id = await archive.own_chat(chat.info.id, telegram.user_id)
    if owner_id != telegram.user_id:
        raise CommandError(
            Sentence(
                "The archive of “{title}” was begun with another account (its user id is {id}), and"
                " Telegram numbers the messages of such chats differently for each account. Sign"
                " that account in to go on with it.",
                title=chat.info.title or str(chat.info.id),
                id=str(owner_id),
            )
        )


async def _others(chat: ChatRef, held: HeldAccounts, archive: Archive) -> AsyncGenerator[At, None]:
    """Yield the other accounts that see a chat, as they are found out."""
    for account_id in held.ids:
        if account_id != chat.account_id and account_id in held.ids:
            try:
                telegram = await held.connection(account_id)
                found = await resolve(telegram, archive, _name(chat))
            except AccountUnusable as error:
                await held.give_up(account_id, error)
            except JobError as error:
                log.info("account does not help", account=account_id, reason=str(error))
            else:
                if found.info.id == chat.info.id:
                    yield telegram, found


def _name(chat: ChatRef) -> str:
    return f"@{chat.info.username}" if chat.info.username else str(chat.info.id)
