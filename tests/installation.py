"""An installation of Chatkeep in a folder of its own, used as a person would: by its commands."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parents[1]
PASSED_ON = ("PATH", "HOME", "LANG")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self.out))


class Installation:
    """Runs `chatkeep` commands with settings of its own and nothing of the machine's."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        *,
        command: Sequence[str | Path] = (sys.executable, ROOT / "chatkeep.py"),
    ) -> None:
        self.folder = folder
        self._command = command
        self.data_dir = folder / "data"
        self.export_dir = folder / "exports"
        self.settings = {
            "DATA_DIR": str(self.data_dir),
            "EXPORT_DIR": str(self.export_dir),
            "TIME_ZONE": "UTC",
            "LOG_FORMAT": "plain",
            **settings,
        }
        self._running: list[Process] = []

    @property
    def database(self) -> Path:
        return self.data_dir / "chatkeep.db"

    async def start(
        self, *words: str, file_limit_kib: int | None = None, **settings: str
    ) -> Process:
        """Start a command and leave it running; `stop_all` ends it at the latest.

        With `file_limit_kib` no file may grow past that, as on a full disk.
        """
        process = await asyncio.create_subprocess_exec(
            *self._command, *words,
            stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=self.folder,
            env={
                **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
                "PYTHONUNBUFFERED": "1",
                **self.settings,
                **settings,
            },
            start_new_session=True,
            preexec_fn=partial(_begin, file_limit_kib),
        )  # fmt: skip
        self._running.append(process)
        return process

    async def run(
        self, *words: str, stdin: str = "", file_limit_kib: int | None = None, **settings: str
    ) -> Finished:
        """Run a command to its end."""
        process = await self.start(*words, file_limit_kib=file_limit_kib, **settings)
        return await self.finish(process, stdin=stdin)

    async def finish(self, process: Process, *, stdin: str = "") -> Finished:
        """Wait for a started command and gather what it said."""
        out, err = await process.communicate(stdin.encode())
        code = process.returncode
        assert code is not None
        return Finished(code=code, out=out.decode(), err=err.decode())

    async def sign_in(self, session: str) -> None:
        """Add an account by its session string."""
        done = await self.run("accounts", "add", "--session-string", "-", stdin=session)
        assert done.code == 0, done.err

    async def kill(self, process: Process) -> None:
        """End a process as `kill -9` does."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()

    async def stop_all(self) -> None:
        for process in self._running:
            if process.returncode is None:
                await self.kill(process)


def _begin(file_limit_kib: int | None) -> None:
    """Ctrl-C works in a command, also where tests run in the background and ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if file_limit_kib is not None:
        limit_bytes = file_limit_kib * 1024
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))


async def said_by(process: Process, words: str) -> str:
    """Read what a running command says on standard error, until it has said the words."""
    assert process.stderr is not None
    said = ""
    while words not in said:
        line = await process.stderr.readline()
        assert line, f"it ended after saying: {said}"
        said += line.decode()
    return said


def exported(folder: Path) -> dict[str, Any]:
    """Return the parsed result.json of an archive's folder."""
    return cast(dict[str, Any], json.loads((folder / "result.json").read_bytes()))


def exported_ids(folder: Path) -> list[int]:
    """Return the message ids of result.json and assert that messages.jsonl has the same."""
    ids = [message["id"] for message in exported(folder)["messages"]]
    lines = (folder / "messages.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids
    return ids
