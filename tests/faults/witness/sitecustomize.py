"""Read by the interpreter of a command that runs with this folder in PYTHONPATH.

Notes the command's write steps in the file `STEPS_FILE`, one a line, or ends it as `kill -9` does
just before one: `KILL_AT` is the step's name and how many of that name are let through, `2 COMMIT`.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
from collections import Counter
from pathlib import PurePath
from typing import Any

WRITES = re.compile(r"(COMMIT|(?:INSERT|REPLACE)[A-Z ]* INTO \w+|UPDATE \w+|DELETE FROM \w+)")
MANY = re.compile(r"[0-9a-f]{8,}|^\d\d-[a-z-]+")
"""Of the names of files: what differs between many of one kind."""
CONNECT = sqlite3.connect
FILES = {"os.rename": "rename to", "os.link": "link to"}


class Witness:
    """Hears of what the interpreter does: https://docs.python.org/3/library/audit_events.html"""

    def __init__(self) -> None:
        self._notes = os.environ.get("STEPS_FILE")
        let_through, _, self._fatal = os.environ.get("KILL_AT", "").partition(" ")
        self._let_through = int(let_through or 0)
        self._seen: Counter[str] = Counter()

    def connect(self, *given: Any, **named: Any) -> sqlite3.Connection:
        """Take the place of `sqlite3.connect`."""
        connection: sqlite3.Connection = CONNECT(*given, **named)
        connection.set_trace_callback(self._statement)
        return connection

    def audit(self, event: str, given: tuple[Any, ...]) -> None:
        if event in FILES:
            name = MANY.sub("…", PurePath(os.fsdecode(given[1])).name)
            self._step(f"{FILES[event]} {name}")

    def _statement(self, sql: str) -> None:
        if (write := WRITES.match(sql)) is not None:
            self._step(write[1])

    def _step(self, name: str) -> None:
        if name == self._fatal and self._seen[name] == self._let_through:
            os.kill(os.getpid(), signal.SIGKILL)
        self._seen[name] += 1
        if self._notes:
            with open(self._notes, "a") as notes:  # noqa: PTH123 - pathlib would be imported anew
                notes.write(f"{name}\n")


if "STEPS_FILE" in os.environ or "KILL_AT" in os.environ:
    witness = Witness()
    sqlite3.connect = witness.connect  # type: ignore[assignment]
    sys.addaudithook(witness.audit)
