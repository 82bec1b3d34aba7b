"""`chatkeep accounts`: sign in, list, check and remove the accounts that fetch."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from exporter.config import ExporterConfig
from exporter.console import Console, one_line
from exporter.errors import AccountFrozen, AccountUnusable, CommandError, JobError
from exporter.prompts import ask, ask_secret, can_ask
from exporter.telegram.server import TelegramServer
from exporter.workbench import Workbench, opened
from storage.locks import AccountLock
from storage.models import Account, AccountState

app = App(name="accounts", help="Sign in, list, check and remove the accounts that fetch.")

Config = Annotated[ExporterConfig, Parameter(parse=False)]
Server = Annotated[TelegramServer, Parameter(parse=False)]
FAILED = 3
NONE_YET = "No account is signed in. Add one: chatkeep accounts add"
NO_TERMINAL = (
    "Signing in by phone needs a terminal to ask in. Without one, take over a session with"
    " --session FILE or --session-string -."
)


@app.command
async def add(
    *,
    phone: str | None = None,
    session: Path | None = None,
    session_string: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    config: Config,
    server: Server,
) -> int:
    """Sign in an account, by phone and code, or with a session that exists.

    Telegram voids a login code that is sent in a chat, so this is done here and not by the bot.

    Parameters
    ----------
    phone
        The account's number, such as +491701234567; asked for if nothing is given.
    session
        A Telethon session file to take over. Stop the program that uses it.
    session_string
        A Telethon session string; - reads it from standard input, out of sight of others.
    """
    from exporter.telegram import sign_in  # noqa: PLC0415 - imports Telethon

    if sum(given is not None for given in (phone, session, session_string)) > 1:
        raise CommandError("Give one of --phone, --session and --session-string.")
    async with opened(config) as bench:
        if session is not None:
            signed_in = await sign_in.from_session_file(server, session)
        elif session_string is not None:
            text = sys.stdin.read() if session_string == "-" else session_string
            signed_in = await sign_in.from_session_string(server, text.strip())
        else:
            prompts = sign_in.Prompts(ask=ask, ask_secret=ask_secret) if can_ask() else None
            if phone is None and prompts is None:
                raise CommandError(NO_TERMINAL)
            number = phone or await ask("Phone number, with country code: ")
            signed_in = await sign_in.by_phone(server, number, prompts)
        account = await bench.accounts.add(
            user_id=signed_in.user_id,
            name=signed_in.name,
            phone=signed_in.phone,
            dc_id=signed_in.dc_id,
            session=signed_in.session,
        )
    Console().say(f"{account.name} is signed in, as account {account.id}.")
    return 0


@app.command(name="list")
async def show(*, config: Config) -> int:
    """List the accounts."""
    async with opened(config) as bench:
        accounts = await bench.accounts.all()
    for account in accounts:
        print(_row(account, _standing(account)))  # noqa: T201 - the command's result
    if not accounts:
        Console().say(NONE_YET)
    return 0


@app.command
async def check(*, config: Config, server: Server) -> int:
    """Ask Telegram whether each account's session still works."""
    failed = 0
    async with opened(config) as bench:
        accounts = await bench.accounts.all()
        for account in accounts:
            finding = await _finding(bench, config, server, account)
            failed += not finding.startswith(AccountState.READY)
            print(_row(account, finding))  # noqa: T201 - the command's result
    if not accounts:
        Console().say(NONE_YET)
    return FAILED if failed or not accounts else 0


@app.command
async def remove(which: str, *, config: Config) -> int:
    """Forget an account and its session. What it archived stays.

    The session itself stays alive at Telegram: end it in Telegram's settings, under Devices.

    Parameters
    ----------
    which
        The account's number, phone or name, as `accounts list` shows it.
    """
    async with opened(config) as bench:
        account = await bench.accounts.find(which.strip())
        if account is None:
            raise CommandError(f"No account is called {which!r}. See: chatkeep accounts list")
        lock = AccountLock(config.data_dir, account.id)
        if not lock.acquire():
            raise JobError(f"{account.name} is in use by a running Chatkeep. Stop it first.")
        try:
            await bench.accounts.remove(account.id)
        finally:
            lock.release()
    Console().say(f"{account.name} is forgotten.")
    return 0


async def _finding(
    bench: Workbench, config: ExporterConfig, server: TelegramServer, account: Account
) -> str:
    """Return `ready`, or what is wrong, and note how the account stands from now on."""
    from exporter.telegram.connection import connected  # noqa: PLC0415 - imports Telethon
    from exporter.telegram.freezing import freeze_of  # noqa: PLC0415 - imports Telethon

    lock = AccountLock(config.data_dir, account.id)
    if not lock.acquire():
        return _standing(account)  # a running worker holds it and knows
    try:
        session = await bench.accounts.session(account.id)
        async with connected(server, account.id, session) as telegram:
            freeze = await freeze_of(telegram)
    except AccountFrozen as error:
        return str(error)
    except AccountUnusable as error:
        await bench.accounts.end(account.id, error.state)
        return str(error)
    except JobError as error:
        return str(error)
    else:
        await bench.accounts.accepted(account.id, freeze)
        state = AccountState.READY if freeze is None else AccountState.FROZEN
        return _standing(replace(account, state=state, freeze=freeze))
    finally:
        lock.release()


def _standing(account: Account) -> str:
    """Write how an account stands: `ready`, `frozen since 2026-03-12, …`."""
    words = [str(account.state)]
    if account.freeze is not None:
        words = [f"frozen since {account.freeze.since:%Y-%m-%d}"]
        if account.freeze.until is not None:
            words.append(f"to be deleted on {account.freeze.until:%Y-%m-%d}")
        if account.freeze.appeal_url is not None:
            words.append(f"appeal at {one_line(account.freeze.appeal_url)}")
    if account.asks_permission:
        words.append("full exports wait for a tap on Allow in its chat “Telegram”")
    return ", ".join(words)


def _row(account: Account, standing: str) -> str:
    return f"{account.id}\t{one_line(account.name)}\t{account.phone or ''}\t{standing}"
