"""HTTP to the Bot API: where it is, through which proxy, and what is tried again.

Tokens are part of every URL of the Bot API, so nothing that HTTP says about a URL leaves this
module unread.
"""

from __future__ import annotations

import asyncio
from json import JSONDecodeError
from urllib.parse import urlsplit

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.methods.base import Response, TelegramType
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from bot.errors import SettingRefused

REQUEST_S = 20.0
"""How long one request may take."""
PATIENCE_S = 60.0
"""How long one answer to a person may wait in all; other people's updates wait behind it."""
FIRST_PAUSE_S = 1.0
PROXY_FAILURES = (ProxyConnectionError, ProxyError, ProxyTimeoutError, OSError)


class BotSession(AiohttpSession):
    """aiogram's session, with every network failure as a `TelegramNetworkError`.

    aiogram lets through what a proxy raises and a gateway's HTML page; both mean "not now".
    """

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - the name is aiogram's
    ) -> TelegramType:
        try:
            return await super().make_request(bot, method, timeout)
        except TelegramNetworkError as error:
            message = error.message.replace(bot.token, "<token>")
            raise TelegramNetworkError(method=method, message=message) from None
        except PROXY_FAILURES as error:
            message = f"{type(error).__name__}: {error}"
            raise TelegramNetworkError(method=method, message=message) from error
        except ClientDecodeError as error:
            if isinstance(error.original, JSONDecodeError):
                message = "the answer is not from the Bot API"
                raise TelegramServerError(method=method, message=message) from None
            raise


class RetrySends(BaseRequestMiddleware):
    """Sends an answer to a person again after a 429 or a failing network.

    Only `sendMessage` is retried: cards are edited by `reports.py`, past this middleware, because
    it knows a newer frame by then; the other calls are not worth waiting for. A send whose answer
    got lost may arrive twice: the Bot API has nothing to recognise it by.
    """

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        patient = isinstance(method, SendMessage)
        waited_s, next_pause_s = 0.0, FIRST_PAUSE_S
        while True:
            try:
                return await make_request(bot, method)
            except (TelegramRetryAfter, TelegramServerError, TelegramNetworkError) as error:
                pause_s = next_pause_s
                if isinstance(error, TelegramRetryAfter):
                    pause_s = float(error.retry_after)
                if not patient or waited_s + pause_s > PATIENCE_S:
                    raise
            await asyncio.sleep(pause_s)
            waited_s += pause_s
            next_pause_s *= 2


async def once(
    bot: Bot, method: TelegramMethod[TelegramType], *, longest_s: int | None = None
) -> TelegramType:
    """One request that is not tried again here, whatever becomes of it."""
    return await bot.session.make_request(bot, method, longest_s)


def open_session(api_url: str | None, proxy: str | None, *, is_local: bool = False) -> BotSession:
    """A session for `api_url` (None: Telegram's own), through `proxy` (socks5:// or http://).

    `is_local`: that server runs with --local, and so takes larger files and reads them itself.

    Raises:
        SettingRefused: an address that cannot be used.
    """
    if api_url is not None and not _is_web_address(api_url):
        raise SettingRefused(
            f"BOT_API_URL must be an address like http://host:8081, not “{api_url}”."
        )
    server = (
        PRODUCTION if api_url is None else TelegramAPIServer.from_base(api_url, is_local=is_local)
    )
    try:
        session = BotSession(proxy=proxy, api=server, timeout=REQUEST_S)
    except ValueError as error:
        raise SettingRefused(f"BOT_PROXY is not a proxy's address: {error}.") from None
    session.middleware(RetrySends())
    return session


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
