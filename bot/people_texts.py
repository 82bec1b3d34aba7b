"""What the bot says about people, their rights and their requests; the rest is in `texts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.texts import IN_PRIVATE, count, duration, number, short_title, size
from storage.audit import Deed, Entry
from storage.grants import Grant
from storage.limits import Exceeded
from storage.people import Person
from storage.requests import AccessRequest, Answer
from storage.rights import Action, Role, may

NO_ACCESS = "You no longer have access."
GIGABYTE = 1_000_000_000

COMMANDS = {
    "users": (Action.USERS, "Who may use me"),
    "allow": (Action.INVITE, "Let somebody in"),
    "revoke": (Action.USERS, "Take all rights from somebody"),
    "role": (Action.ACCOUNTS, "Make somebody admin or member"),
    "limits": (Action.USERS, "Limit what somebody exports"),
    "grant": (Action.USERS, "Open a chat to somebody"),
    "audit": (Action.AUDIT, "What was done to people and rights"),
}
"""By the right that makes a command worth showing."""

ALLOW_HOW = (
    "Whom shall I let in? Choose them with the button below, send /allow and their id, or reply "
    "/allow to a message that you forwarded from them. They can export only what you /grant them."
)
PICK_PEOPLE = "Choose people"
OR_INVITE = "Or send them a link that lets one person in:"
MAKE_INVITE = "🔗 Make an invite link"
REVOKE_USAGE = "Whom? Send /revoke and their id or @name, as /users shows it: /revoke 6200000001"
ROLE_USAGE = "Send /role, the id or @name, and admin or member: /role 6200000001 admin"
LIMITS_USAGE = (
    "Send /limits, the id or @name, how many exports at once and how many GB a day; "
    "- is no limit: /limits 6200000001 2 5"
)
GRANT_USAGE = (
    "Send /grant, the id or @name of a person, and the chat: its id, @name or title: "
    "/grant 6200000001 -1001234567890"
)
NOT_YOURS_TO_DO = "That is not yours to do."
HIDDEN_PERSON = "Telegram does not say who wrote that message. Send /allow and their id."
NO_SUCH_PERSON = "I know nobody by that id or @name. /users lists who is let in."
NO_SUCH_CHAT = "I know no such chat. Name it by its id, as it stands in a link or in /jobs."
SEVERAL_CHATS = "Several chats are called so. Name one by its id."
NEVER_GRANTED = "This chat is for the owners alone: it holds login codes, or is an account's own."
PRIVATE_CHAT = "Only an owner opens private chats to others."
NO_AUDIT = "Nothing was done yet."
TAKE_BACK = "Take back"
TAKEN_BACK = "Taken back."
ELSEWHERE = IN_PRIVATE

APPROVE, APPROVE_ALWAYS, DENY = "Approve", "Approve always", "Deny"
BUTTONS = {Answer.ONCE: APPROVE, Answer.ALWAYS: APPROVE_ALWAYS, Answer.DENIED: DENY}
ANSWERS = {
    Answer.ONCE: "Approved for this one time.",
    Answer.ALWAYS: "Approved, now and later.",
    Answer.DENIED: "Denied.",
    Answer.WITHDRAWN: "This is no longer asked for.",
}

HELP = (
    "\n\n/users shows who may use me. /allow lets somebody in, /revoke takes all rights away, "
    "/limits limits what they export.\n"
    "/grant opens a chat to somebody: without that they can export nothing.\n"
    "/audit shows what was done."
)


def commands_for(role: Role) -> dict[str, str]:
    """The commands beyond everybody's that a role has, with what they do."""
    return {name: words for name, (action, words) in COMMANDS.items() if may(role, action)}


def name(person: Person) -> str:
    """`Mia (@mia, 6200000001)`"""
    called = f"@{person.username}, " if person.username else ""
    return f"{short_title(person.name)} ({called}{person.id})"


def listed(person: Person, grants: int) -> str:
    """`member · Mia (6200000001) · 2 chats`"""
    parts = [str(person.role), name(person)]
    if person.role is not Role.OWNER:
        parts.append(count(grants, "chat", "chats"))
        parts += limits_of(person)
    return " · ".join(parts)


