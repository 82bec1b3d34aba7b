"""Slices of a chat in the archive, and what stands around a chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage.archive import Archive
from storage.models import ChatInfo
from storage.slices import EVERYTHING, Slice
from storage.surroundings import Surroundings
from tests.storage.making import CHAT_ID, START, message, page_of, photo, user

SECOND = timedelta(seconds=1)


@pytest.fixture
async def filled(archive: Archive) -> Archive:
    """Messages 1 to 100, one a second; each tenth is a photo, each odd one stands in a topic."""
    rows = [
        replace(
            message(number, kind="photo" if number % 10 == 0 else "text"),
            topic_id=7 if number % 2 else None,
        )
        for number in range(1, 101)
    ]
    await archive.keep(1, CHAT_ID, None, page_of(*rows))
    return archive


async def ids_in(archive: Archive, wanted: Slice) -> list[int]:
    pages = archive.messages(CHAT_ID, page=7, wanted=wanted)
    return [row.id async for page in pages for row in page]


@pytest.mark.parametrize(
    ("wishes", "ids"),
    [
        ({}, range(1, 101)),
        ({"min_id": 98}, [98, 99, 100]),
        ({"max_id": 2}, [1, 2]),
        ({"since": START + 99 * SECOND}, [99, 100]),
        ({"since": START + 99.5 * SECOND}, [100]),
        ({"until": START + 3 * SECOND}, [1, 2]),
        ({"until": START + 3.5 * SECOND}, [1, 2, 3]),
        ({"topic_id": 7, "max_id": 6}, [1, 3, 5]),
        ({"sender_id": 1003}, [3, 53]),
        ({"kinds": ("photo", "voice_message"), "min_id": 85}, [90, 100]),
        ({"kinds": ("photo",), "topic_id": 7}, []),
    ],
)
async def test_a_slice_holds_what_all_its_conditions_allow(
    filled: Archive, wishes: dict[str, Any], ids: list[int]
) -> None:
    assert await ids_in(filled, Slice(**wishes)) == list(ids)


def test_only_what_names_no_topic_and_no_number_reaches_back_before_a_migration() -> None:
    assert EVERYTHING.is_everything
    assert EVERYTHING.reaches_back
    assert Slice(since=START, kinds=("photo",), sender_id=5).reaches_back
    assert not Slice(topic_id=1).reaches_back
    assert not Slice(min_id=1).reaches_back
    assert not Slice(max_id=9).reaches_back


async def test_what_stands_around_a_chat_is_kept_until_something_else_is_seen(
    archive: Archive,
) -> None:
    chat = ChatInfo(id=CHAT_ID, title="Alpine", type="private_supergroup")
    await archive.save_chat(chat)
    chat_photo = replace(photo(0), kind="chat_photo")
    seen = Surroundings(forerunner_id=-77, linked_id=-1005, photo=chat_photo)
    await archive.save_surroundings(CHAT_ID, seen)
    await archive.save_surroundings(CHAT_ID, Surroundings(photo=chat_photo))
    await archive.save_chat(chat)

    found = await archive.surroundings(CHAT_ID)

    assert (found.forerunner_id, found.linked_id) == (-77, -1005)
    assert await archive.successor_of(-77) == CHAT_ID
    assert await archive.successor_of(-78) is None
    assert (await archive.media_totals(CHAT_ID)).files == 1
    assert await archive.surroundings(-1) == Surroundings()


async def test_people_are_found_by_name_whatever_the_capitals(archive: Archive) -> None:
    await archive.save_peers(1, [user(1, name="Zoë Ünal"), user(2, name="zoë ünal"), user(3)])

    assert [peer.peer_id for peer in await archive.peers_by_name("ZOË ÜNAL")] == [1, 2]
    assert await archive.peers_by_name("Nobody") == []
