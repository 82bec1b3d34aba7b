"""result.json of an account: Telegram Desktop's export of all data, without the messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from exporter.folder import name_of
from exporter.peers import bare_id
from exporter.writers.atomic import AtomicFile
from exporter.writers.desktop import DesktopMessages
from exporter.writers.json_export import FILE_NAME, NAMELESS
from exporter.writers.layout import finish, layout
from storage.folders import Folder
from storage.models import ChatInfo

ABOUT = "Who this account is, its contacts and its chats, as Chatkeep found them."
ABOUT_CONTACTS = "The address book, and contacts that are not in it."
ABOUT_CHATS = "The list of chats. Their messages are in folders of their own, beside this one."
ABOUT_LEFT = "Channels and supergroups that were left. Their messages were not exported."


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody of the address book or among the contacts."""

    first_name: str
    last_name: str
    phone: str
    """As Telegram gives it; empty where it does not."""
    date: datetime | None
    """When it was saved."""
    user_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A profile picture that was kept."""

    path: str
    """Below the folder, with slashes."""
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFile:
    """What is written of an account."""

    user: Any
    """Its own TL User."""
    bio: str | None
    pictures: Sequence[Picture]
    """The newest first."""
    contacts: Sequence[Contact]
    chats: Sequence[ChatInfo]
    folders: Sequence[Folder]
    left: Sequence[ChatInfo]
    zone: tzinfo

    def write(self, folder: Path) -> Path:
        """Put result.json into the folder. Blocks."""
        file = AtomicFile(folder / FILE_NAME)
        file.open()
        try:
            file.write(finish(layout(self.content(), "\n")))
            return file.commit()
        finally:
            file.discard()

    def content(self) -> dict[str, Any]:
        """The object, in Telegram Desktop's order; empty parts are left out."""
        parts = {
            "about": ABOUT,
            "personal_information": self._person(),
            "profile_pictures": [
                {**self._dated(each.date), "photo": each.path} for each in self.pictures
            ],
            "contacts": _section(ABOUT_CONTACTS, [self._contact(each) for each in self.contacts]),
            "chats": _section(ABOUT_CHATS, [self._chat(each) for each in self.chats]),
            "left_chats": _section(ABOUT_LEFT, [self._chat(each) for each in self.left]),
        }
        return {name: part for name, part in parts.items() if part}

    def _person(self) -> dict[str, Any]:
        user = self.user
        return _told(
            user_id=user.id,
            first_name=user.first_name,
            last_name=user.last_name,
            phone_number=user.phone and f"+{user.phone}",
            username=user.username and f"@{user.username}",
            bio=self.bio,
        )

    def _contact(self, contact: Contact) -> dict[str, Any]:
        phone = contact.phone.removeprefix("+")
        return _told(
            user_id=contact.user_id,
            first_name=contact.first_name,
            last_name=contact.last_name,
            phone_number=phone and f"+{phone}",
            **({} if contact.date is None else self._dated(contact.date)),
        )

    def _chat(self, chat: ChatInfo) -> dict[str, Any]:
        """`username` and `folders` are ours."""
        named = {} if chat.type in NAMELESS else {"name": name_of(chat) or None}
        folders = [folder.title for folder in self.folders if chat.id in folder.chat_ids]
        ours = _told(username=chat.username and f"@{chat.username}", folders=folders)
        return {**named, "type": chat.type, "id": bare_id(chat.id), "messages": [], **ours}

    def _dated(self, date: datetime) -> dict[str, str]:
        return {
            "date": DesktopMessages(self.zone).local(date),
            "date_unixtime": str(int(date.timestamp())),
        }


def _section(about: str, listed: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    return {"about": about, "list": list(listed)} if listed else None


def _told(**fields: Any) -> dict[str, Any]:
    """Those that are not empty."""
    return {name: value for name, value in fields.items() if value}
