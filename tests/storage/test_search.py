"""The search index: what is found, and that it follows every change of the archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo, MessageRow
from storage.narrowing import narrowed
from storage.queries import read
from storage.search import BEGIN, COUNTED, END, Answer, Search, Wanted
from storage.search_index import SLOTS, Indexable, SearchIndex
from storage.search_schema import IndexLost
from tests.storage.making import CHAT_ID, START, message, page_of, user

OTHER_CHAT = -1002222222222


@pytest.fixture
def index(database: Database) -> SearchIndex:
    return SearchIndex(database)


@pytest.fixture
def search(database: Database) -> Search:
    return Search(database)


def saying(number: int, text: str, **changed: object) -> MessageRow:
    return message(number, tl=b"\x01\x02\x03" + text.encode() + b"\x00\x04", **changed)  # type: ignore[arg-type]


def said(row: MessageRow) -> str:
    return row.tl[3:-2].decode()


async def keep(archive: Archive, *rows: MessageRow, chat_id: int = CHAT_ID) -> None:
    people = tuple(user(1000 + n, name=f"Person {n}") for n in range(1, 4))
    await archive.keep(1, chat_id, None, page_of(*rows, peers=people))


async def fill(index: SearchIndex, size: int = 500) -> int:
    """Index all that is kept, as the exporter does it, but with the texts of these tests."""
    await index.prepare()
    number = 0
    while await index.take_out():
        pass
    while await index.add_names():
        pass
    while (batch := await index.next_batch(size)) is not None:
        texts = [Indexable(row=row, text=said(row)) for row in batch.rows]
        number += await index.add(batch, texts)
    return number


async def find(search: Search, typed: str, **narrowing: object) -> Answer:
    wanted = Wanted(terms=read(typed).terms, **narrowing)  # type: ignore[arg-type]
    return await search.find(wanted, limit=10)


async def ids(search: Search, typed: str, **narrowing: object) -> list[int]:
    return [found.message_id for found in (await find(search, typed, **narrowing)).found]


async def test_all_words_are_needed_and_the_newest_message_comes_first(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(1, "Red apples"), saying(2, "red"), saying(3, "apples, red ones"))
    await fill(index)

    assert await ids(search, "red apples") == [3, 1]
    assert await ids(search, '"red apples"') == [1]
    assert await ids(search, "red -apples") == [2]
    assert await ids(search, "appl") == []
    assert await ids(search, "appl*") == [3, 1]


async def test_what_was_looked_for_is_marked(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(1, "Une crème brûlée"))
    await fill(index)

    (found,) = (await find(search, "creme")).found

    assert found.text == f"Une {BEGIN}crème{END} brûlée"


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("我们在北京大学见面", "北京", f"我们在{BEGIN}北京{END}大学见面"),
        ("我们在北京大学见面", "京", f"我们在北{BEGIN}京{END}大学见面"),
        ("สวัสดีที่รัก", "ที่รัก", f"สวัสดี{BEGIN}ที่รัก{END}"),
        ("今日は良い天気", "天気", f"今日は良い{BEGIN}天気{END}"),
    ],
)
async def test_scripts_without_spaces_are_found_by_any_part(
    database: Database, archive: Archive, text: str, typed: str, marked: str
) -> None:
    search, index = Search(database), SearchIndex(database)
    await keep(archive, saying(1, text), saying(2, "北の東京"))
    await fill(index)

    assert marked in [found.text for found in (await find(search, typed)).found]
    assert await ids(search, "北京") == ([1] if "北京" in text else [])


async def test_who_is_called_by_a_word_is_found_with_what_they_wrote(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(1, "hello"), saying(2, "hello"), saying(51, "hello"))
    await archive.save_peers(1, [user(1001, name="Zoë Müller")])
    await fill(index)

    assert await ids(search, "zoe hello") == [51, 1]
    await archive.save_peers(1, [user(1001, name="Ann")])
    await fill(index)
    assert await ids(search, "zoe hello") == []
    assert await ids(search, "ann hello") == [51, 1]


async def test_a_chat_a_sender_a_kind_and_days_narrow(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(1, "hello"), saying(2, "hello", kind="voice_message"))
    await keep(archive, saying(3, "hello"), chat_id=OTHER_CHAT)
    await fill(index)

    assert await ids(search, "hello", chats=[CHAT_ID]) == [2, 1]
    assert await ids(search, "hello", chats=[]) == []
    assert await ids(search, "hello", senders=[1003]) == [3]
    assert await ids(search, "hello", has=("voice",)) == [2]
    assert await ids(search, "", has=("voice",)) == [2]
    assert await ids(search, "hello", since=START + timedelta(seconds=2)) == [3, 2]
    assert await ids(search, "hello", until=START + timedelta(seconds=2)) == [1]


async def test_the_fittest_come_first_when_asked(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(
        archive,
        saying(1, "tea"),
        saying(2, "coffee, milk, sugar, a lot of words, and somewhere among them tea"),
        saying(3, "coffee"),
    )
    await fill(index)

    answer = await search.find(Wanted(terms=read("tea").terms), limit=9, by_relevance=True)

    assert [found.message_id for found in answer.found] == [1, 2]


async def test_pages_follow_one_another_and_counts_are_capped(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    total = COUNTED + 5
    for start in range(1, total + 1, 1000):
        last = min(start + 1000, total + 1)
        await keep(archive, *(saying(number, "tea") for number in range(start, last)))
    await fill(index)
    wanted = Wanted(terms=read("tea").terms)

    first = await search.find(wanted, limit=2)
    second = await search.find(wanted, limit=2, offset=2)

    assert first.is_capped
    assert [f.message_id for f in (*first.found, *second.found)] == [*range(total, total - 4, -1)]


async def test_an_edit_a_tombstone_and_a_purge_are_followed(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(1, "wine"), saying(2, "beer"))
    await fill(index)

    await keep(archive, saying(1, "water", edited=START))
    assert await ids(search, "wine") == []
    assert (await find(search, "beer")).is_behind
    await fill(index)
    assert await ids(search, "water") == [1]

    await archive.mark_deleted(CHAT_ID, [1])
    (gone,) = (await find(search, "water")).found
    assert gone.deleted is not None
    await archive.purge_deleted(CHAT_ID)
    assert await ids(search, "water") == []
    await fill(index)

    assert not (await find(search, "beer")).is_behind
    assert_index_fits_archive(index)


async def test_messages_that_come_below_the_mark_are_indexed_too(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(100, "late tea"))
    await fill(index)

    await keep(archive, saying(7, "early tea"), saying(8, "tea"))

    assert await fill(index, size=1) == 2
    assert await ids(search, "tea") == [100, 8, 7]


async def test_messages_that_move_to_another_chat_are_found_there(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(1, "the old harbour"), chat_id=OTHER_CHAT)
    await fill(index)

    await archive.adopt_group(OTHER_CHAT, -42)
    await fill(index)

    found = (await find(search, "harbour")).found
    assert [(each.chat_id, each.message_id) for each in found] == [(-42, 1)]
    assert_index_fits_archive(index)


async def test_what_changes_between_reading_and_indexing_is_indexed_as_it_is_now(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(1, "wine"), saying(2, "beer"))
    await index.prepare()
    batch = await index.next_batch()
    assert batch is not None

    await keep(archive, saying(1, "water", edited=START))
    await index.add(batch, [Indexable(row=row, text=said(row)) for row in batch.rows])
    await fill(index)

    assert await ids(search, "wine") == []
    assert await ids(search, "water") == [1]
    assert_index_fits_archive(index)


async def test_two_who_fill_the_index_do_not_add_a_message_twice(
    archive: Archive, index: SearchIndex, rival: Database, search: Search
) -> None:
    await keep(archive, saying(1, "tea"), saying(2, "tea"))
    await index.prepare()
    other = SearchIndex(rival)
    batch, same = await index.next_batch(), await other.next_batch()
    assert batch is not None
    assert same is not None

    texts = [Indexable(row=row, text=said(row)) for row in batch.rows]
    added = [await index.add(batch, texts), await other.add(same, texts)]

    assert added == [2, 0]
    assert (await find(search, "tea")).count == 2


async def test_messages_of_one_second_are_all_found(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    for chat_id in (CHAT_ID, OTHER_CHAT, -77):
        await keep(archive, saying(1, "tea"), saying(2, "tea"), chat_id=chat_id)

    await fill(index)

    assert (await find(search, "tea")).count == 6


async def test_a_chat_whose_messages_all_have_one_date_is_indexed_in_their_order(
    archive: Archive, index: SearchIndex, search: Search
) -> None:
    total = 2 * SLOTS
    for start in range(1, total + 1, 2048):
        rows = [replace(saying(id_, "tea"), date=START) for id_ in range(start, start + 2048)]
        await keep(archive, *rows)

    assert await fill(index) == total

    assert await ids(search, "tea") == [*range(total, total - 10, -1)]


DAMAGES = [
    "DROP TABLE search_index",
    "DROP TABLE search_index_data",
    "DROP TABLE search_index_config",
    "DROP TABLE search_index_idx",
    "DELETE FROM search_index_data",
    "UPDATE search_index_data SET block = zeroblob(40) WHERE id > 10",
    "DROP TRIGGER search_message_changed",
    "DROP TABLE search_names",
    "DROP VIEW search_content",
]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_lost_or_damaged_index_is_made_again(
    path: Path, archive: Archive, index: SearchIndex, search: Search, damage: str
) -> None:
    await keep(archive, saying(1, "tea"))
    await fill(index)
    await archive.chats()
    with closing(sqlite3.connect(path)) as sqlite:
        sqlite.execute(damage)
        sqlite.commit()

    assert not await index.check()
    assert await fill(index) == 1

    assert await ids(search, "tea") == [1]
    assert await index.check()


async def test_a_damaged_index_never_keeps_messages_from_being_kept(
    path: Path, archive: Archive, index: SearchIndex, search: Search
) -> None:
    await keep(archive, saying(1, "tea"))
    await fill(index)
    with closing(sqlite3.connect(path)) as sqlite:
        sqlite.execute("DELETE FROM search_index_data")
        sqlite.commit()

    await keep(archive, saying(1, "milk", edited=START), saying(2, "tea"))
    await archive.mark_deleted(CHAT_ID, [2])
    await archive.purge_deleted(CHAT_ID)

    with pytest.raises(IndexLost):
        await find(search, "tea")


async def test_without_an_index_a_search_says_so(search: Search) -> None:
    with pytest.raises(IndexLost):
        await find(search, "tea")


async def test_chats_are_meant_by_id_name_or_part_of_the_title_and_only_where_one_may_look(
    archive: Archive, index: SearchIndex, database: Database
) -> None:
    await index.prepare()
    for chat_id, title in ((CHAT_ID, "Tea friends"), (OTHER_CHAT, "Coffee friends")):
        await archive.save_chat(ChatInfo(id=chat_id, title=title, type="private_supergroup"))

    async def chats(typed: str, readable: Sequence[int] | None = None) -> object:
        found = await narrowed(read(typed), database, readable=readable)
        return found.unknown_chat or found.wanted.chats

    assert await chats("in:friends") == {CHAT_ID, OTHER_CHAT}
    assert await chats('in:"tea friends"') == {CHAT_ID}
    assert await chats(f"in:{OTHER_CHAT}") == {OTHER_CHAT}
    assert await chats("in:friends", [CHAT_ID]) == {CHAT_ID}
    assert await chats("in:coffee", [CHAT_ID]) == "coffee"
    assert await chats("tea", [CHAT_ID]) == [CHAT_ID]


def assert_index_fits_archive(index: SearchIndex) -> None:
    """FTS5 compares its index with the texts themselves."""
    with closing(sqlite3.connect(index._database.path)) as sqlite:
        sqlite.execute("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)")
