"""The table of rights, played: each role tries each action on everything it can be done to.

What is tried comes from the table, and so does what is expected. How an action is tried is below,
a function for each; an action without one fails.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.keyboards import Do, MakeInvite, Reply, Revoke, Shelf, ShelfDo, Tap
from bot.many_screens import Ask, Choose
from storage.accounts import Accounts
from storage.archive import Archive
from storage.audit import Audit, Deed
from storage.database import Database
from storage.grants import Grants
from storage.models import CardPlace, ChatInfo, ExportRequest, Job, JobKind
from storage.people import People
from storage.requests import Answer, Requests
from storage.rights import RIGHTS, Action, On, Role, may
from storage.screens import Screens
from storage.secrets import Secrets
from storage.selections import Selection
from storage.tables import cards
from tests.bot.indexed import keep
from tests.bot.running import OWNER, NewBot, Worker
from tests.sandbox.botapi.messages import Message, Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

ADMIN, MEMBER = 5_200_000_001, 5_200_000_002
OTHERS = {
    On.OWNER: 5_300_000_001,
    On.ADMIN: 5_300_000_002,
    On.MEMBER: 5_300_000_003,
    On.STRANGER: 5_300_000_004,
}
WHO = {Role.OWNER: OWNER, Role.ADMIN: ADMIN, Role.MEMBER: MEMBER}
CHATS = {
    On.GRANTED: ChatInfo(id=-1001000000001, title="Granted", type="private_supergroup"),
    On.GROUP: ChatInfo(id=-1001000000002, title="Other group", type="private_supergroup"),
    On.PRIVATE: ChatInfo(id=4_200_000_001, title="Friend", type="personal_chat"),
    On.SERVICE: ChatInfo(id=777000, title="Telegram", type="personal_chat"),
}
KINDS = (
    (On.BOT,),
    (On.OWN_JOB, On.OTHERS_JOB),
    (On.GRANTED, On.GROUP, On.PRIVATE, On.SERVICE),
    (On.SELF, On.OWNER, On.ADMIN, On.MEMBER, On.STRANGER),
)
UNKNOWN = "I don't know this command"


def objects_of(action: Action) -> tuple[On, ...]:
    """Everything of the kind that an action is done to, also what the table does not name."""
    named = {on for each, on in RIGHTS if each is action}
    return next(kind for kind in KINDS if named & set(kind))


@dataclass(frozen=True, slots=True)
class Stage:
    """One person with a role and a phone, among other people, jobs and chats."""

    phone: Phone
    role: Role
    database: Database
    worker: Worker
    bot_id: int

    @property
    def me(self) -> int:
        return self.phone.person.id

    @property
    def grants(self) -> Grants:
        return Grants(self.database)

    @property
    def people(self) -> People:
        return People(self.database)

    async def ask(self, text: str) -> str:
        """Send a command; what the bot answers first."""
        sent = await self.phone.say(text)
        answer = await self.phone.wait_for(lambda _: True, after=sent)
        return answer.text

    def person(self, on: On) -> int:
        return self.me if on is On.SELF else OTHERS[on]

    async def job(self, on: On, chat: str = "@alpine") -> Job:
        """A job of one's own or of another, which is running."""
        person_id = self.me if on is On.OWN_JOB else OTHERS[On.MEMBER]
        submitted = await self.worker.jobs.submit(ExportRequest(chat=chat), person_id=person_id)
        claimed = await self.worker.jobs.claim([], only=submitted.job.id)
        assert claimed is not None
        return claimed

    async def done(self, job: Job, about: ChatInfo) -> Job:
        await self.worker.jobs.set_chat(job.id, job.fence, about.id)
        await self.worker.finish(job, chat=about)
        found = await self.worker.jobs.get(job.id)
        assert found is not None
        return found

    async def a_message(self) -> Message:
        """Something of the bot's that buttons can hang on."""
        sent = await self.phone.say("/help")
        return await self.phone.wait_for("/export", after=sent)

    async def tap(self, data: str, under: Message | None = None) -> str:
        return (await self.phone.tap_data(under or await self.a_message(), data)).text

    async def card(self, job: Job) -> Message:
        """A message that is the card of a job, in this very chat, from the first moment on."""
        message = await self.a_message()
        row = insert(cards).values(
            job_id=job.id,
            bot_id=self.bot_id,
            chat_id=self.me,
            reply_to=message.id,
            message_id=message.id,
            revision=0,
            losses=0,
            final=False,
            summarised=False,
            asking=False,
        )
        async with self.database.write() as connection:
            await connection.execute(row)
        return message


