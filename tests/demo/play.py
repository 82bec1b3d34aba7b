"""The play: sets up a sandbox and an installation, and lets a person export a chat."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from tests.demo.conversation import follow, show_tap
from tests.demo.errors import DemoError
from tests.installation import Installation
from tests.sandbox.botapi.messages import Message
from tests.sandbox.mtproto.line import Line
from tests.sandbox.phone import Phone
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.stage import Stage
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.view import files_in

PAGE = 100
FETCHING_S = 9.0
"""About so long the line's latency makes the fetching, so that the card is seen moving."""
FILES_AT_ONCE = 7
"""About so many answers to requests for files come together: 15 files, two requests each."""
PATIENCE_S = 50.0
SLOWEST_PER_S = 500
"""Messages a second at least; an own history may be long."""
FLOOD_WAIT_S = 3
STOPPING_S = 15.0
LOG_NAME = "chatkeep.log"
PAUSE, RESUME, GET = "Pause", "Resume", "Get archive"
PLAN, CHANGE, START = "Plan", "Change", "Start"
PACKED = "It comes below."
"""On the card of a delivery, at its end."""
DRAWN = "The pictures come below."
"""Likewise of a chat's figures."""
LOG_LINES = 12


FOUND, INDEXING, NEXT = "🔎", "cannot be found yet", "▶"
LOOK_AGAIN_S = 2.0
WORD = re.compile(r"[^\W\d_]{4,}")
NEWEST = 50


def word_of(chat: Chat) -> str | None:
    """A word of one of the newest messages; None: they have none."""
    for number in reversed(chat.message_ids[-NEWEST:]):
        if found := WORD.search(getattr(chat.message(number), "message", None) or ""):
            return found[0].lower()
    return None


