"""The one place that waits for Telegram and asks again.

Everything that is sent goes through `Pacer.run`: it goes no faster than Telegram was found to
allow (`exporter.telegram.pace`), flood waits are waited out, a server in trouble or a cut
connection is tried again, and what cannot be cured becomes a sentence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from python_socks import ProxyError
from telethon import errors

from exporter.errors import AccountFrozen, AccountUnusable, JobError
from exporter.telegram.pace import Pace
from storage.errors import StorageError
from storage.models import AccountState, LearnedPace
from storage.wording import Sentence

T = TypeVar("T")
OnWait = Callable[[datetime | None, str | None], None]
"""Told the end of the longest wait of the moment and its reason; two Nones when there is none."""

Save = Callable[[Mapping[str, LearnedPace]], Awaitable[None]]
"""Keeps what was learned, by method."""

PATIENCE_S = 600.0
LONGEST_WAIT_S = 24 * 3600.0
SAVE_EVERY_S = 5.0
UNNOTICED_S = 3.0
"""Nobody needs to be told of a shorter pause between requests."""
CLOCK_S = 1e-6
"""Timers are no more exact than that."""
PAUSES_S = (0.25, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)

FLOODED = Sentence("Telegram asks us to wait")
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

log = structlog.get_logger()

USED_TWICE = Sentence(
    "This account's session was used from two places at once, so Telegram ended it for good. Sign"
    " in again with `chatkeep accounts add`, and use the new session nowhere else."
)
DEACTIVATED = Sentence(
    "Telegram has deactivated this account. Sign in another with `chatkeep accounts add`."
)
SIGNED_OUT = Sentence(
    "Telegram no longer accepts this account's session: it was ended from another device or has"
    " expired. Sign in again with `chatkeep accounts add`."
)
WRONG_APPLICATION = Sentence(
    "Telegram does not accept API_ID and API_HASH. Copy both again from https://my.telegram.org"
    " (API development tools)."
)
FROZEN = Sentence(
    "Telegram has frozen this account and refuses what this takes. Appeal to @SpamBot with this"
    " account, or sign in another one that sees the chat: `chatkeep accounts add`."
)
FROZEN_OUTSIDE = Sentence(
    "Telegram has frozen this account, which now reads only chats that it is a member of. Sign in"
    " another one that sees this chat: `chatkeep accounts add`."
)
_FROZEN = partial(AccountFrozen, state=AccountState.FROZEN)
_DUPLICATED = partial(AccountUnusable, state=AccountState.DUPLICATED)
_DEACTIVATED = partial(AccountUnusable, state=AccountState.DEACTIVATED)
FINAL: tuple[tuple[type[Exception], Callable[[str], JobError], str], ...] = (
    (errors.FrozenMethodInvalidError, _FROZEN, FROZEN),
    (errors.FrozenParticipantMissingError, _FROZEN, FROZEN_OUTSIDE),
    (errors.AuthKeyDuplicatedError, _DUPLICATED, USED_TWICE),
    (errors.UserDeactivatedError, _DEACTIVATED, DEACTIVATED),
    (errors.UserDeactivatedBanError, _DEACTIVATED, DEACTIVATED),
    (errors.UnauthorizedError, AccountUnusable, SIGNED_OUT),
    (errors.AuthKeyNotFound, AccountUnusable, SIGNED_OUT),
    (errors.ApiIdInvalidError, JobError, WRONG_APPLICATION),
    (errors.ConnectionApiIdInvalidError, JobError, WRONG_APPLICATION),
    (errors.ApiIdPublishedFloodError, JobError, WRONG_APPLICATION),
)
"""What means the same whatever was asked; the first that fits."""


class Unreadable(JobError):
    """The library knows no such type: https://core.telegram.org/api/invoking#layers"""


class Refused(JobError):
    """Telegram answered with an error that asking again does not cure."""

    def __init__(self, error: errors.RPCError) -> None:
        super().__init__(Sentence("Telegram refused: {why}.", why=_words(error)))
        self.error = error
        """Telethon's error; which request may answer what is for the one who asked."""


