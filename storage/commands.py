"""`chatkeep db …`: looking after the database by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console

from storage.migrate import Upgraded
from storage.migrate import upgrade as upgrade_database

app = App(name="db", help="Look after the database.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageParts:
    """What these commands need from the settings."""

    url: str
    """`DATABASE_URL`."""


@app.command
async def upgrade(*, parts: Annotated[StorageParts, Parameter(parse=False)]) -> None:
    """Bring the database up to date, with a copy made first. Every start does so by itself."""
    Console(soft_wrap=True, highlight=False, markup=False).print(
        sentence(await upgrade_database(parts.url))
    )


def sentence(done: Upgraded) -> str:
    """What was done, in a line."""
    if done.before == done.after:
        return f"The database {done.path} is up to date, at revision {done.after}."
    if done.before is None:
        return f"The database {done.path} was made, at revision {done.after}."
    return (
        f"The database {done.path} was upgraded from revision {done.before} to {done.after}. "
        f"A copy from before is {done.backup}."
    )
