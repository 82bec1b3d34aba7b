"""Faults of files: parts, hashes, waits. They strike upload.getFile unless told otherwise."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Unpack

from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.script import Fault, Match
from tests.sandbox.spoiled_files import corrupted, cut_short, emptied, lengthened, misjudged

GET_FILE, GET_HASHES = "GetFileRequest", "GetFileHashesRequest"


class FileFaults(ABC):
    """What goes wrong with files; the rest is in `Faults`, which takes `on=GET_FILE` too."""

    @abstractmethod
    def script(self, fault: Fault) -> None:
        """Add a fault of any kind."""

    def corrupt_part(self, **match: Unpack[Match]) -> None:
        """One byte in the middle of the part is wrong."""
        self.script(Fault(spoil=corrupted, **_files(match)))

    def short_part(self, **match: Unpack[Match]) -> None:
        """The part lacks the last third of its bytes."""
        self.script(Fault(spoil=cut_short, **_files(match)))

    def empty_part(self, **match: Unpack[Match]) -> None:
        """The part has no bytes at all, as one beyond the file's end."""
        self.script(Fault(spoil=emptied, **_files(match)))

    def endless_part(self, **match: Unpack[Match]) -> None:
        """The part has twice the bytes, so more than were asked for."""
        self.script(Fault(spoil=lengthened, **_files(match)))

    def premium_wait(self, seconds: int, **match: Unpack[Match]) -> None:
        """420 FLOOD_PREMIUM_WAIT_X: https://core.telegram.org/api/files#downloading-files"""
        self.script(Fault(error=RpcFault(420, f"FLOOD_PREMIUM_WAIT_{seconds}"), **_files(match)))

    def timeout(self, **match: Unpack[Match]) -> None:
        """-503 Timeout, as the data centre answers when it could not read the file in time."""
        self.script(Fault(error=RpcFault(-503, "Timeout"), **_files(match)))

    def amid_file(self, act: Callable[[], object], **match: Unpack[Match]) -> None:
        """Something happens when a part is asked for, before it is answered: references expire,
        a message is deleted, a file moves."""
        self.script(Fault(act=lambda _: act(), **_files(match)))

    def wrong_hashes(self, **match: Unpack[Match]) -> None:
        """upload.getFileHashes gives those of other bytes."""
        self.script(Fault(spoil=misjudged, **_files(match, GET_HASHES)))

    def slow_hashes(self, seconds: float, **match: Unpack[Match]) -> None:
        """upload.getFileHashes takes so long."""
        self.script(Fault(delay_s=seconds, **_files(match, GET_HASHES)))

    def failing_hashes(self, **match: Unpack[Match]) -> None:
        """upload.getFileHashes answers 500."""
        self.script(Fault(error=RpcFault(500, "INTERNAL"), **_files(match, GET_HASHES)))


def _files(match: Match, on: str = GET_FILE) -> Match:
    return {"on": on, **match}
