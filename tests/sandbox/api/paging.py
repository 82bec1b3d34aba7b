"""Which part of a list of messages a request wants, https://core.telegram.org/api/offsets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from tests.sandbox.world.chats import unix

PAGE_DEFAULT = 20
PAGE_LIMIT = 100


def bounds(
    ids: Sequence[int], request: Any, date_of: Callable[[int], int] | None = None
) -> tuple[int, int]:
    """The part of the ascending `ids` that a request wants: start and stop, exclusive.

    From the newest message, the list is cut at `offsetFromID(offset_id) + add_offset`, which
    counts messages with `offset_id` itself included, for `limit` messages (20 when it is 0, 100 at
    most); `min_id` and `max_id` then leave out ids on both sides, exclusively. Without an id,
    `offset_date` leaves out the messages of that second and later.
    """
    skipped = 0
    if request.offset_id > 0:
        skipped = len(ids) - bisect_left(ids, request.offset_id)
    elif date_of is not None and (date := unix_or_zero(getattr(request, "offset_date", None))) > 0:
        skipped = len(ids) - bisect_left(ids, date, key=date_of)
    first = max(skipped + request.add_offset, 0)
    last = max(skipped + request.add_offset + page_size(request.limit), 0)
    start = max(len(ids) - last, 0)
    stop = max(len(ids) - first, 0)
    if request.min_id > 0:
        start = max(start, bisect_right(ids, request.min_id))
    if request.max_id > 0:
        stop = min(stop, bisect_left(ids, request.max_id))
    return min(start, stop), stop


def page_size(limit: int) -> int:
    """ "Typically between 1 and 100. When 0 is provided the limit will often default to an
    intermediate value like ~20"."""
    return min(limit, PAGE_LIMIT) if limit > 0 else PAGE_DEFAULT


def unix_or_zero(date: Any) -> int:
    """A request's date, which is absent when it is zero on the wire."""
    return 0 if date is None else unix(date)


def hash_of(ids: Sequence[int]) -> int:
    """ "Hash generation" on that page: what a client sends to hear only of changes."""
    value = 0
    for number in ids:
        value ^= value >> 21
        value ^= (value << 35) & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 4
        value = (value + number) & 0xFFFFFFFFFFFFFFFF
    return value
