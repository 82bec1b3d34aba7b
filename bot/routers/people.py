"""/users, /allow, /revoke, /role, /limits and /audit: for those who may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import (
    CallbackQuery,
    KeyboardButton,
    KeyboardButtonRequestUsers,
    Message,
    MessageOriginUser,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot import people_texts as words
from bot.access import INVITE
from bot.commands import offer_commands
from bot.filters import FirstTime, Is
from bot.keyboards import MakeInvite, Revoke, invite_keyboard, revoke_keyboard
from bot.meant import is_id, on_person, person_meant
from bot.rights import May, Who, refuse
from bot.texts import OUT_OF_DATE
from storage.audit import Audit
from storage.grants import Grants
from storage.invites import LASTS, Invites
from storage.people import People
from storage.rights import SERVICE_CHATS, Action, Role

ALLOW = 20
"""`request_id` of the people that are to be let in."""
PEOPLE_AT_ONCE = 10
NOT_PEOPLE = SERVICE_CHATS | {1087968824, 136817688}
"""Telegram itself, anonymous administrators, and channels that write: users by their id alone."""
A_PAGE = 20

log = structlog.get_logger(__name__)


def router() -> Router:
    routes = Router(name="people")
    for name, handler, action in (
        ("users", users, Action.USERS),
        ("allow", allow, Action.INVITE),
        ("revoke", revoke, Action.USERS),
        ("role", appoint, Action.ACCOUNTS),
        ("limits", limits, Action.USERS),
        ("audit", audit_, Action.AUDIT),
    ):
        command = Command(name, ignore_case=True)
        routes.message.register(handler, command, May(action), FirstTime())
    picked = Is(F.users_shared.request_id == ALLOW)
    routes.message.register(allow_picked, picked, May(Action.INVITE), FirstTime())
    routes.message.register(nothing, picked)  # nobody else's choice means an export
    routes.callback_query.register(make_invite, MakeInvite.filter())
    routes.callback_query.register(really_revoke, Revoke.filter())
    return routes


async def nothing(_: Message) -> None:
    """Say nothing, do nothing."""


async def users(message: Message, people: People, grants: Grants) -> None:
    lines = [
        words.listed(person, len(await grants.of(person.id)))
        for person in await people.with_roles()
    ]
    await answer_long(message, lines)


async def allow(
    message: Message, command: CommandObject, who: Who, bot: Bot, people: People
) -> None:
    """By id, or as the reply to a forwarded message; without either, show how."""
    replied = message.reply_to_message
    if command.args:
        ids = [word for word in command.args.replace(",", " ").split() if is_id(word)]
        found = [(int(word), None, None) for word in ids[:PEOPLE_AT_ONCE]]
        await _allow(message, found, who, bot, people)
    elif replied is not None and replied.forward_origin is not None:
        origin = replied.forward_origin
        if not isinstance(origin, MessageOriginUser) or origin.sender_user.is_bot:
            await message.reply(words.HIDDEN_PERSON())
            return
        user = origin.sender_user
        await _allow(message, [(user.id, user.full_name, user.username)], who, bot, people)
    else:
        await message.answer(words.ALLOW_HOW(), reply_markup=_people_picker())
        await message.answer(words.OR_INVITE(), reply_markup=invite_keyboard())


async def allow_picked(message: Message, who: Who, bot: Bot, people: People) -> None:
    """People were chosen from Telegram's list."""
    shared = message.users_shared.users if message.users_shared else []
    found = [
        (user.user_id, " ".join(filter(None, (user.first_name, user.last_name))), user.username)
        for user in shared
    ]
    await _allow(message, found, who, bot, people)


async def _allow(
    message: Message,
    found: Sequence[tuple[int, str | None, str | None]],
    who: Who,
    bot: Bot,
    people: People,
) -> None:
    humans = [each for each in found if each[0] not in NOT_PEOPLE | {bot.id}]
    if not humans:
        await message.reply(words.ALLOW_HOW())
        return
    new, known = [], []
    for person_id, name, username in humans:
        role = await people.role(person_id)
        if role is not None or not who.may(Action.ALLOW, on_person(who, person_id, role)):
            known.append(str(person_id))
            continue
        await people.allow(person_id, by=who.id, name=name or None, username=username)
        person = await people.get(person_id)
        new.append(words.name(person) if person else str(person_id))
        await offer_commands(bot, person_id, Role.MEMBER)
    await message.answer(words.allowed(new, known), reply_markup=ReplyKeyboardRemove())


