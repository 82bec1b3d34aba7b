"""Grants, invites and requests: what opens a chat or the bot to somebody, and for how long."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.accounts import Accounts
from storage.archive import Archive
from storage.cards import Cards
from storage.choices import Choice
from storage.database import Database
from storage.grants import Closed, Grants
from storage.invites import Invites
from storage.jobs import Jobs
from storage.models import CardPlace, ChatInfo, ExportRequest, Job, JobKind, Summary
from storage.people import People
from storage.requests import Answer, Requests
from storage.rights import RIGHTS, SERVICE_CHATS, Action, On, Role
from storage.schedules import Plan, Schedules
from storage.screens import Screens
from storage.secrets import Secrets
from storage.surroundings import Surroundings

OWNER, ADMIN, MIA, NOAH = 1, 2, 7, 8
ACCOUNT = 99
GROUP, BASIC, LATER = -1001234567890, -500, -1007
FRIEND = 4242
CHATS = {On.GRANTED: -1009, On.GROUP: GROUP, On.PRIVATE: FRIEND, On.SERVICE: 777000}
WHO = {Role.OWNER: OWNER, Role.ADMIN: ADMIN, Role.MEMBER: MIA}


@pytest.fixture
async def people(database: Database) -> People:
    known = People(database)
    await known.set_owners({OWNER})
    await known.allow(ADMIN, by=OWNER, role=Role.ADMIN, name="Ada")
    await known.allow(MIA, by=OWNER, name="Mia")
    return known


@pytest.fixture
def grants(database: Database) -> Grants:
    return Grants(database)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("on", list(CHATS))
async def test_a_chat_is_read_by_whom_the_table_names(
    people: People, grants: Grants, role: Role, on: On
) -> None:
    person_id = WHO[role]
    if role is not Role.OWNER:
        await grants.add(person_id, CHATS[On.GRANTED], by=OWNER)

    assert await grants.may_read(person_id, CHATS[on]) == (role in RIGHTS[Action.READ, on])
    assert await grants.readable(person_id, CHATS.values()) == {
        chat_id for each, chat_id in CHATS.items() if role in RIGHTS[Action.READ, each]
    }


async def test_a_stranger_reads_nothing_even_with_a_grant(people: People, grants: Grants) -> None:
    await grants.add(NOAH, GROUP, by=OWNER)

    assert not await grants.may_read(NOAH, GROUP)
    assert await grants.readable(NOAH, [GROUP]) == set()


async def test_a_grant_follows_a_group_into_its_supergroup_and_back(
    people: People, grants: Grants, archive: Archive
) -> None:
    await grants.add(MIA, BASIC, by=OWNER)
    assert not await grants.may_read(MIA, LATER)
    assert await grants.may_read(MIA, LATER, forerunner_id=BASIC), "as Telegram says itself"

    await archive.save_chat(ChatInfo(id=LATER, title="Hut", type="private_supergroup"))
    await archive.save_surroundings(LATER, Surroundings(forerunner_id=BASIC))

    assert await grants.may_read(MIA, LATER)
    await grants.remove(MIA, LATER, by=OWNER)
    assert not await grants.may_read(MIA, BASIC)


@pytest.mark.parametrize("chat_id", sorted(SERVICE_CHATS))
async def test_service_chats_cannot_be_granted(
    people: People, grants: Grants, database: Database, chat_id: int
) -> None:
    with pytest.raises(ValueError, match="cannot be granted"):
        await grants.add(MIA, chat_id, by=OWNER)

    with closing(sqlite3.connect(database.path)) as other, other:
        other.execute("INSERT INTO grants VALUES (?, ?, ?, 0)", (MIA, chat_id, OWNER))
    assert not await grants.may_read(MIA, chat_id), "not even by a row made elsewhere"


async def test_saved_messages_are_the_owners_by_the_accounts_id(
    people: People, grants: Grants, database: Database, tmp_path: Path
) -> None:
    accounts = Accounts(database, Secrets.load(None, tmp_path / "keys"))
    await accounts.add(user_id=ACCOUNT, name="Olga", phone=None, dc_id=2, session="s")

    assert await grants.on(MIA, ACCOUNT) is On.SERVICE
    with pytest.raises(ValueError, match="cannot be granted"):
        await grants.add(MIA, ACCOUNT, by=OWNER)


async def test_schedules_end_with_the_grant_of_their_chat_however_it_was_typed(
    people: People, grants: Grants, database: Database, jobs: Jobs
) -> None:
    schedules, archive = Schedules(database), Archive(database)
    due = datetime(2026, 11, 25, 3, tzinfo=UTC)
    await archive.save_chat(
        ChatInfo(id=GROUP, title="Alpine", type="private_supergroup", username="alpine")
    )
    await grants.add(MIA, GROUP, by=OWNER)
    typed = [str(GROUP), "@Alpine", "t.me/alpine", "Alpine", "https://t.me/+invite", "@other"]
    for update_id, chat in enumerate(typed):
        plan = Plan(request=ExportRequest(chat=chat), cron="0 3 * * *")
        await schedules.add(plan, person_id=MIA, bot_id=5, update_id=update_id, next_at=due)
    plan = Plan(request=ExportRequest(chat="@alpine"), cron="0 3 * * *")
    await schedules.add(plan, person_id=ADMIN, bot_id=5, update_id=99, next_at=due)
    by_link = (await schedules.of(MIA, 5))[4]
    await schedules.fire(by_link, by_link.plan.request, due)
    run = await jobs.claim([])
    assert run is not None
    await jobs.set_chat(run.id, run.fence, GROUP)

    closed = await grants.remove(MIA, GROUP, by=OWNER)

    assert closed == Closed(was_open=True, schedules=typed[:5])
    assert [each.plan.request.chat for each in await schedules.of(MIA, 5)] == ["@other"]
    assert len(await schedules.of(ADMIN, 5)) == 1


async def test_nobody_grants_to_themselves(people: People, grants: Grants) -> None:
    with pytest.raises(ValueError, match="cannot be granted"):
        await grants.add(ADMIN, GROUP, by=ADMIN)


async def test_a_grant_taken_back_stops_what_is_under_way(
    people: People, grants: Grants, jobs: Jobs
) -> None:
    await grants.add(MIA, GROUP, by=OWNER)
    job = (await jobs.submit(ExportRequest(chat="@one"), person_id=MIA)).job
    claimed = await jobs.claim([])
    assert claimed is not None
    await jobs.set_chat(job.id, claimed.fence, GROUP)

    await grants.remove(MIA, GROUP, by=ADMIN)

    stopped = await jobs.get(job.id)
    assert stopped is not None
    assert stopped.wish is not None
    assert not await grants.may_have(MIA, stopped)
    assert await grants.may_have(OWNER, stopped)


async def test_an_invite_lets_one_person_in_once(people: People, database: Database) -> None:
    invites = Invites(database)
    token = await invites.make(by=ADMIN)

    assert not await invites.use(f"{token}x", NOAH, "Noah", None)
    assert await invites.use(token, NOAH, "Noah", "noah")
    assert not await invites.use(token, 9, "Nora", None)
    assert await people.role(NOAH) is Role.MEMBER
    assert await people.role(9) is None


async def test_only_a_hash_of_the_invite_is_stored(people: People, database: Database) -> None:
    token = await Invites(database).make(by=ADMIN)

    with closing(sqlite3.connect(database.path)) as other:
        assert token not in "\n".join(other.iterdump())


async def test_an_invite_ends_with_its_time_and_with_its_makers_right(
    people: People, database: Database
) -> None:
    invites = Invites(database)
    late = await invites.make(by=ADMIN, lasts=timedelta(0))
    of_a_member = await invites.make(by=ADMIN)
    await people.appoint(ADMIN, Role.MEMBER, by=OWNER)

    assert not await invites.use(late, NOAH, "Noah", None)
    assert not await invites.use(of_a_member, NOAH, "Noah", None)


async def test_who_was_revoked_does_not_come_back_by_an_older_invite(
    people: People, database: Database
) -> None:
    invites = Invites(database)
    token = await invites.make(by=ADMIN)
    await people.revoke(MIA, by=OWNER)

    assert not await invites.use(token, MIA, "Mia", None)
    assert await invites.use(token, NOAH, "Noah", None), "it stays good for others"


PLACE = CardPlace(bot_id=5, chat_id=MIA, reply_to=31)
ALPINE = ChatInfo(id=GROUP, title="Alpine Hikers", type="private_supergroup")
PRIVATE = ChatInfo(id=FRIEND, title="Friend", type="personal_chat")


async def refused(jobs: Jobs, update_id: int = 1, chat: str = "@alpine") -> Job:
    """A job of Mia's that ended because she may not have the chat."""
    submitted = await jobs.submit(
        ExportRequest(chat=chat), person_id=MIA, update_id=update_id, card=PLACE
    )
    claimed = await jobs.claim([])
    assert claimed is not None
    await jobs.fail(claimed.id, claimed.fence, "no")
    return submitted.job


