"""Peers as records name them: who wrote, was answered, forwarded or mentioned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PeerRef:
    """A user, group or channel that a message names."""

    id: int
    name: str | None
    """None for a deleted account and for a peer that Telegram named nowhere."""
    username: str | None = None
    is_bot: bool = False


def peer_key(peer_id: int) -> str:
    """Telegram Desktop's way to write a peer: user123, chat123, channel123."""
    if peer_id > 0:
        return f"user{peer_id}"
    if peer_id > _CHANNEL_BASE:
        return f"chat{-peer_id}"
    return f"channel{bare_id(peer_id)}"


def bare_id(peer_id: int) -> int:
    """The id as Telegram's own objects have it, without the mark."""
    if peer_id > 0:
        return peer_id
    return -peer_id if peer_id > _CHANNEL_BASE else _CHANNEL_BASE - peer_id


_CHANNEL_BASE = -1_000_000_000_000
