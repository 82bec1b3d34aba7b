"""Reading the list of chats."""

from __future__ import annotations

from exporter.telegram.dialogs import refresh_dialogs
from storage.archive import Archive
from tests.exporter.reaching import ACCOUNT_ID, signed_in
from tests.sandbox.sandbox import Sandbox


async def test_all_dialogs_are_read_in_telegrams_order_page_by_page(
    sandbox: Sandbox, archive: Archive
) -> None:
    world = sandbox.world
    chats = [world.add_supergroup(f"Group {number}", people=1) for number in range(250)]
    for number, chat in enumerate(chats):
        chat.post("hello", date=1_700_000_000 + number)
    async with signed_in(sandbox) as telegram:
        found = (await refresh_dialogs(telegram, archive)).chats

    newest_first = [chat.peer_id for chat in reversed(chats)]
    assert [chat.id for chat in found] == newest_first
    assert [chat.id for chat in await archive.dialogs()] == newest_first


async def test_pinned_dialogs_come_first_and_once(sandbox: Sandbox, archive: Archive) -> None:
    world = sandbox.world
    chats = [world.add_supergroup(f"Group {number}", people=1) for number in range(202)]
    for number, chat in enumerate(chats):
        chat.post("hello", date=1_700_000_000 + number)
    world.owner.pinned = [chats[3].peer_id, chats[1].peer_id]
    async with signed_in(sandbox) as telegram:
        found = [chat.id for chat in (await refresh_dialogs(telegram, archive)).chats]

    rest = [chat.peer_id for chat in reversed(chats) if chat not in (chats[3], chats[1])]
    assert found == [chats[3].peer_id, chats[1].peer_id, *rest]


async def test_every_dialog_can_be_reached_afterwards(sandbox: Sandbox, archive: Archive) -> None:
    world = sandbox.world
    mia = world.add_user("Mia Moon", username="mia_moon")
    chats = [world.add_private_chat(mia), world.add_channel("News"), world.add_basic_group("Us")]
    for chat in chats:
        chat.post("hello")
    async with signed_in(sandbox) as telegram:
        found = (await refresh_dialogs(telegram, archive)).chats

    assert {chat.id for chat in found} == {chat.peer_id for chat in chats}
    for kind, chat in (("user", chats[0]), ("channel", chats[1])):
        expected = world.owner.access_hash(kind, chat.id)
        assert await archive.access_hash(ACCOUNT_ID, chat.peer_id) == expected
    known = await archive.peer_by_username("mia_moon")
    assert known is not None
    assert (known.peer_id, known.name) == (mia.id, "Mia Moon")


async def test_an_account_without_chats_has_no_dialogs(sandbox: Sandbox, archive: Archive) -> None:
    async with signed_in(sandbox) as telegram:
        assert (await refresh_dialogs(telegram, archive)).chats == []
