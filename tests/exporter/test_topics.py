"""Reading the topics of a forum."""

from __future__ import annotations

from exporter.telegram.resolve import resolve
from exporter.telegram.topics import fetch_topics
from storage.archive import Archive
from storage.models import Topic
from tests.exporter.reaching import signed_in
from tests.sandbox.sandbox import Sandbox


async def test_all_topics_are_read_page_by_page(sandbox: Sandbox, archive: Archive) -> None:
    forum = sandbox.world.add_forum("Forum", topics=[f"Topic {number}" for number in range(230)])
    async with signed_in(sandbox) as telegram:
        found = await fetch_topics(telegram, await resolve(telegram, archive, str(forum.peer_id)))

    assert {topic.topic_id: topic.title for topic in found} == {
        topic.id: topic.title for topic in forum.topics.values()
    }
    assert len(found) == 231
    assert sandbox.faults.calls("GetForumTopicsRequest") == 3


async def test_a_topic_keeps_its_icon_and_whether_it_is_closed(
    sandbox: Sandbox, archive: Archive
) -> None:
    forum = sandbox.world.add_forum("Forum", topics=[])
    made = forum.add_topic("Вопросы", icon_emoji_id=5_368_324_170_671_202_286)
    made.closed = True
    async with signed_in(sandbox) as telegram:
        found = await fetch_topics(telegram, await resolve(telegram, archive, str(forum.peer_id)))

    assert (
        Topic(
            topic_id=made.id, title="Вопросы", icon_emoji_id=5_368_324_170_671_202_286, closed=True
        )
        in found
    )
    assert Topic(topic_id=1, title="General") in found
