"""Posts updates to a bot's webhook as Telegram does.

Rules: https://core.telegram.org/bots/api#setwebhook and telegram-bot-api's WebhookActor.cpp. Of a
chat, or of one person's taps, the next update goes out after the one before was taken; a refused
one comes again at once, then after twice the wait each time, or after what `Retry-After` says.
"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from tests.sandbox.botapi.errors import Json, bad_request
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.updates import Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PORTS = (443, 80, 88, 8443)
ANSWER_S = 60.0
RECONNECT_S = 1.0
LONGEST_RETRY_S = 60
LONGEST_RETRY_AFTER_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What setWebhook was given."""

    url: str
    secret: str
    max_connections: int


def told(fields: Fields, *, local: bool) -> Told:
    """Read the fields of setWebhook; `local`: the server runs with --local.

    Raises:
        BotApiError: what Telegram does not take.
    """
    url, secret = fields.text("url"), fields.text("secret_token")
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if not local:
        if parts.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if (parts.port or 443) not in PORTS:
            raise bad_request(
                "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
            )
        with suppress(ValueError):  # a name
            if ip_address(parts.hostname).is_private:
                raise bad_request(f"bad webhook: IP address {parts.hostname} is reserved")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = fields.integer("max_connections", 40)
    return Told(url=url, secret=secret, max_connections=min(max(connections, 1), 100))


class Webhook:
    """One bot's webhook while it is set; `start` and `stop` begin and end the posting."""

    def __init__(self, set_to: Told, updates: Updates) -> None:
        self.set_to = set_to
        self.posted: list[int] = []
        """The id of each update at each of its tries."""
        self._updates = updates
        self._last_error: tuple[int, str] | None = None
        self._slots = asyncio.Semaphore(set_to.max_connections)
        self._busy: set[tuple[str, int]] = set()
        self._task: asyncio.Task[None] | None = None

    def info(self) -> Json:
        """https://core.telegram.org/bots/api#webhookinfo"""
        shown: Json = {
            "url": self.set_to.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.unconfirmed),
            "max_connections": self.set_to.max_connections,
        }
        if self._last_error is not None:
            shown["last_error_date"], shown["last_error_message"] = self._last_error
        return shown

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="post updates")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _run(self) -> None:
        self._busy.clear()
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with aiohttp.ClientSession(timeout=timeout) as http, asyncio.TaskGroup() as group:
            while True:
                for update in self._updates.unconfirmed:
                    if (queue := _queue_of(update)) not in self._busy:
                        self._busy.add(queue)
                        group.create_task(self._deliver(http, update, queue))
                await self._updates.next_change()

    async def _deliver(
        self, http: aiohttp.ClientSession, update: Json, queue: tuple[str, int]
    ) -> None:
        """Until it was taken."""
        delay_s, failures = 1, 0
        while update in self._updates.unconfirmed:
            try:
                retry_after_s = await self._post(http, update)
            except aiohttp.ClientConnectorError:
                self._failed("Connection refused")
                await asyncio.sleep(RECONNECT_S)
                continue
            if retry_after_s is None:
                break
            if not retry_after_s and failures:
                delay_s = min(LONGEST_RETRY_S, delay_s * 2)
                retry_after_s = delay_s
            failures += 1
            await asyncio.sleep(retry_after_s)
        self._busy.discard(queue)
        self._updates.confirm(update)

    async def _post(self, http: aiohttp.ClientSession, update: Json) -> int | None:
        """Post it once; None: it was taken, else how many seconds the bot asks for, 0: none."""
        headers = {SECRET_HEADER: self.set_to.secret} if self.set_to.secret else {}
        async with self._slots:
            self.posted.append(update["update_id"])
            try:
                async with http.post(self.set_to.url, json=update, headers=headers) as answer:
                    if 200 <= answer.status <= 299:
                        return None
                    self._failed(
                        f"Wrong response from the webhook: {answer.status} {answer.reason}"
                    )
                    return min(int(answer.headers.get("Retry-After", 0)), LONGEST_RETRY_AFTER_S)
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ClientError, TimeoutError):
                self._failed("Webhook connection closed")
                return 0

    def _failed(self, reason: str) -> None:
        self._last_error = (int(time.time()), reason)


def _queue_of(update: Json) -> tuple[str, int]:
    """What is kept in order: a chat's messages, a person's taps, a person's searches."""
    for kind in ("callback_query", "inline_query"):
        if kind in update:
            return kind, int(update[kind]["from"]["id"])
    content = next(value for name, value in update.items() if name != "update_id")
    return "chat", int(content.get("chat", {}).get("id", 0))