class WaitTooLong(JobError):
    """Telegram wants a longer wait than was to be borne."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(
            Sentence(
                "Telegram asks us to wait {time} before this can be asked again. Try then.",
                time=in_words(wait_s),
            )
        )
        self.wait_s = wait_s


class _Method:
    """One method of the account: its pace, and whose turn it is to wait for that."""

    def __init__(self, learned: LearnedPace | None) -> None:
        self.pace = Pace(learned, today=datetime.now(UTC))
        self.turn = asyncio.Lock()


class Pacer:
    """Waits and tries again for one account.

    `patience_s` is how long one request may go on failing; flood waits do not count for it.
    `learned` is what earlier runs found out by method, and `save` keeps it for later ones.
    """

    def __init__(
        self,
        *,
        patience_s: float = PATIENCE_S,
        learned: Mapping[str, LearnedPace] | None = None,
        save: Save | None = None,
    ) -> None:
        self._patience_s = patience_s
        self._listeners: list[OnWait] = []
        self._waits: list[tuple[datetime, str]] = []
        self._learned = dict(learned or {})
        self._methods: dict[str, _Method] = {}
        self._save = save
        self._saved_at = float("-inf")
        self._unsaved = False

    @contextmanager
    def telling(self, on_wait: OnWait) -> Iterator[None]:
        """Tell `on_wait` of every wait of this account meanwhile."""
        self._listeners.append(on_wait)
        try:
            yield
        finally:
            self._listeners.remove(on_wait)

    def floods(self, name: str) -> int:
        """Return how often Telegram made us wait for a method; once for requests sent together."""
        return self._method(name).pace.waits

    def rate(self, name: str) -> float | None:
        """Return the requests a second that a method is known to be allowed; None: no limit is."""
        return self._method(name).pace.rate

    async def run(
        self,
        attempt: Callable[[], Awaitable[T]],
        *,
        method: str,
        patience_s: float | None = None,
        longest_wait_s: float = LONGEST_WAIT_S,
        learn: bool = True,
    ) -> T:
        """Await `attempt()` until it succeeds; what shares a `method` shares its pace and waits.

        Without `learn` waits are waited out and no rate is made of them: who asks so decides by
        itself how much is under way.

        Raises:
            AccountUnusable: Telegram no longer accepts the session, or has frozen the account
                (`AccountFrozen`): a 420 that no wait cures; never tried again.
            Refused: another error of the request itself.
            WaitTooLong: it wants more than `longest_wait_s` of waiting.
            JobError: it was in trouble or out of reach for longer than `patience_s`.
        """
        patience_s = self._patience_s if patience_s is None else patience_s
        clock = asyncio.get_running_loop().time
        pace = self._method(method).pace
        failures, failed_s, waited_s = 0, 0.0, 0.0
        while True:
            started = await self._turn(method, longest_wait_s)
            try:
                answer = await attempt()
            except FLOOD as flood:
                wait_s = float(max(flood.seconds, 1))  # FLOOD_WAIT_0 does happen
                pace.refused(clock(), wait_s, sent_at=started, learn=learn)
                self._unsaved = self._unsaved or learn
                waited_s += wait_s
                if waited_s > longest_wait_s:
                    raise WaitTooLong(wait_s) from flood
                await self.remember(every_s=SAVE_EVERY_S)
            except (*SERVER_TROUBLE, *LINE_TROUBLE) as error:
                pause_s = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
                failures += 1
                failed_s += clock() - started + pause_s
                if failed_s > patience_s:
                    raise JobError(_out_of_patience(error, patience_s)) from error
                await self._wait(pause_s, _trouble(error))
            except (errors.RPCError, errors.AuthKeyNotFound, errors.TypeNotFoundError) as error:
                raise _final(error) from error
            else:
                pace.admitted()
                if self._unsaved:
                    await self.remember(every_s=SAVE_EVERY_S)
                return answer

    async def remember(self, *, every_s: float = 0.0) -> None:
        """Keep what was learned for later runs, unless that was done less than `every_s` ago.

        When it cannot be kept a later run learns it again: no reason to stop this one.
        """
        now, today = asyncio.get_running_loop().time(), datetime.now(UTC)
        if self._save is None or now - self._saved_at < every_s:
            return
        known = {name: each.pace.learned(now, today) for name, each in self._methods.items()}
        found = {name: pace for name, pace in known.items() if pace is not None}
        news = {name: pace for name, pace in found.items() if self._is_news(name, pace)}
        self._saved_at, self._unsaved = now, False
        if news:
            try:
                await self._save(news)
            except StorageError as error:
                log.warning("allowed rates not kept", reason=str(error))
            else:
                self._learned |= news

    def _is_news(self, name: str, pace: LearnedPace) -> bool:
        known = self._learned.get(name)
        return known is None or (known.rate, known.settled) != (pace.rate, pace.settled)

    def _method(self, name: str) -> _Method:
        if name not in self._methods:
            self._methods[name] = _Method(self._learned.get(name))
        return self._methods[name]

    async def _turn(self, name: str, longest_wait_s: float) -> float:
        """Return when the next request of this method may go: the time it is then."""
        method, clock = self._method(name), asyncio.get_running_loop().time
        async with method.turn:  # the others queue up behind the one that waits
            while (pause_s := method.pace.ready_in(clock())) > CLOCK_S:
                blocked_s = method.pace.blocked_for(clock())
                if blocked_s > longest_wait_s:
                    raise WaitTooLong(blocked_s)
                if blocked_s or pause_s > UNNOTICED_S:
                    await self._wait(pause_s, FLOODED)
                else:
                    await asyncio.sleep(pause_s)
            method.pace.sent(now := clock())
            return now

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
        unknown = f"{error.invalid_constructor_id:08x}"
        return Unreadable(
            Sentence(
                "Telegram sent something that this version of Chatkeep cannot read (type {type})."
                " Update Chatkeep and export again: what was fetched so far is kept.",
                type=unknown,
            )
        )
    return Refused(error)


def _trouble(error: Exception) -> str:
    if isinstance(error, SERVER_TROUBLE):
        return Sentence("Telegram has trouble answering; asking again")
    return Sentence("No connection to Telegram; trying again")


def _out_of_patience(error: Exception, patience_s: float) -> str:
    if isinstance(error, SERVER_TROUBLE):
        return Sentence(
            "Telegram had trouble for {time} ({why}). Try again later: what was fetched so far is"
            " kept.",
            time=in_words(patience_s),
            why=_words(error),
        )
    return Sentence(
        "Telegram could not be reached for {time} ({why}). Check the network, TELEGRAM_SERVER,"
        " TELEGRAM_SERVER_KEY and TELEGRAM_PROXY, and try again: what was fetched so far is kept.",
        time=in_words(patience_s),
        why=_words(error),
    )


def _words(error: Exception) -> str:
    """Return the text of an error without Telethon's addition about the request."""
    text = str(error).partition(" (caused by ")[0].rstrip(".")
    return text or type(error).__name__


def in_words(duration_s: float) -> str:
    """Write a duration as a person says it: "21 h 27 min", "10 min", "45 s"."""
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        if minutes:
            return Sentence("{hours} h {minutes} min", hours=hours, minutes=minutes)
        return Sentence("{n} h", n=hours)
    if minutes:
        if seconds and minutes < 5:
            return Sentence("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)
        return Sentence("{n} min", n=minutes)
    return Sentence("{n} s", n=seconds)
