"""What happened to messages, in the order of their update state:
https://core.telegram.org/api/updates#message-related-event-sequences."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.sandbox.world.history import History

REMEMBERED = 5_000
"""So many events are told; who asks for older ones must load the chats anew."""


@dataclass(frozen=True, slots=True)
class Event:
    """Messages that came, changed or went."""

    pts: int
    """The state after it."""
    count: int
    """By how much it raised the state: one for each message."""
    kind: Literal["new", "edited", "deleted"]
    history: History
    ids: tuple[int, ...]


class News:
    """One sequence of events: a channel's, or an account's for all its other chats."""

    def __init__(self) -> None:
        self.pts = 1
        self._events: deque[Event] = deque(maxlen=REMEMBERED)

    def add(self, kind: Literal["new", "edited", "deleted"], history: History, *ids: int) -> None:
        self.pts += len(ids)
        self._events.append(Event(self.pts, len(ids), kind, history, ids))

    def since(self, pts: int, limit: int) -> list[Event] | None:
        """The first `limit` events after that state; None when they are no longer known."""
        if pts >= self.pts:
            return []
        if not self._events or pts < self._events[0].pts - self._events[0].count:
            return None
        return [event for event in self._events if event.pts > pts][:limit]
