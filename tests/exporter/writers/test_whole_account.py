"""result.json of an account: streamed, whole or not there at all, its chats with their numbers."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exporter.writers.whole_account import WholeAccount
from storage.archive import Archive
from storage.database import Database
from storage.models import Account, AccountState, ChatInfo, MessageRow, Page
from storage.surroundings import Surroundings
from tests.exporter.convert.making import CHANNEL, GROUP, WINTER, in_group, row_of
from tests.exporter.writers.corpus import hostile, plain
from tests.exporter.writers.test_writers import files_in

ZONE = ZoneInfo("Asia/Tashkent")


def write(folder: Path, *chats: int) -> Path:
    """Write chats with so many messages each."""
    writer = WholeAccount(folder, ZONE)
    writer.begin({"personal_information": {"user_id": 1}}, {"left_chats": {"list": []}})
    for count in chats:
        writer.begin_chat(GROUP)
        for record in plain(count):
            writer.message(record)
        writer.end_chat()
    return writer.end()


def test_its_parts_stand_in_telegram_desktops_order_and_layout(tmp_path: Path) -> None:
    content = write(tmp_path, 2, 0, 1).read_text("utf-8")

    told = json.loads(content)
    assert list(told) == ["about", "personal_information", "chats", "left_chats"]
    assert [len(chat["messages"]) for chat in told["chats"]["list"]] == [2, 0, 1]
    head = content.split('"list": [\n', 1)[1]
    assert head.startswith(
        '   {\n    "name": "Garden club",\n    "type": "private_supergroup",\n    "id": 700,\n'
        '    "messages": [\n     {\n      "id": 1,\n'
    )


def test_no_chats_are_an_empty_list(tmp_path: Path) -> None:
    assert json.loads(write(tmp_path).read_text("utf-8"))["chats"]["list"] == []


def test_nothing_is_left_of_an_aborted_attempt(tmp_path: Path) -> None:
    write(tmp_path, 3)
    before = files_in(tmp_path)
    writer = WholeAccount(tmp_path, ZONE)
    writer.begin({}, {})
    writer.begin_chat(GROUP)
    for record in hostile():
        writer.message(record)
    writer.abort()

    assert files_in(tmp_path) == before


def test_memory_does_not_grow_with_the_chats(tmp_path: Path) -> None:
    peaks = []
    for count in (1_000, 3_000):
        tracemalloc.start()
        write(tmp_path / str(count), count, count)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 150_000


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/data/chatkeep.db")
    yield Archive(database)
    await database.close()


async def keep(archive: Archive, chat: ChatInfo) -> None:
    await archive.save_chat(chat)
    row: MessageRow = row_of(in_group(1))
    page = Page(messages=(row,), peers=(), media=(), skipped=(), next_id=2)
    await archive.keep(1, chat.id, None, page)


async def test_the_chats_that_are_kept_are_those_with_messages_each_group_once(
    archive: Archive,
) -> None:
    old = ChatInfo(id=-55, title="Garden club", type="private_group")
    mia = ChatInfo(id=101, title="Mia", type="personal_chat")
    empty = ChatInfo(id=102, title="Nobody", type="personal_chat")
    for chat in (old, GROUP, CHANNEL, mia):
        await keep(archive, chat)
    await archive.save_chat(empty)
    await archive.save_surroundings(GROUP.id, Surroundings(forerunner_id=old.id))
    await archive.save_dialogs(1, [CHANNEL, empty, GROUP], [])
    await archive.own_chat(mia.id, 7)
    account = Account(
        id=1,
        user_id=7,
        name="Olga",
        phone=None,
        dc_id=2,
        state=AccountState.READY,
        created_at=WINTER,
    )
    await archive.save_dialogs(2, [GROUP], [])

    assert await archive.kept_chats() == [CHANNEL, GROUP, mia]
    assert await archive.kept_chats(account) == [CHANNEL, GROUP, mia]
    assert await archive.kept_chats(replace(account, id=2, user_id=8)) == [GROUP]