async def make_invite(
    tap: CallbackQuery, who: Who, bot: Bot, invites: Invites, audit: Audit
) -> None:
    """A link that is shown once, in private: here only its hash is kept."""
    if not who.may(Action.INVITE) or tap.message is None:
        await refuse(tap, who, audit, None)
        return
    token = await invites.make(by=who.id)
    await tap.answer()
    link = f"https://t.me/{(await bot.me()).username}?start={INVITE}{token}"
    text = words.invite(link, LASTS // timedelta(hours=1))
    await bot.send_message(tap.message.chat.id, text)


async def revoke(message: Message, command: CommandObject, who: Who, people: People) -> None:
    person = await person_meant(
        message,
        command.args or "",
        who=who,
        action=Action.REVOKE,
        people=people,
        usage=words.REVOKE_USAGE(),
    )
    if person is not None:
        at_stake = await people.at_stake(person.id)
        await message.answer(
            words.revoke_question(person, at_stake), reply_markup=revoke_keyboard(person.id)
        )


async def really_revoke(
    tap: CallbackQuery, callback_data: Revoke, *, who: Who, bot: Bot, people: People, audit: Audit
) -> None:
    """The answer to that question; whoever asked may have lost the right meanwhile."""
    person = await people.get(callback_data.person_id)
    if person is None or tap.message is None or not who.may(Action.USERS):
        await refuse(tap, who, audit, None)
        return
    if person.role is None:
        await tap.answer(OUT_OF_DATE())
        return
    if not who.may(Action.REVOKE, on_person(who, person.id, person.role)):
        await refuse(tap, who, audit, None)
        return
    text = words.RIGHTS_KEPT()
    if callback_data.sure:
        ended = await people.revoke(person.id, by=who.id)
        text = words.revoked(person, ended) if ended else words.NO_SUCH_PERSON()
    await tap.answer()
    await bot.edit_message_text(
        text, chat_id=tap.message.chat.id, message_id=tap.message.message_id
    )


async def appoint(
    message: Message, command: CommandObject, who: Who, bot: Bot, people: People
) -> None:
    name, _, wanted = (command.args or "").strip().rpartition(" ")
    if wanted.lower() not in (Role.ADMIN, Role.MEMBER):
        await message.reply(words.ROLE_USAGE())
        return
    role = Role(wanted.lower())
    person = await person_meant(
        message, name, who=who, action=Action.APPOINT, people=people, usage=words.ROLE_USAGE()
    )
    if person is not None and await people.appoint(person.id, role, by=who.id):
        await message.answer(words.appointed(person, role))
        await offer_commands(bot, person.id, role)


async def limits(message: Message, command: CommandObject, who: Who, people: People) -> None:
    """Both limits at once; without figures, say what they are."""
    name, *figures = (command.args or "").split()[:4] or [""]
    person = await person_meant(
        message, name, who=who, action=Action.LIMIT, people=people, usage=words.LIMITS_USAGE()
    )
    if person is None:
        return
    if figures:
        at_once, gigabytes = (_figure(word) for word in [*figures, "-"][:2])
        if len(figures) > 2 or INVALID in (at_once, gigabytes):
            await message.reply(words.LIMITS_USAGE())
            return
        a_day = None if gigabytes is None else gigabytes * words.GIGABYTE
        await people.limit(person.id, by=who.id, jobs_at_once=at_once, bytes_a_day=a_day)
    changed = await people.get(person.id)
    await message.answer(words.limited(changed or person))


async def audit_(message: Message, command: CommandObject, audit: Audit) -> None:
    """The newest deeds; `/audit 2` is the page before."""
    word = (command.args or "").strip()
    page = int(word) if word.isdecimal() and len(word) < 6 else 1
    entries = await audit.newest(offset=max(page - 1, 0) * A_PAGE, limit=A_PAGE)
    now = datetime.now(UTC)
    await answer_long(message, [words.deed(entry, now) for entry in entries] or [words.NO_AUDIT()])


async def answer_long(message: Message, lines: Sequence[str], *, most: int = 4000) -> None:
    """Answer with as many messages as it takes: Telegram allows 4,096 characters in one."""
    text = ""
    for line in lines:
        if text and len(text) + len(line) >= most:
            await message.answer(text)
            text = ""
        text = f"{text}\n{line}" if text else line
    await message.answer(text)


def _people_picker() -> ReplyKeyboardMarkup:
    """Telegram's own list of the person's people, without bots."""
    wanted = KeyboardButtonRequestUsers(
        request_id=ALLOW,
        user_is_bot=False,
        max_quantity=PEOPLE_AT_ONCE,
        request_name=True,
        request_username=True,
    )
    return ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text=words.PICK_PEOPLE(), request_users=wanted)]],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


INVALID = -1


def _figure(word: str) -> int | None:
    """A limit; None for `-`, `INVALID` for anything else."""
    if word == "-":
        return None
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 7 else INVALID
