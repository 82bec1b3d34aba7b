"""History within a data export, where the ids of private chats and basic groups come in splits.

"Chat messages should be exported for each split range", https://core.telegram.org/api/takeout:
what a request wrapped in invokeWithMessagesRange does not find in one split may stand in another.
Channels and supergroups have ids of their own, and are asked for as usual.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telethon.tl import types
from telethon.tl.functions import InvokeWithMessagesRangeRequest
from telethon.tl.functions.messages import GetHistoryRequest, SearchRequest

Ask = Callable[[Any], Awaitable[Any]]


async def in_splits(request: Any, splits: Sequence[Any], ask: Ask) -> Any:
    """Ask as if there were no `splits` (MessageRanges, oldest first).

    A page ends where its split ends, so it may be short. `ask` takes a TLRequest.
    """
    if not splits or not _comes_in_splits(request):
        return await ask(request)
    if request.add_offset < 0:
        return await _towards_newer(request, splits, ask)
    return await _towards_older(request, splits, ask)


async def _towards_newer(request: Any, splits: Sequence[Any], ask: Ask) -> Any:
    """Return the page that begins at the request's offset, or in the first split after it."""
    ahead = [split for split in splits if split.max_id >= request.offset_id] or splits[-1:]
    for split in ahead:
        answer = await ask(InvokeWithMessagesRangeRequest(split, request))
        if any(message.id >= request.offset_id for message in answer.messages):
            break
    return answer


async def _towards_older(request: Any, splits: Sequence[Any], ask: Ask) -> Any:
    """Return the page that ends at the request's offset, or in the first split before it.

    From the top it tells how many messages all splits have together.
    """
    behind = [each for each in splits if not request.offset_id or each.min_id < request.offset_id]
    page, total = None, 0
    for split in reversed(behind or splits[:1]):
        answer = await ask(InvokeWithMessagesRangeRequest(split, request))
        total += getattr(answer, "count", len(answer.messages))
        if page is None or (answer.messages and not page.messages):
            page = answer
        if request.offset_id and page.messages:
            return page
    if page is not None and not request.offset_id:
        return _with_count(page, total)
    return page


def _with_count(answer: Any, total: int) -> Any:
    return types.messages.MessagesSlice(
        count=total,
        messages=answer.messages,
        topics=answer.topics,
        chats=answer.chats,
        users=answer.users,
    )


def _comes_in_splits(request: Any) -> bool:
    return isinstance(request, GetHistoryRequest | SearchRequest) and not isinstance(
        request.peer, types.InputPeerChannel | types.InputPeerChannelFromMessage
    )