async def test_a_request_goes_to_those_who_may_answer_it(
    people: People, database: Database, jobs: Jobs
) -> None:
    requests = Requests(database)
    assert await requests.ask(await refused(jobs), ALPINE)
    assert await requests.ask(await refused(jobs, 2, "friend"), PRIVATE)

    told = await requests.to_tell()

    assert [(each.request.title, each.person_id) for each in told] == [
        ("Alpine Hikers", OWNER),
        ("Alpine Hikers", ADMIN),
        ("Friend", OWNER),
    ]
    private = told[-1].request.id
    answered = await requests.answer(private, Answer.ALWAYS, by=ADMIN)
    assert answered is not None
    assert answered.answer is None, "an admin may not open a private chat"
    for each in told:
        await requests.told(each, 50)
    assert await requests.to_tell() == []


async def test_a_private_chat_that_an_owner_opened_is_told_to_no_admin(
    people: People, database: Database, jobs: Jobs, grants: Grants
) -> None:
    requests = Requests(database)
    await requests.ask(await refused(jobs, chat="friend"), PRIVATE)
    with closing(sqlite3.connect(database.path)) as other, other:
        other.execute("INSERT INTO grants VALUES (?, ?, ?, 0)", (MIA, FRIEND, OWNER))

    told = await requests.to_tell()

    assert [each.person_id for each in told] == [OWNER]
    assert not await requests.may_answer(ADMIN, told[0].request)


