"""Files as they wait to be fetched, and what their references are worth."""

from __future__ import annotations

from collections.abc import Iterable

from telethon.extensions import BinaryReader

from exporter.telegram.connection import Telegram
from exporter.telegram.history import History
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.media import FileKey, WantedFile
from storage.models import MediaRow
from tests.exporter.reaching import ACCOUNT_ID
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.references import Standing


def wanted(row: MediaRow, chat: Chat) -> WantedFile:
    """A file as it waits to be fetched."""
    return WantedFile(
        key=FileKey(row.file_id, row.variant),
        kind=row.kind,
        size_bytes=row.size_bytes,
        dc_id=row.dc_id,
        location=row.location,
        account_id=ACCOUNT_ID,
        chat_id=chat.peer_id,
        message_id=row.message_id,
        name=row.file_name,
        parts=b"",
        tries=0,
    )


async def files_in(telegram: Telegram, archive: Archive, chat: Chat) -> list[WantedFile]:
    """The files of a chat, as its pages bring them."""
    found = await resolve(telegram, archive, str(chat.peer_id))
    top, next_id = max(chat.message_ids), 1
    rows: list[MediaRow] = []
    while next_id <= top:
        page = await History().page(telegram, found, next_id, top)
        rows += page.media
        next_id = page.next_id
    return [wanted(row, chat) for row in rows]


def standings(sandbox: Sandbox, located: Iterable[tuple[FileKey, bytes]]) -> set[Standing]:
    """What the references in these locations are worth."""
    judge, owner = sandbox.world.references.judge, sandbox.world.owner
    return {judge(owner, key.file_id, reference_in(place)) for key, place in located}


def reference_in(location: bytes) -> bytes:
    reference: bytes = BinaryReader(location).tgread_object().file_reference
    return reference
