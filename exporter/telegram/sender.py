"""Telethon's sender, made to give everybody an answer when the connection is lost."""

from __future__ import annotations

from telethon.network import MTProtoSender


class Sender(MTProtoSender):  # type: ignore[misc]  # Telethon has no types
    """Ends what was still to be sent, too; Telethon's own lets that wait for ever."""

    async def _reconnect(self, last_error: BaseException | None) -> None:
        """Give up at once where that is wanted; Telethon's own calls it a failure in the log."""
        if self._auto_reconnect:
            await super()._reconnect(last_error)
            return
        self._reconnecting = False
        await self._disconnect(error=last_error.with_traceback(None) if last_error else None)

    async def _disconnect(self, error: BaseException | None = None) -> None:
        await super()._disconnect(error)
        unsent = self._send_queue._deque  # noqa: SLF001 - there is no other way to it
        while unsent:
            future = unsent.popleft().future
            if not future.done():
                future.set_exception(error or ConnectionError("the connection was closed"))
                future.exception()  # looked at: for acknowledgements nobody waits
        if self._disconnected.done() and not self._disconnected.cancelled():
            self._disconnected.exception()
