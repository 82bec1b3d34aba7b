"""What the bot says about people, their rights and their requests; the rest is in `texts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.language import Phrase, _
from bot.texts import ago, count, number, short_title, size
from storage.audit import Deed, Entry
from storage.grants import Grant
from storage.leaving import Ends
from storage.limits import Exceeded
from storage.people import Person
from storage.requests import AccessRequest, Answer
from storage.rights import Action, Role, may

NO_ACCESS = Phrase("You no longer have access.")
GIGABYTE = 1_000_000_000

COMMANDS = {
    "users": (Action.USERS, Phrase("Who may use me")),
    "allow": (Action.INVITE, Phrase("Let somebody in")),
    "revoke": (Action.USERS, Phrase("Take all rights from somebody")),
    "role": (Action.ACCOUNTS, Phrase("Make somebody admin or member")),
    "limits": (Action.USERS, Phrase("Limit what somebody exports")),
    "grant": (Action.USERS, Phrase("Open a chat to somebody")),
    "audit": (Action.AUDIT, Phrase("What was done to people and rights")),
}
"""By the right that makes a command worth showing."""

ALLOW_HOW = Phrase(
    "Whom shall I let in? Choose them with the button below, send /allow and their id, or reply "
    "/allow to a message that you forwarded from them. They can export only what you /grant them."
)
PICK_PEOPLE = Phrase("Choose people")
OR_INVITE = Phrase("Or send them a link that lets one person in:")
MAKE_INVITE = Phrase("🔗 Make an invite link")
REVOKE_USAGE = Phrase(
    "Whom? Send /revoke and their id or @name, as /users shows it: /revoke 6200000001"
)
REALLY_REVOKE, KEEP_RIGHTS = Phrase("Yes, revoke"), Phrase("Keep")
RIGHTS_KEPT = Phrase("Nothing was changed.")
THIS_ENDS, ENDED = Phrase("This ends: {what}."), Phrase("Ended: {what}.")
NOTHING_ENDS = Phrase("Nothing of theirs runs or is planned.")
ROLE_USAGE = Phrase("Send /role, the id or @name, and admin or member: /role 6200000001 admin")
LIMITS_USAGE = Phrase(
    "Send /limits, the id or @name, how many exports at once and how many GB a day; "
    "- is no limit: /limits 6200000001 2 5"
)
GRANT_USAGE = Phrase(
    "Send /grant, the id or @name of a person, and the chat: its id, @name or title: "
    "/grant 6200000001 -1001234567890"
)
NOT_YOURS_TO_DO = Phrase("That is not yours to do.")
HIDDEN_PERSON = Phrase("Telegram does not say who wrote that message. Send /allow and their id.")
NO_SUCH_PERSON = Phrase("I know nobody by that id or @name. /users lists who is let in.")
NO_SUCH_CHAT = Phrase("I know no such chat. Name it by its id, as it stands in a link or in /jobs.")
SEVERAL_CHATS = Phrase("Several chats are called so. Name one by its id.")
NEVER_GRANTED = Phrase(
    "This chat is for the owners alone: it holds login codes, or is an account's own."
)
PRIVATE_CHAT = Phrase("Only an owner opens private chats to others.")
NO_AUDIT = Phrase("Nothing was done yet.")
TAKE_BACK = Phrase("Take back {place}")
TAKEN_BACK = Phrase("Taken back.")

APPROVE, APPROVE_ALWAYS, DENY = Phrase("Approve"), Phrase("Approve always"), Phrase("Deny")
BUTTONS = {Answer.ONCE: APPROVE, Answer.ALWAYS: APPROVE_ALWAYS, Answer.DENIED: DENY}
ANSWERS = {
    Answer.ONCE: Phrase("Approved for this one time."),
    Answer.ALWAYS: Phrase("Approved, now and later."),
    Answer.DENIED: Phrase("Denied."),
    Answer.WITHDRAWN: Phrase("This is no longer asked for."),
}

HELP = Phrase(
    "/users shows who may use me. /allow lets somebody in, /revoke takes all rights away, "
    "/limits limits what they export.\n"
    "/grant opens a chat to somebody: without that they can export nothing.\n"
    "/audit shows what was done."
)


ROLES = {
    Role.OWNER: Phrase("owner"),
    Role.ADMIN: Phrase("admin"),
    Role.MEMBER: Phrase("member"),
}


def commands_for(role: Role) -> dict[str, Phrase]:
    """The commands beyond everybody's that a role has, with what they do."""
    return {name: words for name, (action, words) in COMMANDS.items() if may(role, action)}


def name(person: Person) -> str:
    """`Mia (@mia, 6200000001)`"""
    called = f"@{person.username}, " if person.username else ""
    return f"{short_title(person.name)} ({called}{person.id})"


def listed(person: Person, grants: int) -> str:
    """`member · Mia (6200000001) · 2 chats`"""
    parts = [ROLES[person.role]()] if person.role else []
    parts.append(name(person))
    if person.role is not Role.OWNER:
        parts.append(count(grants, "{n} chat", "{n} chats"))
        parts += limits_of(person)
    return " · ".join(parts)


def limits_of(person: Person) -> list[str]:
    found = []
    if person.jobs_at_once is not None:
        found.append(_("{n} at once", n=number(person.jobs_at_once)))
    if person.bytes_a_day is not None:
        found.append(_("{size} a day", size=size(person.bytes_a_day)))
    return found


