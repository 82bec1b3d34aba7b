"""Whether an answer with messages can be right: in order, whole, and joined to what was before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

OVERLAP = 1
"""Messages of a page that lie before it: they prove that it joins what came before."""


class Claims:
    """What the answers to one question say, until one is to be believed.

    An answer is believed at once when it proves itself: as long as asked for, and with a message
    from before `next_id`, or `next_id` itself, so that nothing lies between. Any other, such as
    the chat's last page, is believed when it is said again; twice again when it might be the
    answer to another question.
    """

    def __init__(self, next_id: int, last_id: int) -> None:
        self._next_id = next_id
        self._last_id = last_id
        self._said: list[int] | None = None
        self._times = 0

    def believes(self, ids: Sequence[int], limit: int) -> bool:
        """Hear an answer, oldest first, to a question for `limit` messages."""
        if not all(earlier < later for earlier, later in pairwise(ids)):
            return False
        before = sum(id_ < self._next_id for id_ in ids)
        new = list(ids[before:])
        return self._proved(before, new, limit) or self._said_enough(before, new)

    def _proved(self, before: int, new: Sequence[int], limit: int) -> bool:
        if not new:
            return False
        every_id = range(self._next_id, self._last_id + 1)
        if new[: len(every_id)] == list(every_id):
            return True
        joins = before >= OVERLAP or new[0] == self._next_id
        return joins and len(new) >= max(limit - OVERLAP, 1)

    def _said_enough(self, before: int, new: list[int]) -> bool:
        # At the top, other messages come in meanwhile. Without a message from before, only the
        # same messages speak for one another.
        claim = [id_ for id_ in new if id_ <= self._last_id] if before else new
        again = self._said is not None and _agree(self._said, claim)
        self._times = self._times + 1 if again else 1
        self._said = claim
        return self._times >= (2 if before == OVERLAP or self._next_id == 1 else 3)


def _agree(said: list[int], again: list[int]) -> bool:
    """Whether two answers say the same, the second perhaps having been asked for one less."""
    if said == again:
        return True
    return bool(again) and again == said[:-1]
