"""A person with a phone who talks to the bot."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from tests.sandbox.botapi.errors import Json
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.formatted import formatted_text, found_entities
from tests.sandbox.botapi.messages import Chat, Frame, Message, Person
from tests.sandbox.botapi.state import State, Toast
from tests.sandbox.screen import PATIENCE_S, NotSeenError, Screen


class Phone(Screen):
    """One person's phone: what is seen on it, and what its owner does."""

    def __init__(self, state: State, person: Person) -> None:
        super().__init__(state, person)
        self.toasts: list[Toast] = []
        """Every answer to a tap, oldest first."""

    # -- writing ------------------------------------------------------------------------------

    async def say(
        self, text: str, *, chat: Chat | None = None, reply_to: Message | None = None
    ) -> Message:
        """Send a text; the bot gets a `message` update if Telegram shows it to bots."""
        place = chat or self.private
        frame = Frame(text=text, entities=tuple(found_entities(text)), at=time.time())
        return self._send(place, frame, reply_to=reply_to)

    async def send(self, content: Json, *, chat: Chat | None = None) -> Message:
        """Send something else than a text: `{"location": {"latitude": 47.1, "longitude": 11.3}}`,
        https://core.telegram.org/bots/api#message"""
        return self._send(chat or self.private, Frame(text="", at=time.time()), service=content)

    async def send_file(self, name: str, content: bytes, *, caption: str = "") -> Message:
        """Send a document; the bot may fetch it by getFile."""
        document = self.state.store(name, content, "application/octet-stream")
        frame = Frame(text=caption, at=time.time())
        return self._send(self.private, frame, document=document)

    async def react(self, message: Message, emoji: str) -> None:
        """Put a reaction; comes to bots that ask for `message_reaction` by name."""
        self.state.updates.put(
            "message_reaction",
            {
                "chat": message.chat.to_json(),
                "message_id": message.id,
                "user": self.person.to_json(),
                "date": int(time.time()),
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": emoji}],
            },
        )

    async def add_bot(self, chat: Chat) -> None:
        """Take the bot into a group; it is told twice, as Telegram does."""
        chat.bot_is_member = True
        self._membership("left", "member", chat)
        members = {"new_chat_members": [self.state.me.to_json()]}
        self._send(chat, Frame(text="", at=time.time()), service=members)

    async def remove_bot(self, chat: Chat) -> None:
        chat.bot_is_member = False
        self._membership("member", "kicked", chat)

    async def start(self, payload: str = "") -> Message:
        """Press Start, or follow a t.me/bot?start=… link."""
        return await self.say(f"/start {payload}".strip())

    async def edit(self, message: Message, text: str) -> Message:
        """Change a message of this person; the bot gets an `edited_message` update."""
        frame = Frame(text=text, entities=tuple(found_entities(text)), at=time.time())
        message.frames.append(frame)
        message.edit_date = int(frame.at)
        self.state.changed()
        if self._bot_sees(message):
            self.state.updates.put("edited_message", message.to_json())
        return message

    async def delete(self, message: Message) -> None:
        """Delete a message for both sides; bots are not told."""
        message.deleted = True
        self.state.changed()

    async def block(self) -> None:
        """Stop the bot, so that it may not write any more."""
        self._membership("member", "kicked")
        self.person.blocked = True

    async def unblock(self) -> None:
        self._membership("kicked", "member")
        self.person.blocked = False

    # -- buttons ------------------------------------------------------------------------------

    async def tap(
        self, message: Message, button: str, *, version: int = -1, timeout_s: float = PATIENCE_S
    ) -> Toast:
        """Tap an inline button and return what the bot answers.

        `version` picks an earlier version of the message, as on a phone that lags behind.

        Raises:
            LookupError: there is no such button.
            NotSeenError: the bot did not answer: the button would spin until it gives up.
        """
        rows = message.frames[version].buttons
        found = [b for row in rows for b in row if b["text"] == button]
        if not found:
            raise LookupError(f"no button {button!r} under {message.text!r}: {message.buttons}")
        if "callback_data" not in found[0]:
            return Toast(text="", url=found[0].get("url"))
        return await self.tap_data(message, found[0]["callback_data"], timeout_s=timeout_s)

    async def tap_data(
        self, message: Message, data: str, *, timeout_s: float = PATIENCE_S
    ) -> Toast:
        """Send callback data of one's own making, as a modified client can."""
        query = self.state.ask(self.person)
        self.state.updates.put(
            "callback_query",
            {
                "id": query.id,
                "from": self.person.to_json(),
                "message": message.to_json(),
                "chat_instance": str(7_000_000_000 + abs(message.chat.id)),
                "data": data,
            },
        )
        toast: Toast = await self._answer(query.answer, f"an answer to {data!r}", timeout_s)
        self.toasts.append(toast)
        return toast

    async def inline_query(
        self, text: str, *, offset: str = "", timeout_s: float = PATIENCE_S
    ) -> list[Json]:
        """Type `@bot text` and return the results that the bot offers."""
        query = self.state.ask(self.person)
        self.state.updates.put(
            "inline_query",
            {
                "id": query.id,
                "from": self.person.to_json(),
                "query": text,
                "offset": offset,
                "chat_type": "sender",
            },
        )
        results: list[Json] = await self._answer(query.answer, f"results for {text!r}", timeout_s)
        return results

    async def choose(self, result: Json, *, chat: Chat | None = None) -> Message:
        """Send an inline result: it comes as a message *via* the bot."""
        content = Fields(result["input_message_content"], {})
        text, entities = formatted_text(content, "message_text", "entities")
        frame = Frame(text=text, entities=entities, at=time.time())
        via = {"via_bot": self.state.me.to_json()}
        return self._send(chat or self.private, frame, service=via)

    async def pick_chat(
        self, button: str, chat_id: int, *, title: str, username: str | None = None
    ) -> Message:
        """Press a reply-keyboard button that asks for a chat and share that chat.

        Raises:
            LookupError: the keyboard has no such button.
        """
        wanted = self._keyboard_button(button, "request_chat")
        shared: Json = {"request_id": wanted["request_id"], "chat_id": chat_id}
        if wanted.get("request_title"):
            shared["title"] = title
        if username and wanted.get("request_username"):
            shared["username"] = username
        return self._send(
            self.private, Frame(text="", at=time.time()), service={"chat_shared": shared}
        )

    async def share_users(self, button: str, people: list[Person]) -> Message:
        """Press a reply-keyboard button that asks for people and share these.

        Raises:
            LookupError: the keyboard has no such button, or takes fewer people.
        """
        wanted = self._keyboard_button(button, "request_users")
        if len(people) > wanted.get("max_quantity", 1):
            raise LookupError(f"{button!r} takes only {wanted.get('max_quantity', 1)} people")
        names = ["user_id"]
        names += ["first_name", "last_name"] if wanted.get("request_name") else []
        names += ["username"] if wanted.get("request_username") else []
        users = []
        for person in people:
            shown = {"user_id": person.id, **person.to_json()}
            users.append({name: shown[name] for name in names if name in shown})
        shared = {"request_id": wanted["request_id"], "users": users}
        return self._send(
            self.private, Frame(text="", at=time.time()), service={"users_shared": shared}
        )

    # -- how it works -------------------------------------------------------------------------

    def _keyboard_button(self, text: str, action: str) -> Json:
        for row in self.keyboard:
            for button in row:
                if button["text"] == text and action in button:
                    wanted: Json = button[action]
                    return wanted
        texts = [[button["text"] for button in row] for row in self.keyboard]
        raise LookupError(f"no button {text!r} for {action} on the keyboard, only {texts}")

    def _send(
        self,
        chat: Chat,
        frame: Frame,
        *,
        reply_to: Message | None = None,
        document: Json | None = None,
        service: Json | None = None,
    ) -> Message:
        if chat.is_private:
            self.person.started = True
            self.person.blocked = False
        message = self.state.add_message(
            chat, self.person, frame, reply_to=reply_to, document=document, service=service
        )
        if self._bot_sees(message):
            self.state.updates.put("message", message.to_json())
        return message

    def _bot_sees(self, message: Message) -> bool:
        """In groups by https://core.telegram.org/bots/features#privacy-mode"""
        if message.chat.is_private:
            return True
        if not message.chat.bot_is_member:
            return False
        if not self.state.privacy_mode or message.service:
            return True
        if message.reply_to is not None and message.reply_to.sender is self.state.me:
            return True
        command = message.text.split(maxsplit=1)[0] if message.text.startswith("/") else ""
        name = command.partition("@")[2].lower()
        return bool(command) and name in ("", (self.state.me.username or "").lower())

    def _membership(self, old: str, new: str, chat: Chat | None = None) -> None:
        """https://core.telegram.org/bots/api#chatmemberupdated"""
        self.state.updates.put(
            "my_chat_member",
            {
                "chat": (chat or self.private).to_json(),
                "from": self.person.to_json(),
                "date": int(time.time()),
                "old_chat_member": self._member(old),
                "new_chat_member": self._member(new),
            },
        )

    def _member(self, status: str) -> Json:
        member: Json = {"status": status, "user": self.state.me.to_json()}
        return {**member, "until_date": 0} if status == "kicked" else member

    async def _answer(self, answer: asyncio.Future[Any], what: str, timeout_s: float) -> Any:
        try:
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise NotSeenError(
                f"The bot gave no {what} within {timeout_s} s. The phone shows:\n"
                f"{self.transcript()}"
            ) from None
