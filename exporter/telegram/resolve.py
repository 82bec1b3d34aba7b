"""From what a person typed to a chat that can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from telethon import errors
from telethon.tl import types
from telethon.tl.functions.channels import GetChannelsRequest
from telethon.tl.functions.contacts import ResolveUsernameRequest
from telethon.tl.functions.messages import CheckChatInviteRequest, GetChatsRequest
from telethon.tl.functions.users import GetUsersRequest

from exporter.errors import ChatUnseen, CommandError
from exporter.telegram import links
from exporter.telegram.connection import Telegram
from exporter.telegram.dialogs import refresh_dialogs
from exporter.telegram.pacing import Refused
from exporter.telegram.peers import (
    bare_id,
    chat_info,
    id_of,
    input_peer,
    kind_of_id,
    marked_channel,
    peer_of,
    usernames_of,
)
from storage.archive import Archive
from storage.models import ChatInfo, PeerKind
from storage.wording import Sentence

CANDIDATES_SHOWN = 10
TYPED_SHOWN = 100
"""Letters of what was typed that a sentence repeats."""
STALE = (
    errors.ChannelInvalidError,
    errors.ChatIdInvalidError,
    errors.PeerIdInvalidError,
    errors.UserIdInvalidError,
)
"""Telegram's answers to an access hash that is not (or no longer) right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRef:
    """A chat, and how this account asks for it."""

    info: ChatInfo
    input_peer: Any
    """An InputPeer of Telethon."""
    is_channel: bool
    """A channel or supergroup: message ids are its own, and the same for everybody."""
    is_forum: bool
    account_id: int
    protected: bool
    """Saving its content is restricted; such messages are missing in Telegram's data exports."""


async def resolve(telegram: Telegram, archive: Archive, typed: str) -> ChatRef:
    """Find the chat that was typed and check that the account may see it.

    What is known from earlier is used first: looking up a public name has long flood waits.

    Raises:
        CommandError: no such chat, more than one, or the account cannot see it.
    """
    return await _Search(telegram, archive).find(links.read(typed))


class _Search:
    """Looks in what is known, then in the dialogs read anew, then asks for a public name."""

    def __init__(self, telegram: Telegram, archive: Archive) -> None:
        self._telegram = telegram
        self._archive = archive

    async def find(self, named: links.Named) -> ChatRef:
        match named:
            case links.Me():
                return await self._myself()
            case links.Username():
                entity = await self._by_username(named.name)
                if entity is None:
                    raise CommandError(
                        Sentence(
                            "Nothing on Telegram is called @{name}. Check the spelling; a chat"
                            " without a public name is found by its id or as your chat list calls"
                            " it.",
                            name=named.name,
                        )
                    )
            case links.PeerId():
                if named.id == self._telegram.user_id:
                    return await self._myself()
                entity = await self._by_number(named.id)
            case links.Invite():
                entity = await self._by_invite(named.hash)
            case links.Title():
                entity = await self._by_title(named.text)
        return await self._reference(await self._successor(entity))

    async def _successor(self, entity: Any) -> Any:
        """Return the supergroup that a basic group became, if it did and the account sees it."""
        moved = getattr(entity, "migrated_to", None)
        if not isinstance(moved, types.InputChannel):
            return entity
        try:
            answer = await self._telegram.ask(GetChannelsRequest([moved]))
        except Refused as refused:
            if isinstance(refused.error, (*STALE, errors.ChannelPrivateError)):
                return entity
            raise
        return next((found for found in answer.chats if isinstance(found, types.Channel)), entity)

    async def _reference(self, entity: Any) -> ChatRef:
        if (peer := peer_of(entity)) is not None:
            await self._archive.save_peers(self._telegram.account_id, [peer])
        return ChatRef(
            info=chat_info(entity),
            input_peer=input_peer(id_of(entity), getattr(entity, "access_hash", None)),
            is_channel=isinstance(entity, types.Channel),
            is_forum=bool(getattr(entity, "forum", None)),
            account_id=self._telegram.account_id,
            protected=bool(getattr(entity, "noforwards", None)),
        )

    async def _myself(self) -> ChatRef:
        return await self._reference(await self._telegram.who_am_i())

    async def _by_username(self, name: str) -> Any:
        """Return what has this public name, or None."""
        if (entity := await self._known_by_username(name)) is not None:
            return entity
        try:
            answer = await self._telegram.ask(ResolveUsernameRequest(name))
        except Refused as refused:
            if isinstance(
                refused.error, errors.UsernameNotOccupiedError | errors.UsernameInvalidError
            ):
                return None
            raise
        entity = next(iter((*answer.chats, *answer.users)), None)
        return None if entity is None else _seen(entity)

    async def _known_by_username(self, name: str) -> Any:
        """Return a peer met earlier if it still has this name."""
        peer = await self._archive.peer_by_username(name)
        if peer is None:
            return None
        access_hash = await self._archive.access_hash(self._telegram.account_id, peer.peer_id)
        if access_hash is None:
            return None
        entity = await self._get(peer.peer_id, access_hash)
        names = () if entity is None else map(str.casefold, usernames_of(entity))
        return entity if name.casefold() in names else None

    async def _by_number(self, number: int) -> Any:
        """Find a marked id; a bare number may also be a known group's, as in result.json."""
        groups = (marked_channel(number), -number) if number > 0 else ()
        for refresh in (False, True):
            if refresh:
                await refresh_dialogs(self._telegram, self._archive)
            known = [peer_id for peer_id in groups if await self._archive.chat(peer_id)]
            for peer_id in (number, *known):
                if (entity := await self._known_by_id(peer_id)) is not None:
                    return _seen(entity)
        raise ChatUnseen(
            Sentence(
                "This account sees no chat with the id {id}. Open it once in Telegram with this"
                " account, or name it by @name or link.",
                id=str(number),
            )
        )

    async def _known_by_id(self, peer_id: int) -> Any:
        if kind_of_id(peer_id) is PeerKind.CHAT:
            return await self._get(peer_id, 0)
        access_hash = await self._archive.access_hash(self._telegram.account_id, peer_id)
        return None if access_hash is None else await self._get(peer_id, access_hash)

    async def _get(self, peer_id: int, access_hash: int) -> Any:
        """Ask for a peer as it is now; None when the access hash is not (or no longer) right."""
        bare = bare_id(peer_id)
        match kind_of_id(peer_id):
            case PeerKind.CHANNEL:
                request = GetChannelsRequest([types.InputChannel(bare, access_hash)])
            case PeerKind.CHAT:
                request = GetChatsRequest([bare])
            case _:
                request = GetUsersRequest([types.InputUser(bare, access_hash)])
        try:
            answer = await self._telegram.ask(request)
        except Refused as refused:
            if isinstance(refused.error, STALE):
                return None
            if isinstance(refused.error, errors.ChannelPrivateError):
                raise _unseen(peer_id, None) from refused
            raise
        entity = next(iter(answer if isinstance(answer, list) else answer.chats), None)
        return None if isinstance(entity, types.ChatEmpty | types.UserEmpty) else entity

    async def _by_invite(self, code: str) -> Any:
        try:
            answer = await self._telegram.ask(CheckChatInviteRequest(code))
        except Refused as refused:
            if isinstance(
                refused.error,
                errors.InviteHashExpiredError
                | errors.InviteHashInvalidError
                | errors.InviteHashEmptyError,
            ):
                raise CommandError(
                    Sentence(
                        "This invite link is not valid (any more). Ask for a new one, or name the"
                        " chat by its id or as your chat list calls it."
                    )
                ) from refused
            raise
        if isinstance(answer, types.ChatInviteAlready):
            return _seen(answer.chat)
        title = answer.chat.title if isinstance(answer, types.ChatInvitePeek) else answer.title
        raise ChatUnseen(
            Sentence(
                "This account is not a member of “{title}”. Join it in Telegram with this account,"
                " then export it.",
                title=title,
            )
        )

    async def _by_title(self, text: str) -> Any:
        for refresh in (False, True):
            if refresh:
                await refresh_dialogs(self._telegram, self._archive)
            dialogs = await self._archive.dialogs()
            if found := _exact(text, dialogs):
                return await self._by_number(_only(text, found).id)
            if (
                not refresh
                and links.is_username(text)
                and (entity := await self._known_by_username(text)) is not None
            ):
                return _seen(entity)
            if found := _similar(text, dialogs):
                return await self._by_number(_only(text, found).id)
        if links.is_username(text) and (entity := await self._by_username(text)) is not None:
            return entity
        raise ChatUnseen(
            Sentence(
                "No chat of this account is called “{title}”. Name it by @name, by a t.me link or"
                " by its id; `chatkeep chats` lists them.",
                title=_shown(text),
            )
        )


