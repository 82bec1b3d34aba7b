"""Settings, accounts and connections that lead to a sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from exporter.telegram.connection import Telegram, connected
from exporter.telegram.server import TelegramServer
from storage.accounts import Accounts
from storage.database import Database
from storage.secrets import Secrets
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world import people

ACCOUNT_ID = 1
SHORT_S = 0.5
"""For faults that never end: long enough to try twice."""


def server_of(sandbox: Sandbox, **changes: Any) -> TelegramServer:
    """The sandbox as the settings name it; `changes` as fields of TelegramServer."""
    settings = sandbox.environment
    host, port = settings["TELEGRAM_SERVER"].split(":")
    server = TelegramServer(
        api_id=int(settings["API_ID"]),
        api_hash=settings["API_HASH"],
        host=host,
        port=int(port),
        dc_id=int(settings["TELEGRAM_SERVER_DC"]),
        key=Path(settings["TELEGRAM_SERVER_KEY"]),
    )
    return replace(server, **changes)


@asynccontextmanager
async def signed_in(
    sandbox: Sandbox,
    account: people.Account | None = None,
    *,
    account_id: int = ACCOUNT_ID,
    server: Mapping[str, Any] | None = None,
    **changes: Any,
) -> AsyncIterator[Telegram]:
    """An account (the owner's) connected; `changes` as keywords of `connected`.

    `server`: fields of TelegramServer that differ.
    """
    session = sandbox.session(account)
    named = server_of(sandbox, **server or {})
    async with connected(named, account_id, session, **changes) as telegram:
        yield telegram


async def add_account(database: Database, folder: Path, account: people.Account) -> int:
    """Store an account and return its id; its session is not the test's matter."""
    accounts = Accounts(database, Secrets.load(None, folder))
    stored = await accounts.add(
        user_id=account.id, name=account.user.name, phone=account.phone, dc_id=2, session="unused"
    )
    return stored.id
