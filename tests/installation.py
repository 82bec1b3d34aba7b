"""An installation of Chatkeep in a folder of its own, used as a person would: by its commands."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parents[1]
PASSED_ON = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")


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

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
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

    async def start(self, *words: str, **settings: str) -> Process:
        """Start a command and leave it running; `stop_all` ends it at the latest."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "chatkeep", *words,
            stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=self.folder,
            env={
                **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
                "PYTHONPATH": str(ROOT),
                "PYTHONUNBUFFERED": "1",
                **self.settings,
                **settings,
            },
            start_new_session=True,
        )  # fmt: skip
        self._running.append(process)
        return process

    async def run(self, *words: str, stdin: str = "", **settings: str) -> Finished:
        """Run a command to its end."""
        return await self.finish(await self.start(*words, **settings), stdin=stdin)

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
