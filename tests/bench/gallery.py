"""A sandbox in a process of its own that serves nothing but files of one data centre.

What was asked of it is told after each measurement. `python -m tests.bench.gallery` is that
process.
"""

import argparse
import asyncio
import itertools
import json
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from telethon import TelegramClient
from telethon.extensions import BinaryReader
from telethon.sessions import StringSession
from telethon.tl import functions, types

from exporter.telegram.client import trust_key
from tests.bench.export import Served
from tests.bench.raw_client import RawClient, bytes_in
from tests.sandbox.faults import GET_FILE
from tests.sandbox.mtproto.line import Line
from tests.sandbox.mtproto.server import HOST
from tests.sandbox.sandbox import HOME_DC, Sandbox
from tests.sandbox.world.files import PIECE, piece_hash
from tests.sandbox.world.media_chat import MediaChat, media_chat
from tests.sandbox.world.world import World

MIB = 1024 * 1024
LAYER = 229
FLOOD_S = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of the sandbox since it told last."""

    parts: int
    size_bytes: int
    """Of all answers with parts."""
    took_s: float
    """From the first such answer to the last."""
    parts_at_once: int
    files_at_once: int
    hashes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """The process, and what leads to it."""

    served: Served
    child: Process
    port: int
    locations: list[str]
    """TL bytes, in hexadecimal, of the first files; the owner may ask for them."""
    total_bytes: int
    """Of all files, each counted once."""
    file_count: int

    async def asked(self) -> Asked:
        """What was asked since the last time."""
        self.child.send_signal(signal.SIGUSR1)
        assert self.child.stdout is not None
        return Asked(**json.loads(await self.child.stdout.readline()))

    def flood(self) -> None:
        """The next part that is asked for meets a wait of two seconds."""
        self.child.send_signal(signal.SIGUSR2)

    def telethon(self) -> TelegramClient:
        """The library by itself, signed in with our account; to be connected."""
        settings = self.served.settings
        trust_key(Path(settings["TELEGRAM_SERVER_KEY"]))
        return TelegramClient(
            StringSession(self.served.session),
            int(settings["API_ID"]),
            settings["API_HASH"],
            receive_updates=False,
        )

    async def requests_rate(self, *, connections: int, at_once: int, seconds: float) -> float:
        """Bytes a second of the first file by the library's own requests; answers are dropped.

        `at_once` requests are under way over all connections together.
        """
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(self.telethon()) for _ in range(connections)]
            parts, received = self._parts(0, 1), 0
            began = time.perf_counter()

            async def ask(client: TelegramClient) -> None:
                nonlocal received
                while time.perf_counter() - began < seconds:
                    part = await client(next(parts))
                    received += len(part.bytes)

            async with asyncio.TaskGroup() as group:
                for number in range(at_once):
                    group.create_task(ask(clients[number % connections]))
            return received / (time.perf_counter() - began)

    async def floor_rate(self, *, connections: int, at_once: int, seconds: float) -> float:
        """Bytes a second of the first file to a client that deciphers parts and drops them.

        `at_once` requests are under way over all connections together.
        """
        loop = asyncio.get_running_loop()
        session = StringSession(self.served.session)
        clients = []
        for _ in range(connections):
            _, client = await loop.create_connection(
                lambda: RawClient(session.auth_key), HOST, self.port
            )
            hello = functions.help.GetConfigRequest()
            await client.ask(functions.InvokeWithLayerRequest(LAYER, hello))
            clients.append(client)
        async with asyncio.TaskGroup() as group:
            runs = [
                group.create_task(
                    client.throw_away(
                        map(bytes, self._parts(number, connections)),
                        page=MIB,
                        at_once=at_once // connections,
                        seconds=seconds,
                        counted=bytes_in,
                        opened_one_in=1,
                    )
                )
                for number, client in enumerate(clients)
            ]
        for client in clients:
            client.close()
        return sum(run.result()[0] * MIB / run.result()[1] for run in runs)

    def _parts(self, first: int, step: int) -> Iterator[functions.upload.GetFileRequest]:
        """Requests for every so many parts of the first file, again and again."""
        location = BinaryReader(bytes.fromhex(self.locations[0])).tgread_object()
        whole = self.total_bytes // self.file_count // MIB
        return itertools.cycle(
            [
                functions.upload.GetFileRequest(location, number * MIB, MIB, precise=True)
                for number in range(first, whole, step)
            ]
        )


@asynccontextmanager
async def gallery(
    *,
    files: int,
    size: int,
    kind: str = "file",
    latency_ms: float = 0,
    bandwidth: float = 0,
    reuploads: float = 0,
) -> AsyncIterator[Gallery]:
    """Serve so many files of a size; of all bytes `reuploads` is the share that comes again.

    `bandwidth` is the line's, in bytes a second; 0: no limit.
    """
    words = {
        "--files": files,
        "--size": size,
        "--kind": kind,
        "--latency": latency_ms,
        "--bandwidth": bandwidth,
        "--reuploads": reuploads,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bench.gallery"),
        *(str(word) for pair in words.items() for word in pair),
        stdout=asyncio.subprocess.PIPE,
        limit=MIB,
    )
    try:
        assert child.stdout is not None
        told = json.loads(await child.stdout.readline())
        served = Served(settings=told["settings"], session=told["session"], chat="@gallery")
        yield Gallery(
            served=served,
            child=child,
            port=told["port"],
            locations=told["locations"],
            total_bytes=told["total_bytes"],
            file_count=told["file_count"],
        )
    finally:
        child.terminate()
        await child.wait()


def _made(chosen: argparse.Namespace) -> tuple[World, MediaChat]:
    world = World(seed=1)
    made = media_chat(
        world,
        files=chosen.files,
        reuploads=chosen.reuploads,
        sizes=chosen.size,
        kinds=[chosen.kind],
    )
    for file_id, _ in made.files():
        world.shelf.move(file_id, HOME_DC)
        blob = world.shelf.blob(file_id)
        for offset in range(0, blob.size_bytes, PIECE):  # Telegram has them stored
            piece_hash(blob, offset)
    return world, made


def _locations(world: World, made: MediaChat) -> Iterator[bytes]:
    """Where the first files lie, as their messages say."""
    for upload in itertools.islice(made.uploads, 3):
        owner = world.owner
        yield bytes(
            types.InputDocumentFileLocation(
                id=upload.file_id,
                access_hash=owner.access_hash("file", upload.file_id),
                file_reference=world.references.issue(owner, upload.file_id),
                thumb_size="",
            )
        )


async def serve(chosen: argparse.Namespace) -> None:
    world, made = _made(chosen)
    line = Line(latency_s=chosen.latency / 1000, bandwidth_bytes_s=chosen.bandwidth or None)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    async with Sandbox(world, line=line) as sandbox:
        loop.add_signal_handler(signal.SIGUSR1, lambda: _tell(asdict(_asked(sandbox))))
        loop.add_signal_handler(
            signal.SIGUSR2, lambda: sandbox.faults.flood_wait(FLOOD_S, on=GET_FILE)
        )
        settings = sandbox.environment
        _tell(
            {
                "settings": settings,
                "session": sandbox.session(),
                "port": sandbox.telegram.ports[HOME_DC],
                "locations": [each.hex() for each in _locations(world, made)],
                "total_bytes": made.total_bytes,
                "file_count": len(set(made.files())),
            }
        )
        await stop.wait()
        sandbox.api.unknown = []


def _asked(sandbox: Sandbox) -> Asked:
    files, under_way = sandbox.api.files, sandbox.faults.under_way
    times: Sequence[float] = [each.at for each in files.asked]
    found = Asked(
        parts=len(files.asked),
        size_bytes=files.bytes_asked,
        took_s=times[-1] - times[0] if times else 0.0,
        parts_at_once=max(under_way.most_parts.values(), default=0),
        files_at_once=max(under_way.most_files.values(), default=0),
        hashes=len(files.hashes_asked),
    )
    files.forget()
    under_way.forget()
    return found


def _tell(what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gallery", description=__doc__)
    parser.add_argument("--files", type=int, required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--kind", default="file")
    parser.add_argument("--latency", type=float, default=0, help="milliseconds of each answer")
    parser.add_argument("--bandwidth", type=float, default=0, help="bytes a second; 0: no limit")
    parser.add_argument("--reuploads", type=float, default=0)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
