"""Which chats are in an account's folders: https://core.telegram.org/api/folders.

A folder names chats and kinds of chats. Telegram sends that rule alone, so it is applied here, as
its clients do: https://github.com/telegramdesktop/tdesktop/blob/dev/Telegram/SourceFiles/data/data_chat_filters.cpp
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telethon.tl import types
from telethon.tl.functions.account import GetNotifySettingsRequest
from telethon.tl.functions.messages import GetDialogFiltersRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.dialogs import Dialog, Listing
from exporter.telegram.peers import id_of_peer
from storage.folders import Folder, Folders

ARCHIVED = "Archive"
"""What the folder of archived chats is called here; with Telegram it has no name."""
SCOPES = {
    "user": types.InputNotifyUsers,
    "group": types.InputNotifyChats,
    "channel": types.InputNotifyBroadcasts,
}
"""Chats without settings of their own are muted as their kind is."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one folder says."""

    filter: Any
    always: Collection[int]
    never: Collection[int]
    muted_kinds: Collection[str]

    def holds(self, dialog: Dialog) -> bool:
        if dialog.chat.id in self.never:
            return False
        return dialog.chat.id in self.always or (self._kind(dialog) and not self._excluded(dialog))

    def _kind(self, dialog: Dialog) -> bool:
        kind, entity, given = _kind_of(dialog), dialog.entity, self.filter
        if kind != "user":
            return bool(_flag(given, "groups" if kind == "group" else "broadcasts"))
        if getattr(entity, "bot", None):
            return _flag(given, "bots")
        known = getattr(entity, "contact", None) or getattr(entity, "is_self", None)
        return _flag(given, "contacts" if known else "non_contacts")

    def _excluded(self, dialog: Dialog) -> bool:
        """Mentions show a chat that would be hidden as muted or read."""
        row, given = dialog.row, self.filter
        mentioned = bool(row.unread_mentions_count)
        read = not (row.unread_count or row.unread_mark or mentioned)
        return (
            (_flag(given, "exclude_archived") and dialog.archived)
            or (_flag(given, "exclude_read") and read)
            or (_flag(given, "exclude_muted") and self._is_muted(dialog) and not mentioned)
        )

    def _is_muted(self, dialog: Dialog) -> bool:
        until = dialog.row.notify_settings.mute_until
        return _kind_of(dialog) in self.muted_kinds if until is None else _is_ahead(until)


async def refresh_folders(telegram: Telegram, listing: Listing, folders: Folders) -> None:
    """Read the folders of an account and keep which of its dialogs are in each."""
    answer = await telegram.ask(GetDialogFiltersRequest())
    given = [each for each in answer.filters if not isinstance(each, types.DialogFilterDefault)]
    muted_kinds = set()
    if any(_flag(each, "exclude_muted") for each in given):
        muted_kinds = {kind for kind in SCOPES if await _is_kind_muted(telegram, kind)}
    found = []
    for each in given:
        rule = _Rule(
            each,
            always=_ids((*each.pinned_peers, *each.include_peers), telegram.user_id),
            never=_ids(getattr(each, "exclude_peers", ()), telegram.user_id),
            muted_kinds=muted_kinds,
        )
        found.append(_folder(each.title.text, filter(rule.holds, listing.dialogs)))
    archived = [dialog for dialog in listing.dialogs if dialog.archived]
    if archived:
        found.append(_folder(ARCHIVED, archived))
    await folders.save(telegram.account_id, found)


def _folder(title: str, dialogs: Iterable[Dialog]) -> Folder:
    return Folder(title=title.strip(), chat_ids=[dialog.chat.id for dialog in dialogs])


def _kind_of(dialog: Dialog) -> str:
    """`user`, `group` or `channel`."""
    if dialog.chat.id > 0:
        return "user"
    return "channel" if getattr(dialog.entity, "broadcast", None) else "group"


def _flag(given: Any, name: str) -> bool:
    """A folder that came by a link has no flags."""
    return bool(getattr(given, name, None))


def _ids(peers: Iterable[Any], own_id: int) -> set[int]:
    return {
        own_id if isinstance(peer, types.InputPeerSelf) else id_of_peer(_peer(peer))
        for peer in peers
        if not isinstance(peer, types.InputPeerEmpty)
    }


def _peer(peer: Any) -> Any:
    match peer:
        case types.InputPeerUser():
            return types.PeerUser(peer.user_id)
        case types.InputPeerChat():
            return types.PeerChat(peer.chat_id)
    return types.PeerChannel(peer.channel_id)


async def _is_kind_muted(telegram: Telegram, kind: str) -> bool:
    settings = await telegram.ask(GetNotifySettingsRequest(SCOPES[kind]()))
    return settings.mute_until is not None and _is_ahead(settings.mute_until)


def _is_ahead(until: datetime) -> bool:
    return until > datetime.now(UTC)
