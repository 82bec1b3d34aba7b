"""Proxies on loopback: SOCKS5 (RFC 1928, 1929) and HTTP CONNECT (RFC 9110)."""

from __future__ import annotations

import asyncio
import base64
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from typing import Self

SOCKS5 = 5
NO_AUTHENTICATION, BY_PASSWORD, NONE_FITS = 0, 2, 0xFF
CONNECT, IPV4, DOMAIN = 1, 1, 3


class Proxy:
    """Listens on loopback and speaks both kinds; `async with Proxy() as proxy:`."""

    def __init__(self, *, user: str | None = None, password: str = "") -> None:
        self._user = user
        self._password = password
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.opened: list[tuple[str, int]] = []
        """Where clients were connected to."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                target = await self._greet(reader, writer)
                if target is not None:
                    await self._pass_on(reader, writer, target)
        finally:
            writer.close()

    async def _greet(self, reader: StreamReader, writer: StreamWriter) -> tuple[str, int] | None:
        first = (await reader.readexactly(1))[0]
        if first == SOCKS5:
            return await self._socks(reader, writer)
        head = bytes([first]) + await reader.readuntil(b"\r\n\r\n")
        return await self._http(head.decode(), writer)

    async def _socks(self, reader: StreamReader, writer: StreamWriter) -> tuple[str, int] | None:
        methods = await reader.readexactly((await reader.readexactly(1))[0])
        wanted = NO_AUTHENTICATION if self._user is None else BY_PASSWORD
        writer.write(bytes([SOCKS5, wanted if wanted in methods else NONE_FITS]))
        if wanted not in methods:
            return None
        if wanted == BY_PASSWORD:
            await reader.readexactly(1)
            given = [await reader.readexactly((await reader.readexactly(1))[0]) for _ in range(2)]
            right = given == [str(self._user).encode(), self._password.encode()]
            writer.write(bytes([1, 0 if right else 1]))
            if not right:
                return None
        _, command, _, kind = await reader.readexactly(4)
        assert (command, kind) in ((CONNECT, IPV4), (CONNECT, DOMAIN))
        size = 4 if kind == IPV4 else (await reader.readexactly(1))[0]
        address = await reader.readexactly(size)
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(bytes([SOCKS5, 0, 0, IPV4]) + bytes(6))
        host = ".".join(map(str, address)) if kind == IPV4 else address.decode()
        return host, port

    async def _http(self, head: str, writer: StreamWriter) -> tuple[str, int] | None:
        method, target, _ = head.splitlines()[0].split()
        assert method == "CONNECT"
        if self._user is not None:
            pair = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
            if f"Basic {pair}" not in head:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return None
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        host, _, port = target.rpartition(":")
        return host, int(port)

    async def _pass_on(
        self, reader: StreamReader, writer: StreamWriter, target: tuple[str, int]
    ) -> None:
        self.opened.append(target)
        far_reader, far_writer = await asyncio.open_connection(*target)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_copy(reader, far_writer))
                group.create_task(_copy(far_reader, writer))
        finally:
            far_writer.close()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
