"""How many parts of how many files clients ask for at once."""

from __future__ import annotations

from collections import Counter

from tests.sandbox.mtproto.calls import Call
from tests.sandbox.script import file_of

_PARTS = "GetFileRequest"


class UnderWay:
    """Parts of files that were asked for and not answered yet, and the most there ever were."""

    def __init__(self) -> None:
        self.most_parts: Counter[int] = Counter()
        """Parts at once, by data centre."""
        self.most_files: Counter[int] = Counter()
        """Different files at once, by data centre."""
        self._calls: dict[int, tuple[int, int | None]] = {}

    @property
    def parts(self) -> int:
        """Parts that are under way now."""
        return len(self._calls)

    def begin(self, call: Call) -> None:
        if call.name != _PARTS:
            return
        self._calls[id(call)] = call.dc_id, file_of(call)
        here = [file_id for dc_id, file_id in self._calls.values() if dc_id == call.dc_id]
        self.most_parts[call.dc_id] = max(self.most_parts[call.dc_id], len(here))
        self.most_files[call.dc_id] = max(self.most_files[call.dc_id], len(set(here)))

    def end(self, call: Call) -> None:
        self._calls.pop(id(call), None)

    def forget(self) -> None:
        """Begin to count anew."""
        self.most_parts.clear()
        self.most_files.clear()
