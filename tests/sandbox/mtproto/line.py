"""The line between clients and data centres: latency, bandwidth, and an account's rate."""

import asyncio
import math
import time
from dataclasses import dataclass, field

from tests.sandbox.mtproto.calls import RpcFault


@dataclass(slots=True, kw_only=True)
class Line:
    """One host's line to all data centres; None is no limit. May be changed at any time."""

    latency_s: float = 0
    """Added to each answer: both ways together."""
    bandwidth_bytes_s: float | None = None
    """Of answers, shared by all connections."""
    requests_per_second: float | None = None
    """Of each account, parts of files apart; more is answered by FLOOD_WAIT. A second's worth may
    come at once."""
    takeout_requests_per_second: float | None = None
    """The same for what an account asks inside a takeout; None: as outside, counted together."""
    file_requests_per_second: float | None = None
    """The same for parts of files and their hashes, which count apart; FLOOD_WAIT too."""
    _free_at: float = field(default=0, init=False, repr=False)
    _asked: dict[tuple[int, str], tuple[float, float]] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def is_slow(self) -> bool:
        return self.latency_s > 0 or self.bandwidth_bytes_s is not None

    async def carry(self, size_bytes: int) -> None:
        """Take as long as an answer of this size takes."""
        now = time.monotonic()
        arrives = now
        if self.bandwidth_bytes_s is not None:
            arrives = max(now, self._free_at) + size_bytes / self.bandwidth_bytes_s
            self._free_at = arrives
        await asyncio.sleep(arrives - now + self.latency_s)

    def admit(self, account: int | None, *, takeout: bool = False, file: bool = False) -> None:
        """Count one request of the account.

        Raises:
            RpcFault: 420 FLOOD_WAIT_X, X being the seconds until the next would pass.
        """
        rate, kind = self.requests_per_second, ""
        if file:
            rate, kind = self.file_requests_per_second, "file"
        elif takeout and self.takeout_requests_per_second is not None:
            rate, kind = self.takeout_requests_per_second, "takeout"
        if rate is None or account is None:
            return
        now = time.monotonic()
        burst = max(rate, 1.0)
        whose = account, kind
        left, since = self._asked.get(whose, (burst, now))
        left = min(burst, left + (now - since) * rate)
        if left < 1:
            self._asked[whose] = (left, now)
            raise RpcFault(420, f"FLOOD_WAIT_{math.ceil((1 - left) / rate)}")
        self._asked[whose] = (left - 1, now)