async def test_a_grant_answers_what_was_asked(
    people: People, database: Database, jobs: Jobs, grants: Grants
) -> None:
    requests = Requests(database)
    await requests.ask(await refused(jobs), ALPINE)
    await requests.ask(await refused(jobs, 2, "hut"), replace(ALPINE, id=LATER))

    await grants.add(MIA, GROUP, by=OWNER)

    assert {each.request.chat_id for each in await requests.to_tell()} == {LATER}
    answered = await requests.get(1)
    assert answered is not None
    assert answered.answer is Answer.ALWAYS


async def test_approved_once_is_one_export_of_that_chat_by_its_id(
    people: People, database: Database, jobs: Jobs, grants: Grants
) -> None:
    requests = Requests(database)
    await requests.ask(await refused(jobs), ALPINE)
    (first, *_) = await requests.to_tell()

    answered = await requests.answer(first.request.id, Answer.ONCE, by=ADMIN)
    again = await requests.answer(first.request.id, Answer.ALWAYS, by=OWNER)

    assert answered is not None
    assert again == replace(answered, answer=Answer.ONCE), "the first answer stands"
    (job,) = await jobs.unfinished()
    assert (job.request.chat, job.person_id) == (str(GROUP), MIA)
    assert await grants.may_read(MIA, GROUP, job_id=job.id)
    assert not await grants.may_read(MIA, GROUP)
    assert not await grants.may_read(MIA, FRIEND, job_id=job.id)
    await grants.remove(MIA, GROUP, by=ADMIN)
    assert not await grants.may_read(MIA, GROUP, job_id=job.id), "taken back"


