"""Requests that page through a chat's messages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

from telethon.tl import functions

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import chat_of
from tests.sandbox.world.history import History

PAGE_DEFAULT = 20
PAGE_LIMIT = 100


def get_history(asked: Asked) -> Any:
    """https://core.telegram.org/method/messages.getHistory."""
    chat, history = chat_of(asked, asked.request.peer)
    start, stop = bounds(history, asked.request)
    return chat.pages.cut(history, asked.viewer, start, stop)


def bounds(history: History, request: Any) -> tuple[int, int]:
    """The part of `history.ids` that a request wants: start and stop, exclusive.

    From the newest message, the list is cut at `offsetFromID(offset_id) + add_offset`, which
    counts messages with `offset_id` itself included, for `limit` messages (20 when it is 0, 100 at
    most); `min_id` and `max_id` then leave out ids on both sides, exclusively:
    https://core.telegram.org/api/offsets
    """
    ids = history.ids
    skipped = len(ids) - bisect_left(ids, request.offset_id) if request.offset_id > 0 else 0
    first = max(skipped + request.add_offset, 0)
    last = skipped + request.add_offset + page_size(request.limit)
    start = max(len(ids) - max(last, 0), 0)
    stop = max(len(ids) - first, 0)
    if request.min_id > 0:
        start = max(start, bisect_right(ids, request.min_id))
    if request.max_id > 0:
        stop = min(stop, bisect_left(ids, request.max_id))
    return min(start, stop), stop


def page_size(limit: int) -> int:
    return min(limit, PAGE_LIMIT) if limit > 0 else PAGE_DEFAULT


HANDLERS: dict[type, Handler] = {functions.messages.GetHistoryRequest: get_history}
