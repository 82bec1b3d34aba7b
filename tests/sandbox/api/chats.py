"""Requests about groups and channels as such."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import channel_of, group_of, user_of
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.channels import Channel

PARTICIPANTS_LIMIT = 200


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
    full = types.ChannelFull(
        id=chat.id,
        about=chat.about,
        read_inbox_max_id=top,
        read_outbox_max_id=top,
        unread_count=0,
        chat_photo=types.PhotoEmpty(id=0),
        notify_settings=types.PeerNotifySettings(),
        bot_info=[],
        pts=chat.pages.pts,
        can_view_participants=None if chat.broadcast else True,
        participants_count=len(chat.members),
        pinned_msg_id=chat.pinned_id,
        migrated_from_chat_id=earlier.id if earlier else None,
        migrated_from_max_id=before.top if before else 0 if earlier else None,
    )
    peers = {chat.peer_id} | ({earlier.peer_id} if earlier else set())
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
        participants=types.ChatParticipants(chat_id=chat.id, participants=participants, version=1),
        notify_settings=types.PeerNotifySettings(),
    )
    chats, users = asked.world.entities.split({chat.peer_id, *chat.members}, viewer)
    return types.messages.ChatFull(full_chat=full, chats=chats, users=users)


def get_participants(asked: Asked) -> types.channels.ChannelParticipants:
    """https://core.telegram.org/method/channels.getParticipants; filters are not looked at.

    Raises:
        RpcFault: CHAT_ADMIN_REQUIRED: only a channel's creator may see its subscribers.
    """
    viewer = asked.viewer
    chat = channel_of(asked, asked.request.channel)
    if chat.broadcast and viewer.id != chat.members[0]:
        raise RpcFault(400, "CHAT_ADMIN_REQUIRED")
    start = asked.request.offset
    listed = chat.members[start : start + min(asked.request.limit, PARTICIPANTS_LIMIT)]
    chats, users = asked.world.entities.split({chat.peer_id, *listed}, viewer)
    return types.channels.ChannelParticipants(
        count=len(chat.members),
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
    if user is None or user.id not in chat.members:
        raise RpcFault(400, "USER_NOT_PARTICIPANT")
    chats, users = asked.world.entities.split({chat.peer_id, user.id}, viewer)
    return types.channels.ChannelParticipant(
        participant=_participant(chat, user.id, viewer.id), chats=chats, users=users
    )


def _participant(chat: Channel, user_id: int, viewer_id: int) -> Any:
    if user_id == chat.members[0]:
        return types.ChannelParticipantCreator(
            user_id=user_id, admin_rights=types.ChatAdminRights(other=True)
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
