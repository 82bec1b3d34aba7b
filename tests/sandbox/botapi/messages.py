"""People, chats and messages as the Bot API shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sandbox.botapi.errors import Json

Rows = list[list[Json]]
"""A keyboard: rows of buttons."""


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """A Telegram user, bots included."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = "en"
    is_bot: bool = False
    started: bool = False
    """Pressed Start once, so that the bot may write."""
    blocked: bool = False
    """Has blocked the bot."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name

    def to_json(self) -> Json:
        """https://core.telegram.org/bots/api#user"""
        shown: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            shown["last_name"] = self.last_name
        if self.username:
            shown["username"] = self.username
        if self.language_code and not self.is_bot:
            shown["language_code"] = self.language_code
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a message showed from one edit to the next."""

    text: str
    """The caption, if the message carries a document."""
    entities: tuple[Json, ...] = ()
    buttons: tuple[tuple[Json, ...], ...] = ()
    """Rows of inline buttons."""
    at: float = 0.0
    """Unix time in seconds."""


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """One message of a chat with the bot, and every version it has shown."""

    chat: Chat
    id: int
    sender: Person
    date: int
    frames: list[Frame]
    """The versions, oldest first; the last is what is seen now."""
    reply_to: Message | None = None
    silent: bool = False
    """Sent with disable_notification: no sound."""
    keyboard: Json | None = None
    """A reply keyboard, its removal or a forced reply that came with the message."""
    document: Json | None = None
    photo: list[Json] | None = None
    """Its sizes, the smallest first."""
    album_id: str | None = None
    """The same of all that were sent by one sendMediaGroup."""
    service: Json = field(default_factory=dict)
    """chat_shared, users_shared, pinned_message and the like."""
    reactions: list[Json] = field(default_factory=list)
    """The bot's own."""
    edit_date: int | None = None
    deleted: bool = False

    @property
    def text(self) -> str:
        return self.frames[-1].text

    @property
    def entities(self) -> tuple[Json, ...]:
        return self.frames[-1].entities

    @property
    def buttons(self) -> list[list[str]]:
        """The texts on the inline buttons, by rows."""
        return [[button["text"] for button in row] for row in self.frames[-1].buttons]

    @property
    def reply_buttons(self) -> list[list[str]]:
        """The texts on the reply keyboard that came with the message, by rows."""
        rows: Rows = (self.keyboard or {}).get("keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    def button(self, text: str) -> Json:
        """The inline button with this text.

        Raises:
            LookupError: there is none; says which there are.
        """
        for row in self.frames[-1].buttons:
            for button in row:
                if button["text"] == text:
                    return button
        raise LookupError(f"no button {text!r} under {self.text!r}, only {self.buttons}")

    def to_json(self, *, with_reply: bool = True) -> Json:
        """https://core.telegram.org/bots/api#message"""
        shown: Json = {
            "message_id": self.id,
            "from": self.sender.to_json(),
            "chat": self.chat.to_json(),
            "date": self.date,
            **self.service,
        }
        if self.edit_date is not None:
            shown["edit_date"] = self.edit_date
        if with_reply and self.reply_to is not None and not self.reply_to.deleted:
            shown["reply_to_message"] = self.reply_to.to_json(with_reply=False)
        if self.document is not None:
            shown["document"] = self.document
        if self.photo is not None:
            shown["photo"] = self.photo
        if self.album_id is not None:
            shown["media_group_id"] = self.album_id
        carries = self.document is not None or self.photo is not None
        text, entities = ("caption", "caption_entities") if carries else ("text", "entities")
        if self.text:
            shown[text] = self.text
        if self.entities:
            shown[entities] = list(self.entities)
        if self.frames[-1].buttons:
            rows = [list(row) for row in self.frames[-1].buttons]
            shown["reply_markup"] = {"inline_keyboard": rows}
        return shown


@dataclass(slots=True, kw_only=True, eq=False)
class Chat:
    """A chat that the bot may be in."""

    id: int
    """Marked, https://core.telegram.org/api/bots/ids"""
    type: str
    """private, group, supergroup or channel."""
    title: str | None = None
    username: str | None = None
    person: Person | None = None
    """The other side of a private chat."""
    members: dict[int, Person] = field(default_factory=dict)
    bot_is_member: bool = True
    migrated_to: int | None = None
    """The supergroup that this basic group became."""
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    """What sendChatAction showed: typing, upload_document, …"""

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    def to_json(self) -> Json:
        """https://core.telegram.org/bots/api#chat"""
        shown: Json = {"id": self.id, "type": self.type}
        if self.person is not None:
            person = self.person.to_json()
            shown |= {k: person[k] for k in ("first_name", "last_name", "username") if k in person}
            return shown
        shown["title"] = self.title
        if self.username:
            shown["username"] = self.username
        return shown
