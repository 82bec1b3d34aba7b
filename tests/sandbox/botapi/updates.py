"""The queue of updates, which getUpdates or a webhook empties:
https://core.telegram.org/bots/api#getting-updates"""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from tests.sandbox.botapi.errors import BotApiError, Json, conflict

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that come only when they are asked for by name."""


class Updates:
    """Updates until they are confirmed: an update goes when a higher offset is asked for."""

    def __init__(self, *, first_id: int) -> None:
        self._next_id = first_id
        self._waiting: dict[int, Json] = {}
        self._allowed: frozenset[str] = frozenset()
        self._poll: asyncio.Future[BotApiError | None] | None = None
        self._changed = asyncio.Event()

    @property
    def unconfirmed(self) -> list[Json]:
        return list(self._waiting.values())

    def allow(self, kinds: Collection[str]) -> None:
        """Choose the kinds to come from now on; none named = all but those of `NOT_BY_DEFAULT`."""
        self._allowed = frozenset(kinds)

    def put(self, kind: str, content: Json) -> int | None:
        """Queue an update; returns its id, or None if the bot doesn't want that kind."""
        if kind not in self._allowed and (self._allowed or kind in NOT_BY_DEFAULT):
            return None
        update_id = self._next_id
        self._next_id += 1
        self.repeat({"update_id": update_id, kind: content})
        return update_id

    def repeat(self, update: Json) -> None:
        """Queue an update, or once more under its old id, as Telegram does after a lost answer."""
        self._waiting[update["update_id"]] = update
        self._changed.set()
        self._end_poll(None)

    def confirm(self, update: Json) -> None:
        """It was taken: it does not come again."""
        self._waiting.pop(update["update_id"], None)
        self._changed.set()

    async def next_change(self) -> None:
        """Until an update came or was confirmed since this was last waited for."""
        await self._changed.wait()
        self._changed.clear()

    def drop_all(self) -> None:
        self._waiting.clear()

    async def get(self, *, offset: int, limit: int, timeout_s: float) -> list[Json]:
        """Confirm what lies below the offset and return what is left, waiting for the first.

        A negative offset counts from the end and forgets all before it. A second poller ends the
        first one's request.

        Raises:
            BotApiError: 409, another request took over.
        """
        self._end_poll(
            conflict(
                "terminated by other getUpdates request; make sure that only one bot instance "
                "is running"
            )
        )
        if offset < 0:
            last = list(self._waiting)[offset:]
            offset = last[0] if last else 0
        for update_id in [known for known in self._waiting if known < offset]:
            del self._waiting[update_id]
        if not self._waiting and timeout_s > 0:
            await self._wait(timeout_s)
        return [self._waiting[update_id] for update_id in sorted(self._waiting)][:limit]

    async def _wait(self, timeout_s: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                error = await poll
        except TimeoutError:
            error = None
        finally:
            if self._poll is poll:
                self._poll = None
        if error is not None:
            raise error

    def stop_polling(self, error: BotApiError | None = None) -> None:
        """End a waiting request now, with an empty answer or with the error."""
        self._end_poll(error)

    def _end_poll(self, error: BotApiError | None) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(error)
