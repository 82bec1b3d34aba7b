"""What Telegram knows about one bot: people, chats, messages, questions, updates. In memory."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.sandbox.botapi.errors import BotApiError, Json, bad_request, forbidden
from tests.sandbox.botapi.faults import BotFaults
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.limits import Limits
from tests.sandbox.botapi.messages import Chat, Frame, Message, Person
from tests.sandbox.botapi.updates import Updates
from tests.sandbox.botapi.webhook import Webhook

SUPERGROUP_MARK = -1_000_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """What the phone shows after a tap."""

    text: str
    """Empty: the button just stops spinning."""
    alert: bool = False
    """A box that has to be closed, not a line that fades."""
    url: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Query:
    """A tap on an inline button, or an inline query, that waits for its answer."""

    id: str
    person: Person
    asked_at_s: float
    """time.monotonic()"""
    answer: asyncio.Future[Toast | list[Json]]


@dataclass(slots=True, kw_only=True, eq=False)
class State:
    """Everything behind one token."""

    token: str
    me: Person
    limits: Limits = field(default_factory=Limits)
    faults: BotFaults = field(default_factory=BotFaults)
    updates: Updates = field(default_factory=lambda: Updates(first_id=640_000_001))
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """By scope (canonical JSON) and language code."""
    described: dict[tuple[str, str], str] = field(default_factory=dict)
    """The bot's name, description and short description, by method's word and language."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Contents of documents by file_id."""
    documents: dict[str, Json] = field(default_factory=dict)
    """https://core.telegram.org/bots/api#document by file_id."""
    photos: dict[str, list[Json]] = field(default_factory=dict)
    """Sizes of photos by the file_id of the largest."""
    album_ids: Iterator[int] = field(default_factory=lambda: count(13_000_000_000_000_001))
    webhook: Webhook | None = None
    local_server: bool = False
    """As a server with --local: webhooks may be http, at any address and port,
    https://core.telegram.org/bots/api#using-a-local-bot-api-server"""
    inline_enabled: bool = True
    privacy_mode: bool = True
    """In groups the bot sees commands and replies to it alone,
    https://core.telegram.org/bots/features#privacy-mode"""
    query_lifetime_s: float = 15.0
    """So long a tap may be answered."""
    _ids: count[int] = field(default_factory=lambda: count(1))
    _own_ids: dict[int, count[int]] = field(default_factory=dict)
    _query_ids: count[int] = field(default_factory=lambda: count(7_000_000_000_000_001))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    changes: int = 0
    """Counts what people can see changing."""

    # -- people and chats ---------------------------------------------------------------------

    def meet(self, person: Person) -> Chat:
        """Make the person and the private chat with them known."""
        self.people[person.id] = person
        if person.id not in self.chats:
            self.chats[person.id] = Chat(id=person.id, type="private", person=person)
        return self.chats[person.id]

    def add_group(
        self,
        title: str,
        members: list[Person],
        *,
        chat_type: str = "supergroup",
        chat_id: int | None = None,
        username: str | None = None,
    ) -> Chat:
        """A group with the bot in it."""
        if chat_id is None:
            number = 3_000_000 + len(self.chats)
            chat_id = -number if chat_type == "group" else SUPERGROUP_MARK - number
        chat = Chat(id=chat_id, type=chat_type, title=title, username=username)
        chat.members = {person.id: person for person in members}
        self.people |= chat.members
        self.chats[chat_id] = chat
        return chat

    def find_chat(self, fields: Fields) -> Chat:
        """The chat that the request names, whether or not the bot may write there.

        Raises:
            BotApiError: none is named, or the bot never saw it.
        """
        named = fields.text("chat_id").strip()
        if not named:
            raise bad_request("chat_id is empty")
        if named.startswith("@"):
            for chat in self.chats.values():
                if (chat.username or "").lower() == named[1:].lower() and not chat.is_private:
                    return chat
        elif named.lstrip("-").isdigit() and int(named) in self.chats:
            return self.chats[int(named)]
        raise bad_request("chat not found")

    def writable_chat(self, fields: Fields) -> Chat:
        """The chat that the request names, if the bot may write there.

        Raises:
            BotApiError: unknown, blocked, never started, or the bot is no member.
        """
        chat = self.find_chat(fields)
        if chat.migrated_to is not None:
            raise BotApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        if chat.person is not None:
            if chat.person.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.person.started:
                raise forbidden("bot can't initiate conversation with a user")
        elif not chat.bot_is_member:
            kind = "supergroup" if chat.type == "supergroup" else chat.type
            raise forbidden(f"bot was kicked from the {kind} chat")
        return chat

    # -- messages -----------------------------------------------------------------------------

    def next_message_id(self, chat: Chat) -> int:
        """Private chats and basic groups share the bot's own count, supergroups and channels
        have one each, https://core.telegram.org/api/messages"""
        if chat.type in ("private", "group"):
            return next(self._ids)
        return next(self._own_ids.setdefault(chat.id, count(1)))

    def add_message(
        self,
        chat: Chat,
        sender: Person,
        frame: Frame,
        *,
        reply_to: Message | None = None,
        silent: bool = False,
        keyboard: Json | None = None,
        document: Json | None = None,
        photo: list[Json] | None = None,
        album_id: str | None = None,
        service: Json | None = None,
    ) -> Message:
        message = Message(
            chat=chat,
            id=self.next_message_id(chat),
            sender=sender,
            date=int(frame.at),
            frames=[frame],
            reply_to=reply_to,
            silent=silent,
            keyboard=keyboard,
            document=document,
            photo=photo,
            album_id=album_id,
            service=service or {},
        )
        chat.messages[message.id] = message
        self.changed()
        return message

    def find_message(self, chat: Chat, message_id: int) -> Message | None:
        message = chat.messages.get(message_id)
        return None if message is None or message.deleted else message

    def store(self, name: str, content: bytes, mime_type: str) -> Json:
        """Keep a file; returns what https://core.telegram.org/bots/api#document shows of it."""
        unique = hashlib.sha256(name.encode() + content).hexdigest()[:16]
        document: Json = {
            "file_id": f"BQACAgIAAx{unique}",
            "file_unique_id": f"AgAD{unique}",
            "file_name": name,
            "mime_type": mime_type,
            "file_size": len(content),
        }
        self.files[document["file_id"]] = content
        self.documents[document["file_id"]] = document
        return document

    # -- questions to the bot -----------------------------------------------------------------

    def ask(self, person: Person) -> Query:
        """A new question of a person; its answer is awaited by the phone."""
        query = Query(
            id=str(next(self._query_ids)),
            person=person,
            asked_at_s=time.monotonic(),
            answer=asyncio.get_running_loop().create_future(),
        )
        self.queries[query.id] = query
        return query

    def take_query(self, fields: Fields, name: str) -> Query:
        """The question that the request answers; it can be answered once.

        Raises:
            BotApiError: unknown, answered before, or too old.
        """
        query = self.queries.pop(fields.text(name), None)
        if query is None or time.monotonic() - query.asked_at_s > self.query_lifetime_s:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        return query

    # -- waiting ------------------------------------------------------------------------------

    def changed(self) -> None:
        """Wake whoever waits for something to be seen."""
        self.changes += 1
        event, self._changed = self._changed, asyncio.Event()
        event.set()

    async def next_change(self) -> None:
        await self._changed.wait()
