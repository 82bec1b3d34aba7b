"""How far a running export is, kept in memory; the runner writes it into the job's row."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from storage.models import AccountWait, FileProgress, Phase, Progress

OnWait = Callable[[datetime | None, str | None], None]
"""Told the end of a wait and its reason; two Nones when there is none."""

RATE_OVER_S = 20.0
MARK_EVERY_S = 0.1
"""How finely the rate is measured; bytes come in a thousand times a second."""


class Pace:
    """How much of something comes in a second, over the last `RATE_OVER_S`."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()
        """Times (monotonic seconds) and how much there was by then."""

    def mark(self, amount: int) -> None:
        """Note how much there is by now, in all."""
        now = time.monotonic()
        if len(self._marks) > 1 and now - self._marks[-2][0] < MARK_EVERY_S:
            self._marks.pop()
        self._marks.append((now, amount))
        while len(self._marks) > 2 and self._marks[0][0] < now - RATE_OVER_S:
            self._marks.popleft()

    def rate(self) -> float | None:
        """The rate; None while nothing comes in."""
        if len(self._marks) < 2:
            return None
        (since, before), (_, after) = self._marks[0], self._marks[-1]
        elapsed = time.monotonic() - since
        return (after - before) / elapsed if elapsed > 0.2 and after > before else None


BEGINNING = Progress()


