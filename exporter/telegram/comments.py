"""Comments of a channel's posts: https://core.telegram.org/api/discussion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from telethon import errors
from telethon.tl import types
from telethon.tl.functions.messages import GetDiscussionMessageRequest, GetRepliesRequest

from exporter.errors import ItemError
from exporter.telegram.connection import Telegram
from exporter.telegram.convert import parse
from exporter.telegram.history import ask_chat
from exporter.telegram.pacing import Refused
from exporter.telegram.pages import page_of, read_page
from exporter.telegram.peers import id_of_peer
from exporter.telegram.resolve import ChatRef
from storage.models import MessageRow, Page

NO_THREAD = (errors.MsgIdInvalidError,)
"""Telegram's answer about a post that was deleted, or that nobody may comment on any more."""
EMPTY = Page(messages=(), peers=(), media=(), skipped=(), next_id=0)


@dataclass(frozen=True, slots=True)
class Thread:
    """The comments of one post, as the post tells of them."""

    post_id: int
    comments: int
    top_id: int
    """The newest comment's id in the discussion group; 0 when there is none."""


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of one post: a `Source` of the discussion group."""

    channel: ChatRef
    post_id: int

    @property
    def key(self) -> str:
        return f"comments={self.channel.info.id}/{self.post_id}"

    async def page(self, telegram: Telegram, chat: ChatRef, next_id: int, last_id: int) -> Page:
        """See `Source.page`."""

        async def ask(offset_id: int, add_offset: int, limit: int) -> Any:
            request = GetRepliesRequest(
                peer=self.channel.input_peer,
                msg_id=self.post_id,
                offset_id=offset_id,
                offset_date=None,
                add_offset=add_offset,
                limit=limit,
                max_id=0,
                min_id=0,
                hash=0,
            )
            return await ask_chat(telegram, self.channel, request)

        try:
            return await read_page(ask, telegram, chat, next_id, last_id)
        except Refused as refused:
            if not isinstance(refused.error, NO_THREAD):
                raise
            return replace(EMPTY, next_id=last_id + 1)


def threads_in(rows: Iterable[MessageRow]) -> list[Thread]:
    """The threads of those posts that may be commented on."""
    found = []
    for row in rows:
        message = parse(row)
        replies = None if isinstance(message, ItemError) else message.replies
        if replies is not None and replies.comments:
            found.append(Thread(row.id, replies.replies, replies.max_id or 0))
    return found


def roots_of(rows: Iterable[MessageRow]) -> set[int]:
    """The ids of the posts' copies in the discussion group that these comments stand below."""
    roots = set()
    for row in rows:
        message = parse(row)
        header = None if isinstance(message, ItemError) else message.reply_to
        if isinstance(header, types.MessageReplyHeader):
            roots.add(header.reply_to_top_id or header.reply_to_msg_id or 0)
    return roots - {0}


async def copy_of_post(
    telegram: Telegram, channel: ChatRef, discussion: ChatRef, post_id: int
) -> Page:
    """Ask for what a post's comments stand below; whoever sees the channel may.

    A post that was deleted meanwhile has none.

    Raises:
        ChatClosed: the account may not read the channel.
    """
    request = GetDiscussionMessageRequest(peer=channel.input_peer, msg_id=post_id)
    try:
        answer = await ask_chat(telegram, channel, request)
    except Refused as refused:
        if not isinstance(refused.error, NO_THREAD):
            raise
        return EMPTY
    own = [m for m in answer.messages if id_of_peer(m.peer_id) == discussion.info.id]
    return page_of(answer, own[:1], telegram, discussion, next_id=0)
