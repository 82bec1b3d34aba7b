"""The runner: what a service outlasts."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC
from pathlib import Path

from exporter.config import ExporterConfig
from exporter.held import HeldAccounts
from exporter.runner import Runner
from exporter.telegram.connection import Memory
from exporter.workbench import media_at, shelves_at
from storage.accounts import Accounts
from storage.archive import Archive
from storage.database import Database
from storage.jobs import Jobs
from storage.models import ExportRequest, Job
from storage.paces import Paces
from storage.secrets import Secrets
from storage.takeouts import Takeouts
from storage.threads import Threads
from tests.exporter.reaching import server_of
from tests.sandbox.sandbox import Sandbox


async def test_a_worker_outlasts_a_locked_database_and_ends_its_job_truly(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=300)
    url = f"sqlite+aiosqlite:///{tmp_path / 'chatkeep.db'}"
    config = ExporterConfig(
        database_url=url, data_dir=tmp_path, export_dir=tmp_path / "exports", zone=UTC
    )
    database = await Database.open(url, patience_s=0.2)
    jobs, accounts = Jobs(database), Accounts(database, Secrets.load(None, tmp_path))
    memory = Memory(paces=Paces(database), takeouts=Takeouts(database))
    owner, session, stop = sandbox.world.owner, sandbox.session(), asyncio.Event()
    await accounts.add(user_id=owner.id, name="Olga", phone=None, dc_id=2, session=session)
    threads = Threads()
    shelves = shelves_at(database, config, threads)
    async with (
        HeldAccounts(server_of(sandbox), tmp_path, accounts, jobs, memory) as held,
        media_at(shelves, Archive(database), config, held) as media,
        asyncio.TaskGroup() as group,
    ):
        runner = Runner(config, database, jobs, held, media)
        group.create_task(runner.serve(stop))
        page = sandbox.faults.hold(after=2)
        first = (await jobs.submit(ExportRequest(chat="@alpine"))).job
        await page.reached.wait()
        other_program = await asyncio.to_thread(_lock, tmp_path / "chatkeep.db")
        page.release()
        await asyncio.sleep(2)
        other_program.rollback()
        other_program.close()
        failed = await _ended(jobs, first.id)
        second = (await jobs.submit(ExportRequest(chat="@alpine"))).job
        done = await _ended(jobs, second.id)
        stop.set()
    threads.close()
    await database.close()

    assert failed.state == "failed"
    assert "is locked by another program" in (failed.error or "")
    assert done.state == "done"
    assert done.summary is not None
    assert done.summary.messages == len(chat.message_ids)


def _lock(path: Path) -> sqlite3.Connection:
    """In a thread of its own, because it waits for whoever is writing."""
    program = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    program.execute("BEGIN IMMEDIATE")
    return program


async def _ended(jobs: Jobs, job_id: int) -> Job:
    async with asyncio.timeout(40):
        while True:
            job = await jobs.get(job_id)
            if job is not None and job.state.is_final:
                return job
            await asyncio.sleep(0.05)
