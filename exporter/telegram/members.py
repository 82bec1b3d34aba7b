"""Asks who is in a group or channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from telethon import errors
from telethon.tl import types
from telethon.tl.functions.channels import GetParticipantsRequest
from telethon.tl.functions.messages import GetFullChatRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.pacing import Refused
from exporter.telegram.peers import peers_in
from exporter.telegram.resolve import ChatRef
from storage.models import Member, Peer

AT_ONCE = 200
"""https://core.telegram.org/method/channels.getParticipants"""
HIDDEN = (errors.ChatAdminRequiredError, errors.ChannelPrivateError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Who is in a chat."""

    listed: tuple[Member, ...]
    peers: tuple[Peer, ...]
    total: int
    """How many there are, as the server says; it lists no more than about 10,000."""
    hidden: bool = False
    """This account is not shown all of them."""


async def fetch_members(telegram: Telegram, chat: ChatRef) -> Members:
    """Ask for the members and admins of a chat, as far as this account is shown them.

    A private chat has none but the two.

    Raises:
        JobError: as in `Telegram.ask`.
    """
    match chat.input_peer:
        case types.InputPeerChannel(channel_id=number, access_hash=key):
            return await _of_channel(telegram, types.InputChannel(number, key))
        case types.InputPeerChat(chat_id=number):
            return await _of_group(telegram, number)
        case _:
            return Members(listed=(), peers=(), total=0)


async def _of_group(telegram: Telegram, number: int) -> Members:
    answer = await telegram.ask(GetFullChatRequest(number))
    shown = answer.full_chat.participants
    if isinstance(shown, types.ChatParticipantsForbidden):
        return Members(listed=(), peers=(), total=0, hidden=True)
    return Members(
        listed=tuple(_members(shown.participants)),
        peers=tuple(peers_in(answer)),
        total=len(shown.participants),
    )


async def _of_channel(telegram: Telegram, channel: types.InputChannel) -> Members:
    """All by pages, then the admins once more: they are shown where the members are hidden."""
    everybody = await _pages(telegram, channel, types.ChannelParticipantsSearch(""))
    admins = await _pages(telegram, channel, types.ChannelParticipantsAdmins())
    answers = [*(everybody or ()), *(admins or ())]
    listed = {
        member.user_id: member for answer in answers for member in _members(answer.participants)
    }
    peers = {peer.peer_id: peer for answer in answers for peer in peers_in(answer)}
    return Members(
        listed=tuple(listed.values()),
        peers=tuple(peers.values()),
        total=max((answer.count for answer in answers), default=0),
        hidden=everybody is None,
    )


async def _pages(
    telegram: Telegram, channel: types.InputChannel, kind: Any
) -> Sequence[Any] | None:
    """Answers until one brings nobody new; None when this account is not shown them."""
    answers: list[Any] = []
    met: set[bytes] = set()
    offset = 0
    while True:
        request = GetParticipantsRequest(channel, kind, offset=offset, limit=AT_ONCE, hash=0)
        try:
            answer = await telegram.ask(request)
        except Refused as refused:
            if isinstance(refused.error, HIDDEN):
                return None
            raise
        new = {bytes(participant) for participant in answer.participants} - met
        if not new:
            return answers
        met |= new
        answers.append(answer)
        offset += len(answer.participants)


def _members(participants: Iterable[Any]) -> Iterable[Member]:
    for one in participants:
        user_id = getattr(one, "user_id", None)
        if user_id is None:  # those who were banned, or left, are named by a peer
            if getattr(one, "left", True) or not isinstance(one.peer, types.PeerUser):
                continue
            user_id = one.peer.user_id
        yield Member(
            user_id=user_id,
            role=_role(one),
            rank=getattr(one, "rank", None),
            joined=getattr(one, "date", None),
        )


def _role(participant: Any) -> str:
    word = type(participant).__name__
    if word.endswith("Creator"):
        return "creator"
    return "admin" if word.endswith("Admin") else "member"
