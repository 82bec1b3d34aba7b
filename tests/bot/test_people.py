"""People: let in by hand, by a list, by a link; sent away; their requests; and their revocation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from aiogram import Router
from aiogram.dispatcher.event.handler import FilterObject

from bot import routers
from bot.keyboards import Do, Tap
from bot.rights import May
from storage.archive import Archive
from storage.audit import Audit, Deed
from storage.database import Database
from storage.grants import Grants
from storage.models import ChatInfo, Job, JobKind, JobState, Wish
from storage.parcels import Parcel, Parcels
from storage.people import People
from storage.requests import Requests
from storage.rights import Role
from tests.bot.running import OWNER, NewBot, RunningBot, Worker
from tests.sandbox.botapi.messages import Person
from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone

ALPINE = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
MIA = 6_300_000_001
PRIVATE_ANSWER = "This bot is private"


@pytest.fixture
def mia(bot_api: BotApi) -> Phone:
    """A member's phone, once she is let in."""
    return Phone(bot_api.state, Person(id=MIA, first_name="Mia", username="mia", started=True))


@pytest.fixture
async def member(bot: RunningBot, phone: Phone, mia: Phone) -> Phone:
    await phone.say(f"/allow {MIA}")
    await phone.wait_for("may use me now")
    return mia


async def grant(database: Database, chat: ChatInfo = ALPINE) -> None:
    await Grants(database).add(MIA, chat.id, by=OWNER)


async def running_job(worker: Worker, phone: Phone, chat: str = "@alpine") -> Job:
    """A job of this person's, whose chat is known."""
    await phone.say(f"/export {chat}")
    job = await worker.claim()
    await worker.jobs.set_chat(job.id, job.fence, ALPINE.id)
    await worker.report(job, 520)
    return job


async def test_people_are_let_in_from_telegrams_list(
    bot: RunningBot, phone: Phone, mia: Phone, database: Database
) -> None:
    await mia.say("/jobs")
    await mia.wait_for(PRIVATE_ANSWER)
    await phone.say("/allow")
    await phone.wait_for("Or send them a link")
    await phone.share_users("Choose people", [mia.person])
    await phone.wait_for("\u2068Mia\u2069 (@mia, 6300000001) may use me now.")

    await mia.say("/jobs")

    await mia.wait_for("Nothing was exported yet")
    assert await People(database).role(MIA) is Role.MEMBER
    assert phone.keyboard == []


async def test_somebody_is_let_in_by_a_forwarded_message(
    bot: RunningBot, phone: Phone, mia: Phone, database: Database
) -> None:
    origin = {"type": "user", "date": 1, "sender_user": mia.person.to_json()}
    forwarded = await phone.send({"forward_origin": origin, "text": "Hello"})
    await phone.say("/allow", reply_to=forwarded)
    await phone.wait_for("may use me now")

    assert await People(database).role(MIA) is Role.MEMBER


async def test_bots_channels_and_telegram_itself_are_not_let_in(
    bot: RunningBot, bot_api: BotApi, phone: Phone, database: Database
) -> None:
    ids = [777000, 1087968824, 136817688, bot_api.state.me.id]

    await phone.say(f"/allow {' '.join(map(str, ids))}")

    await phone.wait_for("Whom shall I let in?")
    assert [await People(database).role(each) for each in ids] == [None] * 4


async def test_an_invite_link_lets_one_person_in_once(
    bot: RunningBot, phone: Phone, mia: Phone, stranger: Phone
) -> None:
    await phone.say("/allow")
    offered = await phone.wait_for("Or send them a link")
    await phone.tap(offered, "🔗 Make an invite link")
    made = await phone.wait_for("?start=inv_")
    payload = made.text.rpartition("?start=")[2]

    await mia.start(payload)
    await mia.wait_for("I save Telegram chats")
    await stranger.start(payload)
    await stranger.wait_for(PRIVATE_ANSWER)
    await mia.start(payload)
    await mia.wait_for("I save Telegram chats", after=mia.received[0])
    assert len(stranger.received) == 1


