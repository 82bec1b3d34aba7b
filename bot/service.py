"""The bot as a whole: updates and reports until it is told to stop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.exceptions import (
    AiogramError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.utils.token import TokenValidationError

from bot.access import Access, Speak
from bot.alerting import Alerting
from bot.asking import Asking
from bot.bell import Bell
from bot.commands import offer_commands
from bot.errors import BotError, TokenRefused
from bot.failures import ErrorRouter, WaitForDatabase
from bot.filters import NoteDone
from bot.intake import NOT_ACCEPTED, Intake
from bot.pace import Pace
from bot.parcels import Postman
from bot.polling import Polling
from bot.reports import AFTER_STORAGE_ERROR_S, Reports
from bot.routers import (
    archives,
    cancel,
    card,
    export,
    find,
    granting,
    groups,
    jobs,
    many,
    options,
    other,
    people,
    repeating,
    requests,
    schedule,
    search,
    start,
    stats,
    status,
)
from bot.scheduler import Clock, Scheduler
from bot.session import open_session
from bot.unbroken import Unbroken
from bot.webhook import Webhook, WebhookConfig
from storage.archive import Archive
from storage.audit import Audit
from storage.cards import Cards
from storage.database import Database
from storage.errors import DatabaseLocked
from storage.formats import USUAL
from storage.grants import Grants
from storage.invites import Invites
from storage.jobs import Jobs
from storage.people import People
from storage.requests import Requests
from storage.rights import Role
from storage.schedules import Schedules

log = structlog.get_logger(__name__)

MESSAGE_BYTES = 50_000_000
LOCAL_MESSAGE_BYTES = 2_000_000_000
"""How large a file a bot may send: https://core.telegram.org/bots/api#using-a-local-bot-api-server"""
DRAIN_S = 5.0
"""How long a stop waits for what is being handled or sent."""
FIRST_TRIES_S = (0.5, 1.0)
"""Pauses between the tries to reach the Bot API at the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotConfig:
    """What the bot needs to know."""

    token: str = field(repr=False)
    admin_ids: frozenset[int]
    """Telegram's ids of the owners, who let others in."""
    api_url: str | None = None
    """The Bot API; None is Telegram's own."""
    proxy: str | None = field(default=None, repr=False)
    """socks5:// or http://; may hold a password."""
    local_files: bool = False
    """The Bot API server runs on this machine with --local."""
    deliver: bool = True
    """Archives may be sent into the chat, which goes through Telegram's cloud."""
    webhook: WebhookConfig | None = None
    """Telegram posts updates to us; None: we ask for them."""
    export_dir: Path
    """Folders below it are named by their short path."""
    pace: Pace = Pace()  # noqa: RUF009 - frozen
    zone: tzinfo = UTC
    """Of people who have named none."""
    formats: tuple[str, ...] = USUAL
    """What is written where nobody chose anything."""
    clock: Clock = lambda: datetime.now(UTC)
    """What time schedules go by."""


async def serve(config: BotConfig, database: Database, stop: asyncio.Event) -> None:
    """Answer people and keep their cards true until `stop` is set; signals are the caller's.

    Raises:
        BotError: a wrong token, an unreachable Bot API, a webhook that cannot be, a second program
            with this token.
    """
    session = open_session(config.api_url, config.proxy, is_local=config.local_files)
    try:
        bot = Bot(
            config.token,
            session=session,
            default=DefaultBotProperties(
                link_preview_is_disabled=True, allow_sending_without_reply=True
            ),
        )
    except TokenValidationError:
        raise TokenRefused(NOT_ACCEPTED) from None
    try:
        await _until(stop, bot, config, database)
    finally:
        await session.close()


async def _until(stop: asyncio.Event, bot: Bot, config: BotConfig, database: Database) -> None:
    unbroken = Unbroken()
    try:
        async with asyncio.TaskGroup() as group:
            working = group.create_task(
                _work(bot, config, database, unbroken=unbroken, stop=stop), name="bot"
            )
            await stop.wait()
            if not await unbroken.settle(DRAIN_S):
                log.warning("stopped in the middle of an update; Telegram brings it again")
            working.cancel()
    except ExceptionGroup as errors:
        raise _bot_error(errors) or errors from None


