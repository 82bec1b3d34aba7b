"""Requests about users."""

from __future__ import annotations

import re
from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import user_of
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.people import User, tl_user
from tests.sandbox.world.pictures import copied
from tests.sandbox.world.view import show_files

USERNAME = re.compile(r"[A-Za-z]\w{2,30}[A-Za-z\d]", re.ASCII)
"""https://core.telegram.org/method/account.updateUsername: 5 to 32 characters, letters, digits
and underscores; those of 4 are sold at auctions."""


def get_users(asked: Asked) -> list[Any]:
    """https://core.telegram.org/method/users.getUsers: unknown ones come back empty."""
    viewer = asked.viewer
    found = []
    for given in asked.request.id:
        user = user_of(asked, given)
        found.append(
            tl_user(user, viewer) if user else types.UserEmpty(id=getattr(given, "user_id", 0))
        )
    return found


def get_full_user(asked: Asked) -> types.users.UserFull:
    """https://core.telegram.org/method/users.getFullUser.

    Raises:
        RpcFault: USER_ID_INVALID.
    """
    viewer = asked.viewer
    user = user_of(asked, asked.request.id)
    if user is None:
        raise RpcFault(400, "USER_ID_INVALID")
    chat = asked.world.private.get((viewer.id, user.id))
    full = types.UserFull(
        id=user.id,
        settings=types.PeerSettings(),
        notify_settings=types.PeerNotifySettings(),
        common_chats_count=0,
        about=user.about,
        profile_photo=_photo(asked, user),
        bot_info=types.BotInfo(user_id=user.id) if user.bot else None,
        noforwards_peer_enabled=True if chat is not None and chat.noforwards else None,
    )
    return types.users.UserFull(full_user=full, chats=[], users=[tl_user(user, viewer)])


def _photo(asked: Asked, user: User) -> Any:
    """The user's newest photo as the viewer gets it, None when there is none."""
    if not user.photos:
        return None
    return show_files(copied(user.photos[0]), asked.world, asked.viewer)


def resolve_username(asked: Asked) -> types.contacts.ResolvedPeer:
    """https://core.telegram.org/method/contacts.resolveUsername.

    Raises:
        RpcFault: USERNAME_INVALID, USERNAME_NOT_OCCUPIED.
    """
    viewer = asked.viewer
    wanted = asked.request.username.removeprefix("@").lower()
    if not USERNAME.fullmatch(wanted):
        raise RpcFault(400, "USERNAME_INVALID")
    for user in asked.world.users.values():
        if user.username is not None and user.username.lower() == wanted:
            return types.contacts.ResolvedPeer(
                peer=types.PeerUser(user.id), chats=[], users=[tl_user(user, viewer)]
            )
    for chat in asked.world.by_peer_id.values():
        if (getattr(chat, "username", None) or "").lower() == wanted:
            return types.contacts.ResolvedPeer(peer=chat.peer(), chats=[chat.tl(viewer)], users=[])
    raise RpcFault(400, "USERNAME_NOT_OCCUPIED")


def resolve_phone(asked: Asked) -> types.contacts.ResolvedPeer:
    """https://core.telegram.org/method/contacts.resolvePhone.

    Raises:
        RpcFault: PHONE_NOT_OCCUPIED.
    """
    viewer = asked.viewer
    wanted = asked.request.phone.removeprefix("+")
    for user in asked.world.users.values():
        if user.phone == wanted:
            return types.contacts.ResolvedPeer(
                peer=types.PeerUser(user.id), chats=[], users=[tl_user(user, viewer)]
            )
    raise RpcFault(400, "PHONE_NOT_OCCUPIED")


def get_contacts(asked: Asked) -> types.contacts.Contacts:
    """https://core.telegram.org/method/contacts.getContacts."""
    viewer = asked.viewer
    users = [asked.world.users[number] for number in sorted(viewer.contacts)]
    return types.contacts.Contacts(
        contacts=[types.Contact(user_id=user.id, mutual=False) for user in users],
        saved_count=len(users),
        users=[tl_user(user, viewer) for user in users],
    )


HANDLERS: dict[type, Handler] = {
    functions.users.GetUsersRequest: get_users,
    functions.users.GetFullUserRequest: get_full_user,
    functions.contacts.ResolveUsernameRequest: resolve_username,
    functions.contacts.ResolvePhoneRequest: resolve_phone,
    functions.contacts.GetContactsRequest: get_contacts,
}