@pytest.mark.parametrize("payload", ["inv_", "inv_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "job_7"])
async def test_a_made_up_link_lets_nobody_in(
    bot: RunningBot, stranger: Phone, database: Database, payload: str
) -> None:
    await stranger.start(payload)

    await stranger.wait_for(PRIVATE_ANSWER)
    assert await People(database).role(stranger.person.id) is None


async def test_a_member_is_offered_the_commands_of_a_member(member: Phone, bot_api: BotApi) -> None:
    await member.start()
    await member.wait_for("I save Telegram chats")

    offered = {
        scope: [command["command"] for command in commands]
        for (scope, _), commands in bot_api.state.commands.items()
    }
    (mine,) = [names for scope, names in offered.items() if str(MIA) in scope]
    (owners,) = [names for scope, names in offered.items() if str(OWNER) in scope]
    assert "export" in mine
    assert not {"users", "allow", "status", "audit"} & set(mine)
    assert {"users", "allow", "grant", "audit", "role"} <= set(owners)


async def test_a_member_sees_and_finds_only_their_own(
    member: Phone, phone: Phone, worker: Worker
) -> None:
    await running_job(worker, phone)
    await running_job(worker, member, "@other")

    await member.say("/jobs")
    mine = await member.wait_for("In the queue")
    await phone.say("/jobs")
    all_jobs = await phone.wait_for("In the queue")

    assert "1 ·" not in mine.text
    assert "▶ 2 ·" in mine.text
    assert "▶ 1 ·" in all_jobs.text
    assert "▶ 2 ·" in all_jobs.text


async def test_an_admin_sees_no_title_of_a_chat_that_is_not_open_to_them(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    await People(database).appoint(MIA, Role.ADMIN, by=OWNER)
    await running_job(worker, phone, "@secret_lover")

    await member.say("/jobs")

    shown = await member.wait_for("In the queue")
    assert "▶ 1 · Export 1 · 52%" in shown.text


async def test_a_forged_tap_on_anothers_job_is_refused_and_written_down(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    job = await running_job(worker, phone)
    card = await phone.wait_for("52%")
    data = card.button("Cancel")["callback_data"].replace("cancel", "really")
    await member.say("/help")
    under = await member.wait_for("/export")

    toast = await member.tap_data(under, data)
    again = await member.tap_data(under, Tap(do=Do.AGAIN, job_id=job.id, turn=99).pack())
    await member.say(f"/cancel {job.id}")
    await member.wait_for(f"There is no export with the number {job.id}")

    assert toast.text == "You no longer have access."
    assert again.text == "This card is out of date."
    now = await worker.jobs.get(job.id)
    assert now is not None
    assert now.wish is None
    (newest,) = await Audit(database).newest(limit=1)
    assert (newest.deed, newest.person_id, newest.detail) == (Deed.REFUSED, MIA, data)


FORGED = [
    *(f"j:{do}:{10**30}:1" for do in ("pause", "really", "again", "get", "front")),
    *(f"j:{do}:-{10**30}:0" for do in ("keep", "resume")),
    *(f"archive:{do}:{10**30}" for do in ("ask", "delete")),
    *(f"ask:{10**30}:{answer}" for answer in ("once", "withdrawn")),
    f"o:g:{10**30}:0:",
    f"o:p:1:{10**30}:",
    f"ungrant:{10**30}:-5",
    f"ungrant:{MIA}:{10**30}",
    f"sched:remove:{10**30}",
    f"jobs:{10**30}",
    "jobs:-1",
    "j:pause:1",
    "j:pause:1:2:3",
    "j:shutdown:1:2",
    "o:t:1:0:\u0663",
    "ask:1:always:",
    "invite:1",
    ":",
    "\0",
]


async def test_nothing_that_a_forged_button_says_is_an_error(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    await running_job(worker, member)
    for person in (phone, member):
        sent = await person.say("/help")
        under = await person.wait_for("/export", after=sent)

        said = {data: (await person.tap_data(under, data)).text for data in FORGED}

        plain = {"", "This card is out of date.", "You no longer have access."}
        plain |= {"This schedule is not there any more."}
        assert {data: text for data, text in said.items() if text not in plain} == {}


async def test_a_request_is_approved_and_the_export_begins_under_the_command(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    asked = await member.say("/export @alpine")
    refused = await worker.claim()
    await worker.jobs.fail(refused.id, refused.fence, "This chat is not open to you.")
    await Requests(database).ask(refused, ALPINE)
    question = await phone.wait_for("asks to export")
    assert "\u2068Alpine Hikers\u2069 (-1001234567890)" in question.text
    assert question.buttons == [["Approve", "Approve always", "Deny"]]

    toast = await phone.tap(question, "Approve always")
    approved = await worker.claim()
    await phone.wait_for(lambda message: message is question and "Approved" in message.text)

    assert toast.text == "Approved, now and later."
    assert question.buttons == []
    assert (approved.request.chat, approved.person_id) == (str(ALPINE.id), MIA)
    await worker.report(approved, 520)
    card = await member.wait_for("52%")
    assert card.reply_to is asked
    assert await Grants(database).may_read(MIA, ALPINE.id)


async def test_a_denied_request_begins_nothing_and_does_not_tell_that_there_is_such_a_chat(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    await member.say("/export @alpine")
    refused = await worker.claim()
    await worker.jobs.fail(refused.id, refused.fence, "This chat is not open to you.")
    await Requests(database).ask(refused, ALPINE)
    question = await phone.wait_for("asks to export")

    ending = await member.wait_for("This chat is not open to you.", after=member.received[0])
    await phone.tap(question, "Deny")
    await phone.wait_for(lambda message: message is question and "Denied." in message.text)
    await member.say("/help")
    help_ = await member.wait_for("/export lets you")
    assert member.received[-2:] == [ending, help_]
    second = await phone.tap_data(question, question.frames[0].buttons[0][0]["callback_data"])

    assert second.text == "Denied."
    assert await worker.jobs.unfinished() == []
    assert not await Grants(database).may_read(MIA, ALPINE.id)


async def test_a_member_cannot_answer_their_own_request(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    await member.say("/export @alpine")
    refused = await worker.claim()
    await worker.jobs.fail(refused.id, refused.fence, "This chat is not open to you.")
    await Requests(database).ask(refused, ALPINE)
    question = await phone.wait_for("asks to export")

    toast = await member.tap_data(question, question.button("Approve")["callback_data"])

    assert toast.text == "You no longer have access."
    assert await worker.jobs.unfinished() == []


async def test_the_card_of_an_export_that_joined_anothers_offers_nothing_that_is_refused(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    await grant(database)
    others = await running_job(worker, phone)
    await member.say("/export Alpine")
    joining = await worker.claim()
    await worker.jobs.set_chat(joining.id, joining.fence, ALPINE.id)
    await worker.jobs.join(joining.id, joining.fence, others.id)

    card = await member.wait_for("52%")

    assert card.buttons == []


async def test_to_move_to_the_front_is_offered_to_those_who_may(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    await running_job(worker, phone)
    for asking in (phone, member):
        await asking.say("/export @first")
        await asking.say("/export @second")

    mine = await member.wait_for(lambda message: "@second" in message.text)
    owners = await phone.wait_for(lambda message: "@second" in message.text)

    assert owners.buttons == [["Move to front", "Cancel"]]
    assert mine.buttons == [["Pause", "Cancel"]]


async def test_a_revoked_persons_export_stops_and_an_old_button_gets_nothing(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    await grant(database)
    done = await running_job(worker, member)
    await worker.finish(done)
    ended = await member.wait_for("is saved\n1,000 messages\n1,000 new")
    running = await running_job(worker, member, "@alpine ")
    card = await member.wait_for("52%")
    get = ended.button("Get archive")["callback_data"]

    await phone.say("/schedule @alpine daily")
    await member.say("/schedule @alpine daily")
    await member.wait_for("The next time is")
    await phone.say(f"/revoke {MIA}")
    question = await phone.wait_for("Take all rights from \u2068Mia\u2069")
    assert question.text.endswith("This ends: 1 job, 1 schedule.")
    assert await worker.report(running, 550) is None
    await phone.tap(question, "Yes, revoke")
    await phone.wait_for("has no rights any more. Ended: 1 job, 1 schedule.")
    await member.wait_for(lambda message: message is card and "no longer" in message.text)
    toast = await member.tap_data(ended, get)
    before = len(member.received)
    await member.say("/jobs")
    await phone.say("/users")
    await phone.wait_for("owner ·")

    assert toast.text == "You no longer have access."
    assert card.buttons == []
    assert await worker.report(running, 600) is Wish.CANCEL
    assert [job.kind for job in await worker.jobs.unfinished()] == [JobKind.EXPORT]
    assert len(member.received) == before, "silence, as for any stranger"


async def test_a_revoke_that_is_thought_over_changes_nothing(
    member: Phone, phone: Phone, database: Database
) -> None:
    await phone.say(f"/revoke {MIA}")
    question = await phone.wait_for("Nothing of theirs runs or is planned.")

    await phone.tap(question, "Keep")

    await phone.wait_for("Nothing was changed.")
    assert question.buttons == []
    assert await People(database).role(MIA) is Role.MEMBER


async def test_a_revoke_forged_by_a_member_is_refused_and_written_down(
    member: Phone, phone: Phone, database: Database
) -> None:
    await People(database).allow(6_300_000_009, by=OWNER, name="Noah")
    await member.say("/help")
    under = await member.wait_for("/export")

    toast = await member.tap_data(under, "revoke:6300000009:1")

    (newest,) = await Audit(database).newest(limit=1)
    assert toast.text == "You no longer have access."
    assert (newest.deed, newest.person_id) == (Deed.REFUSED, MIA)
    assert await People(database).role(6_300_000_009) is Role.MEMBER


async def test_a_schedule_ends_with_the_grant_of_its_chat_and_its_person_hears_of_it(
    member: Phone, phone: Phone, database: Database
) -> None:
    await Archive(database).save_chat(replace(ALPINE, username="alpine"))
    await grant(database)
    await member.say("/schedule @alpine daily")
    await member.wait_for("\u2068Alpine Hikers\u2069: daily at 03:00")
    await member.say("/schedule @other daily")
    await member.wait_for("\u2068@other\u2069: daily at 03:00")
    await phone.say(f"/grant {MIA}")
    shown = await phone.wait_for("Open to")

    await phone.tap(shown, "Take back 1")

    told = await member.wait_for("No longer open to you")
    assert told.text.endswith("its schedule has ended: \u2068@alpine\u2069")
    said = await member.say("/schedule")
    left = await member.wait_for("By schedule:", after=said)
    assert "@alpine" not in left.text.partition("\n\n")[0]
    assert "@other" in left.text


async def test_a_parcel_on_its_way_to_somebody_revoked_is_not_sent(
    new_bot: NewBot, mia: Phone, worker: Worker, database: Database, tmp_path: Path
) -> None:
    people = People(database)
    await people.set_owners({OWNER})
    await people.allow(MIA, by=OWNER)
    await grant(database)
    async with new_bot():
        export = await running_job(worker, mia)
        await worker.finish(export)
        ended = await mia.wait_for("is saved\n1,000 messages\n1,000 new")
        await mia.tap(ended, "Get archive")
        packing = await worker.claim()
    path = tmp_path / "Alpine Hikers.zip"
    path.write_bytes(b"PK")
    parcel = Parcel(
        job_id=packing.id,
        number=1,
        of=1,
        key="key",
        path=path,
        name=path.name,
        size_bytes=2,
        note=None,
    )
    await Parcels(database).put([parcel])
    await worker.jobs.finish(packing.id, packing.fence)

    await people.revoke(MIA, by=OWNER)
    async with new_bot():
        while path.exists():
            await database.wait_for_change(0.2)

    assert [message for message in mia.received if message.document] == []


async def test_a_parcel_of_a_chat_that_is_closed_since_is_not_sent(
    new_bot: NewBot, mia: Phone, worker: Worker, database: Database, tmp_path: Path
) -> None:
    people = People(database)
    await people.set_owners({OWNER})
    await people.allow(MIA, by=OWNER)
    await grant(database)
    async with new_bot():
        export = await running_job(worker, mia)
        await worker.finish(export)
        ended = await mia.wait_for("is saved\n1,000 messages\n1,000 new")
        await mia.tap(ended, "Get archive")
        packing = await worker.claim()
    path = tmp_path / "Alpine Hikers.zip"
    path.write_bytes(b"PK")
    parcel = Parcel(
        job_id=packing.id,
        number=1,
        of=1,
        key="key",
        path=path,
        name="a.zip",
        size_bytes=2,
        note=None,
    )
    await Parcels(database).put([parcel])
    await worker.jobs.finish(packing.id, packing.fence)

    await Grants(database).remove(MIA, ALPINE.id, by=OWNER)
    async with new_bot():
        while path.exists():
            await database.wait_for_change(0.2)

    assert [message for message in mia.received if message.document] == []


async def test_a_chat_is_opened_by_its_name_and_taken_back_by_a_button(
    member: Phone, phone: Phone, worker: Worker, database: Database
) -> None:
    await Archive(database).save_chat(ALPINE)
    await phone.say("/grant @mia Alpine Hikers")
    await phone.wait_for("I know nobody by that id or @name")
    await member.say("/help")
    await member.wait_for("/export")
    await phone.say("/grant @mia Alpine Hikers")
    await phone.wait_for("is open to")
    await member.wait_for("is open to you now: /export -1001234567890")
    await phone.say("/grant @mia")
    shown = await phone.wait_for("1. \u2068Alpine Hikers\u2069")
    job = await running_job(worker, member)

    toast = await phone.tap(shown, "Take back 1")
    await phone.wait_for("No chat is open to")

    assert toast.text == "Taken back."
    assert await worker.report(job, 600) is Wish.CANCEL
    assert not await Grants(database).may_read(MIA, ALPINE.id)


@pytest.mark.parametrize("chat_id", [777000, 489000])
async def test_the_chat_of_login_codes_is_granted_to_nobody(
    member: Phone, phone: Phone, database: Database, chat_id: int
) -> None:
    await phone.say(f"/grant {MIA} {chat_id}")

    await phone.wait_for("This chat is for the owners alone")
    assert await Grants(database).of(MIA) == []


async def test_an_admin_hears_of_no_private_chat_that_an_owner_opened(
    member: Phone, bot_api: BotApi, phone: Phone, database: Database
) -> None:
    admin = Phone(bot_api.state, Person(id=6_300_000_002, first_name="Ada", started=True))
    await People(database).allow(admin.person.id, by=OWNER, role=Role.ADMIN)
    friend = ChatInfo(id=4_200_000_001, title="Friend", type="personal_chat")
    await Archive(database).save_chat(friend)
    await Archive(database).save_chat(ALPINE)
    await grant(database, friend)
    await grant(database)

    await admin.say(f"/grant {MIA}")
    shown = await admin.wait_for("Open to")
    await phone.say(f"/grant {MIA}")
    all_of_them = await phone.wait_for("Open to")

    assert "Alpine Hikers" in shown.text
    assert "Friend" not in shown.text
    assert shown.buttons == [["Take back 1"]]
    assert "Friend" in all_of_them.text


async def test_a_limit_of_jobs_at_once_is_kept(member: Phone, phone: Phone, worker: Worker) -> None:
    await phone.say(f"/limits {MIA} 1 -")
    await phone.wait_for("1 at once")
    await running_job(worker, member)

    await member.say("/export @another")
    await member.wait_for("You may have 1 export at once")
    await phone.say("/export @free")

    assert (await worker.claim()).request.chat == "@free"
    states = [job.state for job in await worker.jobs.unfinished()]
    assert states == [JobState.RUNNING, JobState.RUNNING]


async def test_the_audit_says_who_did_what(member: Phone, phone: Phone) -> None:
    await phone.say(f"/limits {MIA} 2 5")
    await phone.wait_for("2 at once, 5.0\u00a0GB a day")
    await phone.say("/audit")

    told = await phone.wait_for("limited")
    assert f"{OWNER} limited {MIA}" in told.text
    assert f"{OWNER} let in {MIA}" in told.text


async def test_a_limit_of_nothing_is_written_down_as_such(
    member: Phone, phone: Phone, database: Database
) -> None:
    await phone.say(f"/limits {MIA} 0 -")
    await phone.wait_for("0 at once")

    (newest,) = await Audit(database).newest(limit=1)
    assert newest.detail == "0 jobs, - bytes a day"


async def test_a_delivery_is_not_repeated_where_archives_are_not_sent(
    new_bot: NewBot, phone: Phone, worker: Worker
) -> None:
    async with new_bot():
        await worker.finish(await running_job(worker, phone))
        ended = await phone.wait_for("is saved\n1,000 messages\n1,000 new")
        await phone.tap(ended, "Get archive")
        packing = await worker.claim()
        await worker.jobs.fail(packing.id, packing.fence, "The disk is full.")
        failed = await phone.wait_for("The disk is full.", after=ended)
        await phone.wait_for(
            lambda message: message.id > failed.id and "Retry" in str(message.buttons)
        )
    again = Tap(do=Do.AGAIN, job_id=packing.id, turn=99).pack()
    running = new_bot()
    running.config = replace(running.config, deliver=False)
    async with running:
        toast = await phone.tap_data(failed, again)

    assert toast.text == "Archives are not sent into this chat. They lie on the computer."
    assert await worker.jobs.unfinished() == []


CHECKED_INSIDE = {
    "steer",
    "again",
    "get",
    "delete",
    "ask",
    "make_invite",
    "really_revoke",
    "take_back",
    "answer",
    "details",
    "change",
    "offer",
    "choose",
    "press",
    "tapped",
}
"""They need to know what was tapped before the table can be asked; the matrix and
their own tests try them."""
SAY_NOTHING = {"unknown", "nothing"}
"""They answer the same to everybody."""


def handlers() -> Iterator[tuple[str, list[FilterObject]]]:
    for name in routers_of_the_bot():
        router: Router = import_module(f"{routers.__name__}.{name}").router()
        for observer in router.observers.values():
            for handler in observer.handlers:
                yield handler.callback.__name__, handler.filters or []


def routers_of_the_bot() -> list[str]:
    return [module.name for module in iter_modules(routers.__path__)]


def test_no_handler_is_reached_without_a_look_at_the_table() -> None:
    open_ = {
        name
        for name, filters in handlers()
        if not any(isinstance(each.callback, May) for each in filters)
    }

    assert open_ - CHECKED_INSIDE - SAY_NOTHING == set()