class ProgressBoard:
    """Counts what an export does. Whoever wants to know asks for a snapshot."""

    def __init__(self, before: Progress = BEGINNING) -> None:
        """`before` is how far an earlier attempt at the same job came."""
        self._progress = Progress(title=before.title, messages=before.messages, total=before.total)
        self._worked_before_s = before.worked_s
        self._began = time.monotonic()
        self._messages = Pace()
        self._bytes = Pace()
        self._new = before.new
        self._edited = before.edited
        self._received = 0
        self._received_before = before.fetched_bytes
        self._done_bytes = 0
        self._large: dict[Hashable, FileProgress] = {}
        self._pause: str | None = None
        self._working: Counter[int] = Counter()
        """How often each account is at work."""
        self._waits: dict[int, tuple[datetime, str]] = {}
        """Until when accounts wait, and why."""
        self._asking: set[int] = set()
        """Accounts whose data export waits for the owner's permission."""

    @property
    def new(self) -> int:
        """Messages that were not in the archive before."""
        return self._new

    @property
    def edited(self) -> int:
        """Messages whose earlier version the archive keeps since this export."""
        return self._edited

    @property
    def worked_s(self) -> float:
        """How long the job was worked at, earlier attempts included."""
        return self._worked_before_s + time.monotonic() - self._began

    def names(self, title: str | None) -> None:
        """Say which chat it is."""
        self._progress = replace(self._progress, title=title)

    def fetches(self, *, held: int, total: int | None) -> None:
        """Fetching begins: `held` are in the archive, the server speaks of `total`."""
        self._progress = replace(self._progress, phase=Phase.FETCHING, messages=held, total=total)
        self._messages.mark(self._new)

    def keeps(self, new: int, edited: int = 0) -> None:
        """A page was kept with `new` messages not held before, and newer versions of `edited`."""
        self._new += new
        self._edited += edited
        self._progress = replace(self._progress, messages=self._progress.messages + new)
        self._messages.mark(self._new)

    def downloads(self) -> None:
        """All messages are there; files are still to come."""
        self._progress = replace(self._progress, phase=Phase.DOWNLOADING)

    def wants(self, files: int, size_bytes: int) -> None:
        """So many files, and bytes of them, are still to come: those under way in full."""
        self._progress = replace(
            self._progress,
            files_total=self._progress.files + files,
            file_bytes_total=self._done_bytes + size_bytes,
        )

    def received(self, size_bytes: int) -> None:
        """So many bytes of files came in."""
        self._received += size_bytes
        self._bytes.mark(self._received)

    def file_done(self, size_bytes: int) -> None:
        """A file of this size is kept, or given up."""
        self._done_bytes += size_bytes
        files = self._progress.files + 1
        self._progress = replace(
            self._progress,
            files=files,
            files_total=max(files, self._progress.files_total),
            file_bytes_total=max(self._done_bytes, self._progress.file_bytes_total),
        )

    def large(self, key: Hashable, name: str, done_bytes: int, size_bytes: int) -> None:
        """How far a large file is; `large_over` ends it."""
        self._large[key] = FileProgress(name=name, done_bytes=done_bytes, size_bytes=size_bytes)

    def large_over(self, key: Hashable) -> None:
        """A large file is no longer under way, whatever became of it."""
        self._large.pop(key, None)

    def renders(self) -> None:
        """All is fetched; the files are being written."""
        self._large.clear()
        self._progress = replace(self._progress, phase=Phase.RENDERING)

    @contextmanager
    def account(self, account_id: int) -> Iterator[OnWait]:
        """An account works for the export; gives the one to be told of its waits.

        The export waits when all of its accounts do, until the first of them goes on.
        """
        self._working[account_id] += 1
        try:
            yield partial(self._account_waits, account_id)
        finally:
            self._working[account_id] -= 1
            if not self._working[account_id]:
                del self._working[account_id]
                self._account_waits(account_id, None, None)

    def _account_waits(self, account_id: int, until: datetime | None, reason: str | None) -> None:
        if until is None or reason is None:
            self._waits.pop(account_id, None)
        else:
            self._waits[account_id] = until, reason
        all_wait = self._waits.keys() >= self._working.keys()
        first = min(self._waits.values(), default=None) if all_wait else None
        until, reason = first or (None, None)
        waits = tuple(
            AccountWait(account_id=each, until=end, reason=why)
            for each, (end, why) in self._waits.items()
        )
        self._progress = replace(
            self._progress, wait_until=until, wait_reason=reason, account_waits=waits
        )

    def pauses(self, reason: str | None) -> None:
        """Downloads pause until a person acts, as the sentence says, or (None) go on."""
        self._pause = reason

    def asks_permission(self, account_id: int, asks: bool) -> None:  # noqa: FBT001 - called back
        """An account's data export waits for the owner's permission, or (False) no longer does."""
        (self._asking.add if asks else self._asking.discard)(account_id)
        self._progress = replace(self._progress, permission=bool(self._asking))

    def snapshot(self) -> Progress:
        """Return the progress as it stands, with rates and expected end."""
        progress = self._progress
        under_way = sum(file.done_bytes for file in self._large.values())
        if self._pause is not None and progress.wait_until is None:
            progress = replace(progress, wait_reason=self._pause)
        progress = replace(
            progress,
            new=self._new,
            edited=self._edited,
            worked_s=round(self.worked_s, 3),
            fetched_bytes=self._received_before + self._received,
            rate=self._messages.rate() if progress.phase is Phase.FETCHING else None,
            byte_rate=self._bytes.rate() if _downloads(progress) else None,
            file_bytes=min(self._done_bytes + under_way, progress.file_bytes_total),
            large_files=tuple(self._large.values()),
        )
        return replace(progress, eta=_eta(progress))


def _downloads(progress: Progress) -> bool:
    return progress.phase in (Phase.FETCHING, Phase.DOWNLOADING)


def _eta(progress: Progress) -> datetime | None:
    """When it will be over as it goes now: messages and files come side by side."""
    left: list[float] = []
    if progress.phase is Phase.FETCHING:
        if not progress.rate or progress.total is None:
            return None
        left.append(max(0, progress.total - progress.messages) / progress.rate)
    if progress.byte_rate:
        left.append((progress.file_bytes_total - progress.file_bytes) / progress.byte_rate)
    return datetime.now(UTC) + timedelta(seconds=max(left)) if left else None
