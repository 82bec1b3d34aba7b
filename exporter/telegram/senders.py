"""From what a person typed to whose messages are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telethon import errors
from telethon.tl import types
from telethon.tl.functions.channels import GetParticipantsRequest

from exporter.errors import CommandError
from exporter.telegram import links
from exporter.telegram.connection import Telegram
from exporter.telegram.pacing import Refused
from exporter.telegram.peers import input_peer, peers_in
from exporter.telegram.resolve import ChatRef, resolve
from storage.archive import Archive
from storage.models import Peer

MEMBERS_LOOKED_AT = 100
CANDIDATES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose messages are wanted."""

    id: int
    """The marked peer id."""
    input_peer: Any | None
    """How this account asks for it; None when it cannot, and has to look through everything."""


async def find_sender(telegram: Telegram, archive: Archive, chat: ChatRef, typed: str) -> Sender:
    """Find a person (or a group or channel that writes in its own name).

    Raises:
        CommandError: nobody is called so, or several are.
    """
    match links.read(typed):
        case links.Me():
            return Sender(id=telegram.user_id, input_peer=types.InputPeerSelf())
        case links.PeerId(id=number):
            return await _reachable(telegram, archive, number)
        case links.Title(text=name):
            return await _by_name(telegram, archive, chat, name)
    found = await resolve(telegram, archive, typed)
    return Sender(id=found.info.id, input_peer=found.input_peer)


async def _by_name(telegram: Telegram, archive: Archive, chat: ChatRef, name: str) -> Sender:
    """Look among the members first, then among everybody who was ever met."""
    wanted = name.casefold()
    near = [peer for peer in await _members(telegram, chat, name) if _called(peer, wanted)]
    found = {peer.peer_id: peer for peer in near or await archive.peers_by_name(name)}
    if not found:
        raise CommandError(
            f"Nobody called “{name}” was met in this chat. Name the person by @name or by id."
        )
    if len(found) > 1:
        shown = ", ".join(str(peer_id) for peer_id in list(found)[:CANDIDATES_SHOWN])
        raise CommandError(f"{len(found)} people are called “{name}”: {shown}. Name one by id.")
    (peer,) = found.values()
    await archive.save_peers(telegram.account_id, near)
    return await _reachable(telegram, archive, peer.peer_id)


async def _reachable(telegram: Telegram, archive: Archive, peer_id: int) -> Sender:
    access_hash = await archive.access_hash(telegram.account_id, peer_id)
    known = None if access_hash is None else input_peer(peer_id, access_hash)
    return Sender(id=peer_id, input_peer=known)


async def _members(telegram: Telegram, chat: ChatRef, name: str) -> list[Peer]:
    """The members that Telegram finds by a name; none where it does not tell."""
    if not isinstance(chat.input_peer, types.InputPeerChannel):
        return []
    channel = types.InputChannel(chat.input_peer.channel_id, chat.input_peer.access_hash)
    try:
        answer = await telegram.ask(
            GetParticipantsRequest(
                channel=channel,
                filter=types.ChannelParticipantsSearch(name),
                offset=0,
                limit=MEMBERS_LOOKED_AT,
                hash=0,
            )
        )
    except Refused as refused:
        if isinstance(refused.error, errors.ChatAdminRequiredError | errors.ChannelPrivateError):
            return []
        raise
    return list(peers_in(answer))


def _called(peer: Peer, wanted: str) -> bool:
    return wanted in {(peer.name or "").casefold(), (peer.username or "").casefold()}
