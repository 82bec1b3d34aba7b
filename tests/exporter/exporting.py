"""Whole exports in this process: accounts, jobs and the runner, without the command line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from exporter.config import ExporterConfig
from exporter.runner import Runner
from exporter.workbench import Workbench, opened, runner_at
from storage.models import ExportRequest, Job, Summary
from tests.exporter.reaching import server_of
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import people


@dataclass(frozen=True, slots=True)
class Exporter:
    """Runs one export after another."""

    bench: Workbench
    runner: Runner
    config: ExporterConfig

    async def job(self, chat: str | int, **wishes: Any) -> Job:
        """Run an export to its end, whichever."""
        request = ExportRequest(chat=str(chat), **wishes)
        submitted = await self.bench.jobs.submit(request)
        assert await self.runner.run_one(submitted.job.id)
        done = await self.bench.jobs.get(submitted.job.id)
        assert done is not None
        return done

    async def export(self, chat: str | int, **wishes: Any) -> Summary:
        """Run an export that succeeds."""
        job = await self.job(chat, **wishes)
        assert job.summary is not None, job.error
        return job.summary

    async def refusal(self, chat: str | int, **wishes: Any) -> str:
        """Run an export that fails, and return what is said about it."""
        job = await self.job(chat, **wishes)
        assert job.error is not None
        return job.error


@asynccontextmanager
async def exporter(
    sandbox: Sandbox, folder: Path, *accounts: people.Account, **settings: Any
) -> AsyncIterator[Exporter]:
    """An installation with these accounts of the sandbox signed in; without any, the owner's.

    `settings` are fields of its `ExporterConfig`.
    """
    config = ExporterConfig(
        database_url=f"sqlite+aiosqlite:///{folder / 'chatkeep.db'}",
        data_dir=folder / "data",
        export_dir=folder / "exports",
        zone=UTC,
        **settings,
    )
    config.data_dir.mkdir(parents=True, exist_ok=True)
    async with opened(config) as bench:
        for account in accounts or (sandbox.world.owner,):
            await bench.accounts.add(
                user_id=account.id,
                name=account.user.name,
                phone=account.phone,
                dc_id=2,
                session=sandbox.session(account),
            )
        async with runner_at(bench, config, server_of(sandbox)) as (runner, _):
            yield Exporter(bench, runner, config)


def written(summary: Summary, within: str = "") -> list[dict[str, Any]]:
    """The messages of an export's result.json."""
    text = (Path(summary.folder) / within / "result.json").read_text()
    found: list[dict[str, Any]] = json.loads(text)["messages"]
    return found


def lines(summary: Summary, within: str = "") -> list[dict[str, Any]]:
    """Those of its messages.jsonl."""
    text = (Path(summary.folder) / within / "messages.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [message["id"] for message in found]
