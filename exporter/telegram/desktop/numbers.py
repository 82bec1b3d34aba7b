"""Ids for what an export names without an id: the same for the same, and never one of Telegram's.

https://core.telegram.org/api/bots/ids has the ranges of Telegram's own.
"""

from __future__ import annotations

from hashlib import blake2b

from exporter.telegram.convert.names import channel_peer_id

CHANNEL_BASE = 1_000_000_000_000
USER_BASE = 1 << 52
"""Users of Telegram end at 2^40. Made-up ones stay below 2^53, so that every reader of JSON can
tell them apart."""
GROUP_BASE = 500_000_000_000
"""Basic groups of Telegram are counted up from 1, and have come to some 5·10^9."""
OLD_SHIFT = 32
"""Exports of 2019 give a peer as a number: its kind above these bits, its id below."""


def file_id(*what: object) -> int:
    """An id for a photo, a document or an emoji. It is negative: none of Telegram's is."""
    return -(_number(*what) >> 1) - 1


def made_up_user(*what: object) -> int:
    """An id for a person of whom only the name is known."""
    return USER_BASE + (_number("user", *what) >> 12)


def made_up_group(channel_id: int) -> int:
    """The marked id of the basic group that a supergroup was; exports do not tell it."""
    return -(GROUP_BASE + (-channel_id - CHANNEL_BASE) % (GROUP_BASE - 1))


def is_made_up_group(chat_id: int) -> bool:
    """Whether Telegram's own id of a basic group is still unknown."""
    return -CHANNEL_BASE < chat_id <= -GROUP_BASE


def peer_id_of(given: object) -> int | None:
    """The marked id of `user1`, `chat1`, `channel1`, or of an old export's number; else None."""
    if type(given) is int and given > 0:
        kind, number = given >> OLD_SHIFT, given & ((1 << OLD_SHIFT) - 1)
        return (number, -number, channel_peer_id(number))[kind] if kind <= 2 else None
    if not isinstance(given, str):
        return None
    for prefix in ("user", "channel", "chat"):
        digits = given.removeprefix(prefix)
        if digits != given and digits.isascii() and digits.isdecimal() and len(digits) <= 15:
            return {"user": int(digits), "chat": -int(digits)}.get(
                prefix, channel_peer_id(int(digits))
            )
    return None


def _number(*what: object) -> int:
    text = "\0".join(str(one) for one in what)
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
