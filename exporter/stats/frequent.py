"""The most frequent of very many things, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nlargest

LIMIT = 100_000


class Frequent:
    """Counts what comes, and forgets what is rare when there is too much of it.

    Misra and Gries' way (Finding repeated elements, 1982), by halves: at `2 * limit` different
    things, each count is lowered by that of the `limit`th, and what is left with nothing goes.
    Counts are exact until then, and later too large by at most the share `1 / limit` of all.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._counts: Counter[str] = Counter()
        self._lowered = 0

    @property
    def held(self) -> int:
        """How many different things are in memory."""
        return len(self._counts)

    def add(self, things: Iterable[str]) -> None:
        """Count each of them once."""
        self._counts.update(things)
        self._shrink()

    def add_times(self, counted: Mapping[str, int]) -> None:
        """Count each of them so often."""
        self._counts.update(counted)
        self._shrink()

    def top(self, number: int) -> list[tuple[str, int]]:
        """The most frequent with their counts; equals by the alphabet."""
        found = nlargest(number, self._counts.items(), key=_rank)
        return [(thing, count + self._lowered) for thing, count in found]

    def _shrink(self) -> None:
        if len(self._counts) < 2 * self._limit:
            return
        bar = sorted(self._counts.values(), reverse=True)[self._limit]
        self._lowered += bar
        self._counts = Counter(
            {thing: count - bar for thing, count in self._counts.items() if count > bar}
        )


def _rank(item: tuple[str, int]) -> tuple[int, list[int]]:
    thing, count = item
    return count, [-ord(letter) for letter in thing]
