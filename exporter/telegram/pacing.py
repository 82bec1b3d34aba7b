"""The one place that waits for Telegram and asks again.

Everything that is sent goes through `Pacer.run`: flood waits are waited out, a server in trouble
or a cut connection is tried again, and what cannot be cured becomes a sentence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from python_socks import ProxyError
from telethon import errors

from exporter.errors import AccountUnusable, JobError

T = TypeVar("T")
OnWait = Callable[[datetime | None, str | None], None]
"""Told the end of the longest wait of the moment and its reason; two Nones when there is none."""

PATIENCE_S = 600.0
LONGEST_WAIT_S = 24 * 3600.0
PAUSES_S = (0.25, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

FLOOD = (errors.FloodWaitError, errors.FloodPremiumWaitError, errors.FloodTestPhoneWaitError)
SERVER_TROUBLE = (errors.ServerError, errors.TimedOutError)
"""Codes 500 and -503: https://core.telegram.org/api/errors#500-internal"""
LINE_TROUBLE = (
    OSError,  # ConnectionError and TimeoutError among them
    EOFError,  # asyncio.IncompleteReadError
    ProxyError,
    errors.BadMessageError,
    errors.InvalidBufferError,
    errors.InvalidChecksumError,
    errors.SecurityError,
)


USED_TWICE = (
    "This account's session was used from two places at once, so Telegram ended it for good. Sign"
    " in again with `chatkeep accounts add`, and use the new session nowhere else."
)
DEACTIVATED = "Telegram has deactivated this account. Sign in another with `chatkeep accounts add`."
SIGNED_OUT = (
    "Telegram no longer accepts this account's session: it was ended from another device or has"
    " expired. Sign in again with `chatkeep accounts add`."
)
WRONG_APPLICATION = (
    "Telegram does not accept API_ID and API_HASH. Copy both again from https://my.telegram.org"
    " (API development tools)."
)
FINAL: tuple[tuple[type[Exception], type[JobError], str], ...] = (
    (errors.AuthKeyDuplicatedError, AccountUnusable, USED_TWICE),
    (errors.UserDeactivatedError, AccountUnusable, DEACTIVATED),
    (errors.UserDeactivatedBanError, AccountUnusable, DEACTIVATED),
    (errors.UnauthorizedError, AccountUnusable, SIGNED_OUT),
    (errors.AuthKeyNotFound, AccountUnusable, SIGNED_OUT),
    (errors.ApiIdInvalidError, JobError, WRONG_APPLICATION),
    (errors.ConnectionApiIdInvalidError, JobError, WRONG_APPLICATION),
    (errors.ApiIdPublishedFloodError, JobError, WRONG_APPLICATION),
)
"""What means the same whatever was asked; the first that fits."""


class Refused(JobError):
    """Telegram answered with an error that asking again does not cure."""

    def __init__(self, error: errors.RPCError) -> None:
        super().__init__(f"Telegram refused: {_words(error)}.")
        self.error = error
        """Telethon's error; which request may answer what is for the one who asked."""


class Pacer:
    """Waits and tries again for one account.

    `patience_s` is how long one request may go on failing; flood waits do not count for it.
    """

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._listeners: list[OnWait] = []
        self._waits: list[tuple[datetime, str]] = []

    @contextmanager
    def telling(self, on_wait: OnWait) -> Iterator[None]:
        """Tell `on_wait` of every wait of this account meanwhile."""
        self._listeners.append(on_wait)
        try:
            yield
        finally:
            self._listeners.remove(on_wait)

    async def run(
        self,
        attempt: Callable[[], Awaitable[T]],
        *,
        patience_s: float | None = None,
        longest_wait_s: float = LONGEST_WAIT_S,
    ) -> T:
        """Await `attempt()` until it succeeds.

        Raises:
            AccountUnusable: Telegram no longer accepts the session; never tried again.
            Refused: another error of the request itself.
            JobError: Telegram was in trouble or out of reach for longer than `patience_s`,
                or wants more than `longest_wait_s` of waiting.
        """
        patience_s = self._patience_s if patience_s is None else patience_s
        clock = asyncio.get_running_loop().time
        failures, failed_s, waited_s = 0, 0.0, 0.0
        while True:
            started = clock()
            try:
                return await attempt()
            except FLOOD as flood:
                wait_s = float(max(flood.seconds, 1))  # FLOOD_WAIT_0 does happen
                waited_s += wait_s
                if waited_s > longest_wait_s:
                    raise JobError(_too_long(wait_s)) from flood
                await self._wait(wait_s, "Telegram asks us to wait")
            except (*SERVER_TROUBLE, *LINE_TROUBLE) as error:
                pause_s = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
                failures += 1
                failed_s += clock() - started + pause_s
                if failed_s > patience_s:
                    raise JobError(_out_of_patience(error, patience_s)) from error
                await self._wait(pause_s, _trouble(error))
            except (errors.RPCError, errors.AuthKeyNotFound, errors.TypeNotFoundError) as error:
                raise _final(error) from error

    async def _wait(self, wait_s: float, reason: str) -> None:
        wait = (datetime.now(UTC) + timedelta(seconds=wait_s), reason)
        self._waits.append(wait)
        self._tell()
        try:
            await asyncio.sleep(wait_s)
        finally:
            self._waits.remove(wait)
            self._tell()

    def _tell(self) -> None:
        until, why = max(self._waits, default=(None, None))
        for listener in tuple(self._listeners):
            listener(until, why)


def _final(error: Exception) -> JobError:
    """Say what an error means that no retry cures."""
    if isinstance(error, errors.SessionPasswordNeededError):
        return Refused(error)  # a question, at sign-in
    for kind, ending, sentence in FINAL:
        if isinstance(error, kind):
            return ending(sentence)
    if isinstance(error, errors.TypeNotFoundError):
        return JobError(
            "Telegram sent something that this version of Chatkeep cannot read (type"
            f" {error.invalid_constructor_id:08x}). Update Chatkeep and export again: what was"
            " fetched so far is kept."
        )
    return Refused(error)


def _trouble(error: Exception) -> str:
    if isinstance(error, SERVER_TROUBLE):
        return "Telegram has trouble answering; asking again"
    return "No connection to Telegram; trying again"


def _out_of_patience(error: Exception, patience_s: float) -> str:
    if isinstance(error, SERVER_TROUBLE):
        return (
            f"Telegram had trouble for {in_words(patience_s)} ({_words(error)}). Try again later:"
            " what was fetched so far is kept."
        )
    return (
        f"Telegram could not be reached for {in_words(patience_s)} ({_words(error)}). Check the"
        " network, TELEGRAM_SERVER, TELEGRAM_SERVER_KEY and TELEGRAM_PROXY, and try again: what was"
        " fetched so far is kept."
    )


def _too_long(wait_s: float) -> str:
    return f"Telegram asks us to wait {in_words(wait_s)} before this can be asked again. Try then."


def _words(error: Exception) -> str:
    """Return the text of an error without Telethon's addition about the request."""
    text = str(error).partition(" (caused by ")[0].rstrip(".")
    return text or type(error).__name__


def in_words(duration_s: float) -> str:
    """Write a duration as a person says it: "21 h 27 min", "10 min", "45 s"."""
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {seconds} s" if seconds and minutes < 5 else f"{minutes} min"
    return f"{seconds} s"
