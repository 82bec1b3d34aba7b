"""What a person sees of the bot on the phone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from tests.sandbox.botapi.errors import Json
from tests.sandbox.botapi.messages import Chat, Frame, Message, Person
from tests.sandbox.botapi.state import State

Wanted = str | Callable[[Message], bool]
"""What to wait for: a piece of the text, or a question to ask about each message."""
PATIENCE_S = 40.0


class NotSeenError(AssertionError):
    """What was waited for did not appear; says what the phone shows instead."""


class Screen:
    """The private chat of one person with the bot, and groups that both are in.

    Messages are the live ones: an edit shows in `text`, earlier versions stay in `frames`.
    """

    def __init__(self, state: State, person: Person) -> None:
        self.state = state
        self.person = person
        self.private = state.meet(person)

    @property
    def messages(self) -> list[Message]:
        """The private chat as it looks now, deleted messages gone, oldest first."""
        return self.messages_in(self.private)

    def messages_in(self, chat: Chat) -> list[Message]:
        return [message for message in chat.messages.values() if not message.deleted]

    @property
    def received(self) -> list[Message]:
        """What the bot sent to the private chat and what is still there."""
        return [message for message in self.messages if message.sender is self.state.me]

    def transcript(self, chat: Chat | None = None) -> str:
        """The chat as lines of text, each message with its buttons."""
        lines = []
        for message in self.messages_in(chat or self.private):
            text = message.text or ", ".join(message.service) or "(document)"
            lines.append(f"{message.sender.name} #{message.id}: {text}")
            lines += ["    " + " ".join(f"[{text}]" for text in row) for row in message.buttons]
        return "\n".join(lines) or "(nothing)"

    async def wait_for(
        self,
        wanted: Wanted,
        timeout_s: float = PATIENCE_S,
        *,
        chat: Chat | None = None,
        after: Message | None = None,
    ) -> Message:
        """The newest message of the bot that shows what is wanted, now or within the time.

        Only later messages count when `after` is given.

        Raises:
            NotSeenError: none did; with all that the phone shows.
        """
        place = chat or self.private
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for message in reversed(self.messages_in(place)):
                        if message.sender is not self.state.me:
                            continue
                        if after is not None and message.id <= after.id:
                            break
                        if shows(message, wanted):
                            return message
                    await self.state.next_change()
        except TimeoutError:
            raise NotSeenError(
                f"{wanted!r} was not seen within {timeout_s} s. The phone shows:\n"
                f"{self.transcript(place)}"
            ) from None

    async def watch(self, chat: Chat | None = None) -> AsyncGenerator[tuple[Message, Frame], None]:
        """Each message and each version of it, from the first on, as they come."""
        place = chat or self.private
        shown: dict[int, int] = {}
        while True:
            for message in list(place.messages.values()):
                start = shown.get(message.id, 0)
                shown[message.id] = len(message.frames)
                for frame in message.frames[start:]:
                    yield message, frame
            await self.state.next_change()

    @property
    def keyboard(self) -> list[list[Json]]:
        """The reply keyboard that the private chat shows now, by rows."""
        for message in reversed(self.received):
            if message.keyboard is not None:
                rows: list[list[Json]] = message.keyboard.get("keyboard", [])
                return rows
        return []


def shows(message: Message, wanted: Wanted) -> bool:
    return wanted in message.text if isinstance(wanted, str) else wanted(message)
