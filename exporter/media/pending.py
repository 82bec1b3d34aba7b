"""The files of an order that are next, as they were read from the archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from storage.files import Files
from storage.media import FileKey, WantedFile

ROWS_A_READ = 300
FEW = 150
"""So few waiting files of a size class make the archive be read again."""

Shelf = tuple[int, bool]
"""A data centre, and whether it is the large files."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many files of an order may be under way, the looking for known contents included."""

    small: int = 16
    """Of one data centre."""
    large: int = 4


ONE = Share(small=2, large=1)
"""For one file at a time: the next small one is known when it ends."""


class Pending:
    """Gives the next files: small ones first, by message id, of each data centre in turn."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._waiting: dict[Shelf, dict[FileKey, WantedFile]] = {}
        self._all_read = {False: False, True: False}

    def look_anew(self) -> None:
        """There may be rows that were not read yet."""
        self._all_read = {False: False, True: False}

    @property
    def is_empty(self) -> bool:
        """Nothing waits, and nothing is left to be read."""
        return not any(self._waiting.values()) and all(self._all_read.values())

    async def fill(self, chat_ids: Sequence[int], but_not: Iterable[FileKey]) -> None:
        """Read more rows where few are left.

        Raises:
            StorageError: the archive cannot be read.
        """
        for large in (False, True):
            if self._all_read[large] or self._count(large=large) >= FEW:
                continue
            known = {key for waiting in self._waiting.values() for key in waiting}
            self._all_read[large] = True  # unless `look_anew` comes while the archive is read
            rows = await self._files.open_files(
                list(chat_ids), large=large, limit=ROWS_A_READ, but_not=known.union(but_not)
            )
            if len(rows) >= ROWS_A_READ:
                self._all_read[large] = False
            for row in rows:
                self._waiting.setdefault((row.dc_id, row.is_large), {})[row.key] = row

    def take(
        self, under_way: Mapping[Shelf, int], share: Share, *, at_once: int
    ) -> WantedFile | None:
        """Return the next file of a shelf of which fewer than its share are under way.

        Where only so many files may be under way `at_once` (0: as many as the shares allow), no
        large one begins while small ones would take the place.
        """
        small = sum(number for (_, large), number in under_way.items() if not large)
        only_small = bool(at_once) and (small >= at_once or self._count(large=False) > 0)
        for shelf in sorted(self._waiting, key=lambda shelf: (shelf[1], under_way.get(shelf, 0))):
            if shelf[1] and only_small:
                return None
            waiting = self._waiting[shelf]
            if waiting and under_way.get(shelf, 0) < (share.large if shelf[1] else share.small):
                return waiting.pop(next(iter(waiting)))
        return None

    def alike(self, file: WantedFile) -> list[WantedFile]:
        """Files whose references are likely to be as old as this one's."""
        return [
            other
            for other in self._each()
            if (other.account_id, other.chat_id) == (file.account_id, file.chat_id)
        ]

    def renewed(self, file: WantedFile) -> None:
        """Take the newer location of a waiting file."""
        for waiting in self._waiting.values():
            if file.key in waiting:
                waiting[file.key] = file
                return

    def _count(self, *, large: bool) -> int:
        return sum(len(each) for shelf, each in self._waiting.items() if shelf[1] is large)

    def _each(self) -> Iterator[WantedFile]:
        for waiting in self._waiting.values():
            yield from waiting.values()
