"""The Bot API's HTTP server: https://core.telegram.org/bots/api#making-requests"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any, Self

from aiohttp import web

from tests.sandbox.botapi.errors import BotApiError
from tests.sandbox.botapi.faults import Asked, BotFaults, Fault
from tests.sandbox.botapi.fields import Fields, read_fields
from tests.sandbox.botapi.limits import Limits
from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.methods import BY_LOWER_NAME, METHODS
from tests.sandbox.botapi.state import State

TOKEN = "777000777:AAF-sandbox-token-of-no-use-elsewhere"
REQUEST_LIMIT = 64 * 1024 * 1024
"""Bytes; above the 50 MB of a document, so that the method itself refuses those."""


class BotApi:
    """One bot's Telegram on a loopback port.

    `async with BotApi() as bot_api:` serves it; `stop` and `start` in between play an outage and
    keep port and state.
    """

    def __init__(self, token: str = TOKEN, *, limits: Limits | None = None) -> None:
        me = Person(
            id=int(token.partition(":")[0]),
            first_name="Chatkeep",
            username="chatkeep_sandbox_bot",
            is_bot=True,
        )
        self.state = State(token=token, me=me, limits=limits or Limits())
        self.unknown_methods: list[str] = []
        """Names that were asked for and do not exist here: a test should find none."""
        self.errors: list[Exception] = []
        """What a method raised besides a refusal: bugs of the sandbox."""
        self.app = web.Application(client_max_size=REQUEST_LIMIT)
        self.app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self.app.router.add_get("/file/bot{token}/documents/{file_id}", self._download)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def token(self) -> str:
        return self.state.token

    @property
    def faults(self) -> BotFaults:
        return self.state.faults

    @property
    def limits(self) -> Limits:
        return self.state.limits

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; after a stop on the same port again."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        if self.state.webhook is not None:
            self.state.webhook.start()

    async def stop(self) -> None:
        if self._runner is not None:
            self.state.updates.stop_polling()
            if self.state.webhook is not None:
                await self.state.webhook.stop()
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = request.match_info["method"]
        method = BY_LOWER_NAME.get(asked.lower(), asked)
        fields = Fields({}, {})
        try:
            self._authorise(request)
            fields = await read_fields(request)
            result = await self._perform(method, fields)
        except BotApiError as error:
            self._log(method, fields, error.code, str(error))
            return web.json_response(error.answer(), status=error.code)
        except ConnectionResetError:
            self._log(method, fields, 0, "cut")
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        finally:
            if isinstance(bug := sys.exception(), Exception):
                self.errors.append(bug)
        self._log(method, fields, 200, "")
        return web.json_response({"ok": True, "result": result})

    def _authorise(self, request: web.Request) -> None:
        token = request.match_info["token"]
        if token != self.token:
            well_formed = token.partition(":")[0].isdigit() and token.partition(":")[2]
            raise BotApiError(401, "Unauthorized") if well_formed else BotApiError(404, "Not Found")

    async def _perform(self, method: str, fields: Fields) -> Any:
        if method not in METHODS:
            self.unknown_methods.append(method)
            raise BotApiError(404, "Not Found: method not found")
        faults = self.faults.next_for(method)
        for fault in faults:
            await _strike(fault)
        result = await METHODS[method](self.state, fields)
        if any(fault.cut == "after" for fault in faults):
            raise ConnectionResetError
        return result

    def _log(self, method: str, fields: Fields, code: int, description: str) -> None:
        self.faults.log.append(
            Asked(
                method=method,
                chat_id=fields.integer("chat_id") or None,
                message_id=fields.integer("message_id") or None,
                at_s=time.monotonic(),
                code=code,
                description=description,
            )
        )

    async def _download(self, request: web.Request) -> web.Response:
        content = self.state.files.get(request.match_info["file_id"])
        if request.match_info["token"] != self.token or content is None:
            return web.json_response(BotApiError(404, "Not Found").answer(), status=404)
        return web.Response(body=content)


async def _strike(fault: Fault) -> None:
    """Do what the script says before the effect."""
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault.hold is not None:
        await fault.hold.wait()
    if fault.error is not None:
        raise fault.error
    if fault.cut == "before":
        raise ConnectionResetError
