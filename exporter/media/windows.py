"""Which sizes and first hashes of contents are certainly new: a Bloom filter over all of the store.

"Perhaps known" is decided by the database. A filter is filled from there, about a second for a
million contents, and anew when it is outgrown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from rbloom import Bloom

from exporter.config import FilterSizes
from exporter.media.hot import WindowKey
from storage.contents import Contents

FALSE_POSITIVES = 0.01


class Windows:
    """Never wrong about "certainly new", as far as this process stored the contents."""

    def __init__(self, contents: Contents, sizes: FilterSizes) -> None:
        self._contents = contents
        self._sizes = sizes
        self._filter: _Filter | None = None
        self._told: list[WindowKey] = []
        """Those added before there is a filter, or while one is filled."""
        self._turn = asyncio.Lock()

    async def perhaps(self, key: WindowKey) -> bool:
        """Whether a content with this key may be known.

        Raises:
            StorageError: the database cannot be used.
        """
        held = self._filter
        if held is None or (held.is_full and held.capacity < self._sizes.largest):
            held = await self._filled(held)
        return held.perhaps(key)

    def add(self, key: WindowKey) -> None:
        """Note that a content with this key is known."""
        if self._filter is not None:
            self._filter.add([key])
        if self._filter is None or self._turn.locked():
            self._told.append(key)

    async def _filled(self, outgrown: _Filter | None) -> _Filter:
        """Return a filter with room, by whoever comes first."""
        async with self._turn:
            if self._filter is not None and self._filter is not outgrown:
                return self._filter
            count = await self._contents.count()
            filling = _Filter(self._sizes.capacity(count * 2))
            async for page in self._contents.windows():
                filling.add(page)
            filling.add(self._told)
            self._told.clear()
            self._filter = filling
            return filling


class _Filter:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        """For how many contents the rate of false positives holds."""
        self._added = 0
        self._bloom = Bloom(capacity, FALSE_POSITIVES, _spread)

    @property
    def is_full(self) -> bool:
        return self._added > self.capacity

    def add(self, keys: Iterable[WindowKey]) -> None:
        for key in keys:
            self._bloom.add(key)
            self._added += 1

    def perhaps(self, key: WindowKey) -> bool:
        return key in self._bloom


def _spread(key: WindowKey) -> int:
    """Windows are SHA-256s, so they are spread already."""
    size_bytes, window = key
    return int.from_bytes(window[:15]) ^ size_bytes
