"""How far a running export is, kept in memory; the runner writes it into the job's row."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.models import Phase, Progress

RATE_OVER_S = 20.0


class ProgressBoard:
    """Counts what an export does. Whoever wants to know asks for a snapshot."""

    def __init__(self) -> None:
        self._progress = Progress()
        self._marks: deque[tuple[float, int]] = deque()
        """Times (monotonic seconds) and how many messages were new by then."""
        self._new = 0
        self._edited = 0
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

    def names(self, title: str | None) -> None:
        """Say which chat it is."""
        self._progress = replace(self._progress, title=title)

    def fetches(self, *, held: int, total: int | None) -> None:
        """Fetching begins: `held` are in the archive, the server speaks of `total`."""
        self._progress = replace(self._progress, phase=Phase.FETCHING, messages=held, total=total)
        self._marks.append((time.monotonic(), 0))

    def keeps(self, new: int, edited: int = 0) -> None:
        """A page was kept with `new` messages not held before, and newer versions of `edited`."""
        self._new += new
        self._edited += edited
        self._progress = replace(self._progress, messages=self._progress.messages + new)
        now = time.monotonic()
        self._marks.append((now, self._new))
        while len(self._marks) > 2 and self._marks[0][0] < now - RATE_OVER_S:
            self._marks.popleft()

    def renders(self) -> None:
        """All is fetched; the files are being written."""
        self._progress = replace(self._progress, phase=Phase.RENDERING)

    def waits(self, until: datetime | None, reason: str | None) -> None:
        """Telegram makes us wait, or (None) lets us go on."""
        self._progress = replace(self._progress, wait_until=until, wait_reason=reason)

    def asks_permission(self, account_id: int, asks: bool) -> None:  # noqa: FBT001 - called back
        """An account's data export waits for the owner's permission, or (False) no longer does."""
        (self._asking.add if asks else self._asking.discard)(account_id)
        self._progress = replace(self._progress, permission=bool(self._asking))

    def snapshot(self) -> Progress:
        """Return the progress as it stands, with rate and expected end."""
        rate = self._rate() if self._progress.phase is Phase.FETCHING else None
        eta = None
        if rate and self._progress.total is not None:
            missing = max(0, self._progress.total - self._progress.messages)
            eta = datetime.now(UTC) + timedelta(seconds=missing / rate)
        return replace(self._progress, rate=rate, eta=eta)

    def _rate(self) -> float | None:
        if len(self._marks) < 2:
            return None
        (since, before), (_, after) = self._marks[0], self._marks[-1]
        elapsed = time.monotonic() - since
        return (after - before) / elapsed if elapsed > 0.2 and after > before else None
