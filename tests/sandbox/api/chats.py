"""Requests about groups and channels as such."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import channel_of, group_of, user_of
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.pictures import copied
from tests.sandbox.world.view import show_files

PARTICIPANTS_LIMIT = 200
MAX_DATE = 2**31 - 1
"""For good."""


def get_channels(asked: Asked) -> types.messages.Chats:
    """https://core.telegram.org/method/channels.getChannels."""
    found = [channel_of(asked, given).tl(asked.viewer) for given in asked.request.id]
    return types.messages.Chats(chats=found)


def get_chats(asked: Asked) -> types.messages.Chats:
    """https://core.telegram.org/method/messages.getChats."""
    found = [group_of(asked, number).tl(asked.viewer) for number in asked.request.id]
    return types.messages.Chats(chats=found)


def get_full_channel(asked: Asked) -> types.messages.ChatFull:
    """https://core.telegram.org/method/channels.getFullChannel."""
    viewer = asked.viewer
    chat = channel_of(asked, asked.request.channel)
    history = chat.history(viewer)
    top = history.top if history else 0
    earlier = chat.migrated_from
    before = earlier.history(viewer) if earlier else None
    linked = chat.linked
    full = types.ChannelFull(
        id=chat.id,
        about=chat.about,
        read_inbox_max_id=top,
        read_outbox_max_id=top,
        unread_count=0,
        chat_photo=_photo(asked, chat) or types.PhotoEmpty(id=0),
        notify_settings=types.PeerNotifySettings(),
        bot_info=[],
        pts=chat.pages.pts,
        can_view_participants=_sees_members(chat, viewer.id) or None,
        participants_hidden=chat.members_hidden or None,
        participants_count=len(chat.members),
        admins_count=1 + len(chat.admins) if _is_admin(chat, viewer.id) else None,
        linked_chat_id=linked.id if linked else None,
        pinned_msg_id=chat.pinned_id,
        migrated_from_chat_id=earlier.id if earlier else None,
        migrated_from_max_id=before.top if before else 0 if earlier else None,
    )
    peers = {each.peer_id for each in (chat, earlier, linked) if each is not None}
    chats, users = asked.world.entities.split(peers, viewer)
    return types.messages.ChatFull(full_chat=full, chats=chats, users=users)


def get_full_chat(asked: Asked) -> types.messages.ChatFull:
    """https://core.telegram.org/method/messages.getFullChat."""
    viewer = asked.viewer
    chat = group_of(asked, asked.request.chat_id)
    creator = chat.members[0]
    participants: list[Any] = [types.ChatParticipantCreator(user_id=creator)]
    participants += [
        types.ChatParticipant(user_id=number, inviter_id=creator, date=chat.date)
        for number in chat.members[1:]
    ]
    full = types.ChatFull(
        id=chat.id,
        about=chat.about,
        chat_photo=_photo(asked, chat),
        participants=types.ChatParticipants(chat_id=chat.id, participants=participants, version=1),
        notify_settings=types.PeerNotifySettings(),
    )
    chats, users = asked.world.entities.split({chat.peer_id, *chat.members}, viewer)
    return types.messages.ChatFull(full_chat=full, chats=chats, users=users)


def get_participants(asked: Asked) -> types.channels.ChannelParticipants:
    """https://core.telegram.org/method/channels.getParticipants.

    Raises:
        RpcFault: CHAT_ADMIN_REQUIRED: only administrators see a channel's subscribers, hidden
            members, and who was banned.
    """
    viewer = asked.viewer
    chat = channel_of(asked, asked.request.channel)
    found = _filtered(asked, chat)
    start = asked.request.offset
    listed = found[start : start + min(asked.request.limit, PARTICIPANTS_LIMIT)]
    chats, users = asked.world.entities.split({chat.peer_id, *listed}, viewer)
    return types.channels.ChannelParticipants(
        count=len(found),
        participants=[_participant(chat, number, viewer.id) for number in listed],
        chats=chats,
        users=users,
    )


