"""Keeps the comments of a channel's posts, and writes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from exporter.media.placing import Placer
from exporter.media.wanting import wants_of
from exporter.records import Record
from exporter.render import render
from exporter.survey import Survey
from exporter.telegram.by_id import IDS_A_REQUEST, ask_by_id
from exporter.telegram.comments import (
    EMPTY,
    Comments,
    Thread,
    copy_of_post,
    roots_of,
    threads_in,
)
from exporter.telegram.history import ChatClosed
from exporter.telegram.resolve import ChatRef
from exporter.writers.splitting import UNSPLIT, Split
from storage.archive import Archive
from storage.models import ChatInfo, Page, Range
from storage.slices import EVERYTHING, Slice

FOLDER = "comments"
THREADS_AT_ONCE = 4
"""Most have one page, so that it is the posts that must not wait for each other."""
THREADS_A_BATCH = 50
POSTS_AT_ONCE = 200
WHOLE = 2**31
"""A thread is one range: its messages lie far apart in the group."""


async def fetch_comments(found: Survey, archive: Archive) -> int:
    """Keep the comments that are not kept yet, and the copies of the posts that they stand below.

    The posts are those of the survey that are kept by now; a chat without comments has none.

    Older posts are asked for again, because nothing else tells of new comments.

    Returns:
        How many comments are new.

    Raises:
        JobError: the account may not read the channel (any more).
    """
    if found.discussion is None:
        return 0
    work = _Work(found, found.discussion, archive)
    async with aclosing(_threads(found, archive)) as stream:
        async for threads in stream:
            await work.fetch(threads)
    return work.new


async def _threads(found: Survey, archive: Archive) -> AsyncGenerator[list[Thread], None]:
    """The threads of the posts, as they are now, some at a time."""
    telegram, channel = found.seat.telegrams[0]
    posts = archive.messages(channel.info.id, page=POSTS_AT_ONCE, wanted=found.wanted)
    async for rows in posts:
        threads = threads_in(rows)
        old = [thread.post_id for thread in threads if thread.post_id < found.fresh_from]
        yield [thread for thread in threads if thread.post_id >= found.fresh_from]
        for ids in pieces(old):
            answered = await ask_by_id(telegram, channel, ids)
            yield threads_in(answered.page.messages)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A thread of which the first page is fetched, and not kept yet."""

    post_id: int
    ranges: list[Range]
    page: Page


class _Work:
    """Fetches threads, several at once."""

    def __init__(self, found: Survey, discussion: ChatRef, archive: Archive) -> None:
        self.new = 0
        self._job = found.seat.job
        self._telegram, self._channel = found.seat.telegrams[0]
        self._discussion = discussion
        self._archive = archive
        self._chat_id = discussion.info.id
        self._wants = wants_of(found.seat.job.request)
        self._wake = found.seat.files.wake
        self._free = asyncio.Semaphore(THREADS_AT_ONCE)

    async def fetch(self, threads: Sequence[Thread]) -> None:
        """Fetch what is new below some posts.

        The posts' copies are kept before the comments, because a thread that is done is not asked
        for again, and nothing else tells which post a comment is about.
        """
        left = [thread for thread in threads if thread.comments and thread.top_id]
        for start in range(0, len(left), THREADS_A_BATCH):
            async with asyncio.TaskGroup() as group:
                beginnings = [
                    group.create_task(self._begin(thread))
                    for thread in left[start : start + THREADS_A_BATCH]
                ]
            begun = [one for task in beginnings if (one := task.result()) is not None]
            posts = {root: one.post_id for one in begun for root in roots_of(one.page.messages)}
            await self._keep_roots(posts)
            async with asyncio.TaskGroup() as group:
                for one in begun:
                    group.create_task(self._go_on(one))

    async def _begin(self, thread: Thread) -> _Begun | None:
        """Fetch the first page of what is new below a post; None if nothing is."""
        async with self._free:
            key = self._source(thread.post_id).key
            ranges = await self._archive.plan(
                self._chat_id, 1, thread.top_id, source=key, part_ids=WHOLE
            )
            if not ranges:
                return None
            return _Begun(thread.post_id, ranges, await self._page(thread.post_id, ranges[0]))

    async def _go_on(self, begun: _Begun) -> None:
        """Keep the first page, and fetch and keep the others."""
        async with self._free:
            waiting = [begun.page]
            for range_ in begun.ranges:
                left = range_
                while not left.done:
                    page = waiting.pop() if waiting else await self._page(begun.post_id, left)
                    new = await self._keep(page, left.id)
                    self.new += new
                    left = replace(left, next_id=page.next_id)

    async def _page(self, post_id: int, left: Range) -> Page:
        source = self._source(post_id)
        return await source.page(self._telegram, self._discussion, left.next_id, left.last_id)

    def _source(self, post_id: int) -> Comments:
        return Comments(self._channel, post_id)

    async def _keep_roots(self, posts: Mapping[int, int]) -> None:
        """Keep the posts' copies in the group, given as their ids there and the posts' own."""
        for ids in pieces(sorted(posts)):
            known = await self._archive.ids(self._chat_id, ids[0], ids[-1])
            missing = set(ids) - set(known)
            for page in await self._copies(sorted(missing), posts) if missing else ():
                await self._keep(page, None)

    async def _copies(self, roots: Sequence[int], posts: Mapping[int, int]) -> list[Page]:
        """Ask for the posts' copies; one by one where the group is for members only."""
        try:
            page = (await ask_by_id(self._telegram, self._discussion, roots)).page
        except ChatClosed:
            page = EMPTY
        unseen = set(roots) - {row.id for row in page.messages}
        return [
            page,
            *[
                await copy_of_post(self._telegram, self._channel, self._discussion, posts[root])
                for root in sorted(unseen)
            ],
        ]

    async def _keep(self, page: Page, range_id: int | None) -> int:
        """Keep a page of the group; return how many of its messages are new."""
        kept = await self._archive.keep(
            self._telegram.account_id,
            self._chat_id,
            range_id,
            page,
            fence=(self._job.id, self._job.fence),
            wants=self._wants,
        )
        self._wake()
        return kept.new


