"""Users, and the accounts among them that can sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from telethon.tl import types

from tests.sandbox.world.box import Box
from tests.sandbox.world.folders import Folder
from tests.sandbox.world.numbers import signed
from tests.sandbox.world.pictures import user_photo
from tests.sandbox.world.takeout import Takeout


@dataclass(slots=True, kw_only=True)
class User:
    """A person or a bot, whether or not anybody can sign in as them."""

    id: int
    first_name: str | None
    last_name: str | None = None
    username: str | None = None
    phone: str | None = None
    """Digits only, as Telegram gives it; seen by the user and by contacts."""
    about: str | None = None
    bot: bool = False
    deleted: bool = False
    """A deleted account: Telegram then gives no name at all."""
    support: bool = False
    photos: list[Any] = field(default_factory=list)
    """TL photos of the profile, newest first."""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedContact:
    """Somebody of the phone's address book, whether or not they are on Telegram."""

    phone: str
    first_name: str
    last_name: str = ""
    date: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Telegram has frozen an account: https://core.telegram.org/api/auth#frozen-accounts"""

    since: int
    """Seconds since 1970."""
    until: int
    """When it is deleted."""
    appeal_url: str = "https://t.me/spambot?start=sandbox"
    refuses: tuple[type, ...] = ()
    """Further requests that it may not send; Telegram publishes no whole list."""


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """A user who can sign in."""

    user: User
    phone: str
    """Digits only, with the country code."""
    dc_id: int = 2
    """The data centre that the account lives on."""
    password: str | None = None
    """The second factor, if the account has one."""
    login_code: str = "24680"
    """The code that Telegram sends to whoever signs in."""
    seed: int = 1
    """The world's."""
    box: Box = field(default_factory=Box)
    """The numbering of its private chats and basic groups."""
    contacts: set[int] = field(default_factory=set)
    pinned: list[int] = field(default_factory=list)
    """Marked ids of the pinned dialogs, in their order."""
    archived: set[int] = field(default_factory=set)
    """Marked ids of the dialogs in the archive."""
    muted: set[int] = field(default_factory=set)
    """Marked ids of chats."""
    muted_kinds: set[str] = field(default_factory=set)
    """Those of users, chats and broadcasts that are muted where a chat says nothing itself."""
    unread: dict[int, int] = field(default_factory=dict)
    """How many messages of a dialog are unread, by its marked id."""
    folders: list[Folder] = field(default_factory=list)
    saved_contacts: list[SavedContact] = field(default_factory=list)
    takeout: Takeout = field(default_factory=Takeout)
    splits: tuple[int, ...] = ()
    """Ids at which the account's messages are split for export, ascending; the first range
    begins at 1 and the last one has no end."""
    freeze: Freeze | None = None

    @property
    def id(self) -> int:
        return self.user.id

    def access_hash(self, kind: str, number: int) -> int:
        """What this account must show to speak of a user, a channel or a file.

        "Access hashes are unique for each account":
        https://core.telegram.org/api/peers#access-hash
        """
        return signed(self.seed, self.id, kind, number)


def tl_user(user: User, viewer: Account, *, in_passing: bool = False) -> types.User:
    """The user as `viewer` sees it, https://core.telegram.org/constructor/user.

    Who is only met in passing comes as a *min* user, whose access hash does not let one ask about
    them: https://core.telegram.org/api/min
    """
    is_self = user.id == viewer.id
    contact = user.id in viewer.contacts
    if in_passing and not (is_self or contact or user.deleted):
        return types.User(
            id=user.id,
            min=True,
            access_hash=viewer.access_hash("min user", user.id),
            first_name=user.first_name,
            last_name=user.last_name,
            username=user.username,
            bot=user.bot or None,
            bot_info_version=1 if user.bot else None,
            photo=user_photo(user.photos),
        )
    if user.deleted:
        return types.User(id=user.id, access_hash=viewer.access_hash("user", user.id), deleted=True)
    return types.User(
        id=user.id,
        access_hash=viewer.access_hash("user", user.id),
        is_self=is_self or None,
        contact=contact or None,
        bot=user.bot or None,
        bot_info_version=1 if user.bot else None,
        support=user.support or None,
        first_name=user.first_name,
        last_name=user.last_name,
        username=user.username,
        phone=user.phone if is_self or contact else None,
        photo=user_photo(user.photos),
        status=None if user.bot else types.UserStatusRecently(),
    )
