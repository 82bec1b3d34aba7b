"""Chats, dialogs, topics and peers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from storage.archive import Archive
from storage.models import ChatInfo, Peer, PeerKind, Topic
from tests.storage.making import CHAT_ID, user

STUDY = ChatInfo(
    id=CHAT_ID, title="Курсы и Study", type="private_supergroup", username="study_forum"
)
MIA = ChatInfo(id=7, title="Mia", type="personal_chat")
EMPTY = ChatInfo(id=8, title=None, type="personal_chat")


async def test_a_chat_comes_back_and_keeps_up_with_its_title(archive: Archive) -> None:
    await archive.save_chat(STUDY, is_forum=True, members=12)
    assert await archive.chat(STUDY.id) == STUDY
    renamed = ChatInfo(id=STUDY.id, title="Study", type="public_supergroup", username=None)

    await archive.save_chat(renamed)

    assert await archive.chat(STUDY.id) == renamed
    assert await archive.chat(1) is None


async def test_a_title_that_is_missing_leaves_the_known_one(archive: Archive) -> None:
    await archive.save_chat(MIA)

    await archive.save_chat(ChatInfo(id=MIA.id, title=None, type=MIA.type))

    assert await archive.chat(MIA.id) == MIA


async def test_chats_are_found_by_a_part_of_their_name_in_any_case(archive: Archive) -> None:
    for chat in (STUDY, MIA, EMPTY):
        await archive.save_chat(chat)

    for words in ("курсы", "STUDY", "@study_f", " study "):
        assert await archive.chats(words) == [STUDY]
    assert await archive.chats("nothing like it") == []
    assert await archive.chats() == [EMPTY, MIA, STUDY]


async def test_dialogs_come_in_telegrams_order_and_each_once(archive: Archive) -> None:
    await archive.save_dialogs(1, [STUDY, MIA, STUDY], [user(7, name="Mia")])
    await archive.save_dialogs(2, [EMPTY, STUDY], [])

    assert await archive.dialogs() == [STUDY, MIA, EMPTY]
    assert await archive.dialogs("mia") == [MIA]
    assert await archive.access_hash(1, 7) == 49


async def test_a_dialog_that_has_gone_is_no_longer_listed_but_its_chat_is(
    archive: Archive,
) -> None:
    await archive.save_dialogs(1, [STUDY, MIA], [])

    await archive.save_dialogs(1, [MIA], [])
    assert await archive.dialogs() == [MIA]
    await archive.save_dialogs(1, [], [])

    assert await archive.dialogs() == []
    assert await archive.chats("study") == [STUDY]


async def test_topics_are_kept_and_keep_up(archive: Archive) -> None:
    general = Topic(topic_id=1, title="General")
    news = Topic(topic_id=5, title="News", icon_emoji_id=2**62, closed=True)
    await archive.save_topics(CHAT_ID, [news, general])
    assert await archive.topics(CHAT_ID) == [general, news]

    opened = Topic(topic_id=5, title="Old news")
    await archive.save_topics(CHAT_ID, [opened])
    await archive.save_topics(CHAT_ID, [])

    assert await archive.topics(CHAT_ID) == [general, opened]
    assert await archive.topics(CHAT_ID - 1) == []


async def test_a_peer_comes_back_without_its_access_hash(archive: Archive) -> None:
    bot = user(7, name="Quiz", username="quiz_bot", is_bot=True, access_hash=-5)
    group = Peer(peer_id=-3, kind=PeerKind.CHAT, name="Family")
    await archive.save_peers(1, [bot, group])

    found = await archive.peers([7, -3, 99])

    assert found == {
        7: Peer(peer_id=7, kind=PeerKind.USER, name="Quiz", username="quiz_bot", is_bot=True),
        -3: group,
    }


async def test_a_min_peer_takes_nothing_away(archive: Archive) -> None:
    await archive.save_peers(1, [user(7, name="Mia", username="mia", is_bot=True)])

    await archive.save_peers(1, [user(7, name=None, access_hash=None)])
    await archive.save_peers(1, [])

    known = (await archive.peers([7]))[7]
    assert (known.name, known.username, known.is_bot) == ("Mia", "mia", True)
    assert await archive.access_hash(1, 7) == 49


async def test_a_whole_peer_may_lose_its_username_and_not_its_name(archive: Archive) -> None:
    await archive.save_peers(1, [user(7, name="Mia", username="mia")])

    await archive.save_peers(1, [user(7, name=None, access_hash=50)])

    known = (await archive.peers([7]))[7]
    assert (known.name, known.username) == ("Mia", None)
    assert await archive.access_hash(1, 7) == 50


async def test_a_min_peer_brings_a_new_name(archive: Archive) -> None:
    await archive.save_peers(1, [user(7, name="Mia")])

    await archive.save_peers(1, [user(7, name="Mia B", username="mia", access_hash=None)])

    known = (await archive.peers([7]))[7]
    assert (known.name, known.username) == ("Mia B", "mia")


async def test_the_names_that_a_peer_had_are_kept_in_order(archive: Archive) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    for name, username in (("Mia", None), ("Mia", "mia"), ("Mia B", "mia"), ("Mia B", None)):
        await archive.save_peers(1, [user(7, name=name, username=username), user(8)])
        await asyncio.sleep(0.002)  # two names of one millisecond are one
    await archive.save_peers(2, [user(7, name=None, access_hash=None)])

    found = await archive.names([7, 8, 9])

    assert list(found) == [7]
    assert [(name.name, name.username) for name in found[7]] == [
        ("Mia", None),
        ("Mia", "mia"),
        ("Mia B", "mia"),
    ]
    moments = [name.until for name in found[7]]
    assert began <= moments[0] < moments[1] < moments[2]


async def test_an_access_hash_belongs_to_the_account_that_saw_it(archive: Archive) -> None:
    await archive.save_peers(1, [user(7, access_hash=11)])
    await archive.save_peers(2, [user(7, access_hash=-22)])

    assert [await archive.access_hash(account, 7) for account in (1, 2, 3)] == [11, -22, None]


async def test_a_username_leads_to_who_had_it_last(archive: Archive) -> None:
    await archive.save_peers(1, [user(7, username="Mia")])
    await asyncio.sleep(0.002)
    await archive.save_peers(1, [user(8, name="Ben", username="mia")])

    for typed in ("mia", "@MIA"):
        found = await archive.peer_by_username(typed)
        assert found is not None
        assert found.peer_id == 8
    assert await archive.peer_by_username("nobody") is None


async def test_more_peers_than_one_query_takes_are_found(archive: Archive) -> None:
    await archive.save_peers(1, [user(id_) for id_ in range(1, 2501)])

    assert len(await archive.peers(range(5000))) == 2500
