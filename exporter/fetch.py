"""Fetches what is wanted of a chat: ranges of ids, several requests and accounts at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any, TypeVar

import structlog

from exporter.errors import AccountUnusable, JobError
from exporter.keeping import NO_PLANS, Fetched, FilePlans, Keeper
from exporter.leftover import Leftover
from exporter.progress import ProgressBoard
from exporter.seen import Seen
from exporter.sources import Source
from exporter.telegram.connection import Telegram
from exporter.telegram.history import ChatClosed, History, Top, top_of
from exporter.telegram.pages import NEW_A_PAGE
from exporter.telegram.resolve import ChatRef
from storage.archive import Archive
from storage.models import Job, Range

MOST_IN_FLIGHT = 16
LEAST_IN_FLIGHT = 2
PAGE_TAKES_S = 0.005
"""What converting and keeping a page costs: one more request for so much of an answer's time."""
PAGES_A_RANGE = 100
LEAST_PAGES_A_RANGE = 4
PAGES_WORTH_ANOTHER_ACCOUNT = 20
PASSES = 10
"""How often the top is asked for again, in a chat where somebody always writes."""

T = TypeVar("T")

log = structlog.get_logger()

At = tuple[Telegram, ChatRef]
"""An account, and how it asks for the chat."""


async def _nobody() -> AsyncGenerator[At, None]:
    for nobody in list[At]():
        yield nobody


async def _known_already(_: int, error: AccountUnusable) -> AccountUnusable:
    return error