async def test_an_approval_goes_along_when_its_export_joins_another(
    people: People, database: Database, jobs: Jobs, grants: Grants
) -> None:
    requests = Requests(database)
    others = (await jobs.submit(ExportRequest(chat=str(GROUP)), person_id=OWNER)).job
    running = await jobs.claim([])
    assert running is not None
    await jobs.set_chat(others.id, running.fence, GROUP)
    await requests.ask(await refused(jobs), ALPINE)
    await requests.answer(1, Answer.ONCE, by=OWNER)
    approved = await jobs.claim([])
    assert approved is not None
    await jobs.set_chat(approved.id, approved.fence, GROUP)
    await jobs.join(approved.id, approved.fence, others.id)

    course = await jobs.get(others.id)
    assert course is not None
    assert await grants.may_have(MIA, course), "the card shows its course"
    summary = Summary(chat=ALPINE, folder="/x", messages=1, new=1, duration_s=1, rate=1)
    await jobs.finish(others.id, running.fence, summary)
    assert await grants.may_receive(MIA, GROUP)


async def test_approved_always_is_a_grant_and_denied_asks_nobody_again(
    people: People, database: Database, jobs: Jobs, grants: Grants
) -> None:
    requests = Requests(database)
    await requests.ask(await refused(jobs), ALPINE)
    await requests.ask(await refused(jobs, 2, "hut"), replace(ALPINE, id=LATER))
    first, second = sorted({each.request.id for each in await requests.to_tell()})

    await requests.answer(first, Answer.ALWAYS, by=ADMIN)
    await requests.answer(second, Answer.DENIED, by=ADMIN)

    assert await grants.may_read(MIA, GROUP)
    assert not await grants.may_read(MIA, LATER)
    await jobs.cancel((await jobs.unfinished())[0].id)
    assert not await requests.ask(await refused(jobs, 3, "hut"), replace(ALPINE, id=LATER))
    assert await requests.to_tell() == []


async def test_a_service_chat_and_a_revoked_person_ask_nobody(
    people: People, database: Database, jobs: Jobs
) -> None:
    requests = Requests(database)
    codes = ChatInfo(id=777000, title="Telegram", type="personal_chat")
    assert not await requests.ask(await refused(jobs), codes)
    await requests.ask(await refused(jobs, 2), ALPINE)
    (first, *_) = await requests.to_tell()
    await people.revoke(MIA, by=OWNER)

    assert await requests.to_tell() == []
    answered = await requests.answer(first.request.id, Answer.ALWAYS, by=OWNER)
    assert answered is not None
    assert answered.answer is Answer.WITHDRAWN
    assert await jobs.unfinished() == []


async def test_an_approved_plan_begins_the_export_where_its_options_were_chosen(
    people: People, database: Database, jobs: Jobs
) -> None:
    screens, requests = Screens(database), Requests(database)
    await screens.open(
        update_id=4,
        place=PLACE,
        person_id=MIA,
        chat="@alpine",
        peer_id=None,
        title=None,
        choice=Choice(),
    )
    screen = await screens.get(1)
    assert screen is not None
    await screens.plan(screen, ExportRequest(chat="@alpine"))
    planning = await jobs.claim([])
    assert planning is not None
    await jobs.fail(planning.id, planning.fence, "no")
    await requests.ask(planning, ALPINE)

    await requests.answer(1, Answer.ONCE, by=OWNER)

    (job,) = await jobs.unfinished()
    assert (job.kind, job.request.chat) == (JobKind.EXPORT, str(GROUP))
    assert await Cards(database).for_job(job.id, MIA) is not None
