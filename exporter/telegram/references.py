"""Where files are to be asked for now: their references expire, and some were never known.

https://core.telegram.org/api/file-references
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from telethon.tl.functions.messages import GetCustomEmojiDocumentsRequest

from exporter.errors import ItemError
from exporter.telegram.by_id import ask_by_id
from exporter.telegram.connection import Telegram
from exporter.telegram.convert import parse
from exporter.telegram.convert.carried import (
    CUSTOM_EMOJI,
    STORY,
    document_row,
    stories_of,
    story_rows,
)
from exporter.telegram.history import ChatClosed
from exporter.telegram.pacing import Refused, Unreadable
from exporter.telegram.peers import input_peer, kind_of_id
from exporter.telegram.pictures import pictures_of
from exporter.telegram.resolve import ChatRef
from exporter.telegram.stories import ask_stories
from storage.archive import Archive
from storage.media import FileKey, WantedFile
from storage.models import ChatInfo, MediaRow, MessageRow, Page, PeerKind

EMOJI_A_REQUEST = 100
"""https://core.telegram.org/method/messages.getCustomEmojiDocuments"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """Where a file is to be asked for from now on."""

    location: bytes
    """An InputFileLocation, as TL bytes; of value to the account that asked."""
    dc_id: int
    size_bytes: int


async def renew(telegram: Telegram, archive: Archive, file: WantedFile) -> Renewed | None:
    """The same for one file as `renew_many`."""
    return (await renew_many(telegram, archive, [file]))[file.key]


async def renew_many(
    telegram: Telegram, archive: Archive, files: Sequence[WantedFile]
) -> dict[FileKey, Renewed | None]:
    """Ask anew for what the files stand in, with as few requests as that takes.

    Returns:
        Something for each file. None: its message is gone, carries it no more, or is not shown
        to this account; likewise for emoji, stories and photos of chats.

    Private chats and basic groups number their messages for each account: their files are for
    the account that saw them.

    Raises:
        JobError: Telegram is out of reach, or the account cannot be used.
    """
    emoji = {file.key.file_id for file in files if file.kind == CUSTOM_EMOJI}
    elsewhere: dict[int, list[WantedFile]] = defaultdict(list)
    for file in files:
        if file.kind != CUSTOM_EMOJI:
            elsewhere[file.chat_id].append(file)
    rows = await _emoji(telegram, sorted(emoji))
    for chat_id, wanted in elsewhere.items():
        if (chat := await _chat(telegram, archive, chat_id)) is not None:
            rows += await _of_chat(telegram, archive, chat, wanted)
    known = {FileKey(row.file_id, row.variant): _renewed(row) for row in rows}
    return {file.key: known.get(file.key) for file in files}


def _renewed(row: MediaRow) -> Renewed:
    return Renewed(location=row.location, dc_id=row.dc_id, size_bytes=row.size_bytes)


async def _chat(telegram: Telegram, archive: Archive, chat_id: int) -> ChatRef | None:
    """A chat by its marked id; None when this account never saw it."""
    access_hash = await archive.access_hash(telegram.account_id, chat_id)
    is_channel = kind_of_id(chat_id) is PeerKind.CHANNEL
    if is_channel and access_hash is None:
        return None
    return ChatRef(
        info=await archive.chat(chat_id) or ChatInfo(id=chat_id, title=None, type=""),
        input_peer=input_peer(chat_id, access_hash),
        is_channel=is_channel,
        is_forum=False,
        account_id=telegram.account_id,
        protected=False,
    )


async def _emoji(telegram: Telegram, ids: Sequence[int]) -> list[MediaRow]:
    rows: list[MediaRow | None] = []
    for start in range(0, len(ids), EMOJI_A_REQUEST):
        request = GetCustomEmojiDocumentsRequest(list(ids[start : start + EMOJI_A_REQUEST]))
        documents = await _unless_refused(telegram, request) or ()
        rows += [document_row(0, document, CUSTOM_EMOJI) for document in documents]
    return [row for row in rows if row is not None]


async def _of_chat(
    telegram: Telegram, archive: Archive, chat: ChatRef, files: Sequence[WantedFile]
) -> list[MediaRow]:
    pages = await _pages(telegram, chat, {file.message_id for file in files} - {0})
    rows = [row for page in pages for row in page.media]
    if any(file.message_id == 0 for file in files):
        rows += await _pictures(telegram, chat)
    known = {FileKey(row.file_id, row.variant) for row in rows}
    left = {file.message_id for file in files if file.kind == STORY and file.key not in known}
    told = [message for page in pages for message in page.messages if message.id in left]
    return rows + await _in_stories(telegram, archive, told) if told else rows


async def _pages(telegram: Telegram, chat: ChatRef, ids: Iterable[int]) -> list[Page]:
    """Messages as they are now, with what they carry; none when the chat is closed to us."""
    pages: list[Page] = []
    left = sorted(ids)
    try:
        while left:
            answered = await ask_by_id(telegram, chat, left)
            pages.append(answered.page)
            left = left[len(answered.asked) :]
    except ChatClosed:
        return pages
    return pages


async def _pictures(telegram: Telegram, chat: ChatRef) -> list[MediaRow]:
    try:
        return await pictures_of(telegram, chat)
    except (Refused, Unreadable):
        return []


async def _in_stories(
    telegram: Telegram, archive: Archive, messages: Iterable[MessageRow]
) -> list[MediaRow]:
    """Ask for the stories that messages name without their content."""
    read = [parse(row) for row in messages]
    named = [story for one in read if not isinstance(one, ItemError) for story in stories_of(one)]
    told = await ask_stories(telegram, archive, named)
    return [row for item in told.items.values() for row in story_rows(0, item)]


async def _unless_refused(telegram: Telegram, request: Any) -> Any:
    """The answer; None when Telegram does not tell this account, or not in words we can read."""
    try:
        return await telegram.ask(request)
    except (Refused, Unreadable):
        return None
