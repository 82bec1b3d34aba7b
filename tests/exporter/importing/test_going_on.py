"""An imported chat is gone on with at Telegram: nothing twice, and what is proven is true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import CommandError
from exporter.importing.command import import_export
from exporter.verify_command import verified
from storage.receipts import Receipt
from tests.compare import chat_differences
from tests.exported_files import exported_files, named_files
from tests.exporter.exporting import Exporter, exporter, lines, written
from tests.exporter.importing.making import chat_of, saved, tables_of, text
from tests.installation import exported
from tests.sandbox.faults import GET_FILE
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.content import MIXED, Content
from tests.sandbox.world.media_chat import media_chat

BY_ID = "GetMessagesRequest"


@pytest.fixture
async def chatkeep(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Exporter]:
    async with exporter(sandbox, tmp_path / "own") as running:
        yield running


async def source_of(sandbox: Sandbox, folder: Path, chat: Chat, **wishes: Any) -> Path:
    """The folder of an export that another installation made, with `\\x01` and all."""
    async with exporter(sandbox, folder / "other") as other:
        done = await other.export(chat.peer_id, **wishes)
    return Path(done.folder)


async def bring(chatkeep: Exporter, folder: Path, **options: Any) -> int:
    return await import_export(folder, config=chatkeep.config, **options)


async def proof(chatkeep: Exporter, chat_id: int) -> Receipt:
    return await verified(chatkeep.bench.archive, chat_id)


async def test_only_what_is_new_is_asked_for_and_a_refresh_makes_all_of_it_telegrams_own(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    made = media_chat(sandbox.world, files=24, emoji=2, sizes=(1_000, 200_000))
    chat = made.chat
    chat.delete(made.message_ids[7])
    source = await source_of(sandbox, tmp_path, chat, thumbnails=True)
    parts = sandbox.faults.calls(GET_FILE)
    brought = len(chat.message_ids)

    assert await bring(chatkeep, source) == 0
    left = await chatkeep.bench.archive.plan(chat.peer_id, 1, chat.message_ids[-1])
    new = chat.post("Written since")
    done = await chatkeep.export(chat.peer_id, thumbnails=True)

    to_fetch = {id_ for stretch in left for id_ in range(stretch.first_id, stretch.last_id + 1)}
    assert to_fetch.isdisjoint(chat.message_ids[:-1])
    assert (done.new, done.messages) == (1, brought + 1)
    assert sandbox.faults.calls(GET_FILE) == parts
    found = exported(Path(done.folder))
    assert chat_differences(exported(source) | {"messages": found["messages"]}, found) == []
    messages = [one for one in found["messages"] if one["id"] != new]
    assert chat_differences(exported(source), found | {"messages": messages}) == []
    assert contents(Path(done.folder)) == contents(source)
    receipt = await proof(chatkeep, chat.peer_id)
    assert (receipt.imported, receipt.deleted, receipt.unexplained) == (brought, 1, 0)
    assert done.proof.startswith("Complete: ids 1 to")
    assert done.proof.endswith(f"{brought} messages of it come from an import.")

    fresh = await chatkeep.export(chat.peer_id, thumbnails=True, refresh="all")

    assert (fresh.new, fresh.edited, fresh.messages) == (0, 0, brought + 1)
    assert (await proof(chatkeep, chat.peer_id)).imported == 0
    assert "import" not in fresh.proof
    assert fresh.media_saved_bytes >= done.media_bytes  # recognised, and not downloaded
    assert exported_files(Path(fresh.folder)) == made.truth(thumbs=True)


async def test_ids_that_an_export_lacks_are_asked_for_one_by_one_and_large_gaps_as_history(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=1_000)
    source = await source_of(sandbox, tmp_path, chat)
    export = exported(source)
    export["messages"] = [
        one for one in export["messages"] if one["id"] not in (5, 77) and not 300 < one["id"] < 900
    ]
    await bring(chatkeep, saved(tmp_path / "cut", export))
    by_id = sandbox.faults.calls(BY_ID)

    done = await chatkeep.export(chat.peer_id)

    assert (done.messages, done.new) == (1_000, 601)
    assert 1 <= sandbox.faults.calls(BY_ID) - by_id < 6  # the gap alone would take six
    assert done.proof.startswith("Complete: ids 1 to 1,000 are 1,000 kept.")


async def test_a_lively_group_comes_back_as_it_was(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=600, content=MIXED)
    source = await source_of(sandbox, tmp_path, chat, media="none")

    await bring(chatkeep, source)
    done = await chatkeep.export(chat.peer_id, media="none")

    assert done.new == 0
    assert chat_differences(exported(source), exported(Path(done.folder))) == []


async def test_what_telegram_said_is_never_replaced(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=20)
    done = await chatkeep.export(chat.peer_id)
    before = tables_of(tmp_path / "own" / "chatkeep.db")
    later = {"edited": "2030-01-01T00:00:00", "edited_unixtime": "1893456000"}
    false = [text(one["id"], "False", **later) for one in written(done)]
    export = chat_of(*false, id=-chat.peer_id - 10**12, name="Another name")

    await bring(chatkeep, saved(tmp_path / "false", export))

    after = tables_of(tmp_path / "own" / "chatkeep.db")
    names = ("messages", "media", "files", "chats", "counts")
    assert {name: after[name] for name in names} == {name: before[name] for name in names}
    assert set(before["peers"]) <= set(after["peers"])


async def test_a_private_chat_is_believed_until_a_refresh_proves_it(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    mia = sandbox.world.add_user("Mia")
    chat = sandbox.world.add_private_chat(mia, messages=150)
    source = await source_of(sandbox, tmp_path, chat)
    kept = len(chat.message_ids)
    await bring(chatkeep, source)

    done = await chatkeep.export(chat.peer_id)
    believed = await proof(chatkeep, chat.peer_id)
    fresh = await chatkeep.export(chat.peer_id, refresh="all")

    assert (done.new, believed.imported, len(believed.trusted)) == (0, kept, 1)
    assert done.proof.startswith("All pages join")
    assert f"{kept} messages of it come from an import." in done.proof
    assert fresh.proof.startswith("Complete: all pages join")
    assert chat_differences(exported(source), exported(Path(fresh.folder))) == []


async def test_whose_numbers_a_private_chat_has_must_be_known_and_be_one_persons(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    mia = sandbox.world.add_user("Mia")
    chat = sandbox.world.add_private_chat(mia, messages=10)
    silent = chat_of(text(1, from_id=f"user{mia.id}"), type="personal_chat", id=mia.id, name="Mia")
    export = saved(tmp_path / "silent", silent)

    with pytest.raises(CommandError, match="--owner"):
        await bring(chatkeep, export)
    assert await bring(chatkeep, export, owner="77") == 0
    refused = await chatkeep.refusal(chat.peer_id)
    with pytest.raises(CommandError, match="cannot be put together"):
        await bring(chatkeep, export, owner=str(sandbox.world.owner.id))
    with pytest.raises(CommandError, match="No account is called 'nobody'"):
        await bring(chatkeep, export, owner="nobody")

    assert "begun with another account (its user id is 77)" in refused


async def test_a_chat_in_which_others_write_does_not_tell_whose_it_is(
    chatkeep: Exporter, tmp_path: Path
) -> None:
    replies = chat_of(text(1), text(2, from_id="user102"), type="replies", id=1271266957)
    crowded = chat_of(text(1), text(2, from_id="user102"), type="personal_chat", id=103)
    mine = chat_of(text(1), text(2, from_id="user103"), type="personal_chat", id=103)

    for number, told in enumerate((replies, crowded)):
        with pytest.raises(CommandError, match="--owner"):
            await bring(chatkeep, saved(tmp_path / str(number), told))
    with pytest.raises(CommandError, match="is of the user 101, not of 7"):
        await bring(chatkeep, saved(tmp_path / "mine", mine), owner="7")
    assert await bring(chatkeep, tmp_path / "mine") == 0


async def test_the_group_that_a_supergroup_was_gets_its_id_when_telegram_tells_it(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    group = sandbox.world.add_basic_group("Family", messages=60, content=Content(replies=300))
    chat = sandbox.world.migrate(group)
    for number in range(10):
        chat.post(f"{number}")
    source = await source_of(sandbox, tmp_path, chat)
    total = len(exported(source)["messages"])

    await bring(chatkeep, source)
    unknown = await chatkeep.export(chat.peer_id)
    not_asked = await proof(chatkeep, group.peer_id)
    await bring(chatkeep, source, owner="1")  # as `accounts list` numbers it
    known = await chatkeep.export(chat.peer_id)
    asked = await proof(chatkeep, group.peer_id)

    for done in (unknown, known):
        assert (done.new, done.messages) == (0, total)
        assert chat_differences(exported(source), exported(Path(done.folder))) == []
        assert {line["chat_id"] for line in lines(done)} == {group.peer_id, chat.peer_id}
    assert (not_asked.counted, asked.counted) == (None, len(group.message_ids))


async def test_an_account_with_all_its_chats_comes_in_at_once(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    owner = sandbox.world.owner
    mine = {"from": owner.user.name, "from_id": f"user{owner.id}"}
    export = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": owner.id, "first_name": "Ann"},
        "contacts": {"about": "", "list": [{"user_id": 5, "first_name": "Bob"}]},
        "chats": {
            "about": "",
            "list": [
                {"type": "saved_messages", "id": owner.id, "messages": [text(3, **mine)]},
                chat_of(id=44, type="private_group", name="Empty"),
                chat_of(text(7, **mine), id=45, type="private_group", name="Family"),
            ],
        },
        "left_chats": {"about": "", "list": [chat_of(text(1), text(2), id=46)]},
    }

    assert await bring(chatkeep, saved(tmp_path / "account", export)) == 0

    database = tmp_path / "own" / "chatkeep.db"
    chats = {row[0]: row for row in tables_of(database)["chats"]}
    assert chats.keys() == {owner.id, -45, -(10**12) - 46}
    assert {row[6] for row in chats.values() if row[0] > -(10**12)} == {owner.id}


def contents(folder: Path) -> dict[str, bytes]:
    """What lies under each path that result.json names; custom emoji go by ids, and so by order."""
    found = {path: (folder / path).read_bytes() for path in named_files(folder)}
    emoji = sorted(found.pop(path) for path in list(found) if path.startswith("custom_emoji/"))
    return found | {f"emoji {number}": content for number, content in enumerate(emoji)}