def _seen(entity: Any) -> Any:
    """Return a chat that the account may see.

    Raises:
        CommandError: it may not.
    """
    if isinstance(entity, types.ChannelForbidden | types.ChatForbidden):
        raise _unseen(id_of(entity), entity.title)
    return entity


def _unseen(peer_id: int, title: str | None) -> ChatUnseen:
    if title:
        return ChatUnseen(
            Sentence(
                "This account cannot see “{title}”: it is private, and the account is not (or no"
                " longer) in it. Join it in Telegram with this account, or sign in one that is a"
                " member.",
                title=title,
            )
        )
    return ChatUnseen(
        Sentence(
            "This account cannot see the chat {id}: it is private, and the account is not (or no"
            " longer) in it. Join it in Telegram with this account, or sign in one that is a"
            " member.",
            id=str(peer_id),
        )
    )


def _exact(text: str, dialogs: Sequence[ChatInfo]) -> list[ChatInfo]:
    """Return the chats of exactly that title; failing that, those that differ in case only."""
    return [chat for chat in dialogs if chat.title == text] or [
        chat for chat in dialogs if (chat.title or "").casefold() == text.casefold()
    ]


def _similar(text: str, dialogs: Sequence[ChatInfo]) -> list[ChatInfo]:
    """Return the chats whose title begins with the text; failing that, those that contain it."""
    folded = text.casefold()
    fits: tuple[Callable[[str], bool], ...] = (
        lambda title: title.startswith(folded),
        lambda title: folded in title,
    )
    for fit in fits:
        if found := [chat for chat in dialogs if fit((chat.title or "").casefold())]:
            return found
    return []


def _shown(text: str) -> str:
    return text if len(text) <= TYPED_SHOWN else f"{text[:TYPED_SHOWN]}…"


def _only(text: str, found: Sequence[ChatInfo]) -> ChatInfo:
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{chat.title} ({chat.id})" for chat in found[:CANDIDATES_SHOWN])
    more = len(found) - CANDIDATES_SHOWN
    if more > 0:
        listed = Sentence("{listed} and {n} more", listed=listed, n=more)
    raise CommandError(
        Sentence(
            "“{words}” fits {n} chats: {listed}. Name one by its id.",
            words=text,
            n=len(found),
            listed=listed,
        )
    )
