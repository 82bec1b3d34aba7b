"""Telegram's hashes of a file's pieces: asked for window by window, checked, counted, given up.

https://core.telegram.org/method/upload.getFileHashes
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from exporter.telegram.file_server import HashesUnavailable, PieceHash
from storage.contents import WINDOW_HASHES
from storage.media import HASH_BYTES, PIECE_BYTES

WINDOW_BYTES = WINDOW_HASHES * PIECE_BYTES
"""What one call answers: 1 MiB, as much as a part."""
AHEAD = 8
"""Calls at once for files that are not downloaded yet."""
FAILURES_A_FILE = 2
"""After so many a file's hashes are given up, and it is downloaded without."""
FAILURES_IN_A_ROW = 5
"""After so many a data centre is left alone with such calls for a while."""
REST_S = 30.0

Ask = Callable[[int], Awaitable[Sequence[PieceHash]]]
"""Asks for the hashes from an offset on, as `FileServer.hashes`; raises `HashesUnavailable`, and
whatever else is for the caller of `Known.looking` to handle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashFigures:
    """What became of the calls for hashes, and what they were good for."""

    asked: int = 0
    """Calls made."""
    failed: int = 0
    """Those that ended with an error."""
    slow: int = 0
    """Those that were not answered in time."""
    unusable: int = 0
    """Those whose answer was not the hashes of the window; an empty answer does not count."""
    rested: int = 0
    """Those that were not made because too many before them had failed."""
    spared_files: int = 0
    """Files whose content was known, so that they were not downloaded."""
    spared_bytes: int = 0


@dataclass(slots=True)
class _Trouble:
    """How a data centre fares with calls for hashes."""

    in_a_row: int = 0
    until: float = 0.0
    """By the monotonic clock: it is left alone before."""


class Asking:
    """Asks for windows of hashes, of any files; never believes an answer that does not fit."""

    def __init__(self, *, ahead: int = AHEAD, clock: Callable[[], float] = time.monotonic) -> None:
        self.ahead = asyncio.Semaphore(ahead)
        """To be held for calls about files that are not downloaded yet."""
        self.figures = HashFigures()
        self._clock = clock
        self._troubles: dict[int, _Trouble] = {}

    async def window(
        self, dc_id: int, size_bytes: int, number: int, ask: Ask
    ) -> tuple[bytes, ...] | None:
        """Return the hashes of a window's pieces, or None when there is nothing to go by.

        Raises:
            Exception: what `ask` raises but for `HashesUnavailable`.
        """
        trouble = self._troubles.setdefault(dc_id, _Trouble())
        if self._clock() < trouble.until:
            self._count(rested=1)
            return None
        self._count(asked=1)
        try:
            answer = await ask(number * WINDOW_BYTES)
        except HashesUnavailable as error:
            late = isinstance(error.__cause__, TimeoutError)
            self._count(slow=late, failed=not late)
            self._went_wrong(trouble)
            return None
        trouble.in_a_row = 0
        found = pieces_in(answer, size_bytes, number)
        if found is None:
            self._count(unusable=bool(answer))
        return found

    def spared(self, size_bytes: int) -> None:
        """Count a file that need not be downloaded."""
        self._count(spared_files=1, spared_bytes=size_bytes)

    def _went_wrong(self, trouble: _Trouble) -> None:
        trouble.in_a_row += 1
        if trouble.in_a_row >= FAILURES_IN_A_ROW:
            trouble.until = self._clock() + REST_S

    def _count(self, **more: int) -> None:
        now = {name: getattr(self.figures, name) + number for name, number in more.items()}
        self.figures = replace(self.figures, **now)


@dataclass(slots=True, eq=False)
class Hashes:
    """The hashes of one file, as far as they were asked for."""

    size_bytes: int
    dc_id: int
    asking: Asking
    ask: Ask
    _windows: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    _failures: int = 0

    @property
    def windows(self) -> int:
        """How many windows the file has: as many as parts."""
        return -(-self.size_bytes // WINDOW_BYTES)

    async def window(self, number: int) -> tuple[bytes, ...] | None:
        """Return the SHA-256 of each piece of 128 KiB in a window; the file's last may be shorter.

        Asked for once; None when the server gives none, which is never waited for again.

        Raises:
            Exception: what `ask` raises but for `HashesUnavailable`.
        """
        if (known := self._windows.get(number)) is not None:
            return known
        if self._failures >= FAILURES_A_FILE or not 0 <= number < self.windows:
            return None
        found = await self.asking.window(self.dc_id, self.size_bytes, number, self.ask)
        if found is None:
            self._failures += 1
        else:
            self._windows[number] = found
        return found

    async def window_ahead(self, number: int) -> tuple[bytes, ...] | None:
        """As `window`, for a file that may not have to be downloaded."""
        async with self.asking.ahead:
            return await self.window(number)

    @property
    def is_partial(self) -> bool:
        """Some are known and some are not, as for a file whose first parts came earlier."""
        return 0 < len(self._windows) < self.windows

    def joined(self) -> bytes:
        """What `Content.hashes` takes: all of them, or nothing while one is missing."""
        numbers = range(self.windows)
        if any(number not in self._windows for number in numbers):
            return b""
        return b"".join(piece for number in numbers for piece in self._windows[number])


def pieces_of(size_bytes: int) -> int:
    """How many pieces a file has."""
    return -(-size_bytes // PIECE_BYTES)


def pieces_in(
    answer: Sequence[PieceHash], size_bytes: int, number: int
) -> tuple[bytes, ...] | None:
    """Return the hashes of a window's pieces in their order; None unless it says each one, once.

    The order of an answer does not matter, nor what it says of pieces beyond the window.
    """
    start = number * WINDOW_BYTES
    offsets = range(start, min(start + WINDOW_BYTES, size_bytes), PIECE_BYTES)
    found: dict[int, bytes] = {}
    for each in answer:
        if start + WINDOW_BYTES <= each.offset < size_bytes:
            continue
        if each.offset not in offsets or each.limit != min(PIECE_BYTES, size_bytes - each.offset):
            return None
        if len(each.sha256) != HASH_BYTES or found.get(each.offset, each.sha256) != each.sha256:
            return None
        found[each.offset] = each.sha256
    if not offsets or len(found) != len(offsets):
        return None
    return tuple(found[offset] for offset in offsets)
