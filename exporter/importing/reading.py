"""An export's result.json, message by message: of any size, and perhaps not what it says it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import ijson
from ijson.common import IncompleteJSONError, JSONError

from exporter.errors import CommandError
from exporter.importing.folder import open_plain

FILE_NAME = "result.json"
LISTS = ("", "chats.list.item.", "left_chats.list.item.")
"""Where chats stand: alone in the file, among those of an account, among those it left."""
ROOTS = frozenset({"messages", "chats.list", "left_chats.list"})
"""The lists that tell an export of Telegram Desktop."""
ITEMS = frozenset(f"{place}messages.item" for place in LISTS)
LONGEST_KEY = 64
"""Of the keys that lead to messages."""
HEADS = {f"{place}{key}": key for place in LISTS for key in ("name", "type", "id")}
OWNER = "personal_information.user_id"
LARGEST_BYTES = 64 * 1024 * 1024
"""Of one message. Telegram's have some kilobytes, so this only keeps memory from being filled."""
READ_BYTES = 64 * 1024
DEEPEST = 100
"""Lists and objects within each other. Telegram's messages have some five of them."""
STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
BOM = b"\xef\xbb\xbf"
ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)


@dataclass(slots=True)
class Head:
    """What stands before the messages of a chat, as it is there."""

    place: str
    """Leads to the chat within the file; empty for the only one."""
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A message as it stands in the file."""

    head: Head
    number: int
    """The first is 0."""
    value: Any

    @property
    def place(self) -> str:
        return f"{self.head.place}messages[{self.number}]"


class ExportFile:
    """An open result.json; read it as often as needed."""

    def __init__(self, path: Path) -> None:
        """Open the file, or the one in this folder.

        Raises:
            CommandError: there is none, or it is no ordinary file.
        """
        self.path = _file_at(path)
        self._file = open_plain(self.path)
        self.size_bytes = self._file.seek(0, 2)
        self.owner_id: int | None = None
        """Whose export it is, once that was read: exports of whole accounts say it."""
        self.digest = b""
        """SHA-256, once all of it was read."""
        self.read_bytes = 0
        """How far the reading is."""

    def close(self) -> None:
        self._file.close()

    def heads_and_items(self) -> Iterator[Item]:
        """Every message, from the first; memory does not grow with their number.

        Raises:
            CommandError: it is not JSON, or no export of Telegram Desktop.
        """
        source = _Mended(self._file, self)
        walk = _Walk(self)
        found = False
        place: Head | None = None
        number = 0
        try:
            for value in ijson.items(walk.events(source), "item"):
                number = number + 1 if walk.head is place else 0
                place = walk.head
                source.fresh = 0
                found = True
                yield Item(place, number, value)
        except (JSONError, IncompleteJSONError, UnicodeDecodeError) as error:
            raise CommandError(self._damaged(place, number)) from error
        if not walk.is_export:
            raise CommandError(
                f"{self.path} is no export of Telegram Desktop: it has neither messages nor a list"
                " of chats. Nothing was imported."
            )
        if not found:
            raise CommandError(f"{self.path} holds no message. Nothing was imported.")
        self.digest = source.digest.digest()

    def _damaged(self, head: Head | None, number: int) -> str:
        behind = "" if head is None else f", behind {head.place}messages[{number}]"
        return (
            f"{self.path} is damaged or no JSON: it cannot be read near byte"
            f" {self.read_bytes:,}{behind}. Export the chat again. Nothing was imported."
        )


def _file_at(path: Path) -> Path:
    if not path.exists():
        raise CommandError(f"There is no {path}.")
    if not path.is_dir():
        return path
    if (path / FILE_NAME).exists():
        return path / FILE_NAME
    if (path / "messages.html").exists():
        raise CommandError(
            f"{path} holds an export as HTML. Export the chat again and choose the format"
            " “Machine-readable JSON”."
        )
    raise CommandError(f"{path} holds no {FILE_NAME}. Name the folder that Telegram Desktop made.")


class _Walk:
    """Picks the messages out of the events of a file, and notes what stands before them."""

    def __init__(self, file: ExportFile) -> None:
        self.head = Head("")
        self.is_export = False
        self._file = file
        self._chats = dict.fromkeys(LISTS, -1)

    def events(self, source: _Mended) -> Iterator[tuple[str, str, Any]]:
        """The events of all messages, with `item` where one begins.

        The paths that ijson makes are not used: they grow with what a file nests.
        """
        path: list[str] = []
        """Under what stands each list or object that is open, but those of a message."""
        within = 0
        """How many of a message are open."""
        for event, value in ijson.basic_parse(source, buf_size=READ_BYTES, use_float=True):
            step = STEPS.get(event, 0)
            if within:
                within += step
                yield "", event, value
            elif event == "map_key":
                path[-1] = value[:LONGEST_KEY]
            elif step < 0:
                path.pop()
            elif (place := ".".join(path)) in ITEMS:
                within = step
                yield "item", event, value
            else:
                self._note(place, event, value)
                if step:
                    path.append("" if event == "start_map" else "item")
            if within + len(path) > DEEPEST:
                raise CommandError(self._too_deep())

    def _too_deep(self) -> str:
        return (
            f"{self._file.path} nests more than {DEEPEST} lists near byte"
            f" {self._file.read_bytes:,}. That is no export of Telegram Desktop. Nothing was"
            " imported."
        )

    def _note(self, prefix: str, event: str, value: Any) -> None:
        if event == "start_map" and f"{prefix}." in self._chats:
            place = f"{prefix}."
            self._chats[place] += 1
            name = f"{place.removesuffix('.item.')}[{self._chats[place]}]."
            self.head = Head(name)
        elif prefix in HEADS:
            self.head.fields[HEADS[prefix]] = value
        elif event == "start_array" and prefix in ROOTS:
            self.is_export = True
        elif prefix == OWNER and type(value) is int:
            self._file.owner_id = value


class _Mended:
    """Reads a file as valid JSON: Telegram Desktop writes control characters as `\\x01`
    (https://github.com/telegramdesktop/tdesktop/issues/27571)."""

    def __init__(self, file: BinaryIO, told: ExportFile) -> None:
        file.seek(0)
        self.digest = sha256()
        self.fresh = 0
        """Bytes since a message ended."""
        self._file = file
        self._told = told
        told.read_bytes = 0
        self._rest = b""

    def read(self, length: int) -> bytes:
        """The next bytes; none at the end."""
        if length == 0:
            return b""
        read = self._file.read(length)
        self.digest.update(read)
        self._told.read_bytes += len(read)
        self.fresh += len(read)
        if self.fresh > LARGEST_BYTES:
            raise CommandError(
                f"{self._told.path} has more than {LARGEST_BYTES:,} bytes without a whole message,"
                f" up to byte {self._told.read_bytes:,}. That is no export of Telegram Desktop."
                " Nothing was imported."
            )
        if self._told.read_bytes == len(read):
            read = read.removeprefix(BOM)
        piece = self._rest + read
        self._rest = b""
        if b"\\" not in piece:
            return piece
        if read:
            cut = len(piece) - _unfinished(piece)
            piece, self._rest = piece[:cut], piece[cut:]
        if b"\\x" in piece:
            piece = ESCAPE.sub(_valid, piece)
        return piece or self.read(length)


def _unfinished(piece: bytes) -> int:
    """The length of an escape at the end of a piece whose rest is in the next one: up to 3."""
    start = piece.rfind(b"\\", max(len(piece) - 3, 0))
    if start < 0 or (len(piece) - start > 1 and piece[start + 1 : start + 2] != b"x"):
        return 0
    before = len(piece[:start]) - len(piece[:start].rstrip(b"\\"))
    return 0 if before % 2 else len(piece) - start


def _valid(found: re.Match[bytes]) -> bytes:
    return found[0] if found[1] is None else b"\\u00" + found[1]