async def refused(stage: Stage) -> bool:
    (newest,) = await Audit(stage.database).newest(limit=1)
    return (newest.deed, newest.person_id) == (Deed.REFUSED, stage.me)


# -- how each action is tried: whether it was done ----------------------------------------------


async def help_(stage: Stage, on: On) -> bool:
    return "/export" in await stage.ask("/help")


async def ask(stage: Stage, on: On) -> bool:
    await stage.phone.say("/export @alpine")
    job = await stage.worker.claim()
    return (job.request.chat, job.person_id) == ("@alpine", stage.me)


async def batch(stage: Stage, on: On) -> bool:
    """By the command, by a tap on a screen, and by a tap below the end of one."""
    await stage.phone.say("/export all except Granted")
    await stage.phone.wait_for(lambda message: "Looking" in message.text or "owner" in message.text)
    screens = Screens(stage.database)
    opened = await screens.get(1)
    assert (opened is None) == await refused(stage)
    if opened is None:
        place = CardPlace(bot_id=stage.bot_id, chat_id=stage.me, reply_to=1)
        await screens.open_many(
            update_id=-1, place=place, person_id=stage.me, chats=Selection(accounts=True)
        )
    screen = await screens.get(1)
    assert screen is not None
    allowed = opened is not None
    await stage.tap(Choose(ask=Ask.CLOSE, screen=1, revision=screen.revision).pack())
    assert await refused(stage) != allowed
    ended = await stage.worker.jobs.submit(
        ExportRequest(chat="", chats=Selection()), kind=JobKind.BATCH, person_id=stage.me
    )
    job = await stage.worker.jobs.claim([], only=ended.job.id)
    assert job is not None
    await stage.worker.jobs.fail(job.id, job.fence, "No way.")
    for do in (Do.AGAIN, Do.RETRY):
        toast = await stage.tap(Tap(do=do, job_id=job.id, turn=99).pack())
        assert (toast == "Started again.") == allowed == (not await refused(stage))
    return allowed


async def read(stage: Stage, on: On) -> bool:
    """By both searches; the exporter's tests and the storage's try the rest."""
    results = await stage.phone.inline_query(CHATS[on].title or "")
    allowed = [result["id"] for result in results] == [str(CHATS[on].id)]
    for number, chat in enumerate(CHATS.values(), start=1):
        await keep(stage.database, chat, {number: f"needle {number}"})
    found = f"needle {[*CHATS].index(on) + 1}" in await stage.ask("/find needle")
    narrowed = "1–1 of 1" in await stage.ask(f"/find needle in:{CHATS[on].id}")
    assert found == narrowed == allowed
    return allowed


async def find(stage: Stage, on: On) -> bool:
    return UNKNOWN not in await stage.ask("/find needle")


async def jobs(stage: Stage, on: On) -> bool:
    return UNKNOWN not in await stage.ask("/jobs") and UNKNOWN not in await stage.ask("/archives")


async def watch(stage: Stage, on: On) -> bool:
    job = await stage.job(on)
    return f"▶ {job.id} ·" in await stage.ask("/jobs")


