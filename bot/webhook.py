"""Takes updates that Telegram posts to us, and answers each only after it was handled.

aiogram's own handler answers after 55 s at the latest, and by default at once, so that an update
whose handler is killed would be lost. Telegram itself keeps the order: of a chat it posts the next
update after we took the one before, and what we did not take it posts again.
https://core.telegram.org/bots/api#setwebhook
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetWebhookInfo, SetWebhook
from aiohttp import web

from bot.errors import BotError, TokenRefused
from bot.intake import NOT_ACCEPTED, UPDATES, Intake
from bot.session import once

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name
LARGEST_BYTES = 1024 * 1024
"""Of an update: many times what the longest message and the one it replies to take."""
AT_ONCE = 10
"""Connections that Telegram may hold, which hides the line's delay; we take one at a time."""
LAST_ANSWER_S = 1.0
LONGEST_PAUSE_S = 30.0

TAKEN_OVER = (
    "Another program has taken over this bot's messages with the same BOT_TOKEN: Telegram no "
    "longer sends them to WEBHOOK_URL. Stop it, or make a second bot with @BotFather: only one "
    "program can run a bot."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookConfig:
    """Where Telegram posts updates, and where we take them."""

    url: str
    """What Telegram is told; whatever ends its TLS passes the path on unchanged."""
    host: str
    port: int
    watch_s: float = 60.0
    """How often Telegram is asked whether it reaches us."""

    @property
    def site(self) -> str:
        """The URL without its path, which may be meant to be unknown."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def secret_of(token: str) -> str:
    """What Telegram says with each update, so that we know it is Telegram.

    Made from the bot's token, which it does not give away: nobody has to choose or keep it, and
    every program with this token expects the same.
    """
    return hmac.new(token.encode(), b"chatkeep webhook", hashlib.sha256).hexdigest()


class Webhook:
    """Listens, has Telegram post updates there, and hands them on."""

    def __init__(self, bot: Bot, config: WebhookConfig, intake: Intake) -> None:
        self._bot = bot
        self._config = config
        self._intake = intake
        self._secret = secret_of(bot.token)
        self._told: datetime | None = None

    async def run(self) -> None:
        """Until it is cancelled: while a stop waits, what comes is refused, and comes again.

        Raises:
            BotError: the address is taken, Telegram refuses the URL or the token, or another
                program has taken over.
        """
        app = web.Application(client_max_size=LARGEST_BYTES)
        app.router.add_post(urlsplit(self._config.url).path or "/", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_ANSWER_S)
        await runner.setup()
        try:
            await self._listen(runner)
            await self._announce()
            while True:
                await asyncio.sleep(self._config.watch_s)
                await self._look()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        host, port = self._config.host, self._config.port
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise BotError(
                f"Nothing can listen at WEBHOOK_LISTEN {host}:{port}: {error.strerror or error}. "
                "Choose another port, or stop the program that has it."
            ) from None

    async def _announce(self) -> None:
        """Have Telegram post to us, however long it takes to reach it."""
        request = SetWebhook(
            url=self._config.url,
            secret_token=self._secret,
            allowed_updates=UPDATES,
            max_connections=AT_ONCE,
        )
        pause_s = 1.0
        while True:
            try:
                await self._bot(request)
            except TelegramUnauthorizedError:
                raise TokenRefused(NOT_ACCEPTED) from None
            except TelegramBadRequest as error:
                raise BotError(f"Telegram refuses WEBHOOK_URL: {error.message}.") from None
            except TelegramAPIError as error:
                if isinstance(error, TelegramRetryAfter):
                    pause_s = float(error.retry_after)
                log.warning("the Bot API cannot be reached", error=str(error), next_try_s=pause_s)
            else:
                log.info("Telegram posts updates to us", site=self._config.site)
                return
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    async def _look(self) -> None:
        """Tell what keeps Telegram from reaching us, such as a certificate that has expired."""
        try:
            info = await once(self._bot, GetWebhookInfo())
        except TelegramAPIError as error:
            log.warning("the Bot API cannot be reached", error=str(error))
            return
        if info.url != self._config.url:
            raise BotError(TAKEN_OVER)
        if info.last_error_date is not None and info.last_error_date != self._told:
            self._told = info.last_error_date
            log.warning(
                "Telegram could not post an update; it tries again",
                site=self._config.site,
                reason=info.last_error_message,
                waiting=info.pending_update_count,
            )

    async def _answer(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            raise web.HTTPForbidden
        update = self._intake.read(_parsed(await request.read()))
        if update is not None and not await self._intake.take(update):
            raise web.HTTPServiceUnavailable
        return web.Response()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
