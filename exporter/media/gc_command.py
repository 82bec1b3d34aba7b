"""`chatkeep gc`: remove the files that nothing needs any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from exporter.config import ExporterConfig
from exporter.console import size
from exporter.errors import CommandError
from exporter.media.store import ASIDE
from exporter.media.sweep import Sweep, Swept
from exporter.workbench import opened
from storage.locks import AccountLock
from storage.media import FileTotals
from storage.models import Account

Config = Annotated[ExporterConfig, Parameter(parse=False)]


async def gc(*, delete: bool = False, config: Config) -> int:
    """Find the stored files that nothing needs any more; remove them if that is wished.

    Exports keep what they link to.

    Parameters
    ----------
    delete
        Remove them, instead of saying only what would be removed.
    """
    async with opened(config) as bench:
        with all_held(config.data_dir, await bench.accounts.all() if delete else []):
            store, threads = bench.shelves.store, bench.database.threads
            swept = await Sweep(bench.database, store, threads).run(delete=delete)
    for line in told(swept, config.media_dir, deleted=delete):
        print(line)  # noqa: T201 - the command's result
    return 0


@contextmanager
def all_held(data_dir: Path, accounts: list[Account]) -> Iterator[None]:
    """Hold every account, so that no export runs meanwhile.

    Raises:
        CommandError: another process holds one.
    """
    with ExitStack() as held:
        for account in accounts:
            lock = AccountLock(data_dir, account.id)
            if not lock.acquire():
                raise CommandError(
                    f"Chatkeep is running and holds the account {account.name}, so no file may be"
                    " removed now. Stop it, or wait for the export to end, then try again."
                )
            held.callback(lock.release)
        yield


def told(swept: Swept, folder: Path, *, deleted: bool) -> list[str]:
    """What a sweep found, in lines for a person."""
    kinds = (
        (swept.contents, "that no message needs"),
        (swept.strays, "that the archive does not know"),
        (swept.parts, "of which only a part was fetched and nobody wants the rest"),
    )
    found = [f"{_count(totals)} {which}" for totals, which in kinds if totals.files]
    if not found:
        lines = ["Every stored file is needed."]
    elif deleted:
        lines = [f"Removed: {line}." for line in found]
    else:
        lines = [f"Not needed: {line}." for line in found]
        lines.append("Nothing was removed: `chatkeep gc --delete` does that.")
    if swept.aside.files:
        lines.append(
            f"Set aside: {_count(swept.aside)} changed from outside, in {folder / ASIDE}."
            " Chatkeep never removes them."
        )
    return lines


def _count(totals: FileTotals) -> str:
    files = "1 file" if totals.files == 1 else f"{totals.files:,} files"
    return f"{files} ({size(totals.size_bytes)})"