async def steer(stage: Stage, on: On) -> bool:
    taps = []
    for do in (Do.PAUSE, Do.RESUME, Do.CANCEL, Do.REALLY_CANCEL):
        job = await stage.job(on, f"@chat_{do}")
        under = await stage.card(job)
        before = await stage.worker.jobs.get(job.id)
        toast = await stage.tap(Tap(do=do, job_id=job.id, turn=99).pack(), under)
        allowed = not await refused(stage)
        assert allowed or (await stage.worker.jobs.get(job.id)) == before
        assert allowed or toast == "You no longer have access."
        taps.append(allowed)
    job = await stage.job(on, "@to_cancel")
    taps.append("stops at the next page" in await stage.ask(f"/cancel {job.id}"))
    assert len(set(taps)) == 1, taps
    return taps[0]


async def front(stage: Stage, on: On) -> bool:
    job = await stage.job(on)
    await stage.worker.jobs.release(job.id, job.fence)
    await stage.tap(Tap(do=Do.FRONT, job_id=job.id, turn=99).pack(), await stage.card(job))
    moved = await stage.worker.jobs.get(job.id)
    assert moved is not None
    assert await refused(stage) == (moved.priority == 0)
    return moved.priority > 0


async def receive(stage: Stage, on: On) -> bool:
    job = await stage.done(await stage.job(on), CHATS[On.GRANTED])
    toast = await stage.tap(Tap(do=Do.GET, job_id=job.id, turn=99).pack())
    packing = [job for job in await stage.worker.jobs.unfinished() if job.kind is JobKind.DELIVER]
    assert bool(packing) == (toast == "Packing the archive…") == (not await refused(stage))
    return bool(packing)


async def delete(stage: Stage, on: On) -> bool:
    job = await stage.done(await stage.job(On.OWN_JOB), CHATS[on])
    toasts = [
        await stage.tap(Shelf(do=do, job_id=job.id).pack()) for do in (ShelfDo.ASK, ShelfDo.DELETE)
    ]
    removing = [job for job in await stage.worker.jobs.unfinished() if job.kind is JobKind.REMOVE]
    assert bool(removing) == (toasts == ["", "Deleting…"]) == (not await refused(stage))
    return bool(removing)


async def status(stage: Stage, on: On) -> bool:
    return "Disk" in await stage.ask("/status")


async def accounts(stage: Stage, on: On) -> bool:
    return "Account" in await stage.ask("/status")


async def users(stage: Stage, on: On) -> bool:
    return "owner · " in await stage.ask("/users")


async def invite(stage: Stage, on: On) -> bool:
    offered = "Whom shall I let in?" in await stage.ask("/allow")
    under = await stage.a_message()
    await stage.tap(MakeInvite().pack(), under)
    assert offered != await refused(stage)
    if offered:
        await stage.phone.wait_for("?start=inv_", after=under)
    return offered


async def allow(stage: Stage, on: On) -> bool:
    await stage.people.met_stranger(OTHERS[On.STRANGER], "Stan")
    person_id = stage.person(on)
    before = await stage.people.role(person_id)
    await stage.ask(f"/allow {person_id}")
    return await stage.people.role(person_id) is not before


async def revoke(stage: Stage, on: On) -> bool:
    person_id = stage.person(on)
    before = await stage.people.role(person_id)
    asked = "Take all rights from" in await stage.ask(f"/revoke {person_id}")
    assert await stage.people.role(person_id) is before
    await stage.tap(Revoke(person_id=person_id, sure=True).pack())
    done = await stage.people.role(person_id) is not before
    assert asked == done
    assert done or on is On.STRANGER or await refused(stage)
    return await stage.people.role(person_id) is not before


async def appoint(stage: Stage, on: On) -> bool:
    person_id = stage.person(on)
    before = await stage.people.role(person_id)
    other = Role.MEMBER if before is Role.ADMIN else Role.ADMIN
    await stage.ask(f"/role {person_id} {other}")
    return await stage.people.role(person_id) is not before


async def limit(stage: Stage, on: On) -> bool:
    person_id = stage.person(on)
    await stage.ask(f"/limits {person_id} 3 5")
    person = await stage.people.get(person_id)
    return person is not None and (person.jobs_at_once, person.bytes_a_day) == (3, 5 * 10**9)


