"""Files that are in the store are noted: those that wait together in one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from storage.contents import Contents
from storage.media import Finished


@dataclass(eq=False, slots=True)
class _Waiting:
    finished: Finished
    done: bool = False


class Filing:
    """Writes the rows of finished files, for all of the process."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._waiting: list[_Waiting] = []
        self._writing = asyncio.Lock()

    async def keep(self, finished: Finished) -> None:
        """Return when the file's rows are written.

        Whoever comes to write takes along all that wait by then.

        Raises:
            StorageError: nothing of it was kept.
        """
        waiting = _Waiting(finished)
        self._waiting.append(waiting)
        try:
            async with self._writing:
                if not waiting.done:
                    await self._keep_all()
        finally:
            if not waiting.done:
                self._waiting.remove(waiting)

    async def _keep_all(self) -> None:
        together = list(self._waiting)
        await self._contents.keep([each.finished for each in together])
        for each in together:
            each.done = True
            if each in self._waiting:
                self._waiting.remove(each)