def allowed(people: Sequence[str], known: Sequence[str]) -> str:
    """Who was let in, and who had been before."""
    lines = [_("{who} may use me now. /grant opens chats to them.", who=who) for who in people]
    lines += [_("{who} was let in before.", who=who) for who in known]
    return "\n".join(lines)


def invite(link: str, hours: int) -> str:
    words = count(
        hours,
        "This link lets in one person, within {n} hour:",
        "This link lets in one person, within {n} hours:",
    )
    return f"{words}\n{link}"


def revoke_question(person: Person, at_stake: Ends) -> str:
    """What is asked before all rights are taken away, and what that would end."""
    question = _("Take all rights from {name}?", name=name(person))
    ends = _ends(at_stake)
    return f"{question} {THIS_ENDS(what=ends) if ends else NOTHING_ENDS}"


def revoked(person: Person, ended: Ends) -> str:
    words = _("{name} has no rights any more.", name=name(person))
    ends = _ends(ended)
    return f"{words} {ENDED(what=ends)}" if ends else words


def _ends(what: Ends) -> str:
    """`2 jobs, 3 schedules`, leaving out what there is none of."""
    parts = [count(what.jobs, "{n} job", "{n} jobs")] if what.jobs else []
    parts += [count(what.schedules, "{n} schedule", "{n} schedules")] if what.schedules else []
    return ", ".join(parts)


def appointed(person: Person, role: Role) -> str:
    words = NOW_ADMIN if role is Role.ADMIN else NOW_MEMBER
    return words(name=name(person))


NOW_ADMIN = Phrase("{name} is an admin now.")
NOW_MEMBER = Phrase("{name} is a member now.")


def limited(person: Person) -> str:
    found = limits_of(person)
    if not found:
        return _("{name}: no limits.", name=name(person))
    return f"{name(person)}: {', '.join(found)}."


def chat(chat_id: int, title: str | None) -> str:
    return f"{short_title(title)} ({chat_id})" if title else str(chat_id)


def granted(person: Person, called: str, *, new: bool) -> str:
    words = OPEN_NOW if new else OPEN_ALREADY
    return words(chat=called, name=name(person))


OPEN_NOW = Phrase("{chat} is open to {name} now.")
OPEN_ALREADY = Phrase("{chat} is open to {name} already.")


def open_to_you(chat_id: int, title: str | None) -> str:
    return _(
        "{chat} is open to you now: /export {chat_id}",
        chat=short_title(title or str(chat_id)),
        chat_id=chat_id,
    )


def grants(person: Person, opened: Sequence[Grant]) -> str:
    """What is open to somebody, numbered as the buttons below."""
    if not opened:
        return _("No chat is open to {name}.", name=name(person))
    lines = [
        f"{place}. {chat(each.chat_id, each.title)}" for place, each in enumerate(opened, start=1)
    ]
    return "\n".join([_("Open to {name}:", name=name(person)), *lines])


def take_back(place: int) -> str:
    return TAKE_BACK(place=place)


def asks(request: AccessRequest) -> str:
    """What those who may answer a request read, as long as it is open and afterwards."""
    words = _(
        "{name} asks to export {chat}.",
        name=name(request.person),
        chat=chat(request.chat_id, request.title),
    )
    return words if request.answer is None else f"{words}\n{ANSWERS[request.answer]}"


def exceeded(limit: Exceeded) -> str:
    if limit.bytes_a_day is not None:
        return _(
            "You have had your {size} of the last 24 hours. Try again later.",
            size=size(limit.bytes_a_day),
        )
    return count(
        limit.jobs_at_once or 0,
        "You may have {n} export at once. Wait until it is done, or /cancel it.",
        "You may have {n} exports at once. Wait until one is done, or /cancel it.",
    )


DEEDS = {
    Deed.OWNERS: Phrase("{who} changed the owners: {target}"),
    Deed.ALLOWED: Phrase("{who} let in {target}"),
    Deed.INVITED: Phrase("{who} made an invite link"),
    Deed.JOINED: Phrase("{who} came by the link of {target}"),
    Deed.REVOKED: Phrase("{who} took all rights from {target}"),
    Deed.ROLE: Phrase("{who} changed the role of {target}"),
    Deed.LIMITS: Phrase("{who} limited {target}"),
    Deed.GRANTED: Phrase("{who} opened a chat to {target}"),
    Deed.UNGRANTED: Phrase("{who} closed a chat to {target}"),
    Deed.APPROVED: Phrase("{who} approved a request of {target}"),
    Deed.DENIED: Phrase("{who} denied a request of {target}"),
    Deed.STEERED: Phrase("{who} steered a job of {target}"),
    Deed.DELETED: Phrase("{who} deleted an archive"),
    Deed.REFUSED: Phrase("{who} was refused"),
}


def deed(entry: Entry, now: datetime) -> str:
    """`5 min ago · 5100000001 let in 6200000001 · member`"""
    who = _("settings") if entry.person_id is None else str(entry.person_id)
    target = _("the computer") if entry.target_id is None else str(entry.target_id)
    words = DEEDS[Deed(entry.deed)] if entry.deed in DEEDS else None
    parts = [ago(entry.at, now), words(who=who, target=target) if words else f"{who} {entry.deed}"]
    if entry.chat_id is not None:
        parts.append(_("chat {chat_id}", chat_id=entry.chat_id))
    if entry.detail:
        role = entry.detail in set(Role)
        parts.append(ROLES[Role(entry.detail)]() if role else short_title(entry.detail))
    return " · ".join(parts)
