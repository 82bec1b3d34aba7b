"""Whether a file's content is known before it is downloaded, by Telegram's hashes of its pieces.

Its size and the hashes of its first MiB make contents of the store *candidates*; only one of which
every further hash is the same is taken for it. A Bloom filter says "certainly new", which spares
the look-up; what it does not know of (another process stored it meanwhile) is downloaded, and the
store still keeps equal bytes once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from exporter.config import FilterSizes, MediaConfig
from exporter.media.asking import AHEAD, Ask, Asking, Hashes, HashFigures, pieces_of
from exporter.media.hot import Hot, WindowKey, key_of, save
from exporter.media.store import Condition, Store
from exporter.media.windows import Windows
from storage.contents import WINDOW_HASHES, Contents, window_of
from storage.media import HASH_BYTES, Content, WantedFile
from storage.threads import Priority, Threads

SNAPSHOT_EVERY_S = 30.0


@dataclass(slots=True, eq=False)
class _Claim:
    """Somebody finds out about, or downloads, a content of one size and first window."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    content: Content | None = None
    """What it turned out to be; None: not known, for that ended badly."""


class Known:
    """What the store holds, as far as Telegram's hashes tell. One for the process."""

    def __init__(
        self,
        contents: Contents,
        store: Store,
        threads: Threads,
        config: MediaConfig,
        *,
        snapshot: Path,
        sizes: FilterSizes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`snapshot` is the file in which the contents needed last outlast the process."""
        self._contents = contents
        self._store = store
        self._threads = threads
        self._dedup = config.dedup
        self._snapshot = snapshot
        self._clock = clock
        self._asking = Asking(clock=clock)
        self._hot = Hot(config.hot_contents)
        self._windows = Windows(contents, sizes or FilterSizes())
        self._claims: dict[WindowKey, _Claim] = {}
        self._changed = False
        self._saved_at = clock()

    async def __aenter__(self) -> Self:
        await self._threads.run(self._hot.load, self._snapshot)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._changed:
            await self._save()

    @property
    def figures(self) -> HashFigures:
        """What the calls for hashes came to so far."""
        return self._asking.figures

    @asynccontextmanager
    async def looking(self, file: WantedFile, ask: Ask) -> AsyncIterator[Content | Hashes]:
        """Find out whether a file's content is in the store; to be held until the file is filed.

        Gives the content, for which the store has just been checked: no download is needed. Else
        the file's hashes, by which its parts are verified; then the block downloads it, and says
        what came of it with `learned`. Who looks for the same content meanwhile waits for the end
        of the block, and then is given that content, or is the next to download it. So many files
        may wait here; do not count them with those that are downloaded.

        Raises:
            Exception: what `ask` raises but for `HashesUnavailable`.
            StorageError, OSError: the archive or the store cannot be used.
        """
        hashes = Hashes(file.size_bytes, file.dc_id, self._asking, ask)
        first = await hashes.window_ahead(0) if self._dedup else None
        if first is None:
            yield hashes
            return
        key = file.size_bytes, window_of(b"".join(first))
        found = await self._heard(key, hashes)
        if found is None:
            with self._claimed(key) as claim:
                found = claim.content = await self._looked_up(key, hashes)
                if found is None:
                    yield hashes
                    return
        self._asking.spared(file.size_bytes)
        yield found

    async def learned(self, content: Content) -> None:
        """Note a content that the store has now, whether its row is written or about to be."""
        if not content.hashes:
            return
        key = key_of(content)
        if (claim := self._claims.get(key)) is not None:
            claim.content = content
        self._windows.add(key)
        self._hot.put(content)
        self._changed = True
        if self._clock() - self._saved_at >= SNAPSHOT_EVERY_S:
            await self._save()

    async def _heard(self, key: WindowKey, hashes: Hashes) -> Content | None:
        """Wait while others find out about this key; what they found, if it is the same."""
        while (before := self._claims.get(key)) is not None:
            await before.over.wait()
            if before.content is not None:
                found = await self._same(hashes, [before.content])
                if found is not None:
                    return found
        return None

    @contextmanager
    def _claimed(self, key: WindowKey) -> Iterator[_Claim]:
        claim = self._claims[key] = _Claim()
        try:
            yield claim
        finally:
            del self._claims[key]
            claim.over.set()

    async def _looked_up(self, key: WindowKey, hashes: Hashes) -> Content | None:
        held = self._hot.find(key)
        if not held and not await self._windows.perhaps(key):
            return None
        if held and (found := await self._same(hashes, held)) is not None:
            return found
        tried = {each.sha256 for each in held}
        others = [
            each for each in await self._contents.candidates(*key) if each.sha256 not in tried
        ]
        found = await self._same(hashes, others)
        if found is not None:
            self._hot.put(found)
        return found

    async def _same(self, hashes: Hashes, candidates: Sequence[Content]) -> Content | None:
        """Return the candidate of which every hash is the file's, if the store still has it."""
        whole = pieces_of(hashes.size_bytes) * HASH_BYTES
        left = [each for each in candidates if len(each.hashes) == whole]
        for start in range(0, hashes.windows, AHEAD):
            if not left:
                return None
            batch = range(start, min(start + AHEAD, hashes.windows))
            left = await _agreeing(hashes, batch, left)
        for each in left:
            if (found := await self._in_store(each)) is not None:
                return found
        return None

    async def _in_store(self, content: Content) -> Content | None:
        """Return a content as the store has it; None when it is gone or was changed."""
        checked = await self._store.check(content)
        if checked.condition is Condition.LOST:
            self._hot.drop(content.sha256)
            await self._contents.lose(content.sha256)
            return None
        if checked.condition is Condition.TOUCHED:
            await self._contents.touched(content.sha256, checked.mtime_ns)
            content = replace(content, mtime_ns=checked.mtime_ns)
            self._hot.put(content)
        return content

    async def _save(self) -> None:
        self._changed = False
        self._saved_at = self._clock()
        held = self._hot.snapshot()
        await self._threads.run(save, self._snapshot, held, priority=Priority.LOW)


async def _agreeing(
    hashes: Hashes, numbers: Sequence[int], candidates: Sequence[Content]
) -> list[Content]:
    """Ask for some windows at once; the candidates that have just these hashes there."""
    try:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(hashes.window_ahead(number)) for number in numbers]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    left = list(candidates)
    for number, task in zip(numbers, asked, strict=True):
        pieces = task.result()
        if pieces is None:
            return []
        start = number * WINDOW_HASHES * HASH_BYTES
        wanted = b"".join(pieces)
        left = [each for each in left if each.hashes[start : start + len(wanted)] == wanted]
    return left
