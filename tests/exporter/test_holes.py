"""Holes: ids without a message, each asked for once; and the receipt that proves the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from exporter.fetch import Seat
from exporter.holes import settle_holes, unsettled
from exporter.progress import ProgressBoard
from exporter.receipt import is_complete, make_receipt, proof
from exporter.seen import Seen
from exporter.telegram.connection import Telegram
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.jobs import Jobs
from storage.models import ExportRequest
from storage.receipts import Receipt, Stretch
from tests.exporter.exporting import Exporter, exporter
from tests.exporter.reaching import signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.storage.making import message, page_of

BY_ID = "GetMessagesRequest"


@pytest.fixture
async def chatkeep(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Exporter]:
    async with exporter(sandbox, tmp_path) as running:
        yield running


async def receipt_of(chatkeep: Exporter, chat: Chat) -> Receipt:
    receipt = await chatkeep.bench.archive.evidence.latest_receipt(chat.peer_id)
    assert receipt is not None
    return receipt


def asked_for(sandbox: Sandbox) -> list[int]:
    """Every id that was asked for by id, in order."""
    return [
        wanted.id
        for call in sandbox.faults.log
        if call.name == BY_ID and call.answered
        for wanted in call.arguments["id"]
    ]


async def test_each_hole_of_a_supergroup_is_asked_for_once_and_named(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=500)
    gone = [3, *range(100, 251), 499]
    chat.delete(*gone)

    done = await chatkeep.export(chat.peer_id)

    assert asked_for(sandbox) == gone
    assert sandbox.faults.calls(BY_ID) == 2
    receipt = await receipt_of(chatkeep, chat)
    assert (receipt.kept, receipt.deleted, receipt.unexplained) == (347, 153, 0)
    assert receipt.fetched == (Stretch(first_id=1, last_id=500),)
    assert done.proof == "Complete: ids 1 to 500 are 347 kept, 153 deleted."


async def test_what_is_known_of_a_hole_is_not_asked_again(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_channel("News", messages=200)
    chat.delete(*range(10, 60))
    await chatkeep.export(chat.peer_id)
    for number in range(30):
        chat.post(f"{number}")
    chat.delete(215)
    done = await chatkeep.export(chat.peer_id)

    assert asked_for(sandbox) == [*range(10, 60), 215]
    assert done.proof == "Complete: ids 1 to 230 are 179 kept, 51 deleted."


@pytest.mark.parametrize("kind", ["private chat", "basic group"])
async def test_holes_of_chats_that_share_their_numbers_are_never_asked_for(
    sandbox: Sandbox, chatkeep: Exporter, kind: str
) -> None:
    mia, leo = sandbox.world.add_user("Mia"), sandbox.world.add_user("Leo")
    chat = (
        sandbox.world.add_private_chat(mia, messages=50)
        if kind == "private chat"
        else sandbox.world.add_basic_group("Family", messages=50)
    )
    sandbox.world.add_private_chat(leo, messages=50)
    chat.delete(*chat.message_ids[5:9])
    chat.post("the last")

    done = await chatkeep.export(chat.peer_id)

    assert asked_for(sandbox) == []
    receipt = await receipt_of(chatkeep, chat)
    assert (receipt.own_ids, receipt.kept, receipt.counted) == (False, 47, 47)
    top = f"{chat.message_ids[-1]:,}"
    assert done.proof == f"Complete: all pages join, from the chat's first message to {top}."


async def test_a_hole_that_is_a_message_after_all_is_kept(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=100)
    async with signed_in(sandbox) as telegram:
        await pretend_fetched(archive, chat, without=range(40, 50))
        chat.delete(45)
        seen = await settle(telegram, archive, chat)

    kept = await archive.evidence.kept_ids(chat.peer_id)
    assert list(kept) == [id_ for id_ in range(1, 101) if id_ != 45]
    assert seen.perhaps(range(40, 50)) >= set(range(40, 50)) - {45}
    receipt = await make_receipt(archive, chat.peer_id, counted=99)
    assert is_complete(receipt)


async def test_hidden_history_is_not_asked_for(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=100)
    async with signed_in(sandbox) as telegram:
        await pretend_fetched(archive, chat, without=range(1, 31))
        chat.delete(*range(1, 31))
        await settle(telegram, archive, chat, hidden_up_to=20)

    assert asked_for(sandbox) == list(range(21, 31))
    receipt = await make_receipt(archive, chat.peer_id, counted=70)
    assert (receipt.not_visible, receipt.deleted) == (20, 10)
    assert proof(receipt) == ("Complete: ids 1 to 100 are 70 kept, 10 deleted and 20 not visible.")


async def test_ids_that_telegram_refuses_to_tell_of_are_asked_for_again_next_time(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=50)
    chat.delete(7, 8)
    sandbox.faults.fail(400, "MSG_ID_INVALID", on=BY_ID)

    first = await chatkeep.export(chat.peer_id)
    failed = await receipt_of(chatkeep, chat)
    second = await chatkeep.export(chat.peer_id)

    assert first.proof == "Not proven complete: of 2 ids up to 50 nobody knows. Export again."
    assert (failed.failed, is_complete(failed)) == (2, False)
    assert second.proof == "Complete: ids 1 to 50 are 48 kept, 2 deleted."
    assert (await receipt_of(chatkeep, chat)).failed == 0


async def test_an_unreadable_message_among_the_holes_is_kept_as_bytes(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=60)
    async with signed_in(sandbox) as telegram:
        await pretend_fetched(archive, chat, without=range(10, 30))
        await resolve(telegram, archive, str(chat.peer_id))
        sandbox.faults.unknown_constructor(17)
        await settle(telegram, archive, chat)

    assert len(await archive.evidence.kept_ids(chat.peer_id)) == 60
    assert (await archive.counts_by_kind(chat.peer_id))["unsupported"] == 1


async def test_ids_are_settled_request_by_request(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=300)
    async with signed_in(sandbox) as telegram:
        await pretend_fetched(archive, chat, without=range(1, 251))
        chat.delete(*range(1, 251))
        sandbox.faults.fail(400, "CHANNEL_PRIVATE", on=BY_ID, after=1)
        with pytest.raises(Exception, match="may not read"):
            await settle(telegram, archive, chat)

    assert list(await unsettled(archive, chat.peer_id)) == list(range(101, 251))


async def test_a_message_deleted_between_page_and_receipt_is_a_difference_with_a_reason(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=50)
    await chatkeep.export(chat.peer_id)
    chat.delete(20, 21)
    done = await chatkeep.export(chat.peer_id)

    assert done.proof == (
        "Complete: ids 1 to 50 are 50 kept. Telegram counts 2 fewer; these were probably deleted"
        " there after they were kept."
    )


async def pretend_fetched(archive: Archive, chat: Chat, *, without: range) -> None:
    """Note a chat as fetched over, though some of its messages are not kept."""
    (range_,) = await archive.plan(chat.peer_id, 1, chat.message_ids[-1])
    rows = [message(id_) for id_ in chat.message_ids if id_ not in without]
    page = page_of(*rows, next_id=range_.last_id + 1)
    await archive.keep(1, chat.peer_id, range_.id, page)


async def settle(
    telegram: Telegram, archive: Archive, chat: Chat, *, hidden_up_to: int = 0
) -> Seen:
    reference = await resolve(telegram, archive, str(chat.peer_id))
    job = (await Jobs(archive._database).submit(ExportRequest(chat=str(chat.peer_id)))).job
    claimed = await Jobs(archive._database).claim([1], only=job.id)
    assert claimed is not None
    seat = Seat(job=claimed, telegrams=[(telegram, reference)])
    seen = Seen(1_000)
    await settle_holes(seat, archive, ProgressBoard(), seen=seen, hidden_up_to=hidden_up_to)
    return seen
