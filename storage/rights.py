"""Who may do what: one table of roles and actions, for the bot, the exporter, tests and readers.

What is not in it is refused. `docs/permissions.md` is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is to this installation; somebody without a role may nothing at all."""

    OWNER = "owner"
    """Named in `ADMIN_IDS`; the accounts are theirs."""
    ADMIN = "admin"
    """Looks after people, jobs and the grants of groups and channels."""
    MEMBER = "member"
    """Exports the chats that were granted to them."""


class Action(StrEnum):
    """What can be done. The words stand in the table that people read."""

    HELP = "/start, /help"
    ASK = "/export: ask for a chat"
    BATCH = "/export all, folders or kinds of chats"
    READ = "Export, find and receive a chat"
    JOBS = "/jobs, /archives, /stats: what one may see of them"
    WATCH = "See a job in /jobs"
    STEER = "Pause, resume, cancel, repeat"
    FRONT = "Move to front"
    RECEIVE = "Get archive, of a chat one may read"
    DELETE = "Delete an archive"
    FIND = "/find: in the chats one may read"
    STATUS = "/status"
    ACCOUNTS = "/status: the accounts"
    USERS = "/users"
    INVITE = "/allow: an invite link"
    ALLOW = "/allow somebody"
    REVOKE = "/revoke somebody"
    APPOINT = "/role of somebody"
    LIMIT = "/limits of somebody"
    GRANT = "/grant to somebody"
    OPEN = "/grant and approve: the chat"
    AUDIT = "/audit"


class On(StrEnum):
    """What an action is done to."""

    BOT = "the bot"
    OWN_JOB = "own job"
    OTHERS_JOB = "another's job"
    GRANTED = "granted chat"
    GROUP = "other group or channel"
    PRIVATE = "other private chat"
    SERVICE = "login codes, Saved Messages"
    SELF = "oneself"
    OWNER = "an owner"
    ADMIN = "an admin"
    MEMBER = "a member"
    STRANGER = "a stranger"


_OWNERS = frozenset({Role.OWNER})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_ALL = frozenset(Role)

RIGHTS: Mapping[tuple[Action, On], frozenset[Role]] = MappingProxyType(
    {
        (Action.HELP, On.BOT): _ALL,
        (Action.ASK, On.BOT): _ALL,
        (Action.BATCH, On.BOT): _OWNERS,
        (Action.READ, On.GRANTED): _ALL,
        (Action.READ, On.GROUP): _OWNERS,
        (Action.READ, On.PRIVATE): _OWNERS,
        (Action.READ, On.SERVICE): _OWNERS,
        (Action.JOBS, On.BOT): _ALL,
        (Action.WATCH, On.OWN_JOB): _ALL,
        (Action.WATCH, On.OTHERS_JOB): _ADMINS,
        (Action.STEER, On.OWN_JOB): _ALL,
        (Action.STEER, On.OTHERS_JOB): _ADMINS,
        (Action.FRONT, On.OWN_JOB): _ADMINS,
        (Action.FRONT, On.OTHERS_JOB): _ADMINS,
        (Action.RECEIVE, On.OWN_JOB): _ALL,
        (Action.RECEIVE, On.OTHERS_JOB): _ADMINS,
        (Action.DELETE, On.GRANTED): _OWNERS,
        (Action.DELETE, On.GROUP): _OWNERS,
        (Action.DELETE, On.PRIVATE): _OWNERS,
        (Action.DELETE, On.SERVICE): _OWNERS,
        (Action.FIND, On.BOT): _ALL,
        (Action.STATUS, On.BOT): _ADMINS,
        (Action.ACCOUNTS, On.BOT): _OWNERS,
        (Action.USERS, On.BOT): _ADMINS,
        (Action.INVITE, On.BOT): _ADMINS,
        (Action.ALLOW, On.STRANGER): _ADMINS,
        (Action.REVOKE, On.MEMBER): _ADMINS,
        (Action.REVOKE, On.ADMIN): _OWNERS,
        (Action.APPOINT, On.MEMBER): _OWNERS,
        (Action.APPOINT, On.ADMIN): _OWNERS,
        (Action.LIMIT, On.MEMBER): _ADMINS,
        (Action.LIMIT, On.ADMIN): _OWNERS,
        (Action.GRANT, On.MEMBER): _ADMINS,
        (Action.GRANT, On.ADMIN): _OWNERS,
        (Action.OPEN, On.GRANTED): _ADMINS,
        (Action.OPEN, On.GROUP): _ADMINS,
        (Action.OPEN, On.PRIVATE): _OWNERS,
        (Action.AUDIT, On.BOT): _ADMINS,
    }
)
"""Nobody touches an owner or themselves, and nobody opens a service chat to others."""

SERVICE_CHATS = frozenset({777000, 489000, 333000, 42777})
"""Telegram's own: login codes arrive in 777000, codes of other services in 489000.

777000 and 333000 are `PeerData::isNotificationsUser`, 489000 is `PeerData::isVerifyCodes` in
https://github.com/telegramdesktop/tdesktop/blob/dev/Telegram/SourceFiles/data/data_peer.h and .cpp
beside it. 42777 stands beside the first two where Telegram for Android writes “Service
notifications” under a name (ProfileActivity.java in https://github.com/DrKLO/Telegram). The chat
“Replies” (1271266957, `isRepliesChat`) holds comments and no codes: it is a private chat as others.
"""


def may(role: Role | None, action: Action, on: On = On.BOT) -> bool:
    """Whether the table says so; what it does not name is refused."""
    return role is not None and role in RIGHTS.get((action, on), ())


def may_open(role: Role | None, chat_id: int, on: On) -> bool:
    """Whether a chat may be opened to somebody to whom it is `on`; a private one stays private
    after an owner has opened it."""
    return may(role, Action.OPEN, on) and (chat_id < 0 or may(role, Action.OPEN, On.PRIVATE))


_AS_OBJECT = {Role.OWNER: On.OWNER, Role.ADMIN: On.ADMIN, Role.MEMBER: On.MEMBER}


def on_role(role: Role | None) -> On:
    """A person as the object of an action."""
    return _AS_OBJECT[role] if role is not None else On.STRANGER


def as_markdown() -> str:
    """The table as people read it."""
    lines = [
        "| Action | Done to | " + " | ".join(role.value for role in Role) + " |",
        "|---|---|" + "---|" * len(Role),
    ]
    for (action, on), roles in RIGHTS.items():
        marks = ["yes" if role in roles else "–" for role in Role]
        lines.append(f"| {action} | {on} | " + " | ".join(marks) + " |")
    return "\n".join(lines)
