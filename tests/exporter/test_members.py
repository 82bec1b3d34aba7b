"""The list of a chat's members and admins."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from exporter.fetch import Seat
from exporter.members import FILE_NAME, keep_members, write_members
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.jobs import Jobs
from storage.models import ExportRequest, Member
from tests.exporter.reaching import ACCOUNT_ID, signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat

ASKED = "GetParticipantsRequest"


async def test_all_members_come_with_their_roles_however_many_pages_it_takes(
    sandbox: Sandbox, archive: Archive
) -> None:
    users = [sandbox.world.add_user(f"User {number}") for number in range(450)]
    chat = sandbox.world.add_supergroup("Study", messages=1, members=[*users, sandbox.world.owner])
    chat.admins[users[7].id] = "Librarian"

    assert await keep(sandbox, archive, chat) == []

    listed = await archive.members(chat.peer_id)
    assert {member.user_id for member in listed} == set(chat.members)
    assert [member.role for member in listed[:3]] == ["creator", "admin", "member"]
    assert listed[0].user_id == chat.members[0]
    assert (listed[1].user_id, listed[1].rank) == (users[7].id, "Librarian")
    assert listed[2].joined == datetime.fromtimestamp(chat.date, UTC)
    assert sandbox.faults.calls(ASKED) <= 6


async def test_a_basic_group_shows_its_members(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_basic_group("Family", messages=1)

    assert await keep(sandbox, archive, chat) == []

    listed = await archive.members(chat.peer_id)
    assert {member.user_id for member in listed} == set(chat.members)
    assert listed[0].role == "creator"


async def test_where_members_are_hidden_the_admins_are_listed_and_it_is_said(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=1)
    chat.members_hidden = True
    creator = sandbox.world.add_user("Somebody else")
    chat.members.insert(0, creator.id)

    [note] = await keep(sandbox, archive, chat)

    assert note == "Telegram shows the members of this chat to its admins only: the list has 1."
    assert [(m.user_id, m.role) for m in await archive.members(chat.peer_id)] == [
        (creator.id, "creator")
    ]


async def test_subscribers_that_only_admins_see_leave_an_empty_list(
    sandbox: Sandbox, archive: Archive, tmp_path: Path
) -> None:
    chat = sandbox.world.add_channel("News", "news", messages=1)
    chat.members[:] = [sandbox.world.add_user("Editor").id, sandbox.world.owner.id]

    [note] = await keep(sandbox, archive, chat)

    assert note.endswith("the list has 0.")
    assert await write(archive, chat, tmp_path) == []
    assert not (tmp_path / FILE_NAME).exists()


async def test_a_private_chat_has_no_list(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_private_chat(sandbox.world.add_user("Mia Moon"), messages=1)

    assert await keep(sandbox, archive, chat) == []
    assert await archive.members(chat.peer_id) == []


async def test_who_left_is_no_longer_in_the_list(sandbox: Sandbox, archive: Archive) -> None:
    chat = sandbox.world.add_basic_group("Family", messages=1)
    await keep(sandbox, archive, chat)
    gone = chat.members.pop()

    await keep(sandbox, archive, chat)

    assert gone not in {member.user_id for member in await archive.members(chat.peer_id)}


async def test_the_file_names_everybody_and_what_they_were_called_before(
    sandbox: Sandbox, archive: Archive, tmp_path: Path
) -> None:
    mia = sandbox.world.add_user("Mia Moon", username="mia")
    chat = sandbox.world.add_supergroup("Study", messages=1, members=[sandbox.world.owner, mia])
    chat.admins[mia.id] = "Librarian"
    await keep(sandbox, archive, chat)
    mia.last_name = "Sun"
    await keep(sandbox, archive, chat)

    lines = {line["user"]["id"]: line for line in await write(archive, chat, tmp_path)}

    assert lines.keys() == set(chat.members)
    line = lines[mia.id]
    [earlier] = line.pop("earlier_names")
    assert (earlier["name"], earlier["username"]) == ("Mia Moon", "mia")
    assert earlier["until"].endswith("Z")
    assert line == {
        "v": 1,
        "chat_id": chat.peer_id,
        "user": {"id": mia.id, "name": "Mia Sun", "username": "mia"},
        "role": "admin",
        "rank": "Librarian",
        "joined": f"{datetime.fromtimestamp(chat.date, UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


async def test_a_list_takes_the_place_of_the_one_before(archive: Archive) -> None:
    await archive.save_members(
        -1, [Member(user_id=5, role="admin"), Member(user_id=6, role="member")]
    )
    await archive.save_members(-2, [Member(user_id=7, role="creator")])

    await archive.save_members(-1, [Member(user_id=6, role="creator", rank="Boss")])

    assert await archive.members(-1) == [Member(user_id=6, role="creator", rank="Boss")]
    assert await archive.members(-2) == [Member(user_id=7, role="creator")]


async def keep(sandbox: Sandbox, archive: Archive, chat: Chat | Channel) -> list[str]:
    jobs = Jobs(archive._database)
    await jobs.submit(ExportRequest(chat=str(chat.peer_id)))
    job = await jobs.claim([ACCOUNT_ID])
    assert job is not None
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))
        await archive.save_chat(reference.info)
        notes = await keep_members(Seat(job=job, telegrams=[(telegram, reference)]), archive)
    await jobs.release(job.id, job.fence)
    await jobs.cancel(job.id)
    return notes


async def write(archive: Archive, chat: Chat | Channel, folder: Path) -> list[dict[str, Any]]:
    info = await archive.chat(chat.peer_id)
    assert info is not None
    if not await write_members(archive, info, folder):
        return []
    return [orjson.loads(line) for line in (folder / FILE_NAME).read_bytes().splitlines()]