def carried_by(chat: Chat) -> list[Any]:
    """The photos and documents of a chat's messages, as often as they stand there."""
    told = (chat.message(number) for number in chat.message_ids)
    return [file for message in told for file in files_in(getattr(message, "media", None))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    stage: Stage
    folder: Path
    """Data, exports and the log go there."""
    flood_wait: bool
    """Let Telegram ask to wait half way."""
    console: Console

    @property
    def log(self) -> Path:
        return self.folder / LOG_NAME

    @property
    def exports(self) -> Path:
        return self.folder / "exports"

    async def run(self) -> None:
        """Play it to the end.

        Raises:
            ExceptionGroup: of NotSeenError, the bot did not answer; or of DemoError.
        """
        chat = self.stage.chat
        total = len(chat.message_ids)
        pages = max(1, total // PAGE)
        answers = pages + len(carried_by(chat)) // FILES_AT_ONCE
        line = Line(latency_s=min(0.25, FETCHING_S / answers))
        async with Sandbox(self.stage.world, line=line) as sandbox:
            self._say(f"A Telegram on this machine serves “{chat.title}”: {total:,} messages.")
            zone = {"TIME_ZONE": self.stage.zone} if self.stage.zone else {}
            installation = Installation(self.folder, {**sandbox.environment, **zone})
            await self._sign_in(installation, sandbox.session(self.stage.account))
            self._say("The account that fetches is signed in: chatkeep accounts add")
            if self.flood_wait:
                sandbox.faults.flood_wait(FLOOD_WAIT_S, after=pages // 2)
                self._say(f"Half way, Telegram will ask for {FLOOD_WAIT_S} seconds' patience.")
            process = await installation.start("run")
            self._say("The bot and the exporter run: chatkeep run")
            self.console.print()
            self.console.rule("the chat on the phone", style="dim")
            try:
                await self._converse(sandbox.phone, process, PATIENCE_S + total / SLOWEST_PER_S)
            finally:
                await self._end(process)
        self.console.rule(style="dim")

    def _say(self, sentence: str) -> None:
        self.console.print(Text().append("• ", "dim").append(sentence))

    async def _sign_in(self, installation: Installation, session: str) -> None:
        words = ("accounts", "add", "--session-string", "-")
        done = await installation.run(*words, stdin=session)
        if done.code:
            raise DemoError(f"chatkeep accounts add ended with {done.code}:\n{done.err}")

    async def _converse(self, phone: Phone, process: Process, patience_s: float) -> None:
        """Speak for the person, while the conversation is printed and the log is kept."""
        async with asyncio.TaskGroup() as group:
            meanwhile = [
                group.create_task(follow(phone, self.console), name="print the conversation"),
                group.create_task(self._keep_log(process), name="keep the log"),
            ]
            await self._speak(phone, patience_s)
            for task in meanwhile:
                task.cancel()

    async def _speak(self, phone: Phone, patience_s: float) -> None:
        started = await phone.start()
        await phone.wait_for(lambda message: message.id > started.id, patience_s)
        asked = await self._choose(phone, patience_s)
        card = await phone.wait_for(
            lambda message: (
                message.reply_to is asked
                and "Cancel" in buttons_of(message)
                and START not in buttons_of(message)
            )
        )
        await self._rest(phone, card, patience_s)
        ended = await phone.wait_for(
            lambda message: message.reply_to is asked and not message.silent, patience_s
        )
        if GET in buttons_of(ended):
            await self._tap(phone, ended, GET)
            await phone.wait_for(
                lambda message: message.document is not None and not message.silent, patience_s
            )
            await phone.wait_for(PACKED, patience_s)
        await self._find(phone, patience_s)
        await phone.say(f"/stats {self.stage.chat.peer_id}")
        await phone.wait_for(lambda message: message.photo is not None, patience_s)
        await phone.wait_for(DRAWN, patience_s)
        await asyncio.sleep(0.3)  # the card's last change comes close to the summary

    async def _find(self, phone: Phone, patience_s: float) -> None:
        """Look for a word, once what was saved is indexed, and turn the page.

        Raises:
            TimeoutError: it is not found in so many seconds.
        """
        word = word_of(self.stage.chat)
        if word is None:
            return
        async with asyncio.timeout(patience_s):
            while True:
                sent = await phone.say(f"/find {word}")
                told = await phone.wait_for(lambda _: True, patience_s, after=sent)
                if FOUND in told.text and INDEXING not in told.text:
                    break
                await asyncio.sleep(LOOK_AGAIN_S)
        if NEXT in buttons_of(told):
            await self._tap(phone, told, NEXT)

    async def _choose(self, phone: Phone, patience_s: float) -> Message:
        """Name the chat: by Telegram's own list where it is a group or channel."""
        chat = self.stage.chat
        if not isinstance(chat, Channel):
            return await phone.say(f"/export {self.stage.word}")
        await phone.say("/export")
        await phone.wait_for("search")
        button = "Channel" if chat.broadcast else "Group"
        picked = await phone.pick_chat(button, chat.peer_id, title=chat.title)
        screen = await phone.wait_for(lambda message: PLAN in buttons_of(message))
        await self._tap(phone, screen, PLAN)
        await phone.wait_for(
            lambda message: message is screen and CHANGE in buttons_of(message), patience_s
        )
        await self._tap(phone, screen, START)
        return picked

    async def _rest(self, phone: Phone, card: Message, patience_s: float) -> None:
        """Pause for a moment, if the export lasts long enough for that."""
        await phone.wait_for(
            lambda message: message is card and ("Messages" in message.text or not message.buttons),
            patience_s,
        )
        if PAUSE not in buttons_of(card):
            return
        await self._tap(phone, card, PAUSE, after_s=0.0)
        await phone.wait_for(
            lambda message: message is card and ("⏸" in message.text or not message.buttons),
            patience_s,
        )
        if card.buttons:
            await self._tap(phone, card, RESUME)

    async def _tap(
        self, phone: Phone, message: Message, button: str, *, after_s: float = 1.0
    ) -> None:
        """Tap a button once it has been read."""
        await asyncio.sleep(after_s)
        show_tap(phone, button, self.console)
        await phone.tap(message, button)

    async def _keep_log(self, process: Process) -> None:
        assert process.stderr is not None
        while piece := await process.stderr.read(65_536):
            self._append_log(piece)
        raise DemoError("chatkeep ended too early")

    async def _end(self, process: Process) -> None:
        """Stop chatkeep as a service manager does: politely, then by force.

        Raises:
            DemoError: it did not end when it was asked to.
        """
        with suppress(ProcessLookupError):
            process.terminate()
        ending = asyncio.ensure_future(process.communicate())
        in_time, _ = await asyncio.wait([ending], timeout=STOPPING_S)
        if not in_time:
            process.kill()
        _, rest = await ending
        self._append_log(rest)
        if not in_time:
            raise DemoError(f"chatkeep did not stop within {STOPPING_S:.0f} s")

    def _append_log(self, piece: bytes) -> None:
        with self.log.open("ab") as log:
            log.write(piece)

    def log_end(self) -> str:
        """The last lines that chatkeep logged, for a report of what went wrong."""
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join([f"{self.log} ends:", *lines])


def buttons_of(message: Message) -> list[str]:
    """The texts on the buttons under a message."""
    return [text for row in message.buttons for text in row]
