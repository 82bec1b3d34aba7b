"""An account's data export sessions, https://core.telegram.org/api/takeout."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from tests.sandbox.world.numbers import digest

FLAGS = (
    "contacts",
    "message_users",
    "message_chats",
    "message_megagroups",
    "message_channels",
    "files",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeoutSession:
    """An export that was begun."""

    id: int
    flags: frozenset[str]
    """Those of `FLAGS` that it was opened with."""
    file_max_size: int | None


@dataclass(slots=True)
class Takeout:
    """Whether an account may export its data now, and the session in which it does."""

    session: TakeoutSession | None = None
    """One at a time: the next one ends it."""
    opened: int = 0
    """How many there have been."""
    _delay_s: float = 0
    _asked_at: float | None = field(default=None, repr=False)

    def delay(self, seconds: float) -> None:
        """Let the first request wait so long, unless the owner allows it before.

        Telegram asks the owner in its service chat, and waits a day:
        https://core.telegram.org/method/account.initTakeoutSession
        """
        self._delay_s = seconds
        self._asked_at = None

    def allow(self) -> None:
        """The owner taps Allow on another device."""
        self._delay_s = 0

    def refuse(self, seconds: float = 86_400) -> None:
        """The owner taps Deny: one more day begins."""
        self._delay_s = seconds
        self._asked_at = time.monotonic()

    def end(self) -> None:
        """The session is over, as when another client begins one: TAKEOUT_INVALID from now on."""
        self.session = None

    def wait_s(self) -> int:
        """Whole seconds until a session may be opened; the first call starts the delay."""
        if self._delay_s == 0:
            return 0
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
        return max(0, math.ceil(self._asked_at + self._delay_s - now))

    def open(self, owner_id: int, flags: frozenset[str], file_max_size: int | None) -> int:
        """Begin a session, which ends the one before; returns its id."""
        self.opened += 1
        number = int.from_bytes(digest("takeout", owner_id, self.opened), "little") >> 1
        self.session = TakeoutSession(id=number, flags=flags, file_max_size=file_max_size)
        return number
