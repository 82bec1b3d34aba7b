"""Connections for files: they read large answers in one go and know when something came last.

asyncio's own streams take in 256 KiB at a time, copy each twice more and stop reading whenever
128 KiB wait: a part of a MiB costs them as much time as deciphering half of it.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

START_BYTES = 64 * 1024
"""Of the buffer; it grows to the longest packet, a MiB and a little."""
SPARE_BYTES = 64 * 1024
"""So much of the next packet may come along with one."""
MOST_BYTES = 32 * 1024 * 1024
"""No packet of Telegram's is as long; who says so speaks something else."""


@cache
def hearing(kind: Any) -> Any:
    """Return a kind of Telethon's connections that reads by an `Inflow`."""

    class Hearing(kind):  # type: ignore[misc]  # Telethon has no types
        @property
        def heard_at(self) -> float:
            """When bytes came, of the loop's clock; a slow connection is not a dead one."""
            return self._reader.heard_at if self._reader is not None else float("-inf")

        def _init_conn(self) -> None:
            self._reader = Inflow(self._writer.transport)
            super()._init_conn()

    return Hearing


class Inflow(asyncio.BufferedProtocol):
    """Reads for a transport, in place of the `StreamReader` that it was opened with.

    The kernel writes into one buffer that stays, of which each `readexactly` gives a copy. When it
    is full nothing more is read. What is written goes the old way.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.heard_at = float("-inf")
        """When bytes last came, of the loop's clock."""
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._writes: Any = transport.get_protocol()
        self._buffer = memoryview(bytearray(START_BYTES))
        self._start = self._end = 0
        self._is_full = False
        self._has_ended = False
        self._error: Exception | None = None
        """Why it ended; None: the other side was done."""
        self._wanted = 0
        self._arrival: asyncio.Future[None] | None = None
        """Comes when there are `_wanted` bytes, or no more will come."""
        transport.set_protocol(self)

    async def readexactly(self, length: int) -> bytes:
        """Return the next `length` bytes; for one task at a time.

        Raises:
            asyncio.IncompleteReadError: the connection ends before.
            OSError: it broke, or what comes is not Telegram's.
        """
        if not 0 <= length <= MOST_BYTES:
            raise ConnectionError(f"the other side announces a packet of {length:,} bytes")
        if self._end - self._start < length:
            self._make_room(length)
            await self._arrived(length)
        data = bytes(self._buffer[self._start : self._start + length])
        self._start += length
        if self._start == self._end:
            self._start = self._end = 0
        if self._is_full:
            self._make_room(0)
        return data

    def at_eof(self) -> bool:
        """Whether nothing more is to be had."""
        return self._has_ended and self._start == self._end

    # asyncio.BufferedProtocol

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Where the next bytes belong."""
        return self._buffer[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        """So many came."""
        self.heard_at = self._loop.time()
        self._end += nbytes
        if self._end == len(self._buffer):
            self._is_full = True
            self._transport.pause_reading()
        if self._end - self._start >= self._wanted:
            self._wake()

    def eof_received(self) -> bool | None:
        """No more will come; Telethon closes then."""
        self._ends()
        return bool(self._writes.eof_received())

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._error = exc
        self._ends()
        self._writes.connection_lost(exc)

    def pause_writing(self) -> None:
        """Of the other direction."""
        self._writes.pause_writing()

    def resume_writing(self) -> None:
        """Of the other direction."""
        self._writes.resume_writing()

    async def _arrived(self, length: int) -> None:
        """Wait until so many bytes are there."""
        if not self._has_ended:
            self._wanted = length
            self._arrival = self._loop.create_future()
            try:
                await self._arrival
            finally:
                self._arrival = None
        held = self._buffer[self._start : self._end]
        if len(held) < length:
            raise self._error or asyncio.IncompleteReadError(bytes(held), length)

    def _make_room(self, length: int) -> None:
        """Move what is there to the beginning of a buffer that holds so many bytes and more."""
        held = self._buffer[self._start : self._end]
        if len(self._buffer) < length + SPARE_BYTES:
            self._buffer = memoryview(bytearray(length + SPARE_BYTES))
        self._buffer[: len(held)] = held
        self._start, self._end = 0, len(held)
        if self._is_full and self._end < len(self._buffer):
            self._is_full = False
            self._transport.resume_reading()

    def _ends(self) -> None:
        self._has_ended = True
        self._wake()

    def _wake(self) -> None:
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)
