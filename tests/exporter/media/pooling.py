"""A pool that fetches from a sandbox into a store and an archive of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from exporter.config import MediaConfig
from exporter.media.known import Known
from exporter.media.orders import Fetched, Order
from exporter.media.pool import MediaPool
from exporter.media.store import Store
from exporter.progress import ProgressBoard
from exporter.telegram.connection import Telegram
from exporter.telegram.history import History
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.contents import Contents
from storage.database import Database
from storage.files import Files
from storage.media import FileKey, FileState
from storage.threads import Threads
from tests.exporter.reaching import ACCOUNT_ID, add_account, signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.media_chat import MediaChat, media_chat

USUAL = MediaConfig(min_free_bytes=0)


@dataclass(slots=True, kw_only=True)
class Place:
    """An installation: what is on disk, and who fetches."""

    sandbox: Sandbox
    database: Database
    archive: Archive
    files: Files
    contents: Contents
    store: Store
    threads: Threads
    known: Known
    pool: MediaPool
    telegrams: dict[int, Telegram]
    account_ids: list[int] = field(default_factory=lambda: [ACCOUNT_ID])
    lost: list[int] = field(default_factory=list)

    async def keep(self, chat: Chat) -> None:
        """Keep all messages of a chat, and so want all its files."""
        telegram = self.telegrams[self.account_ids[0]]
        found = await resolve(telegram, self.archive, str(chat.peer_id))
        top, next_id = max(chat.message_ids), 1
        while next_id <= top:
            page = await History().page(telegram, found, next_id, top)
            await self.archive.keep(telegram.account_id, chat.peer_id, None, page)
            next_id = page.next_id

    def order(self, *chats: Chat, board: ProgressBoard | None = None, job_id: int = 1) -> Order:
        async def on_lost(account_id: int, error: Any) -> Any:
            self.lost.append(account_id)
            return error

        return Order(
            job_id=job_id,
            chat_ids=[chat.peer_id for chat in chats],
            account_ids=lambda: [each for each in self.account_ids if each not in self.lost],
            board=board or ProgressBoard(),
            on_lost=on_lost,
        )

    async def fetch(self, *chats: Chat, board: ProgressBoard | None = None) -> Fetched:
        """Fetch all that is open of these chats."""
        order = self.order(*chats, board=board)
        order.no_more()
        return await self.pool.fetch(order)

    async def kept(self, *chats: Chat) -> dict[tuple[int, str], bytes]:
        """What the store holds for these chats' files: the SHA-256 of the bytes that are there."""
        found: dict[tuple[int, str], bytes] = {}
        for chat in chats:
            rows = await self.files.of_messages(chat.peer_id, [0, *chat.message_ids])
            for file in (each for files in rows.values() for each in files):
                if file.state is FileState.KEPT:
                    assert file.sha256 is not None
                    path = self.store.path_of(file.sha256)
                    found[file.key] = sha256(path.read_bytes()).digest()
                    assert found[file.key] == file.sha256
        return found

    async def reasons(self, chat: Chat) -> dict[FileKey, tuple[FileState, str | None]]:
        """The files that were given up, and why."""
        problems = await self.files.problems([chat.peer_id])
        return {each.key: (each.state, each.reason) for each in problems}

    def left_over(self) -> list[str]:
        """Names of partial files."""
        folder = self.store.folder / ".part"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@asynccontextmanager
async def place(
    sandbox: Sandbox,
    folder: Path,
    *,
    config: MediaConfig = USUAL,
    telegram: dict[str, Any] | None = None,
    others: Sequence[Any] = (),
    folders: Sequence[Path] = (),
    **changes: Any,
) -> AsyncIterator[Place]:
    """An installation in a folder, which may have been used before.

    `telegram`: keywords of `signed_in`; `others`: accounts besides the owner's; `changes`:
    keywords of `MediaPool`.
    """
    async with AsyncExitStack() as stack:
        database = await Database.open(f"sqlite+aiosqlite:///{folder / 'chatkeep.db'}")
        stack.push_async_callback(database.close)
        telegrams = {}
        for account in (sandbox.world.owner, *others):
            account_id = await add_account(database, folder, account)
            telegrams[account_id] = await stack.enter_async_context(
                signed_in(sandbox, account, account_id=account_id, **telegram or {})
            )
        threads = stack.enter_context(Threads())
        files, contents, archive = Files(database), Contents(database), Archive(database)
        store = Store(folder / "media", threads)
        known = await stack.enter_async_context(
            Known(contents, store, threads, config, snapshot=folder / "hot.snapshot")
        )

        async def telegram_of(account_id: int) -> Telegram:
            return telegrams[account_id]

        pool = await stack.enter_async_context(
            MediaPool(
                files,
                contents,
                store,
                threads,
                config,
                telegram_of,
                archive,
                known,
                folders=folders,
                **{"retry_after_s": 0.05, **changes},
            )
        )
        yield Place(
            sandbox=sandbox,
            database=database,
            archive=archive,
            files=files,
            contents=contents,
            store=store,
            threads=threads,
            known=known,
            pool=pool,
            telegrams=telegrams,
            account_ids=list(telegrams),
        )


def chat_of(sandbox: Sandbox, *sizes: int, title: str = "Gallery", **changes: Any) -> MediaChat:
    """A chat with a plain file of each of these sizes; `changes` as keywords of `media_chat`."""
    usual: dict[str, Any] = {
        "files": len(sizes),
        "reuploads": 0,
        "kinds": ["file"],
        "sizes": list(sizes),
        "title": title,
        "username": title.lower(),
    }
    return media_chat(sandbox.world, **{**usual, **changes})


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    while not holds():
        await asyncio.sleep(0.005)