async def grant(stage: Stage, on: On) -> bool:
    person_id, chat = stage.person(on), CHATS[On.GROUP]
    await stage.ask(f"/grant {person_id} {chat.id}")
    return chat.id in {each.chat_id for each in await stage.grants.of(person_id)}


async def open_(stage: Stage, on: On) -> bool:
    """By /grant, and by the answer to a request; a member asks for it."""
    asking, chat = OTHERS[On.MEMBER], CHATS[on]
    if on is On.GRANTED:
        await stage.grants.add(asking, chat.id, by=1)
        answer = await stage.ask(f"/grant {asking} {chat.id}")
        return "already" in answer
    await stage.ask(f"/grant {asking} {chat.id}")
    granted = chat.id in {each.chat_id for each in await stage.grants.of(asking)}
    await stage.grants.remove(asking, chat.id, by=1)
    job = await stage.job(On.OTHERS_JOB)
    if not await Requests(stage.database).ask(job, chat):
        assert on is On.SERVICE
        return granted
    request = await Requests(stage.database).get(1)
    assert request is not None
    await stage.tap(Reply(request_id=request.id, answer=Answer.ALWAYS).pack())
    approved = chat.id in {each.chat_id for each in await stage.grants.of(asking)}
    assert approved == granted == (not await refused(stage))
    return approved


async def audit(stage: Stage, on: On) -> bool:
    return " ago · " in await stage.ask("/audit")


TRIED: dict[Action, Callable[[Stage, On], Awaitable[bool]]] = {
    Action.HELP: help_,
    Action.ASK: ask,
    Action.BATCH: batch,
    Action.READ: read,
    Action.JOBS: jobs,
    Action.WATCH: watch,
    Action.STEER: steer,
    Action.FRONT: front,
    Action.RECEIVE: receive,
    Action.DELETE: delete,
    Action.FIND: find,
    Action.STATUS: status,
    Action.ACCOUNTS: accounts,
    Action.USERS: users,
    Action.INVITE: invite,
    Action.ALLOW: allow,
    Action.REVOKE: revoke,
    Action.APPOINT: appoint,
    Action.LIMIT: limit,
    Action.GRANT: grant,
    Action.OPEN: open_,
    Action.AUDIT: audit,
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("action", "on"), [(action, on) for action in Action for on in objects_of(action)]
)
async def test_each_role_may_what_the_table_says_and_nothing_else(
    *,
    new_bot: NewBot,
    bot_api: BotApi,
    database: Database,
    worker: Worker,
    tmp_path: Path,
    role: Role,
    action: Action,
    on: On,
) -> None:
    phone = Phone(bot_api.state, Person(id=WHO[role], first_name="Olga", started=True))
    await _populate(database, tmp_path)
    running = new_bot()
    running.config = replace(running.config, admin_ids=frozenset({OWNER, OTHERS[On.OWNER]}))
    stage = Stage(phone, role, database, worker, bot_api.state.me.id)

    async with running:
        done = await TRIED[action](stage, on)

    assert done == may(role, action, on)


async def _populate(database: Database, folder: Path) -> None:
    """People of each role, and chats of each kind; one is granted to all who need that."""
    accounts = Accounts(database, Secrets.load(None, folder / "keys"))
    await accounts.add(user_id=99, name="Olga", phone=None, dc_id=2, session="s")
    people, grants, archive = People(database), Grants(database), Archive(database)
    await people.set_owners({OWNER, OTHERS[On.OWNER]})
    for person_id, role in (
        (ADMIN, Role.ADMIN),
        (MEMBER, Role.MEMBER),
        (OTHERS[On.ADMIN], Role.ADMIN),
        (OTHERS[On.MEMBER], Role.MEMBER),
    ):
        await people.allow(person_id, by=OWNER, role=role, name=f"The {role}")
    for person_id in (ADMIN, MEMBER):
        await grants.add(person_id, CHATS[On.GRANTED].id, by=OWNER)
    await archive.save_dialogs(1, list(CHATS.values()), [])
