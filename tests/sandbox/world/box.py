"""An account's own numbering of the messages in its private chats and basic groups."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from tests.sandbox.world.news import News
from tests.sandbox.world.numbers import mix


class Box:
    """Which message ids of one account are taken.

    "Private chats and basic groups share one sequence per account":
    https://core.telegram.org/api/updates#message-related-event-sequences
    """

    def __init__(self) -> None:
        self._taken = bytearray(1)
        self.news = News()

    @property
    def top(self) -> int:
        return len(self._taken) - 1

    def next_id(self) -> int:
        self._taken.append(1)
        return self.top

    def claim(self, message_ids: Iterable[int]) -> None:
        """Take these very ids, as those of an export.

        Raises:
            ValueError: one of them is taken.
        """
        for message_id in message_ids:
            self._reach(message_id)
            if self._taken[message_id]:
                raise ValueError(f"message {message_id} is already another chat's")
            self._taken[message_id] = 1

    def take(self, number: int, seed: int) -> array[int]:
        """Take `number` ids, about every second free one from the oldest on.

        The rest is left to the account's other chats, so that their ids interleave.
        """
        ids = array("i")
        message_id = 0
        while len(ids) < number:
            message_id += 1
            self._reach(message_id)
            if not self._taken[message_id] and mix(seed, message_id) & 1:
                self._taken[message_id] = 1
                ids.append(message_id)
        return ids

    def _reach(self, message_id: int) -> None:
        if message_id >= len(self._taken):
            self._taken.extend(bytes(message_id + 1 - len(self._taken)))
