"""`chatkeep search`: find messages in the archive."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from cyclopts import Parameter
from rich.console import Console as Terminal
from rich.text import Text

from exporter.config import ExporterConfig
from exporter.console import Console, one_line
from exporter.errors import CommandError
from exporter.folder import name_of
from exporter.moments import span
from exporter.workbench import Workbench, opened
from storage.links import message_link
from storage.models import ChatInfo, Peer
from storage.narrowing import narrowed
from storage.queries import HAS, Asked, NotAsked, check, read
from storage.search import BEGIN, COUNTED, END, Answer, Found, Search, Wanted
from storage.search_index import SearchIndex
from storage.search_schema import IndexLost
from storage.snippets import Piece, snippet

NOTHING_FOUND = 1
SNIPPET = 160
"""Characters."""
TELL_FROM = 5000
"""So many messages take seconds to index; a person hears why nothing seems to happen."""
KINDS = ", ".join(HAS)
KEPT_TOGETHER = re.compile(
    r'\A(?P<begin>-?(?:(?:in|from|has|since|until):)?)(?P<rest>[^"]*\s[^"]*)\Z', re.IGNORECASE
)
"""A word of a command line that has a space in it: the shell took its quotes away."""
SENTENCES = {
    NotAsked.NOTHING: "Nothing to look for: give at least one word, or say --from or --has.",
    NotAsked.ONLY_WITHOUT: (
        "Only words to leave out were given. Give one to look for as well: budget -draft"
    ),
    NotAsked.UNKNOWN_HAS: f"Messages cannot be asked for {{word!r}}. --has takes: {KINDS}.",
}

Config = Annotated[ExporterConfig, Parameter(parse=False)]
Words = Annotated[str, Parameter(allow_leading_hyphen=True)]


async def search(
    *words: Words,
    chat: str | None = None,
    sender: Annotated[str | None, Parameter(name="--from")] = None,
    since: str | None = None,
    until: str | None = None,
    has: str | None = None,
    relevant: Annotated[
        bool, Parameter(name="--relevant", negative=("--newest",), negative_bool=())
    ] = False,
    limit: int = 20,
    json: bool = False,
    rebuild: bool = False,
    config: Config,
) -> int:
    """Find messages in the archive: all that have every one of the words.

    "A phrase" stands in quotes, -word leaves out, begin* finds what begins so. Texts, captions,
    names of files, titles of links and names of senders are looked through.

    Exit code 0: something was found. 1: nothing.

    Parameters
    ----------
    words
        What to look for. Capitals and accents do not matter.
    chat
        Only in this chat: its id, @name, or words of its title.
    sender
        Only messages of this person: @name, id, words of the name; or me.
    since
        Only from this day or moment on: 2026-05-03, yesterday, 7d.
    until
        Only up to the end of this day, or up to this moment.
    has
        Only messages that have this: photo, video, voice, file, link, poll, …
    relevant
        The fittest first; else the newest.
    limit
        How many messages are shown.
    json
        Print one JSON object a line for each message.
    rebuild
        Make the search index anew; it is done by itself when it is lost.
    """
    for word in words:
        if word.startswith("--"):
            raise CommandError(f"There is no option {word}. See: chatkeep search --help")
    asked = _asked(words, chat=chat, sender=sender, since=since, until=until, has=has)
    console = Console()
    if not rebuild or words:
        _check(asked)
    if limit < 1:
        raise CommandError("--limit takes a number from 1 on.")
    async with opened(config) as bench:
        if rebuild:
            await SearchIndex(bench.database).forget()
        await _catch_up(bench, console)
        if rebuild and not words:
            console.say("The search index was made anew.")
            return 0
        try:
            answer = await _answer(bench, asked, config, limit=limit, relevant=relevant)
        except IndexLost:
            console.say("The search index is damaged; it is made anew.")
            await SearchIndex(bench.database).forget()
            await _catch_up(bench, console)
            answer = await _answer(bench, asked, config, limit=limit, relevant=relevant)
        lines = await _lines(answer.found, bench, config)
    _print(lines, json=json)
    console.say(_told(answer, " ".join(words)))
    return 0 if answer.found else NOTHING_FOUND


def _asked(
    words: Sequence[str],
    *,
    chat: str | None,
    sender: str | None,
    since: str | None,
    until: str | None,
    has: str | None,
) -> Asked:
    """The words of a command line; one that the shell kept together is a phrase."""
    asked = read(" ".join(KEPT_TOGETHER.sub(r'\g<begin>"\g<rest>"', word) for word in words))
    return replace(
        asked,
        chats=asked.chats + ((chat,) if chat else ()),
        senders=asked.senders + ((sender,) if sender else ()),
        has=asked.has + tuple(word for word in (has or "").lower().split(",") if word),
        since=since or asked.since,
        until=until or asked.until,
    )


def _check(asked: Asked) -> None:
    try:
        check(asked)
    except NotAsked as error:
        raise CommandError(SENTENCES[error.reason].format(word=error.word)) from None


async def _catch_up(bench: Workbench, console: Console) -> None:
    """Index what came since the last time, so that all that is kept is found."""
    index = SearchIndex(bench.database)
    await index.prepare()
    if not await index.is_behind():
        return  # without the second that Telethon's types take to import
    from exporter.indexing import catch_up  # noqa: PLC0415 - brings Telethon's types

    left = await _left(index)
    if left < TELL_FROM:
        await catch_up(index, bench.archive)
    else:
        shown = "Indexing what is new in the archive: {done:,} messages"
        await catch_up(index, bench.archive, lambda done: console.draw([shown.format(done=done)]))


async def _left(index: SearchIndex) -> int:
    try:
        return await index.left()
    except IndexLost:  # it is made anew as it is filled
        return TELL_FROM


async def _answer(
    bench: Workbench, asked: Asked, config: ExporterConfig, *, limit: int, relevant: bool
) -> Answer:
    """Ask the index.

    Raises:
        CommandError: a name or a day means nothing here.
        IndexLost: the index is missing or damaged.
    """
    now = datetime.now(UTC)
    first = asked.since and span(asked.since, option="--since", zone=config.zone, now=now)
    last = asked.until and span(asked.until, option="--until", zone=config.zone, now=now)
    question = await narrowed(
        asked,
        bench.database,
        readable=None,
        since=first.begin if first else None,
        until=last.end if last else None,
    )
    if question.unknown_chat is not None:
        raise CommandError(f"No chat in the archive is called {question.unknown_chat!r}.")
    if question.unknown_sender is not None:
        raise CommandError(f"Nobody in the archive is called {question.unknown_sender!r}.")
    wanted: Wanted = question.wanted
    return await Search(bench.database).find(wanted, limit=limit, by_relevance=relevant)


def _told(answer: Answer, typed: str) -> str:
    if not answer.found:
        return f"Nothing found for “{typed}”."
    shown = len(answer.found)
    if answer.is_capped:
        return f"{shown:,} of more than {COUNTED:,} messages shown."
    return f"{shown:,} of {answer.count:,} messages shown."


class _Line:
    """A message that was found, with the names of its chat and sender."""

    def __init__(
        self, found: Found, chat: ChatInfo, sender: Peer | None, config: ExporterConfig
    ) -> None:
        self.found = found
        self.chat = chat
        self.date = found.date.astimezone(config.zone)
        self.sender = (sender.name or sender.username) if sender else None
        self.link = message_link(chat, found.message_id, found.topic_id)

    def as_json(self) -> dict[str, Any]:
        found = self.found
        return {
            "chat_id": found.chat_id,
            "chat": name_of(self.chat) or None,
            "message_id": found.message_id,
            "date": found.date,
            "kind": found.kind,
            "sender_id": found.sender_id,
            "sender": self.sender,
            "text": _unmarked(found.text),
            "words": [word for word in _unmarked(found.words).split("\n") if word],
            "deleted": found.deleted,
            "link": self.link,
        }

    def as_text(self) -> Text:
        where = name_of(self.chat) or str(self.chat.id)
        head = [f"{self.date:%Y-%m-%d %H:%M}", where]
        if self.sender and self.sender != where:
            head.append(self.sender)
        if self.found.deleted:
            head.append("deleted")
        head.append(self.link or f"message {self.found.message_id}")
        text = Text(one_line(" · ".join(head)), "bold")
        body = snippet(self.found, SNIPPET) or [Piece(self.found.kind.replace("_", " "))]
        text.append("\n  ", "not bold")
        for piece in body:
            text.append(
                one_line(piece.text), "black on yellow not bold" if piece.hit else "not bold"
            )
        return text


def _unmarked(text: str) -> str:
    return text.replace(BEGIN, "").replace(END, "")


async def _lines(found: Sequence[Found], bench: Workbench, config: ExporterConfig) -> list[_Line]:
    chats = {
        chat_id: await bench.archive.chat(chat_id) for chat_id in {one.chat_id for one in found}
    }
    peers = await bench.archive.peers(one.sender_id for one in found if one.sender_id is not None)
    return [
        _Line(
            one,
            chats[one.chat_id] or ChatInfo(id=one.chat_id, title=None, type="unknown"),
            peers.get(one.sender_id) if one.sender_id is not None else None,
            config,
        )
        for one in found
    ]


def _print(lines: Sequence[_Line], *, json: bool) -> None:
    """Results go to standard output: with colours in a terminal, plain elsewhere."""
    if json:
        for line in lines:
            row = orjson.dumps(line.as_json(), option=orjson.OPT_UTC_Z)
            print(row.decode())  # noqa: T201
        return
    terminal = Terminal(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in lines:
        terminal.print(line.as_text())
