"""The list of chats that an account sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telethon.tl import types
from telethon.tl.functions.messages import GetDialogsRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.peers import chat_info, id_of, id_of_peer, input_peer, peer_of
from exporter.telegram.unreadable import salvage_dialogs, salvaging
from storage.archive import Archive
from storage.models import ChatInfo, Peer

PAGE = 100
CLOSED = types.ChatForbidden | types.ChannelForbidden
NOTHING = types.ChatEmpty | types.UserEmpty
MAIN, ARCHIVE = 0, 1
"""The chat list and the archived chats: https://core.telegram.org/api/folders#peer-folders"""


@dataclass(frozen=True, slots=True)
class Dialog:
    """A chat as it stands in an account's list."""

    chat: ChatInfo
    entity: Any
    """The TL user, group or channel."""
    row: types.Dialog
    archived: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """All dialogs of an account, in Telegram's order; the archived ones last."""

    dialogs: list[Dialog] = field(default_factory=list)
    """Those that it may read."""
    closed: list[ChatInfo] = field(default_factory=list)
    """Those that it may no longer read."""

    @property
    def chats(self) -> list[ChatInfo]:
        return [dialog.chat for dialog in self.dialogs]


@dataclass(slots=True)
class _Offset:
    """Where the next page begins: after this message of this peer."""

    date: datetime | None
    id: int
    peer: Any


async def refresh_dialogs(telegram: Telegram, archive: Archive) -> Listing:
    """Read all dialogs of an account and keep them, with what it takes to reach them.

    Chats that the account may no longer read are not kept.
    """
    listing = Listing()
    peers: dict[int, Peer] = {}
    for folder in (MAIN, ARCHIVE):
        await _read_folder(telegram, folder, listing, peers)
    await archive.save_dialogs(telegram.account_id, listing.chats, list(peers.values()))
    return listing


async def _read_folder(
    telegram: Telegram, folder: int, listing: Listing, peers: dict[int, Peer]
) -> None:
    """Read one folder, page by page, into `listing` and `peers`."""
    offset: _Offset | None = _Offset(None, 0, types.InputPeerEmpty())
    first = True
    seen: set[int] = set()
    while offset is not None:
        answer = await _ask(
            telegram,
            GetDialogsRequest(
                offset_date=offset.date,
                offset_id=offset.id,
                offset_peer=offset.peer,
                limit=PAGE,
                hash=0,
                exclude_pinned=not first,  # they stand on top of the first page
                folder_id=folder,
            ),
        )
        first = False
        entities = {id_of(entity): entity for entity in (*answer.users, *answer.chats)}
        for peer_id, entity in entities.items():
            if (peer := peer_of(entity)) is not None:
                peers[peer_id] = peer
        rows = {id_of_peer(d.peer): d for d in answer.dialogs if isinstance(d, types.Dialog)}
        fresh = rows.keys() - seen
        seen |= fresh
        for peer_id, row in rows.items():
            if peer_id in fresh and (entity := entities.get(peer_id)) is not None:
                _list(listing, row, entity, archived=folder == ARCHIVE)
        # Whether `count` has the pinned ones is not said, so the end is where nothing is new.
        more = isinstance(answer, types.messages.DialogsSlice) and fresh
        offset = _after(answer, peers) if more else None


async def _ask(telegram: Telegram, request: GetDialogsRequest) -> Any:
    """Ask for dialogs; that the newest message of one cannot be read does not matter here."""
    return await telegram.ask(salvaging(request, salvage_dialogs))


def _after(answer: Any, peers: dict[int, Peer]) -> _Offset | None:
    """Return the offset after a page, or None when no dialog of it can serve as one."""
    tops = {(id_of_peer(m.peer_id), m.id): m for m in answer.messages if m.peer_id is not None}
    for dialog in reversed(answer.dialogs):
        if not isinstance(dialog, types.Dialog):
            continue
        peer_id = id_of_peer(dialog.peer)
        top = tops.get((peer_id, dialog.top_message))
        if top is not None and peer_id in peers:
            reach = input_peer(peer_id, peers[peer_id].access_hash)
            return _Offset(getattr(top, "date", None), top.id, reach)
    return None


def _list(listing: Listing, row: types.Dialog, entity: Any, *, archived: bool) -> None:
    """Put a dialog where it belongs; a group that moved is part of the supergroup it became."""
    if getattr(entity, "migrated_to", None) is not None:
        return
    if isinstance(entity, NOTHING):
        return
    if isinstance(entity, CLOSED):
        listing.closed.append(chat_info(entity))
    else:
        listing.dialogs.append(Dialog(chat_info(entity), entity, row, archived))