@dataclass(slots=True, kw_only=True)
class Seat:
    """A job, and the accounts that fetch for it."""

    job: Job
    telegrams: list[At]
    """Those that see the chat; the first one resolved it. Who can no more is taken out."""
    others: Callable[[], AsyncGenerator[At, None]] = _nobody
    """Looks which other accounts see the chat, for chats that all number alike."""
    on_lost: Callable[[int, AccountUnusable], Awaitable[AccountUnusable]] = _known_already
    """Told of an account whose session Telegram ended; returns what to tell people."""
    files: FilePlans = NO_PLANS
    """What is to become of the files of what is kept."""

    @property
    def chat(self) -> ChatRef:
        return self.telegrams[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which messages are to be fetched."""

    first_id: int
    last_id: int
    source: Source
    density: float = 1.0
    """About how many messages there are to an id."""
    to_the_top: bool = True
    """`last_id` is the chat's newest; also fetch what comes in meanwhile."""
    anew: bool = False
    """Also what was fetched as part of everything."""

    @property
    def pages(self) -> int:
        return ceil((self.last_id - self.first_id + 1) * self.density / NEW_A_PAGE)

    def part_ids(self, hands: int) -> int:
        """The size of ranges: small enough that all hands find one, and no smaller.

        The last page of a range is half wasted: where the next one begins was only guessed.
        """
        pages = min(max(self.pages // hands, LEAST_PAGES_A_RANGE), PAGES_A_RANGE)
        return ceil(pages * NEW_A_PAGE / self.density)


def everything(top: Top) -> Wanted:
    """All messages of a chat, up to its top and beyond."""
    density = min(top.total / top.id, 1.0) if top.total > 0 else 1.0
    return Wanted(first_id=1, last_id=top.id, source=History(), density=density)


async def fetch(
    seat: Seat, wanted: Wanted, archive: Archive, board: ProgressBoard, seen: Seen
) -> Top | None:
    """Keep every wanted message that is not kept yet.

    Whatever stops it, each range goes on at its checkpoint next time. An account that can no
    more leaves its ranges to the others.

    Returns:
        The chat's top as Telegram told it last, if it was asked again.

    Raises:
        JobError: no account is left that can; the first one's reason.
        ExceptionGroup: of JobLost or StorageError: nothing can be kept.
    """
    chat_id = seat.chat.info.id
    first_id, last_id = wanted.first_id, wanted.last_id
    others = seat.others if wanted.pages >= PAGES_WORTH_ANOTHER_ACCOUNT else _nobody
    hands = _hands(*seat.telegrams[0]) if others is _nobody else MOST_IN_FLIGHT
    top: Top | None = None
    for _ in range(PASSES):
        left = await archive.plan(
            chat_id,
            first_id,
            last_id,
            source=wanted.source.key,
            part_ids=wanted.part_ids(hands),
            anew=wanted.anew,
        )
        if not left:
            return top
        keeper = Keeper(seat.job, chat_id, archive, board, seen, files=seat.files)
        await _Pass(seat, wanted, keeper, left).run(others)
        if not wanted.to_the_top:
            return top
        top = await by_first(seat, top_of)
        first_id, last_id = last_id + 1, top.id
        others = _nobody
    return top


def in_flight(answer_s: float, rate: float | None = None) -> int:
    """How many requests of an account to have under way: as many as hide the line's delay.

    At a known `rate` (requests a second) no more can be.
    """
    hands = LEAST_IN_FLIGHT + round(answer_s / PAGE_TAKES_S)
    if rate is not None:
        hands = min(hands, LEAST_IN_FLIGHT + ceil(rate * answer_s))
    return min(hands, MOST_IN_FLIGHT)


def _hands(telegram: Telegram, _: ChatRef) -> int:
    return in_flight(telegram.answer_s, telegram.rate_of("messages.getHistory"))


async def by_first(seat: Seat, do: Callable[[Telegram, ChatRef], Awaitable[T]]) -> T:
    """Do something with the first account that still can.

    Raises:
        JobError: none is left; the last one's reason.
    """
    while True:
        telegram, chat = seat.telegrams[0]
        try:
            return await do(telegram, chat)
        except (AccountUnusable, ChatClosed) as error:
            reason = await _lose(seat, telegram, error)
            if not seat.telegrams:
                raise reason from error


async def _lose(seat: Seat, telegram: Telegram, reason: JobError) -> JobError:
    """Go on without an account; return what to tell people."""
    seat.telegrams = [at for at in seat.telegrams if at[0] is not telegram]
    if isinstance(reason, AccountUnusable):
        reason = await seat.on_lost(telegram.account_id, reason)
    log.warning("account left the export", account=telegram.account_id, reason=str(reason))
    return reason


class _Pass:
    """One round: from ranges that are left to none, or to no account that can go on."""

    def __init__(self, seat: Seat, wanted: Wanted, keeper: Keeper, left: list[Range]) -> None:
        self._seat = seat
        self._source = wanted.source
        ids = sum(part.last_id - part.next_id + 1 for part in left)
        self._messages = round(ids * wanted.density)
        self._keeper = keeper
        self._left = Leftover(left)
        self._reasons: list[JobError] = []
        self._hands = 0
        self._over = asyncio.Event()

    async def run(self, others: Callable[[], AsyncGenerator[At, None]]) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keeper.run(), name="keep pages")
            for at in self._seat.telegrams:
                self._start(group, self._account(at))
            joining = self._start(group, self._join(group, others))
            await self._over.wait()
            joining.cancel()
            await self._keeper.pages.put(None)
        if not self._left.done:
            raise self._reasons[0]

    def _start(
        self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, None]
    ) -> asyncio.Task[None]:
        """Start a task of those that all must end before the pass is over."""
        self._hands += 1
        task = group.create_task(work)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, _: asyncio.Task[None]) -> None:
        self._hands -= 1
        if self._hands == 0 or self._left.done:
            self._over.set()

    async def _join(
        self, group: asyncio.TaskGroup, others: Callable[[], AsyncGenerator[At, None]]
    ) -> None:
        """Let other accounts in as they are found to see the chat."""
        async with aclosing(others()) as found:
            async for at in found:
                self._seat.telegrams.append(at)
                self._start(group, self._account(at))

    async def _account(self, at: At) -> None:
        """Fetch with one account until nothing is left, or until it can no more."""
        telegram, chat = at
        board = self._keeper.board
        try:
            with board.account(telegram.account_id) as heard, telegram.telling(heard):
                async with (
                    self._exporting(telegram, chat) as inside,
                    asyncio.TaskGroup() as workers,
                ):
                    for _ in range(_hands(telegram, chat)):
                        workers.create_task(self._work((inside, chat)), name="fetch pages")
        except* JobError as failed:
            self._reasons.append(await _lose(self._seat, telegram, _reason(failed)))

    def _exporting(
        self, telegram: Telegram, chat: ChatRef
    ) -> AbstractAsyncContextManager[Telegram]:
        """Ask within the account's data export, where there is enough to fetch."""
        return telegram.takeout(
            messages=self._messages,
            protected=chat.protected,
            on_permission=partial(self._keeper.board.asks_permission, telegram.account_id),
        )

    async def _work(self, at: At) -> None:
        """Fetch a page of some range, and again: the next one may be another worker's."""
        telegram, chat = at
        while (part := await self._left.take()) is not None:
            next_id = part.next_id
            try:
                page = await self._source.page(telegram, chat, next_id, part.last_id)
                await self._keeper.pages.put(Fetched(telegram.account_id, part, page))
                next_id = page.next_id
            finally:
                self._left.put_down(part, next_id)


def _reason(failed: BaseExceptionGroup[JobError]) -> JobError:
    """Choose what explains best why an account's requests failed."""
    reasons = list(_leaves(failed))
    return next((each for each in reasons if isinstance(each, AccountUnusable)), reasons[0])


def _leaves(failed: BaseExceptionGroup[JobError]) -> Iterator[JobError]:
    for error in failed.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
