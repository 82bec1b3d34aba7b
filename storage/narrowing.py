"""Whom and which chats the words of a search name, by what the archive knows of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.accounts import list_accounts
from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo
from storage.queries import Asked
from storage.search import Search, Wanted

ME = "me"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """A question whose names were looked up."""

    wanted: Wanted
    unknown_chat: str | None = None
    """A chat that is not among those that may be looked in; nothing fits then."""
    unknown_sender: str | None = None
    """Somebody whom the archive does not know; likewise."""


async def narrowed(
    asked: Asked,
    database: Database,
    *,
    readable: Collection[int] | None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Narrowed:
    """Look up the names in a question; `readable`: only these chats may be looked in; None: all.

    Raises:
        IndexLost: the search index is missing or damaged.
    """
    archive = Archive(database)
    chats: Collection[int] | None = readable
    unknown_chat = None
    if asked.chats:
        known = [each for each in await archive.chats() if _is_among(each.id, readable)]
        chats = set()
        for name in asked.chats:
            called = chats_called(name, known)
            unknown_chat = unknown_chat if called else name
            for chat in called:
                family = await archive.lineage(chat.id)
                chats |= {each for each in family if _is_among(each, readable)}
    senders: set[int] | None = None
    unknown_sender = None
    if asked.senders:
        senders = set()
        for name in asked.senders:
            called_so = await _senders_called(name, database)
            unknown_sender = unknown_sender if called_so else name
            senders |= called_so
    wanted = Wanted(
        terms=asked.terms,
        has=asked.has,
        chats=chats,
        senders=senders,
        since=since,
        until=until,
    )
    return Narrowed(wanted=wanted, unknown_chat=unknown_chat, unknown_sender=unknown_sender)


def chats_called(name: str, known: Sequence[ChatInfo]) -> list[ChatInfo]:
    """The chats with this id, @username or title; failing that, with this in their title."""
    word = name.removeprefix("@").casefold()
    exact = [chat for chat in known if word in _names(chat)]
    if exact or name.startswith("@"):
        return exact
    return [chat for chat in known if word in (chat.title or "").casefold()]


async def _senders_called(name: str, database: Database) -> set[int]:
    if name.casefold() == ME:
        return {account.user_id for account in await list_accounts(database)}
    if name.removeprefix("-").isdecimal():
        return {int(name)}
    return await Search(database).peers_called(name)


def _is_among(chat_id: int, readable: Collection[int] | None) -> bool:
    return readable is None or chat_id in readable


def _names(chat: ChatInfo) -> set[str]:
    return {str(chat.id), *(name.casefold() for name in (chat.title, chat.username) if name)}
