"""The messages in lists, the lists in parts, the parts in blocks: what the reader loads at once."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TypeAlias

from exporter.writers.html.literal import literal
from exporter.writers.html.rows import Row
from exporter.writers.plain import Object

MESSAGES_A_BLOCK = 512
BLOCKS_A_PART = 16
OPEN_BYTES = 48 * 1024 * 1024
"""Of the parts that are being filled; a forum has one for each topic."""
ROW_BYTES = 120
"""About what a row takes besides its texts."""

Keep: TypeAlias = Callable[[str, bytes], None]
"""Takes the path and the content of a finished part."""


class _Block:
    """Up to `MESSAGES_A_BLOCK` messages."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.dates: list[int] = []
        self._senders: list[int] = []
        self._extras: list[str] = []
        self._texts: list[str] = []

    def add(self, row: Row) -> None:
        if row.extras:
            self._extras.append(f'"{len(self.ids)}":{row.extras}')
        self.ids.append(row.id)
        self.dates.append(row.date_s)
        self._senders.append(row.sender)
        self._texts.append(row.texts)

    def finish(self) -> bytes:
        """Two string literals in brackets."""
        head = (
            f'{{"i":{_steps(self.ids)},"d":{_steps(self.dates)},"s":{_numbers(self._senders)},'
            f'"x":{{{",".join(self._extras)}}}}}'
        )
        return b"[" + literal(head) + b"," + literal("\0".join(self._texts)) + b"]"


def _steps(numbers: list[int]) -> str:
    """The first number, then by how much each one differs from the one before."""
    before = [0, *numbers[:-1]]
    return _numbers([number - last for number, last in zip(numbers, before, strict=True)])


def _numbers(numbers: list[int]) -> str:
    return f"[{','.join(map(str, numbers))}]"


class MessageList:
    """The messages of a chat, or of one topic of a forum."""

    def __init__(self, topic_id: int | None, keep: Keep) -> None:
        self.topic_id = topic_id
        self.count = 0
        self.open_bytes = 0
        """Of the part that is being filled, about."""
        self._keep = keep
        self._block = _Block()
        self._finished: list[bytes] = []
        self._table: list[list[int]] = []
        """Of the blocks in `_finished`, without their part."""
        self._parts: list[tuple[int, str]] = []
        self._blocks: list[list[int]] = []

    def add(self, row: Row) -> None:
        """Append a message."""
        self._block.add(row)
        self.count += 1
        self.open_bytes += len(row.texts) + len(row.extras) + ROW_BYTES
        if len(self._block.ids) == MESSAGES_A_BLOCK:
            self._finish_block()
            if len(self._finished) == BLOCKS_A_PART:
                self._finish_part()

    def finish(self) -> None:
        """End the part that is being filled, full or not."""
        if self._block.ids:
            self._finish_block()
        if self._finished:
            self._finish_part()

    def _finish_block(self) -> None:
        block = self._block
        ids, dates = block.ids, block.dates
        self._table.append([len(self._finished), len(ids), ids[0], dates[0], ids[-1], dates[-1]])
        self._finished.append(block.finish())
        self._block = _Block()

    def _finish_part(self) -> None:
        """A part is named by what is in it: a changed one never takes another one's place."""
        content = b"[" + b",\n".join(self._finished) + b"]"
        digest = sha256(content).digest()
        number = int.from_bytes(digest[:6])
        self._keep(f"data/m{number}.js", b"CK.part(%d,%b);\n" % (number, content))
        self._parts.append((number, digest[6:10].hex()))
        self._blocks += [[number, *each] for each in self._table]
        self._finished, self._table = [], []
        self.open_bytes = 0

    def described(self) -> Object:
        """What meta.js says of it."""
        return {
            "topic": self.topic_id,
            "count": self.count,
            "parts": self._parts,
            "blocks": self._blocks,
        }


class MessageLists:
    """Sorts messages into lists, and keeps what is in memory of them small."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._lists: dict[int | None, MessageList] = {}
        self._open_bytes = 0

    def add(self, topic_id: int | None, row: Row) -> None:
        """Append a message to the list of its topic."""
        found = self._lists.get(topic_id)
        if found is None:
            found = self._lists[topic_id] = MessageList(topic_id, self._keep)
        before = found.open_bytes
        found.add(row)
        self._open_bytes += found.open_bytes - before
        if self._open_bytes > OPEN_BYTES:
            largest = max(self._lists.values(), key=lambda each: each.open_bytes)
            self._open_bytes -= largest.open_bytes
            largest.finish()

    def finish(self) -> list[MessageList]:
        """End all parts; the lists, in the order of their first messages."""
        for each in self._lists.values():
            each.finish()
        return list(self._lists.values())
