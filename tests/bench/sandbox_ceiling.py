"""`python -m tests.bench.sandbox_ceiling`: what the sandbox serves to a client that reads nothing.

Pages of 100 small messages, pre-warmed, and parts of 1 MiB of a file; the sandbox on one core,
the client on another. It is the ceiling of every other measurement.
"""

import argparse
import asyncio
import itertools
import os
import signal
import sys

from telethon.crypto import AuthKey
from telethon.tl import functions, types

from tests.bench.raw_client import RawClient, bytes_in
from tests.sandbox.api.telegram_api import TelegramApi
from tests.sandbox.mtproto.keys import AuthKeys
from tests.sandbox.mtproto.server import HOST, MtprotoServer
from tests.sandbox.world.media_chat import media_chat
from tests.sandbox.world.world import World

PAGE = 100
DC = 2
LAYER = 229
WARM_UP_S = 2
MIB = 1024 * 1024
WANTED = 200_000
"""Messages per second, so that the sandbox is never what another measurement measures."""
FILE_BYTES = 256 * MIB
PARTS_AT_ONCE = 8
WANTED_BYTES = 250_000_000
"""Bytes of files per second, for the same reason."""


async def serve(messages: int) -> None:
    """The sandbox's side: prints port and key, then serves until SIGTERM."""
    world = World(seed=1)
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=messages)
    chat.pages.prewarm(world.owner)
    gallery = media_chat(world, files=1, sizes=FILE_BYTES, kinds=["file"], reuploads=0)
    for file_id, _ in gallery.files():
        world.shelf.move(file_id, DC)
    keys = AuthKeys()
    key = keys.ready_made(world.owner.id, dc_id=DC)
    api = TelegramApi(world, lambda: server.ports)
    server = MtprotoServer(api.answer, keys)
    await server.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print(server.ports[DC], key.key.hex(), flush=True)
    await stop.wait()
    await server.close()


async def measure(messages: int, at_once: int, seconds: float) -> tuple[float, float]:
    """Messages per second, and bytes of a file per second, each over one connection."""
    arguments = ["-m", "tests.bench.sandbox_ceiling", "--serve", "--messages", str(messages)]
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE
    )
    stay_on_core(1)  # after the child was started, which would inherit it
    try:
        assert child.stdout is not None
        port, key = (await child.stdout.readline()).decode().split()
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(
            lambda: RawClient(AuthKey(bytes.fromhex(key))), HOST, int(port)
        )
        requests = itertools.cycle(await all_pages(client, messages))
        await client.throw_away(requests, page=PAGE, at_once=at_once, seconds=WARM_UP_S)
        answers, took_s = await client.throw_away(
            requests, page=PAGE, at_once=at_once, seconds=seconds
        )
        parts = itertools.cycle(await all_parts(client))
        file_answers, file_took_s = await client.throw_away(
            parts, page=MIB, at_once=PARTS_AT_ONCE, seconds=seconds, counted=bytes_in
        )
        client.close()
        return answers * PAGE / took_s, file_answers * MIB / file_took_s
    finally:
        child.terminate()
        await child.wait()


async def all_pages(client: RawClient, messages: int) -> list[bytes]:
    """The requests for all full pages of the chat, oldest first."""
    resolve = functions.contacts.ResolveUsernameRequest("alpine")
    resolved = await client.ask(functions.InvokeWithLayerRequest(LAYER, resolve))
    chat = resolved.chats[0]
    peer = types.InputPeerChannel(chat.id, chat.access_hash)
    return [
        bytes(functions.messages.GetHistoryRequest(peer, 0, None, offset, PAGE, 0, 0, 0))
        for offset in range(messages - PAGE, -1, -PAGE)
    ]


async def all_parts(client: RawClient) -> list[bytes]:
    """The requests for all parts of the file."""
    resolved = await client.ask(functions.contacts.ResolveUsernameRequest("gallery"))
    chat = resolved.chats[0]
    peer = types.InputPeerChannel(chat.id, chat.access_hash)
    page = await client.ask(functions.messages.GetHistoryRequest(peer, 0, None, 0, 1, 0, 0, 0))
    file = page.messages[0].media.document
    location = types.InputDocumentFileLocation(file.id, file.access_hash, file.file_reference, "")
    return [
        bytes(functions.upload.GetFileRequest(location, offset, MIB))
        for offset in range(0, FILE_BYTES, MIB)
    ]


def stay_on_core(number: int) -> None:
    """One core for the sandbox and another for the client, where the machine has two."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sandbox_ceiling")
    parser.add_argument("--messages", type=int, default=20_000, help="size of the chat")
    parser.add_argument("--at-once", type=int, default=64, help="requests under way")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        stay_on_core(0)
        asyncio.run(serve(chosen.messages))
        return 0
    rate, file_rate = asyncio.run(measure(chosen.messages, chosen.at_once, chosen.seconds))
    print(f"{rate:,.0f} messages/s in pages of {PAGE}, at least {WANTED:,} wanted")
    print(f"{file_rate / 1e6:,.0f} MB/s of a file, at least {WANTED_BYTES / 1e6:,.0f} wanted")
    return 0 if rate >= WANTED and file_rate >= WANTED_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