async def render_comments(
    archive: Archive,
    channel: ChatInfo,
    folder: Path,
    formats: Sequence[str],
    zone: tzinfo,
    *,
    wanted: Slice = EVERYTHING,
    keep_deleted: bool = True,
    placer: Placer | None = None,
    split: Split = UNSPLIT,
    template: str | None = None,
    language: str = "en",
) -> int:
    """Write the comments of a channel's wanted posts into a folder `comments` in its own.

    It is an archive of the discussion group that holds nothing else: each post's copy there, and
    what was answered to it. Nothing is written for a channel that has no such group.

    Returns:
        The number of messages written.

    Raises:
        JobError, OSError: as `render`.
    """
    discussion = await discussion_of(archive, channel)
    if discussion is None:
        return 0
    posts = None
    if not wanted.is_everything:
        posts = {
            row.id async for rows in archive.messages(channel.id, wanted=wanted) for row in rows
        }
    target = folder / FOLDER
    target.mkdir(mode=0o700, exist_ok=True)
    select = CommentsOf(channel.id, posts)
    return await render(
        archive,
        discussion,
        target,
        formats,
        zone,
        select=select,
        keep_deleted=keep_deleted,
        placer=placer,
        split=split,
        template=template,
        language=language,
    )


async def discussion_of(archive: Archive, channel: ChatInfo) -> ChatInfo | None:
    """The group that holds the comments of a channel's posts, if it is known."""
    linked_id = (await archive.surroundings(channel.id)).linked_id
    return None if linked_id is None else await archive.chat(linked_id)


class CommentsOf:
    """Picks a channel's comments out of its discussion group's messages, the oldest first.

    What is not below a post's copy is other talk of the group, and left out.
    """

    def __init__(self, channel_id: int, posts: Collection[int] | None = None) -> None:
        """`posts` are those whose comments are wanted; None: of all."""
        self._channel_id = channel_id
        self._wanted = posts
        self._posts: dict[int, int] = {}
        """The post that each copy in the group stands for, by the copy's id."""

    def __call__(self, records: list[Record]) -> list[Record]:
        return [
            replace(record, comment_on=post_id)
            for record in records
            if (post_id := self._post(record)) is not None
        ]

    def _post(self, record: Record) -> int | None:
        forward, reply = record.forward, record.reply
        if forward and forward.saved_from and forward.saved_from.id == self._channel_id:
            post_id = forward.saved_from_message_id
            if post_id is None or (self._wanted is not None and post_id not in self._wanted):
                return None
            self._posts[record.id] = post_id
            return post_id
        if reply is None or reply.peer is not None:
            return None
        return self._posts.get(reply.top_id or reply.message_id or 0)


def pieces(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many ids at a time as one request may name."""
    for start in range(0, len(ids), IDS_A_REQUEST):
        yield ids[start : start + IDS_A_REQUEST]
