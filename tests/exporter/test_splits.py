"""History of an account's own ids, cut into splits, asked for as if it were whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telethon.tl import functions, types

from exporter.telegram.connection import Memory, Telegram
from exporter.telegram.splits import in_splits
from storage.database import Database
from storage.paces import Paces
from storage.takeouts import Takeouts
from tests.exporter.reaching import signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat

TOP = 2**31 - 1


def history(chat: Chat, sandbox: Sandbox, **changes: int) -> Any:
    fields = {"offset_id": 0, "add_offset": 0, "limit": 100, "max_id": 0, "min_id": 0, "hash": 0}
    return functions.messages.GetHistoryRequest(
        peer=chat.input_peer(sandbox.world.owner), offset_date=None, **fields | changes
    )


def ids(answer: Any) -> list[int]:
    return [message.id for message in answer.messages]


@asynccontextmanager
async def two_ways(
    folder: Path, splits: tuple[int, ...]
) -> AsyncIterator[tuple[Sandbox, Chat, Telegram, Telegram]]:
    """A private chat of 120 among others; the account outside a data export, and inside."""
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'memory.db'}")
    memory = Memory(paces=Paces(database), takeouts=Takeouts(database))
    try:
        async with Sandbox() as sandbox:
            mia, tom = (sandbox.world.add_user(name) for name in ("Mia Moon", "Tom Tree"))
            chat = sandbox.world.add_private_chat(mia, messages=60)
            sandbox.world.add_private_chat(tom, messages=30)
            for number in range(60):
                chat.post(f"{number}")
            sandbox.world.owner.splits = splits
            async with (
                signed_in(sandbox, memory=memory) as outside,
                outside.takeout(
                    messages=TOP, protected=False, on_permission=lambda _: None
                ) as inside,
            ):
                yield sandbox, chat, outside, inside
    finally:
        await database.close()


@pytest.mark.parametrize("splits", [(), (2,), (50, 51, 95), (1000, 2000), (61, 91)])
async def test_whatever_the_splits_the_newest_and_the_count_are_the_same(
    tmp_path: Path, splits: tuple[int, ...]
) -> None:
    async with two_ways(tmp_path, splits) as (sandbox, chat, outside, inside):
        plain = await outside.ask(history(chat, sandbox, limit=1))
        split = await inside.ask(history(chat, sandbox, limit=1))

    assert ids(split) == ids(plain)
    assert split.count == plain.count == 120


@pytest.mark.parametrize("splits", [(), (2,), (50, 51, 95), (1000, 2000), (61, 91)])
@pytest.mark.parametrize("limit", [10, 100])
async def test_whatever_the_splits_both_directions_lead_through_all_messages(
    tmp_path: Path, splits: tuple[int, ...], limit: int
) -> None:
    async with two_ways(tmp_path, splits) as (sandbox, chat, _, inside):
        newer: list[int] = []
        next_id = 1
        while True:
            request = history(chat, sandbox, offset_id=next_id, add_offset=-limit, limit=limit)
            page = [each for each in reversed(ids(await inside.ask(request))) if each >= next_id]
            if not page:
                break
            newer += page
            next_id = page[-1] + 1
        older: list[int] = []
        while page := ids(
            await inside.ask(
                history(chat, sandbox, offset_id=older[-1] if older else 0, limit=limit)
            )
        ):
            older += page

    assert newer == chat.message_ids
    assert older == newer[::-1]


@given(splits=st.lists(st.integers(2, 200), max_size=6, unique=True).map(sorted))
@settings(max_examples=50, deadline=None)
async def test_a_page_never_passes_over_a_message(splits: list[int]) -> None:
    starts = [1, *splits, TOP + 1]
    ranges = [types.MessageRange(low, high - 1) for low, high in pairwise(starts)]
    there = list(range(3, 190, 4))

    async def ask(request: Any) -> Any:
        low, high = request.range.min_id, request.range.max_id
        begin = request.query.offset_id
        found = [each for each in there if low <= each <= high and each >= begin][:10]
        messages = [types.MessageEmpty(each, None) for each in reversed(found)]
        return types.messages.Messages(messages, [], [], [])

    for begin in range(1, 195):
        request = functions.messages.GetHistoryRequest(
            types.InputPeerSelf(), begin, None, -10, 10, 0, 0, 0
        )
        found = ids(await in_splits(request, ranges, ask))
        after = [each for each in there if each >= begin]
        assert found[::-1] == after[: len(found)]
        assert bool(found) == bool(after)


async def test_an_account_without_splits_is_asked_as_it_is() -> None:
    request = functions.messages.GetHistoryRequest(types.InputPeerSelf(), 0, None, 0, 1, 0, 0, 0)

    async def ask(asked: Any) -> Any:
        return asked

    assert await in_splits(request, [], ask) is request