async def _work(
    bot: Bot, config: BotConfig, database: Database, *, unbroken: Unbroken, stop: asyncio.Event
) -> None:
    await _name_owners(config, database)
    await _check(bot, config)
    for owner in config.admin_ids:
        await offer_commands(bot, owner, Role.OWNER)
    intake = Intake(bot, _dispatcher(config, database), unbroken, database.foreground, stop)
    receiving = (
        Polling(bot, intake, stop)
        if config.webhook is None
        else Webhook(bot, config.webhook, intake)
    )
    reports = Reports(
        bot,
        database,
        export_dir=config.export_dir,
        deliver=config.deliver,
        pace=config.pace,
        unbroken=unbroken,
    )
    postman = Postman(bot, database, unbroken, local_files=config.local_files)
    alerting = Alerting(bot, database, config.admin_ids, unbroken)
    bell = Bell(bot, database, unbroken)
    scheduler = Scheduler(bot, database, unbroken, zone=config.zone, clock=config.clock)
    screens = Asking(bot, database, unbroken, config.formats)
    async with asyncio.TaskGroup() as group:
        group.create_task(receiving.run(), name="receive updates")
        group.create_task(reports.run(stop), name="keep cards true")
        group.create_task(postman.run(stop), name="deliver archives")
        group.create_task(alerting.run(stop), name="alert the owners")
        group.create_task(bell.run(stop), name="tell of requests")
        group.create_task(scheduler.run(stop), name="keep to schedules")
        group.create_task(screens.run(stop), name="show screens of options")


async def _name_owners(config: BotConfig, database: Database) -> None:
    """Nobody is let in before the owners of the settings are known as such."""
    while True:
        try:
            await People(database).set_owners(config.admin_ids)
        except DatabaseLocked as error:
            log.warning("the bot waits for the database", reason=str(error))
            await asyncio.sleep(AFTER_STORAGE_ERROR_S)
        else:
            return


async def _check(bot: Bot, config: BotConfig) -> None:
    """Ask who we are, so that a wrong setting is told at once."""
    for pause_s in (*FIRST_TRIES_S, None):
        try:
            me = await bot.me()
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise TokenRefused(NOT_ACCEPTED) from None
        except AiogramError as error:
            if pause_s is None:
                raise BotError(_unreachable(config, error)) from None
            await asyncio.sleep(pause_s)
        else:
            log.info("the bot is up", username=me.username)
            return


def _unreachable(config: BotConfig, error: AiogramError) -> str:
    where = config.api_url or "https://api.telegram.org"
    way = " and BOT_PROXY" if config.proxy else ""
    return (
        f"The Bot API at {where} cannot be reached: {error}. Check the network, BOT_API_URL{way}."
    )


def _dispatcher(config: BotConfig, database: Database) -> Dispatcher:
    dispatcher = Dispatcher(
        disable_fsm=True,
        database=database,
        jobs=Jobs(database),
        cards=Cards(database),
        archive=Archive(database),
        export_dir=config.export_dir,
        message_bytes=LOCAL_MESSAGE_BYTES if config.local_files else MESSAGE_BYTES,
        deliver=config.deliver,
        grants=Grants(database),
        people=People(database),
        invites=Invites(database),
        requests=Requests(database),
        audit=Audit(database),
        schedules=Schedules(database),
        zone=config.zone,
        formats=config.formats,
        clock=config.clock,
    )
    access = Access(config.admin_ids, People(database), Invites(database))
    dispatcher.errors.register(ErrorRouter(access).tell)
    dispatcher.update.outer_middleware(Speak())
    dispatcher.update.outer_middleware(WaitForDatabase(access))
    dispatcher.update.outer_middleware(access)
    dispatcher.message.middleware(NoteDone())
    for module in (
        groups,
        start,
        people,
        granting,
        requests,
        many,
        options,
        export,
        jobs,
        archives,
        find,
        stats,
        status,
        cancel,
        schedule,
        repeating,
        card,
        search,
        other,
    ):
        dispatcher.include_router(module.router())
    return dispatcher


def _bot_error(errors: BaseException) -> BotError | None:
    """The sentence in a group of errors, if there is one."""
    if isinstance(errors, BotError):
        return errors
    if isinstance(errors, BaseExceptionGroup):
        return next(filter(None, map(_bot_error, errors.exceptions)), None)
    return None
