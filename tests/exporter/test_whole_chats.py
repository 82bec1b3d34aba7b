"""Everything a chat is: the group that it was before, the comments of its posts, its photo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exporter.archived import archived_chat
from exporter.rendering import write_again
from storage.models import AccountState, ExportRequest
from tests.exporter.exporting import Exporter, exporter, ids, lines, written
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import unix
from tests.sandbox.world.discussion import Discussion
from tests.sandbox.world.media import photo
from tests.sandbox.world.synthetic import FIRST_DATE

MOVED = -1_000_000_000


@pytest.fixture
async def chatkeep(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Exporter]:
    async with exporter(sandbox, tmp_path) as running:
        yield running


async def test_a_supergroup_is_exported_with_the_group_that_it_was(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    group = sandbox.world.add_basic_group("Family", messages=150)
    chat = sandbox.world.migrate(group)
    for number in range(40):
        chat.post(f"{number}")

    done = await chatkeep.export(chat.peer_id)

    earlier, later = group.message_ids, chat.message_ids
    assert ids(written(done)) == [*(MOVED + number for number in earlier), *later]
    assert [(line["chat_id"], line["id"]) for line in lines(done)] == [
        *((group.peer_id, number) for number in earlier),
        *((chat.peer_id, number) for number in later),
    ]
    assert done.messages == done.new == len(earlier) + len(later)
    assert sum(done.by_kind.values()) == done.messages


@pytest.mark.parametrize("named", ["title", "id"])
async def test_who_names_the_old_group_gets_the_supergroup(
    sandbox: Sandbox, chatkeep: Exporter, named: str
) -> None:
    group = sandbox.world.add_basic_group("Family", messages=10)
    chat = sandbox.world.migrate(group)

    done = await chatkeep.export("Family" if named == "title" else group.peer_id)

    assert done.chat.id == chat.peer_id
    assert len(written(done)) == 12


async def test_a_group_whose_supergroup_nobody_sees_is_exported_alone(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    group = sandbox.world.add_basic_group("Family", messages=10)
    chat = sandbox.world.migrate(group)
    chat.members.remove(sandbox.world.owner.id)

    done = await chatkeep.export(group.peer_id)

    assert done.chat.id == group.peer_id
    assert ids(written(done)) == group.message_ids


async def test_another_accounts_numbers_of_the_old_group_are_left_alone(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    other = sandbox.world.add_account("49123456")
    members = [sandbox.world.owner, other]
    group = sandbox.world.add_basic_group("Family", messages=10, members=members)
    chat = sandbox.world.migrate(group)
    async with exporter(sandbox, tmp_path) as chatkeep:
        await chatkeep.export(chat.peer_id)
        await chatkeep.bench.accounts.end(1, AccountState.REVOKED)
    async with exporter(sandbox, tmp_path, other) as chatkeep:
        done = await chatkeep.export(chat.peer_id)

    assert ids(written(done))[:11] == [MOVED + number for number in group.message_ids]
    assert len(written(done)) == 12


async def test_the_group_that_it_was_is_not_fetched_twice(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    group = sandbox.world.add_basic_group("Family", messages=150)
    chat = sandbox.world.migrate(group)
    await chatkeep.export(chat.peer_id)
    chat.post("news")
    before = sandbox.faults.calls("GetHistoryRequest")

    done = await chatkeep.export(chat.peer_id)

    assert done.new == 1
    assert len(written(done)) == len(group.message_ids) + len(chat.message_ids)
    assert sandbox.faults.calls("GetHistoryRequest") - before <= 5


async def test_days_before_the_migration_are_found(sandbox: Sandbox, chatkeep: Exporter) -> None:
    group = sandbox.world.add_basic_group("Family", messages=150)
    chat = sandbox.world.migrate(group)
    chosen = group.message_ids[20:30]
    first, last = (
        datetime.fromtimestamp(unix(group.message(number).date), UTC).isoformat()
        for number in (chosen[0], chosen[-1])
    )

    done = await chatkeep.export(chat.peer_id, since=first, until=last)

    assert ids(written(done)) == [MOVED + number for number in chosen]


@pytest.fixture
def discussion(sandbox: Sandbox) -> Discussion:
    """A channel of 30 posts; the first ten have a comment and an answer to it."""
    channel = sandbox.world.add_channel("News", messages=30)
    found = sandbox.world.discuss(channel)
    for post_id in range(1, 11):
        first = found.comment(post_id, f"to {post_id}")
        found.comment(post_id, f"answer to {post_id}", reply_to=first)
        found.group.post("other talk")
    found.open(11)
    return found


async def test_comments_of_posts_are_kept_and_written_beside_the_channel(
    chatkeep: Exporter, discussion: Discussion
) -> None:
    done = await chatkeep.export(discussion.channel.peer_id, comments=True)

    assert ids(written(done)) == list(range(1, 31))
    comments = lines(done, "comments")
    assert [line["comment_on"] for line in comments] == sorted([*range(1, 11)] * 3)
    texts = [line["text"]["text"] for line in comments if "forward" not in line]
    assert texts == [text for n in range(1, 11) for text in (f"to {n}", f"answer to {n}")]
    assert {line["chat_id"] for line in comments} == {discussion.group.peer_id}
    assert done.comments == 20
    assert (done.messages, done.new) == (30, 30)


async def test_new_comments_on_old_posts_are_found_and_old_ones_not_fetched_again(
    sandbox: Sandbox, chatkeep: Exporter, discussion: Discussion
) -> None:
    channel = discussion.channel
    await chatkeep.export(channel.peer_id, comments=True)
    discussion.comment(3, "late")
    discussion.comment(11, "first")
    before = sandbox.faults.calls("GetRepliesRequest")

    done = await chatkeep.export(channel.peer_id, comments=True)

    assert done.comments == 2
    assert len(lines(done, "comments")) == 30 + 3
    assert sandbox.faults.calls("GetRepliesRequest") - before <= 4


async def test_a_long_thread_comes_whole(sandbox: Sandbox, chatkeep: Exporter) -> None:
    found = sandbox.world.discuss(sandbox.world.add_channel("News", messages=3))
    for number in range(250):
        found.comment(2, f"{number}")

    done = await chatkeep.export(found.channel.peer_id, comments=True)

    texts = [line["text"]["text"] for line in lines(done, "comments")[1:]]
    assert texts == [f"{number}" for number in range(250)]
    assert done.comments == 250


async def test_comments_go_on_where_they_were_stopped(
    sandbox: Sandbox, chatkeep: Exporter, discussion: Discussion
) -> None:
    sandbox.faults.fail(403, "CHAT_FORBIDDEN", on="GetRepliesRequest", after=5, times=1)
    await chatkeep.refusal(discussion.channel.peer_id, comments=True)

    done = await chatkeep.export(discussion.channel.peer_id, comments=True)

    comments = lines(done, "comments")
    assert [line["comment_on"] for line in comments] == sorted([*range(1, 11)] * 3)


async def test_comments_of_a_slice_are_those_of_its_posts(
    chatkeep: Exporter, discussion: Discussion
) -> None:
    await chatkeep.export(discussion.channel.peer_id, comments=True)

    done = await chatkeep.export(discussion.channel.peer_id, comments=True, min_id=10)

    assert [line["comment_on"] for line in lines(done, "comments")] == [10, 10, 10]


async def test_comments_in_a_group_for_members_only_are_read_through_the_channel(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    channel = sandbox.world.add_channel("News", messages=5)
    strangers = [sandbox.world.add_user(f"Person {n}") for n in range(3)]
    group = sandbox.world.add_supergroup("Talk", members=strangers)
    found = sandbox.world.discuss(channel, group)
    found.comment(2, "hello", sender=strangers[0])

    done = await chatkeep.export(channel.peer_id, comments=True)

    assert [line["comment_on"] for line in lines(done, "comments")] == [2, 2]


async def test_a_chat_without_comments_has_none(sandbox: Sandbox, chatkeep: Exporter) -> None:
    chat: Channel = sandbox.world.add_channel("News", messages=5)

    done = await chatkeep.export(chat.peer_id, comments=True)

    assert done.comments == 0
    assert not (Path(done.folder) / "comments").exists()


@pytest.mark.parametrize("kind", ["channel", "group"])
async def test_a_chats_photo_is_a_file_to_fetch_once(
    sandbox: Sandbox, chatkeep: Exporter, kind: str
) -> None:
    world = sandbox.world
    chat = world.add_channel("News") if kind == "channel" else world.add_basic_group("Family")
    chat.photo = photo(77, 640, 640, 9_000, FIRST_DATE)
    await chatkeep.export(chat.peer_id)

    await chatkeep.export(chat.peer_id)

    totals = await chatkeep.bench.archive.media_totals(chat.peer_id)
    assert (totals.files, totals.size_bytes) == (1, 9_000)


async def test_an_archived_group_is_known_by_its_old_id_and_by_the_name_of_both(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    group = sandbox.world.add_basic_group("Family", messages=10)
    chat = sandbox.world.migrate(group)
    await chatkeep.export(chat.peer_id)

    archive = chatkeep.bench.archive
    assert (await archived_chat(archive, "family")).id == chat.peer_id
    assert (await archived_chat(archive, str(group.peer_id))).id == chat.peer_id


async def test_comments_that_were_written_once_are_written_again(
    chatkeep: Exporter, discussion: Discussion
) -> None:
    done = await chatkeep.export(discussion.channel.peer_id, comments=True)
    file = Path(done.folder) / "comments" / "result.json"
    before = file.read_bytes()
    file.unlink()

    bench = chatkeep.bench
    again = await write_again(
        ExportRequest(chat="news"), bench.archive, bench.shelves, chatkeep.config
    )

    assert str(again.folder) == done.folder
    assert file.read_bytes() == before
