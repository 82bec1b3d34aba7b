"""Which names are taken: eight bytes each and some room, so that a million take 32 MB at most."""

from __future__ import annotations

from array import array
from hashlib import blake2b

SMALLEST = 1024


class Taken:
    """A set of texts by their 64-bit hashes.

    It may take a free text for a taken one, once in 10^13 times at a million; never the other way.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * SMALLEST))
        """By hash, in the first free slot from its own on; 0 is free."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, text: str) -> bool:
        mark = _mark(text)
        return self._slots[self._slot(mark)] == mark

    def add(self, text: str) -> None:
        """Take a text."""
        if 2 * self._count >= len(self._slots):
            self._grow()
        self._put(_mark(text))

    def _put(self, mark: int) -> None:
        slot = self._slot(mark)
        if not self._slots[slot]:
            self._slots[slot] = mark
            self._count += 1

    def _slot(self, mark: int) -> int:
        """Where a mark is, or would be."""
        slots = self._slots
        last = len(slots) - 1
        slot = mark & last
        while slots[slot] not in (0, mark):
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        earlier = self._slots
        self._slots = array("Q", bytes(8 * 2 * len(earlier)))
        self._count = 0
        for mark in earlier:
            if mark:
                self._put(mark)


def _mark(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1
