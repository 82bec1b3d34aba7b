"""How fast formats are rendered, against the time that Telethon itself takes to parse the messages.

`python -m tests.bench.render [--messages N] [--formats json,html]`. Each format is rendered in a
process of its own, so that its memory is its own too; the best of three runs counts. The bars:
`json` and `html` at 0.25 of the messages a second that Telethon parses, `jsonl` at 0.5.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from telethon.extensions import BinaryReader

from exporter.render import render
from exporter.writers import WRITERS
from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo, MessageRow, Page, Peer, PeerKind
from tests.exporter.convert.making import row_of
from tests.sandbox.world.content import MIXED
from tests.sandbox.world.view import seen
from tests.sandbox.world.world import World

BARS = {"json": 0.25, "html": 0.25, "jsonl": 0.5}
RUNS = 3
ZONE = ZoneInfo("Europe/Berlin")


def made(count: int) -> tuple[ChatInfo, list[Peer], Iterator[list[MessageRow]]]:
    """A lively group of the sandbox: who is in it, and its messages, a thousand at a time."""
    world = World()
    group = world.add_supergroup("Alpine Hikers", "alpine", messages=count, content=MIXED)
    people = [
        Peer(peer_id=user.id, kind=PeerKind.USER, name=user.first_name)
        for user in world.users.values()
    ]

    def pages() -> Iterator[list[MessageRow]]:
        ids = group.message_ids
        for start in range(0, len(ids), 1000):
            yield [
                row_of(parsed(bytes(seen(group.message(each), group, world.owner))))
                for each in ids[start : start + 1000]
            ]

    chat = ChatInfo(id=group.peer_id, title=group.title, type="public_supergroup")
    return chat, people, pages()


async def keep(url: str, count: int) -> int:
    """Put the messages into an archive; return the chat's id."""
    database = await Database.open(url)
    archive = Archive(database)
    chat, people, pages = made(count)
    await archive.save_chat(chat)
    await archive.save_peers(1, people)
    for rows in pages:
        page = Page(messages=tuple(rows), peers=(), media=(), skipped=(), next_id=rows[-1].id + 1)
        await archive.keep(1, chat.id, None, page)
    await database.close()
    return chat.id


async def rendered(url: str, chat_id: int, name: str) -> dict[str, float]:
    """Render one format; the best time and the peak of memory, in this process."""
    database = await Database.open(url)
    archive = Archive(database)
    chat = await archive.chat(chat_id)
    assert chat is not None
    best_s = float("inf")
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS):
            began = time.process_time()
            written = await render(archive, chat, Path(folder), [name], ZONE)
            best_s = min(best_s, time.process_time() - began)
    await database.close()
    return {"a_second": written / best_s, "peak_mib": peak_kib() / 1024}


def peak_kib() -> int:
    """The most memory that this process had; `getrusage` would count its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def parsed(tl: bytes) -> Any:
    """A message as Telethon makes it of its bytes."""
    return BinaryReader(tl).tgread_object()


def parsed_a_second(count: int) -> float:
    """How fast Telethon parses the same messages."""
    _, _, pages = made(min(count, 20_000))
    tl = [row.tl for rows in pages for row in rows]
    best_s = float("inf")
    for _ in range(RUNS):
        began = time.process_time()
        for one in tl:
            parsed(one)
        best_s = min(best_s, time.process_time() - began)
    return len(tl) / best_s


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--formats", default=",".join(WRITERS))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--chat", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(asyncio.run(rendered(given.url, given.chat, given.one))))
        return 0
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/chatkeep.db"
        chat_id = asyncio.run(keep(url, given.messages))
        basis = parsed_a_second(given.messages)
        print(f"{given.messages:,} messages; Telethon parses {basis:,.0f} a second")
        for name in given.formats.split(","):
            command = [sys.executable, "-m", "tests.bench.render"]
            command += ["--one", name, "--url", url, "--chat", str(chat_id)]
            told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            ratio, bar = told["a_second"] / basis, BARS.get(name)
            missed |= bar is not None and ratio < bar
            print(
                f"{name:9} {told['a_second']:8,.0f} a second, ratio {ratio:.2f}"
                f" (bar {bar}), peak {told['peak_mib']:,.0f} MiB",
                flush=True,
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
