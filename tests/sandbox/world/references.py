"""File references: what must be shown, besides id and access hash, to download a file.

https://core.telegram.org/api/file-references: they belong to the account that got them, expire,
and come anew with the message that holds the file.
"""

from __future__ import annotations

import struct
import time
from enum import Enum

from tests.sandbox.world.numbers import digest
from tests.sandbox.world.people import Account

_HEAD = struct.Struct(">BIQ")  # 1, the epoch, milliseconds since the clock's zero
_SEAL_BYTES = 16


class Standing(Enum):
    """What a reference is worth."""

    GOOD = "good"
    EXPIRED = "expired"
    INVALID = "invalid"
    """No reference at all, or that of another file or account."""


class References:
    """Issues references and judges those that are shown.

    Without a `lifetime_s` they hold until `expire()`, and a file has always the same one.
    """

    def __init__(self) -> None:
        self.lifetime_s: float | None = None
        """How long a reference is good for; Telegram names no time, some hours were seen."""
        self.epoch = 0
        """Raised by `expire`; answers made in an earlier one hold references that are expired."""

    def expire(self) -> None:
        """Every reference that was given so far is expired from now on."""
        self.epoch += 1

    def issue(self, viewer: Account, file_id: int) -> bytes:
        """What the viewer gets with the file."""
        now = 0 if self.lifetime_s is None else round(time.monotonic() * 1000)
        head = _HEAD.pack(1, self.epoch, now)
        return head + _seal(head, viewer, file_id)

    def judge(self, viewer: Account, file_id: int, reference: bytes) -> Standing:
        """What a reference that the viewer shows is worth."""
        head, seal = reference[: _HEAD.size], reference[_HEAD.size :]
        if len(head) < _HEAD.size or seal != _seal(head, viewer, file_id):
            return Standing.INVALID
        _, epoch, issued_ms = _HEAD.unpack(head)
        if epoch != self.epoch:
            return Standing.EXPIRED
        if self.lifetime_s is None:
            return Standing.GOOD
        age_s = time.monotonic() - issued_ms / 1000
        return Standing.GOOD if age_s <= self.lifetime_s else Standing.EXPIRED


def _seal(head: bytes, viewer: Account, file_id: int) -> bytes:
    return digest("reference", viewer.seed, viewer.id, file_id, head.hex(), size=_SEAL_BYTES)
