"""Strangers are met once; roles come and go, and what hangs on them goes too."""

from __future__ import annotations

import asyncio

from storage.audit import Audit, Deed
from storage.database import Database
from storage.grants import Grants
from storage.invites import Invites
from storage.jobs import Jobs
from storage.leaving import Ends
from storage.models import ExportRequest, JobState, Wish
from storage.people import People
from storage.rights import Role

OWNER, ADMIN, MIA, NOAH = 1, 2, 7, 8
GROUP = -1001234567890


async def test_a_stranger_is_met_once_and_not_let_in(database: Database) -> None:
    people = People(database)

    assert await people.met_stranger(MIA, "Mia")
    assert not await people.met_stranger(MIA, "Mia, renamed")
    assert await people.role(MIA) is None
    assert await people.role(NOAH) is None


async def test_a_stranger_is_met_once_by_ten_updates_at_once(
    database: Database, rival: Database
) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(People(each).met_stranger(MIA, "Mia"))
            for each in (database, rival) * 5
        ]

    assert [task.result() for task in tasks].count(True) == 1


async def test_the_owners_are_those_of_the_settings_and_nobody_else(database: Database) -> None:
    people = People(database)
    await people.set_owners({OWNER, NOAH})
    await people.set_owners({OWNER})

    assert await people.role(OWNER) is Role.OWNER
    assert await people.role(NOAH) is None
    assert not await people.appoint(OWNER, Role.MEMBER, by=OWNER)
    assert await people.revoke(OWNER, by=OWNER) is None
    assert await people.role(OWNER) is Role.OWNER, "no command removes an owner"


async def test_who_is_let_in_keeps_the_role_that_they_have(database: Database) -> None:
    people = People(database)
    assert await people.allow(MIA, by=OWNER, name="Mia", username="mia")
    assert await people.appoint(MIA, Role.ADMIN, by=OWNER)

    assert not await people.allow(MIA, by=OWNER)
    assert await people.role(MIA) is Role.ADMIN
    assert [person.name for person in await people.find("@MIA")] == ["Mia"]
    assert [person.id for person in await people.find("7")] == [MIA]
    assert await people.find("@nobody") == []


async def test_a_revoked_persons_jobs_stop_and_their_grants_and_invites_go(
    database: Database, jobs: Jobs
) -> None:
    people, grants, invites = People(database), Grants(database), Invites(database)
    await people.set_owners({OWNER})
    await people.allow(MIA, by=OWNER, role=Role.ADMIN)
    await grants.add(MIA, GROUP, by=OWNER)
    token = await invites.make(by=MIA)
    running = (await jobs.submit(ExportRequest(chat="@one"), person_id=MIA)).job
    await jobs.claim([])
    waiting = (await jobs.submit(ExportRequest(chat="@two"), person_id=MIA)).job
    others = (await jobs.submit(ExportRequest(chat="@one"), person_id=OWNER)).job

    assert await people.at_stake(MIA) == Ends(jobs=2, schedules=0)
    assert await people.revoke(MIA, by=OWNER) == Ends(jobs=2, schedules=0)

    found = [await jobs.get(job.id) for job in (running, waiting, others)]
    assert [job and (job.state, job.wish) for job in found] == [
        (JobState.RUNNING, Wish.CANCEL),
        (JobState.CANCELLED, Wish.CANCEL),
        (JobState.QUEUED, None),
    ]
    assert not await grants.may_read(MIA, GROUP)
    assert not await invites.use(token, NOAH, "Noah", None)
    person = await people.get(MIA)
    assert person is not None
    assert person.revoked
    await people.allow(MIA, by=OWNER)
    assert not await grants.may_read(MIA, GROUP), "old grants do not come back"


async def test_an_export_that_somebody_joined_goes_on_as_theirs(
    database: Database, jobs: Jobs
) -> None:
    people = People(database)
    await people.set_owners({OWNER})
    await people.allow(MIA, by=OWNER)
    first = (await jobs.submit(ExportRequest(chat="@one"), person_id=MIA)).job
    claimed = await jobs.claim([])
    assert claimed is not None
    await jobs.set_chat(first.id, claimed.fence, GROUP)
    second = (await jobs.submit(ExportRequest(chat="one"), person_id=OWNER)).job
    later = await jobs.claim([])
    assert later is not None
    other = await jobs.set_chat(second.id, later.fence, GROUP)
    assert other is not None
    await jobs.join(second.id, later.fence, other.id)

    assert await people.revoke(MIA, by=OWNER) == Ends(jobs=0, schedules=0)

    job = await jobs.get(first.id)
    assert job is not None
    assert (job.wish, job.person_id) == (None, OWNER)


async def test_an_export_does_not_go_on_for_somebody_who_left_before(
    database: Database, jobs: Jobs
) -> None:
    people = People(database)
    await people.set_owners({OWNER})
    await people.allow(MIA, by=OWNER)
    await people.allow(NOAH, by=OWNER)
    first = (await jobs.submit(ExportRequest(chat="@one"), person_id=MIA)).job
    claimed = await jobs.claim([])
    assert claimed is not None
    await jobs.set_chat(first.id, claimed.fence, GROUP)
    second = (await jobs.submit(ExportRequest(chat="one"), person_id=NOAH)).job
    later = await jobs.claim([])
    assert later is not None
    await jobs.set_chat(second.id, later.fence, GROUP)
    await jobs.join(second.id, later.fence, first.id)
    await people.revoke(NOAH, by=OWNER)

    await people.revoke(MIA, by=OWNER)

    job, joined = await jobs.get(first.id), await jobs.get(second.id)
    assert job is not None
    assert joined is not None
    assert (job.wish, job.person_id) == (Wish.CANCEL, MIA)
    assert joined.state is JobState.CANCELLED


async def test_whoever_asks_for_the_same_as_somebody_else_gets_a_job_of_their_own(
    jobs: Jobs,
) -> None:
    """Whether they may have it is known only with the chat."""
    first = await jobs.submit(ExportRequest(chat="@one"), person_id=OWNER)
    other = await jobs.submit(ExportRequest(chat="@one"), person_id=MIA)
    again = await jobs.submit(ExportRequest(chat="@one"), person_id=MIA)

    assert (first.joined, other.joined, again.joined) == (False, False, True)
    assert again.job.id == other.job.id != first.job.id


async def test_what_is_done_to_people_is_written_down(database: Database) -> None:
    people = People(database)
    await people.set_owners({OWNER})
    await people.allow(MIA, by=OWNER)
    await people.limit(MIA, by=ADMIN, jobs_at_once=2, bytes_a_day=None)
    await people.revoke(MIA, by=OWNER)

    entries = await Audit(database).newest()
    assert [(entry.deed, entry.person_id, entry.target_id) for entry in entries] == [
        (Deed.REVOKED, OWNER, MIA),
        (Deed.LIMITS, ADMIN, MIA),
        (Deed.ALLOWED, OWNER, MIA),
        (Deed.OWNERS, None, OWNER),
    ]


async def test_to_owners_an_export_of_the_command_line_is_as_their_own(
    database: Database, jobs: Jobs
) -> None:
    people = People(database)
    await people.set_owners({OWNER})
    await people.allow(MIA, by=OWNER)
    typed = (await jobs.submit(ExportRequest(chat="@one"))).job

    owners = await jobs.submit(ExportRequest(chat="@one"), person_id=OWNER)
    members = await jobs.submit(ExportRequest(chat="@one"), person_id=MIA)

    assert (owners.joined, owners.job.id) == (True, typed.id)
    assert not members.joined
