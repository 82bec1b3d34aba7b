"""Pages that arrive short, mixed up, twice or unreadable, as Telethon meets them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from telethon import TelegramClient, errors
from telethon.tl import functions

from tests.sandbox.mtproto.server import MtprotoServer
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.world import World
from tests.test_sandbox.tiny_api import client


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(World()) as running:
        yield running


@pytest.fixture
def chat(sandbox: Sandbox) -> Channel:
    return sandbox.world.add_supergroup(messages=30)


@pytest.fixture
async def telegram(sandbox: Sandbox) -> AsyncIterator[TelegramClient]:
    async with client(sandbox.telegram, key_of(sandbox.telegram, sandbox)) as connected:
        yield connected


def key_of(server: MtprotoServer, sandbox: Sandbox) -> Any:
    return server.keys.ready_made(sandbox.world.owner.id)


def page_below(sandbox: Sandbox, chat: Chat, offset_id: int = 0, limit: int = 10) -> Any:
    return functions.messages.GetHistoryRequest(
        peer=chat.input_peer(sandbox.world.owner),
        offset_id=offset_id,
        offset_date=None,
        add_offset=0,
        limit=limit,
        max_id=0,
        min_id=0,
        hash=0,
    )


async def ids(telegram: TelegramClient, request: Any) -> list[int]:
    return [message.id for message in (await telegram(request)).messages]


async def test_a_short_page_lacks_half_of_its_messages_once(
    sandbox: Sandbox, chat: Channel, telegram: TelegramClient
) -> None:
    sandbox.faults.short_page()

    short = await ids(telegram, page_below(sandbox, chat))
    whole = await ids(telegram, page_below(sandbox, chat))

    assert whole == list(range(30, 20, -1))
    assert len(short) == 5
    assert short == sorted(set(short) & set(whole), reverse=True)


async def test_an_unordered_page_has_every_message_in_another_order(
    sandbox: Sandbox, chat: Channel, telegram: TelegramClient
) -> None:
    sandbox.faults.unordered_page()

    mixed = await ids(telegram, page_below(sandbox, chat))

    assert mixed != sorted(mixed, reverse=True)
    assert sorted(mixed) == list(range(21, 31))


async def test_a_duplicate_page_is_the_one_before(
    sandbox: Sandbox, chat: Channel, telegram: TelegramClient
) -> None:
    sandbox.faults.duplicate_page(after=1)

    pages = [await ids(telegram, page_below(sandbox, chat, offset)) for offset in (0, 21, 21)]

    assert pages == [list(range(30, 20, -1))] * 2 + [list(range(20, 10, -1))]


async def test_a_duplicate_page_is_never_another_chats(
    sandbox: Sandbox, chat: Channel, telegram: TelegramClient
) -> None:
    other = sandbox.world.add_supergroup("Other", messages=3)
    sandbox.faults.duplicate_page(after=1)

    await ids(telegram, page_below(sandbox, other))

    assert await ids(telegram, page_below(sandbox, chat, limit=2)) == [30, 29]


async def test_every_page_with_an_unknown_message_cannot_be_read(
    sandbox: Sandbox, chat: Channel, telegram: TelegramClient
) -> None:
    sandbox.faults.unknown_constructor(25, chat_id=chat.peer_id)
    other = sandbox.world.add_supergroup("Other", messages=30)

    for _ in range(2):
        with pytest.raises(errors.TypeNotFoundError):
            await ids(telegram, page_below(sandbox, chat))
    with pytest.raises(errors.TypeNotFoundError):
        await ids(telegram, page_below(sandbox, chat, offset_id=26, limit=1))

    assert await ids(telegram, page_below(sandbox, chat, offset_id=25)) == list(range(24, 14, -1))
    assert await ids(telegram, page_below(sandbox, other)) == list(range(30, 20, -1))


async def test_a_message_with_an_unknown_constructor_cannot_be_asked_for_by_its_id(
    sandbox: Sandbox, chat: Channel, telegram: TelegramClient
) -> None:
    sandbox.faults.unknown_constructor(25)
    peer = chat.input_peer(sandbox.world.owner)

    with pytest.raises(errors.TypeNotFoundError):
        await telegram(functions.channels.GetMessagesRequest(channel=peer, id=[24, 25]))


async def test_a_new_salt_amid_the_work_is_followed(
    sandbox: Sandbox, chat: Channel, telegram: TelegramClient
) -> None:
    sandbox.faults.new_salt()

    pages = [await ids(telegram, page_below(sandbox, chat, limit=1)) for _ in range(3)]

    assert pages == [[30]] * 3


async def test_a_session_that_is_revoked_gets_no_more_answers(
    sandbox: Sandbox, chat: Channel, telegram: TelegramClient
) -> None:
    sandbox.faults.revoke(after=1)
    await ids(telegram, page_below(sandbox, chat))

    for _ in range(2):
        with pytest.raises(errors.SessionRevokedError):
            await ids(telegram, page_below(sandbox, chat))
