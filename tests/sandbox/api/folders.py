"""Requests about folders of chats, https://core.telegram.org/api/folders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.dialogs import MUTED_FOR_EVER
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.folders import FLAGS, Folder


def get_dialog_filters(asked: Asked) -> types.messages.DialogFilters:
    """https://core.telegram.org/method/messages.getDialogFilters.

    The list of all chats stands among them as `dialogFilterDefault`, and the archive does not.
    """
    folders = asked.viewer.folders
    shown = [types.DialogFilterDefault()] if folders else []
    return types.messages.DialogFilters(filters=shown + [_tl(asked, each) for each in folders])


def _tl(asked: Asked, folder: Folder) -> Any:
    named: dict[str, Any] = {
        "id": folder.id,
        "title": types.TextWithEntities(text=folder.title, entities=[]),
        "pinned_peers": _peers(asked, folder.pinned),
        "include_peers": _peers(asked, folder.include),
    }
    if folder.shared:
        return types.DialogFilterChatlist(**named)
    flags = {flag: True if flag in folder.flags else None for flag in FLAGS}
    return types.DialogFilter(**named, exclude_peers=_peers(asked, folder.exclude), **flags)


def _peers(asked: Asked, peer_ids: Iterable[int]) -> list[Any]:
    """As the viewer names them; one of a chat that nobody made does not count.

    The account itself comes as `inputPeerSelf`.
    """
    viewer, world = asked.viewer, asked.world
    named = []
    for peer_id in peer_ids:
        if peer_id == viewer.id:
            named.append(types.InputPeerSelf())
        elif peer_id in world.users:
            named.append(types.InputPeerUser(peer_id, viewer.access_hash("user", peer_id)))
        elif peer_id in world.by_peer_id:
            named.append(world.by_peer_id[peer_id].input_peer(viewer))
    return named


SCOPES = {
    types.InputNotifyUsers: "users",
    types.InputNotifyChats: "chats",
    types.InputNotifyBroadcasts: "broadcasts",
}


def get_notify_settings(asked: Asked) -> types.PeerNotifySettings:
    """https://core.telegram.org/method/account.getNotifySettings, of whole kinds of chats.

    Raises:
        RpcFault: PEER_ID_INVALID for a single chat, whose settings stand in its dialog.
    """
    scope = SCOPES.get(type(asked.request.peer))
    if scope is None:
        raise RpcFault(400, "PEER_ID_INVALID")
    return types.PeerNotifySettings(
        mute_until=MUTED_FOR_EVER if scope in asked.viewer.muted_kinds else None
    )


HANDLERS: dict[type, Handler] = {
    functions.account.GetNotifySettingsRequest: get_notify_settings,
    functions.messages.GetDialogFiltersRequest: get_dialog_filters,
}
