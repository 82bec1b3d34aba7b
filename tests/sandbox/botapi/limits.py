"""How often a bot may write: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

About one message a second in a chat, short bursts tolerated; 20 a minute in a group; 30 a second
over all chats. Edits count as well. Telegram publishes no exact figures.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from tests.sandbox.botapi.errors import too_many_requests
from tests.sandbox.botapi.messages import Chat


@dataclass(slots=True)
class Bucket:
    """Tokens that refill with time; one is spent by each message."""

    burst: float
    per_s: float
    tokens: float = field(init=False)
    at_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = self.burst
        self.at_s = time.monotonic()

    def wait_s(self) -> float:
        """Seconds until there is a token, 0 when there is one now."""
        now_s = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now_s - self.at_s) * self.per_s)
        self.at_s = now_s
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.per_s


@dataclass(slots=True, kw_only=True)
class Limits:
    """The limits of one bot; a test may move the figures or switch them off."""

    enabled: bool = True
    private_burst: float = 10
    private_per_s: float = 1.0
    group_per_min: float = 20
    total_per_s: float = 30
    _chats: dict[int, Bucket] = field(default_factory=dict)
    _total: Bucket | None = None

    def spend(self, chat: Chat) -> None:
        """Count one message or edit in the chat.

        Raises:
            BotApiError: 429, with the seconds to wait.
        """
        if not self.enabled:
            return
        if self._total is None:
            self._total = Bucket(self.total_per_s, self.total_per_s)
        if chat.id not in self._chats:
            self._chats[chat.id] = (
                Bucket(self.private_burst, self.private_per_s)
                if chat.is_private
                else Bucket(self.group_per_min, self.group_per_min / 60)
            )
        buckets = (self._chats[chat.id], self._total)
        wait_s = max(bucket.wait_s() for bucket in buckets)
        if wait_s > 0:
            raise too_many_requests(max(1, math.ceil(wait_s)))
        for bucket in buckets:
            bucket.tokens -= 1
