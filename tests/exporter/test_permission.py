"""The exporter asks again whether a person may have a chat, once it knows which one it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from exporter.permission import NO_ARCHIVE, NOT_OPEN, NOT_YOURS
from storage.grants import Grants
from storage.models import ExportRequest, Job, JobKind, JobState
from storage.people import People
from storage.requests import Answer, Requests
from storage.rights import RIGHTS, Action, On, Role
from tests.exporter.exporting import Exporter, exporter
from tests.sandbox.sandbox import Sandbox

OWNER, ADMIN, MIA, NOAH = 1, 2, 7, 8
WHO = {Role.OWNER: OWNER, Role.ADMIN: ADMIN, Role.MEMBER: MIA}


@pytest.fixture
async def chatkeep(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Exporter]:
    async with exporter(sandbox, tmp_path, refusals_every_s=0.0) as installed:
        people = People(installed.bench.database)
        await people.set_owners({OWNER})
        await people.allow(ADMIN, by=OWNER, role=Role.ADMIN)
        await people.allow(MIA, by=OWNER)
        yield installed


def grants(chatkeep: Exporter) -> Grants:
    return Grants(chatkeep.bench.database)


async def asked_by(
    chatkeep: Exporter, person_id: int, chat: str, kind: JobKind = JobKind.EXPORT, **rest: object
) -> Job:
    """Run a job of this person to its end."""
    request = ExportRequest(chat=chat, **rest)  # type: ignore[arg-type]
    jobs = chatkeep.bench.jobs
    job = (await jobs.submit(request, kind=kind, person_id=person_id)).job
    assert await chatkeep.runner.run_one(job.id)
    ended = await jobs.get(job.id)
    assert ended is not None
    return ended


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("on", [On.GRANTED, On.GROUP, On.PRIVATE, On.SERVICE])
async def test_a_chat_is_exported_for_whom_the_table_names(
    sandbox: Sandbox, chatkeep: Exporter, role: Role, on: On
) -> None:
    world = sandbox.world
    if on is On.PRIVATE:
        chat = str(world.add_private_chat(world.add_user("Friend"), messages=3).peer_id)
    elif on is On.SERVICE:
        chat = "me"
    else:
        group = world.add_supergroup("Alpine Hikers", "alpine", messages=3)
        chat = str(group.peer_id)
        if on is On.GRANTED and role is not Role.OWNER:
            await grants(chatkeep).add(WHO[role], group.peer_id, by=OWNER)

    job = await asked_by(chatkeep, WHO[role], chat)

    if role in RIGHTS[Action.READ, on]:
        assert job.state is JobState.DONE, job.error
    else:
        assert (job.state, job.error) == (JobState.FAILED, NOT_OPEN)
        assert (job.progress.title, job.chat_id) == (None, None)
        assert not chatkeep.config.export_dir.exists()


async def test_a_stranger_is_refused_as_is_somebody_revoked_since(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    group = sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=3)
    await grants(chatkeep).add(NOAH, group.peer_id, by=OWNER)

    assert (await asked_by(chatkeep, NOAH, "@alpine")).error == NOT_OPEN


@pytest.mark.parametrize(
    "typed",
    [
        "@alpine",
        "Alpine Hikers",
        "@nobody_is_called_so",
        "-1009999999999",
        "42",
        "Hikers",
        "t.me/+AbCdEfGhIjKl",
        "https://t.me/share/url?url=x",
        "t.me/alpine/999",
        "me",
        "777000",
    ],
)
async def test_what_is_not_open_reads_the_same_whether_it_exists_or_not(
    sandbox: Sandbox, chatkeep: Exporter, typed: str
) -> None:
    sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=3)
    sandbox.world.add_supergroup("Winter Hikers", messages=3)

    job = await asked_by(chatkeep, MIA, typed)

    assert (job.state, job.error, job.progress.title) == (JobState.FAILED, NOT_OPEN, None)


@pytest.mark.parametrize(
    "typed", ["@alpine", "Alpine Hikers", "Nothing", "me", "t.me/+AbCdEfGhIjKl"]
)
@pytest.mark.parametrize("kind", [JobKind.EXPORT, JobKind.PLAN])
async def test_a_refusal_does_not_tell_by_its_time_whether_there_is_such_a_chat(
    sandbox: Sandbox, tmp_path: Path, typed: str, kind: JobKind
) -> None:
    sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=3)
    async with exporter(sandbox, tmp_path, refusals_every_s=3.0) as chatkeep:
        people = People(chatkeep.bench.database)
        await people.set_owners({OWNER})
        await people.allow(MIA, by=OWNER)

        job = await asked_by(chatkeep, MIA, typed, kind)

    assert job.error == NOT_OPEN
    assert job.started_at is not None
    assert job.finished_at is not None
    assert (job.finished_at - job.started_at).total_seconds() >= 3


async def test_a_grant_for_a_basic_group_holds_for_the_supergroup_that_it_became(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    group = sandbox.world.add_basic_group("Hut", messages=5)
    await grants(chatkeep).add(MIA, group.peer_id, by=OWNER)
    chat = sandbox.world.migrate(group)

    job = await asked_by(chatkeep, MIA, str(chat.peer_id))

    assert job.state is JobState.DONE, job.error


async def test_a_refused_chat_that_exists_asks_those_who_may_open_it(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=3)
    requests = Requests(chatkeep.bench.database)
    await asked_by(chatkeep, MIA, "@nobody_is_called_so")
    await asked_by(chatkeep, MIA, "me")
    assert await requests.to_tell() == []

    await asked_by(chatkeep, MIA, "@alpine")
    told = await requests.to_tell()
    await requests.answer(told[0].request.id, Answer.ONCE, by=ADMIN)
    (approved,) = await chatkeep.bench.jobs.unfinished()
    await chatkeep.runner.run_one(approved.id)

    assert [each.person_id for each in told] == [OWNER, ADMIN]
    done = await chatkeep.bench.jobs.get(approved.id)
    assert done is not None
    assert done.state is JobState.DONE, done.error
    assert (await asked_by(chatkeep, MIA, "@alpine")).error == NOT_OPEN, "once is once"


async def test_files_are_packed_and_removed_only_for_whom_the_chat_is_open(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    group = sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=3)
    done = await asked_by(chatkeep, OWNER, "@alpine")
    assert done.summary is not None
    folder = Path(done.summary.folder)

    pack = JobKind.DELIVER, {"to": str(folder), "max_size_bytes": 10_000_000}
    refused = await asked_by(chatkeep, MIA, "Alpine Hikers", pack[0], **pack[1])
    removal = await asked_by(chatkeep, ADMIN, str(group.peer_id), JobKind.REMOVE, to=str(folder))

    assert (refused.error, removal.error) == (NOT_YOURS, NOT_YOURS)
    assert (folder / "result.json").is_file()
    assert not (chatkeep.config.data_dir / "outbox").exists()


async def test_a_folder_that_an_owner_chose_elsewhere_is_sent_to_owners_alone(
    sandbox: Sandbox, chatkeep: Exporter, tmp_path: Path
) -> None:
    group = sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=3)
    await grants(chatkeep).add(ADMIN, group.peer_id, by=OWNER)
    elsewhere = tmp_path / "documents"
    elsewhere.mkdir()
    (elsewhere / "diary.txt").write_text("Dear diary")
    await asked_by(chatkeep, OWNER, "@alpine", to=str(elsewhere))
    jobs, ends = chatkeep.bench.jobs, []

    for person_id in (ADMIN, OWNER):
        request = ExportRequest(chat="a", to=str(elsewhere), max_size_bytes=10_000_000)
        submitted = await jobs.submit(
            request, kind=JobKind.DELIVER, person_id=person_id, chat_id=group.peer_id
        )
        await chatkeep.runner.run_one(submitted.job.id)
        ended = await jobs.get(submitted.job.id)
        ends.append(ended and (ended.state, ended.error))

    assert ends == [(JobState.FAILED, NOT_YOURS), (JobState.DONE, None)]


@pytest.mark.parametrize(
    ("role", "on"),
    [
        (Role.MEMBER, On.GRANTED),
        (Role.MEMBER, On.GROUP),
        (Role.ADMIN, On.PRIVATE),
        (Role.ADMIN, On.SERVICE),
        (Role.OWNER, On.SERVICE),
    ],
)
async def test_an_archive_is_drawn_for_whom_the_chat_is_open(
    sandbox: Sandbox, chatkeep: Exporter, role: Role, on: On
) -> None:
    world = sandbox.world
    if on is On.PRIVATE:
        chat_id = world.add_private_chat(world.add_user("Friend"), messages=3).peer_id
    elif on is On.SERVICE:
        chat_id = world.add_private_chat(world.owner.user, messages=3).peer_id
    else:
        chat_id = world.add_supergroup("Alpine Hikers", "alpine", messages=3).peer_id
        if on is On.GRANTED and role is not Role.OWNER:
            await grants(chatkeep).add(WHO[role], chat_id, by=OWNER)
    await asked_by(chatkeep, OWNER, str(chat_id))

    job = await asked_by(chatkeep, WHO[role], str(chat_id), JobKind.STATS)

    outbox = chatkeep.config.data_dir / "outbox" / str(job.id)
    if role in RIGHTS[Action.READ, on]:
        assert (job.state, job.error, job.chat_id) == (JobState.DONE, None, chat_id)
        assert (outbox / "1-time.png").is_file()
    else:
        assert (job.state, job.error) == (JobState.FAILED, NO_ARCHIVE)
        assert (job.progress.title, job.chat_id) == (None, None)
        assert not outbox.exists()


@pytest.mark.parametrize("typed", ["t.me/alpine", "Nothing"])
async def test_an_archive_that_is_not_open_reads_and_takes_as_one_that_is_not_there(
    sandbox: Sandbox, tmp_path: Path, typed: str
) -> None:
    sandbox.world.add_supergroup("Alpine Hikers", "alpine", messages=3)
    async with exporter(sandbox, tmp_path, refusals_every_s=1.0) as chatkeep:
        people = People(chatkeep.bench.database)
        await people.set_owners({OWNER})
        await people.allow(MIA, by=OWNER)
        await asked_by(chatkeep, OWNER, "@alpine")

        job = await asked_by(chatkeep, MIA, typed, JobKind.STATS)

    assert (job.state, job.error) == (JobState.FAILED, NO_ARCHIVE)
    assert job.started_at is not None
    assert job.finished_at is not None
    assert (job.finished_at - job.started_at).total_seconds() >= 1