def get_participant(asked: Asked) -> types.channels.ChannelParticipant:
    """https://core.telegram.org/method/channels.getParticipant.

    Raises:
        RpcFault: USER_NOT_PARTICIPANT.
    """
    viewer = asked.viewer
    chat = channel_of(asked, asked.request.channel)
    user = user_of(asked, asked.request.participant)
    if user is None or user.id not in {*chat.members, *chat.banned}:
        raise RpcFault(400, "USER_NOT_PARTICIPANT")
    chats, users = asked.world.entities.split({chat.peer_id, user.id}, viewer)
    return types.channels.ChannelParticipant(
        participant=_participant(chat, user.id, viewer.id), chats=chats, users=users
    )


def _filtered(asked: Asked, chat: Channel) -> list[int]:
    """User ids of those that the request's filter means, in their order.

    https://core.telegram.org/type/ChannelParticipantsFilter
    """
    viewer, wanted = asked.viewer, asked.request.filter
    listed: list[int]
    match wanted:
        case types.ChannelParticipantsAdmins() if not chat.broadcast:
            return [chat.members[0], *chat.admins]
        case types.ChannelParticipantsKicked() | types.ChannelParticipantsBanned():
            allowed, listed = _is_admin(chat, viewer.id), sorted(chat.banned)
        case _:
            allowed, listed = _sees_members(chat, viewer.id), chat.members
    if not allowed:
        raise RpcFault(400, "CHAT_ADMIN_REQUIRED")
    people = [asked.world.users[number] for number in listed]
    match wanted:
        case types.ChannelParticipantsAdmins():
            return [chat.members[0], *chat.admins]
        case types.ChannelParticipantsBots():
            return [user.id for user in people if user.bot]
        case types.ChannelParticipantsContacts():
            return [user.id for user in people if user.id in viewer.contacts]
    words = getattr(wanted, "q", "").lower().split()
    return [user.id for user in people if all(word in user.name.lower() for word in words)]


def _photo(asked: Asked, chat: Chat) -> Any:
    """The chat's photo as the viewer gets it, None when it has none."""
    if chat.photo is None:
        return None
    return show_files(copied(chat.photo), asked.world, asked.viewer)


def _is_admin(chat: Channel, user_id: int) -> bool:
    return user_id == chat.members[0] or user_id in chat.admins


def _sees_members(chat: Channel, user_id: int) -> bool:
    return _is_admin(chat, user_id) or not (chat.broadcast or chat.members_hidden)


def _participant(chat: Channel, user_id: int, viewer_id: int) -> Any:
    if user_id == chat.members[0]:
        return types.ChannelParticipantCreator(
            user_id=user_id, admin_rights=types.ChatAdminRights(other=True)
        )
    if user_id in chat.banned:
        return types.ChannelParticipantBanned(
            peer=types.PeerUser(user_id),
            left=True,
            kicked_by=chat.members[0],
            date=chat.date,
            banned_rights=types.ChatBannedRights(until_date=MAX_DATE, view_messages=True),
        )
    if user_id in chat.admins:
        return types.ChannelParticipantAdmin(
            user_id=user_id,
            promoted_by=chat.members[0],
            date=chat.date,
            admin_rights=types.ChatAdminRights(other=True),
            is_self=True if user_id == viewer_id else None,
            inviter_id=chat.members[0] if user_id == viewer_id else None,
            rank=chat.admins[user_id],
        )
    if user_id == viewer_id:
        return types.ChannelParticipantSelf(
            user_id=user_id, inviter_id=chat.members[0], date=chat.date
        )
    return types.ChannelParticipant(user_id=user_id, date=chat.date)


HANDLERS: dict[type, Handler] = {
    functions.channels.GetChannelsRequest: get_channels,
    functions.channels.GetFullChannelRequest: get_full_channel,
    functions.channels.GetParticipantsRequest: get_participants,
    functions.channels.GetParticipantRequest: get_participant,
    functions.messages.GetChatsRequest: get_chats,
    functions.messages.GetFullChatRequest: get_full_chat,
}
