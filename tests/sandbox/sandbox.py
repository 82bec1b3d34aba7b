"""A Telegram that fits on loopback: data centres, Bot API and phones in one process."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from telethon.crypto import AuthKey as ClientKey
from telethon.sessions import StringSession

from tests.sandbox.api.telegram_api import TelegramApi
from tests.sandbox.botapi.control import Control
from tests.sandbox.botapi.limits import Limits
from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.faults import Faults
from tests.sandbox.mtproto.keys import AuthKeys, RsaKey
from tests.sandbox.mtproto.line import Line
from tests.sandbox.mtproto.server import MtprotoServer
from tests.sandbox.phone import Phone
from tests.sandbox.world.people import Account
from tests.sandbox.world.world import World

API_ID = "12345"
API_HASH = "0123456789abcdef0123456789abcdef"
HOME_DC = 2


class UnknownAskedError(AssertionError):
    """Something was asked for that the sandbox does not know."""


class Sandbox:
    """`async with Sandbox(world) as sandbox:` serves it; settings to use are in `environment`.

    At the end it fails if anything was asked for that the sandbox does not know.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        line: Line | None = None,
        limits: Limits | None = None,
        media_only: bool = False,
        proxy_secret: bytes | None = None,
    ) -> None:
        self.world = world or World()
        self.line = line or Line()
        self.faults = Faults()
        """Of the data centres; those of the Bot API are `bot_api.faults`."""
        self.keys = AuthKeys()
        rsa = RsaKey.shared()
        self.api = TelegramApi(self.world, lambda: self.telegram.ports)
        self.telegram = MtprotoServer(
            self.api.answer,
            self.keys,
            rsa,
            self.faults,
            line=self.line,
            media_only=media_only,
            proxy_secret=proxy_secret,
        )
        self.bot_api = BotApi(limits=limits)
        self._control = Control(self.bot_api, self.faults)
        owner = self.world.owner.user
        self.phone: Phone = self._control.add_phone(
            Person(
                id=owner.id,
                first_name=owner.first_name or "Owner",
                last_name=owner.last_name,
                username=owner.username,
            )
        )
        """The owner's: the only person that `ADMIN_IDS` names."""
        self._folder = TemporaryDirectory(prefix="chatkeep-sandbox-")
        self._key_file = Path(self._folder.name) / "telegram-server.pem"
        self._key_file.write_text(rsa.public_pem)

    async def __aenter__(self) -> Self:
        await self.telegram.start()
        self.api.files.media_ports = self.telegram.media_ports
        await self.bot_api.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            await self.bot_api.stop()
            await self.telegram.close()
        finally:
            self._folder.cleanup()
        if self.bot_api.errors:
            raise ExceptionGroup("the Bot API could not answer", self.bot_api.errors)
        if kind is None and self.unknown:
            raise UnknownAskedError(", ".join(self.unknown))

    @property
    def unknown(self) -> list[str]:
        """Requests and methods that were asked for and that the sandbox does not know."""
        return [*self.api.unknown, *self.bot_api.unknown_methods]

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead here."""
        return {
            "API_ID": API_ID,
            "API_HASH": API_HASH,
            "TELEGRAM_SERVER": f"127.0.0.1:{self.telegram.ports[HOME_DC]}",
            "TELEGRAM_SERVER_DC": str(HOME_DC),
            "TELEGRAM_SERVER_KEY": str(self._key_file),
            "BOT_API_URL": self.bot_api.url,
            "BOT_TOKEN": self.bot_api.token,
            "ADMIN_IDS": str(self.phone.person.id),
        }

    def session(self, account: Account | None = None) -> str:
        """A Telethon StringSession of the account (the owner), each with its own key."""
        signed_in = account or self.world.owner
        key = self.keys.ready_made(signed_in.id, dc_id=signed_in.dc_id)
        session = StringSession()
        session.set_dc(signed_in.dc_id, "127.0.0.1", self.telegram.ports[signed_in.dc_id])
        session.auth_key = ClientKey(key.key)
        saved: str = session.save()
        return saved

    def stranger(self, first_name: str = "Stranger", **rest: Any) -> Phone:
        """The phone of somebody whom the bot has never met; `rest` as in `Person`."""
        return self._control.new_person(first_name, **rest)

    @property
    def phone_url(self) -> str:
        """Where another process plays the owner, see `botapi.control`."""
        return f"{self.bot_api.url}/phone/{self.phone.person.id}"
