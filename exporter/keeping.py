"""Keeps pages as they come in: those that wait together go into one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from exporter.progress import ProgressBoard
from exporter.seen import Seen
from storage.archive import Archive
from storage.media import Wants
from storage.models import Job, Page, Peer, Range
from storage.pages import Arrived

PAGES_AHEAD = 4
"""Pages that may wait for the disk; then those who fetch wait. A crash asks for them again."""
PEERS_REMEMBERED = 50_000


def _nobody() -> None:
    """Files that nobody fetches meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlans:
    """What is to become of the files that kept messages carry."""

    wants: Wants | None = None
    """Says which are to be fetched; None: all."""
    wake: Callable[[], None] = _nobody
    """Called when there may be new ones."""


NO_PLANS = FilePlans()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page, and the account that fetched it."""

    account_id: int
    range_: Range
    page: Page


class Keeper:
    """The one that writes for a job. Put pages into `pages`, and None at the end."""

    def __init__(
        self,
        job: Job,
        chat_id: int,
        archive: Archive,
        board: ProgressBoard,
        seen: Seen,
        *,
        files: FilePlans = NO_PLANS,
    ) -> None:
        self.pages: asyncio.Queue[Fetched | None] = asyncio.Queue(maxsize=PAGES_AHEAD)
        self._fence = (job.id, job.fence)
        self._chat_id = chat_id
        self._archive = archive
        self.board = board
        self._seen = seen
        self._files = files
        self._peers: dict[tuple[int, int], int] = {}

    async def run(self) -> None:
        """Keep what comes, until None does.

        Raises:
            JobLost, StorageError: nothing of the last pages was kept.
        """
        ends = False
        while not ends:
            waiting = [await self.pages.get()]
            while not self.pages.empty():
                waiting.append(self.pages.get_nowait())
            ends = waiting[-1] is None
            await self._keep([fetched for fetched in waiting if fetched is not None])

    async def _keep(self, together: Sequence[Fetched]) -> None:
        if not together:
            return
        kept = await self._archive.keep_many(
            self._chat_id, [self._arrived(fetched) for fetched in together], fence=self._fence
        )
        for fetched in together:
            self._seen.add(message.id for message in fetched.page.messages)
        self.board.keeps(kept.new, kept.edited)
        self._files.wake()

    def _arrived(self, fetched: Fetched) -> Arrived:
        page = fetched.page
        peers = tuple(peer for peer in page.peers if self._is_news(fetched.account_id, peer))
        return Arrived(
            account_id=fetched.account_id,
            range_id=fetched.range_.id,
            page=replace(page, peers=peers),
            perhaps=self._seen.perhaps(message.id for message in page.messages),
            wants=self._files.wants,
        )

    def _is_news(self, account_id: int, peer: Peer) -> bool:
        """Whether a peer differs from what earlier pages brought, which most do not."""
        key = account_id, peer.peer_id
        known = self._peers.get(key)
        if known is not None and (peer.access_hash is None or known == hash(peer)):
            return False
        if len(self._peers) >= PEERS_REMEMBERED:
            self._peers.clear()
        self._peers[key] = hash(peer)
        return True
