"""Everything an exporter command works with, opened in the right order and closed in reverse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exporter.config import ExporterConfig
from exporter.held import HeldAccounts
from exporter.media.placing import Shelves
from exporter.media.store import Store
from exporter.telegram.server import TelegramServer
from storage.accounts import Accounts
from storage.archive import Archive
from storage.contents import Contents
from storage.database import Database
from storage.dc_keys import DcKeys
from storage.files import Files
from storage.jobs import Jobs
from storage.paces import Paces
from storage.secrets import Secrets
from storage.takeouts import Takeouts
from storage.threads import Threads

if TYPE_CHECKING:
    from exporter.runner import Runner
    from exporter.saving import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """The open database and its stores."""

    database: Database
    jobs: Jobs
    archive: Archive
    accounts: Accounts
    shelves: Shelves


@asynccontextmanager
async def opened(config: ExporterConfig) -> AsyncIterator[Workbench]:
    """Open (and bring up to date) the database.

    Raises:
        StorageError: it cannot be used; the text says why.
    """
    threads = Threads(config.threads)
    database = await Database.open(config.database_url, threads=threads)
    try:
        secrets = Secrets.load(config.session_key, config.data_dir)
        yield Workbench(
            database=database,
            jobs=Jobs(database),
            archive=Archive(database),
            accounts=Accounts(database, secrets),
            shelves=shelves_at(database, config, threads),
        )
    finally:
        await database.close()


def shelves_at(database: Database, config: ExporterConfig, threads: Threads) -> Shelves:
    """What is known of files, and where they lie."""
    return Shelves(
        files=Files(database),
        contents=Contents(database),
        store=Store(config.media_dir, threads),
        threads=threads,
        copy=config.media.copy,
    )


@asynccontextmanager
async def runner_at(
    bench: Workbench, config: ExporterConfig, server: TelegramServer
) -> AsyncIterator[tuple[Runner, HeldAccounts]]:
    """Make a runner; the accounts it takes are let go at the end.

    Raises:
        CommandError: a setting of `server` cannot be used.
    """
    from exporter.runner import Runner  # noqa: PLC0415 - imports Telethon
    from exporter.telegram.connection import Memory, check  # noqa: PLC0415 - imports Telethon

    check(server)
    secrets = Secrets.load(config.session_key, config.data_dir)
    memory = Memory(
        paces=Paces(bench.database),
        takeouts=Takeouts(bench.database),
        dc_keys=DcKeys(bench.database, secrets),
    )
    async with (
        HeldAccounts(server, config.data_dir, bench.accounts, bench.jobs, memory) as held,
        media_at(bench.shelves, bench.archive, config, held) as media,
    ):
        yield Runner(config, bench.database, bench.jobs, held, media), held


@asynccontextmanager
async def media_at(
    shelves: Shelves, archive: Archive, config: ExporterConfig, held: HeldAccounts
) -> AsyncIterator[Media]:
    """Make what fetches files with the held accounts; the connections are theirs."""
    from exporter.media.known import Known  # noqa: PLC0415 - imports Telethon
    from exporter.media.pool import MediaPool  # noqa: PLC0415 - imports Telethon
    from exporter.saving import Media  # noqa: PLC0415 - imports Telethon

    async with (
        Known(
            shelves.contents,
            shelves.store,
            shelves.threads,
            config.media,
            snapshot=config.hot_contents_file,
        ) as known,
        MediaPool(
            files=shelves.files,
            contents=shelves.contents,
            store=shelves.store,
            threads=shelves.threads,
            config=config.media,
            telegram_of=held.connection,
            archive=archive,
            known=known,
            folders=(config.data_dir, config.export_dir),
        ) as pool,
    ):
        yield Media(shelves=shelves, pool=pool)
