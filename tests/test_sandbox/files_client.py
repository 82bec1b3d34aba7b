"""A real Telethon client that asks for files by hand, on whichever data centre."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession
from telethon.tl import functions, types

from tests.sandbox.sandbox import HOME_DC, Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.people import Account

KIB = 1024
MIB = 1024 * KIB


class FilesClient:
    """Asks as an account; errors come at once, without a retry."""

    def __init__(self, telethon: TelegramClient, account: Account) -> None:
        self.telethon = telethon
        self.account = account

    async def ask(self, request: Any, *, dc_id: int = HOME_DC) -> Any:
        """The answer of that data centre.

        Raises:
            telethon.errors.RPCError: the request was refused.
        """
        if dc_id == HOME_DC:
            return await self.telethon(request)
        sender = await self.telethon._borrow_exported_sender(dc_id)
        try:
            return await self.telethon._call(sender, request)
        finally:
            await self.telethon._return_exported_sender(sender)

    async def media(self, chat: Chat, message_id: int) -> Any:
        """The photo or document of a message, as it is now."""
        peer = chat.input_peer(self.account)
        message = await self.telethon.get_messages(peer, ids=message_id)
        return message.photo or message.document

    async def part(
        self,
        file: Any,
        offset: int = 0,
        limit: int = MIB,
        *,
        letter: str | None = None,
        dc_id: int | None = None,
        **flags: bool,
    ) -> bytes:
        """One part of a file, asked for where the file says that it is. Raises as `ask`."""
        request = functions.upload.GetFileRequest(location(file, letter), offset, limit, **flags)
        answer = await self.ask(request, dc_id=dc_id or file.dc_id)
        data: bytes = answer.bytes
        return data

    async def whole(self, file: Any, *, letter: str | None = None) -> bytes:
        """All parts up to the first that is not full."""
        found = b""
        while True:
            part = await self.part(file, len(found), letter=letter)
            found += part
            if len(part) < MIB:
                return found

    async def hashes(self, file: Any, offset: int = 0, *, dc_id: int | None = None) -> list[Any]:
        request = functions.upload.GetFileHashesRequest(location(file), offset)
        return list(await self.ask(request, dc_id=dc_id or file.dc_id))


def location(file: Any, letter: str | None = None) -> Any:
    """Where a document or photo is; a photo's largest size unless a letter is given."""
    if isinstance(file, types.Document):
        return types.InputDocumentFileLocation(
            file.id, file.access_hash, file.file_reference, letter or ""
        )
    return types.InputPhotoFileLocation(
        file.id,
        file.access_hash,
        file.file_reference,
        file.sizes[-1].type if letter is None else letter,
    )


@asynccontextmanager
async def files_client(
    sandbox: Sandbox, account: Account | None = None
) -> AsyncIterator[FilesClient]:
    """Connected and signed in as the account (the owner)."""
    rsa.add_key(sandbox.telegram.public_key_pem, old=False)
    TelegramClient._config = None
    client = TelegramClient(
        StringSession(sandbox.session(account)),
        1,
        "hash",
        receive_updates=False,
        flood_sleep_threshold=0,
        request_retries=0,
        raise_last_call_error=True,
    )
    async with client:
        yield FilesClient(client, account or sandbox.world.owner)