def limits_of(person: Person) -> list[str]:
    found = []
    if person.jobs_at_once is not None:
        found.append(f"{number(person.jobs_at_once)} at once")
    if person.bytes_a_day is not None:
        found.append(f"{size(person.bytes_a_day)} a day")
    return found


def allowed(people: Sequence[str], known: Sequence[str]) -> str:
    """Who was let in, and who had been before."""
    lines = [f"{who} may use me now. /grant opens chats to them." for who in people]
    lines += [f"{who} was let in before." for who in known]
    return "\n".join(lines)


def invite(link: str, hours: int) -> str:
    return f"This link lets in one person, within {hours} hours:\n{link}"


def revoked(person: Person, jobs: int) -> str:
    stopped = f" {count(jobs, 'export', 'exports')} stopped." if jobs else ""
    return f"{name(person)} has no rights any more.{stopped}"


def appointed(person: Person, role: Role) -> str:
    return f"{name(person)} is {'an admin' if role is Role.ADMIN else 'a member'} now."


def limited(person: Person) -> str:
    found = limits_of(person)
    return f"{name(person)}: {', '.join(found) if found else 'no limits'}."


def chat(chat_id: int, title: str | None) -> str:
    return f"{short_title(title)} ({chat_id})" if title else str(chat_id)


def granted(person: Person, called: str, *, new: bool) -> str:
    return f"{called} is open to {name(person)}{' now' if new else ' already'}."


def open_to_you(chat_id: int, title: str | None) -> str:
    return f"{short_title(title or str(chat_id))} is open to you now: /export {chat_id}"


def grants(person: Person, opened: Sequence[Grant]) -> str:
    """What is open to somebody, numbered as the buttons below."""
    if not opened:
        return f"No chat is open to {name(person)}."
    lines = [
        f"{place}. {chat(each.chat_id, each.title)}" for place, each in enumerate(opened, start=1)
    ]
    return "\n".join([f"Open to {name(person)}:", *lines])


def take_back(place: int) -> str:
    return f"{TAKE_BACK} {place}"


def asks(request: AccessRequest) -> str:
    """What those who may answer a request read, as long as it is open and afterwards."""
    words = f"{name(request.person)} asks to export {chat(request.chat_id, request.title)}."
    return words if request.answer is None else f"{words}\n{ANSWERS[request.answer]}"


def exceeded(limit: Exceeded) -> str:
    if limit.bytes_a_day is not None:
        return f"You have had your {size(limit.bytes_a_day)} of the last 24 hours. Try again later."
    amount = count(limit.jobs_at_once or 0, "export", "exports")
    return f"You may have {amount} at once. Wait until one is done, or /cancel it."


DEEDS = {
    Deed.OWNERS: "the owners changed",
    Deed.ALLOWED: "let in",
    Deed.INVITED: "made an invite link",
    Deed.JOINED: "came by the link of",
    Deed.REVOKED: "took all rights from",
    Deed.ROLE: "changed the role of",
    Deed.LIMITS: "limited",
    Deed.GRANTED: "opened a chat to",
    Deed.UNGRANTED: "closed a chat to",
    Deed.APPROVED: "approved a request of",
    Deed.DENIED: "denied a request of",
    Deed.STEERED: "steered a job of",
    Deed.DELETED: "deleted an archive",
    Deed.REFUSED: "was refused",
}


def deed(entry: Entry, now: datetime) -> str:
    """`5 min ago · 5100000001 let in 6200000001 · member`"""
    age = duration((now - entry.at).total_seconds())
    who = str(entry.person_id) if entry.person_id is not None else "settings"
    what = DEEDS[Deed(entry.deed)] if entry.deed in DEEDS else entry.deed
    words = [who, what, str(entry.target_id) if entry.target_id is not None else ""]
    parts = [f"{age} ago", " ".join(filter(None, words))]
    if entry.chat_id is not None:
        parts.append(f"chat {entry.chat_id}")
    if entry.detail:
        parts.append(short_title(entry.detail))
    return " · ".join(parts)
