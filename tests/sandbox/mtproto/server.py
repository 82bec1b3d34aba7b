"""The data centres: listening sockets on loopback, and what they have in common."""

import asyncio
from collections.abc import Sequence

from tests.sandbox.faults import Faults
from tests.sandbox.mtproto.answering import Telegram
from tests.sandbox.mtproto.calls import Answer
from tests.sandbox.mtproto.connection import ClientConnection
from tests.sandbox.mtproto.keys import AuthKeys, RsaKey
from tests.sandbox.mtproto.line import Line

HOST = "127.0.0.1"


class DataCentre:
    """One listening port. Without a `dc_id` it is an MTProxy, whose clients name their DC."""

    def __init__(
        self, telegram: Telegram, dc_id: int | None, *, secrets: Sequence[bytes] = ()
    ) -> None:
        self._telegram = telegram
        self._dc_id = dc_id
        self._secrets = secrets
        self._server: asyncio.Server | None = None
        self._connections: set[ClientConnection] = set()
        self._empty = asyncio.Event()
        self.port = 0
        """Known once started, and kept: a data centre comes back where it was."""

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, HOST, port or self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and end all connections."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        self.cut()
        if self._connections:
            await self._empty.wait()

    def cut(self) -> None:
        """End all connections; clients may come again."""
        for connection in self._connections:
            connection.cut()

    @property
    def connections(self) -> int:
        return len(self._connections)

    def _accept(self) -> ClientConnection:
        connection = ClientConnection(self._telegram, self._dc_id, self._secrets, self._closed)
        self._connections.add(connection)
        self._empty.clear()
        return connection

    def _closed(self, connection: ClientConnection) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()


class MtprotoServer:
    """A Telegram of several data centres with one RSA key.

    With `media_only` each data centre has a second address, for files; with `proxy_secret` (16
    bytes) there is an MTProxy too, on `proxy_port`.
    """

    def __init__(
        self,
        answer: Answer,
        keys: AuthKeys | None = None,
        rsa: RsaKey | None = None,
        faults: Faults | None = None,
        *,
        dc_ids: Sequence[int] = (1, 2, 4),
        line: Line | None = None,
        media_only: bool = False,
        proxy_secret: bytes | None = None,
    ) -> None:
        self._telegram = Telegram(
            answer=answer,
            keys=keys or AuthKeys(),
            rsa=rsa or RsaKey.shared(),
            faults=faults or Faults(),
            line=line or Line(),
        )
        self.data_centres = {dc_id: DataCentre(self._telegram, dc_id) for dc_id in dc_ids}
        self.media_centres = {
            dc_id: DataCentre(self._telegram, dc_id) for dc_id in dc_ids if media_only
        }
        """The same data centres once more, on ports of their own that are meant for files."""
        self._proxy: DataCentre | None = None
        if proxy_secret is not None:
            self._proxy = DataCentre(self._telegram, None, secrets=[proxy_secret])

    @property
    def keys(self) -> AuthKeys:
        return self._telegram.keys

    @property
    def faults(self) -> Faults:
        return self._telegram.faults

    @property
    def line(self) -> Line:
        return self._telegram.line

    @property
    def rsa(self) -> RsaKey:
        return self._telegram.rsa

    @property
    def public_key_pem(self) -> str:
        return self._telegram.rsa.public_pem

    @property
    def ports(self) -> dict[int, int]:
        """The port of each data centre, once started."""
        return {dc_id: centre.port for dc_id, centre in self.data_centres.items()}

    @property
    def media_ports(self) -> dict[int, int]:
        """The ports that are meant for files, once started; none without `media_only`."""
        return {dc_id: centre.port for dc_id, centre in self.media_centres.items()}

    @property
    def proxy_port(self) -> int:
        return self._proxy.port if self._proxy is not None else 0

    @property
    def errors(self) -> list[BaseException]:
        """What the answering side raised besides RpcFault: bugs of the sandbox."""
        return self._telegram.errors

    async def start(self, ports: dict[int, int] | None = None) -> None:
        """Listen; on free ports unless given by DC id."""
        for dc_id, centre in self.data_centres.items():
            await centre.start((ports or {}).get(dc_id, 0))
        for centre in self.media_centres.values():
            await centre.start()
        if self._proxy is not None:
            await self._proxy.start()

    async def close(self) -> None:
        """Stop everything that runs.

        Raises:
            ExceptionGroup: of `errors`, so that a test cannot overlook them.
        """
        for centre in self._listening():
            await centre.close()
        tasks = list(self._telegram.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self.errors:
            raise BaseExceptionGroup("the sandbox could not answer", self.errors)

    def cut(self) -> None:
        """End all connections of all data centres; clients may come again."""
        for centre in self._listening():
            centre.cut()

    def _listening(self) -> list[DataCentre]:
        proxy = [self._proxy] if self._proxy is not None else []
        return [*self.data_centres.values(), *self.media_centres.values(), *proxy]
