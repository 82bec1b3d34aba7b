"""Stories that messages name without showing them."""

from __future__ import annotations

from telethon.tl import types

from exporter.attachments import Photo, Story
from exporter.telegram.connection import Telegram
from exporter.telegram.convert import to_record
from exporter.telegram.edits import is_edit
from exporter.telegram.history import History
from exporter.telegram.resolve import resolve
from exporter.telegram.stories import ask_stories, fetch_stories
from storage.archive import Archive
from storage.models import ChatInfo, MessageRow
from tests.exporter.reaching import signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.people import User
from tests.sandbox.world.pictures import picture

ASKED = "GetStoriesByIDRequest"


def share(chat: Chat, author: User, story_id: int) -> int:
    """Post a message that names a story; its id."""
    shown = types.MessageMediaStory(peer=types.PeerUser(author.id), id=story_id)
    return chat.post("", media=shown)


def tell(sandbox: Sandbox, author: User, number: int) -> list[int]:
    """Post stories with pictures; their ids."""
    return [
        sandbox.world.stories.post(
            author.id, types.MessageMediaPhoto(photo=picture(90_000 + place)), date=1_700_000_000
        )
        for place in range(number)
    ]


async def keep_all(telegram: Telegram, archive: Archive, chat: Chat) -> ChatInfo:
    """Keep a chat's messages, a page full."""
    found = await resolve(telegram, archive, str(chat.peer_id))
    await archive.save_chat(found.info)
    page = await History().page(telegram, found, 1, max(chat.message_ids))
    await archive.keep(telegram.account_id, chat.peer_id, None, page)
    return found.info


async def stories_in(archive: Archive, chat: ChatInfo) -> dict[int, Story]:
    """The stories of the archived messages, by the messages' ids."""
    return {
        row.id: record.media
        async for rows in archive.messages(chat.id)
        for row in rows
        if isinstance((record := to_record(row, chat, {}, {})).media, Story)
    }


async def row_of(archive: Archive, chat: ChatInfo, message_id: int) -> MessageRow:
    rows = [row async for page in archive.messages(chat.id) for row in page]
    return next(row for row in rows if row.id == message_id)


async def test_stories_are_asked_for_once_and_shown_by_their_messages(
    sandbox: Sandbox, archive: Archive
) -> None:
    mia = sandbox.world.add_user("Mia")
    chat = sandbox.world.add_supergroup("Study", messages=0)
    first, gone, last = tell(sandbox, mia, 3)
    said = [share(chat, mia, one) for one in (first, gone, last)]
    sandbox.world.stories.delete(mia.id, gone)
    async with signed_in(sandbox) as telegram:
        info = await keep_all(telegram, archive, chat)
        shown = await fetch_stories(telegram, archive, info.id)
        again = await fetch_stories(telegram, archive, info.id)

    assert (shown, again) == (2, 0)
    assert sandbox.faults.calls(ASKED) == 1
    stories = await stories_in(archive, info)
    photos = {id_: story.media for id_, story in stories.items()}
    assert [type(photos[id_]) for id_ in said] == [Photo, type(None), Photo]
    assert [getattr(photos[id_], "photo_id", None) for id_ in said] == [90_000, None, 90_002]
    assert (await archive.media_totals(info.id)).files == 2
    [version] = await archive.versions(info.id, said[0])
    assert not is_edit(version, await row_of(archive, info, said[0]))


async def test_a_chat_without_stories_asks_nothing(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=20)
    async with signed_in(sandbox) as telegram:
        info = await keep_all(telegram, archive, chat)

        assert await fetch_stories(telegram, archive, info.id) == 0

    assert sandbox.faults.calls(ASKED) == 0


async def test_a_message_that_is_gone_stays_gone(sandbox: Sandbox, archive: Archive) -> None:
    mia = sandbox.world.add_user("Mia")
    chat = sandbox.world.add_supergroup("Study", messages=0)
    [story_id] = tell(sandbox, mia, 1)
    deleted = share(chat, mia, story_id)
    async with signed_in(sandbox) as telegram:
        info = await keep_all(telegram, archive, chat)
        await archive.mark_deleted(info.id, [deleted])

        assert await fetch_stories(telegram, archive, info.id) == 0

    [row] = [row async for rows in archive.messages(info.id) for row in rows if row.id == deleted]
    assert row.deleted is not None


async def test_stories_of_somebody_unknown_are_not_asked_for(
    sandbox: Sandbox, archive: Archive
) -> None:
    mia = sandbox.world.add_user("Mia")
    [story_id] = tell(sandbox, mia, 1)
    async with signed_in(sandbox) as telegram:
        told = await ask_stories(telegram, archive, [(mia.id, story_id)])

    assert not told.items
    assert sandbox.faults.calls(ASKED) == 0
