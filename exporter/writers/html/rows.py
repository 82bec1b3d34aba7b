"""What the reader shows of a message, and what it finds it by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from exporter.attachments import (
    Contact,
    File,
    Game,
    Invoice,
    PaidMedia,
    Poll,
    Story,
    TodoList,
    Venue,
)
from exporter.records import Record
from exporter.texts import Text
from exporter.writers.desktop import MOVED, MOVED_KEYS
from exporter.writers.html.attachments import second_name
from exporter.writers.html.literal import compact_json
from exporter.writers.html.peers import Peers
from exporter.writers.plain import Object, Plain, entities_of

NOBODY = -1
QUARTER_S = 900
"""Zones change at quarters of hours."""
ELSEWHERE = ("id", "date", "sender", "text", "topic", "topic_id", "chat_id")
"""Fields of a record that stand in columns of their own."""
FILE_KEYS = ("path", "vcard_path")
WORD = "\x01"


class Row(NamedTuple):
    """A message, ready to be written."""

    id: int
    date_s: int
    """Seconds since 1970-01-01 00:00 of the clock on the wall, both in the reader's zone."""
    sender: int
    """Among the peers, or `NOBODY`."""
    extras: str
    """JSON of an object; empty when there is nothing to say."""
    texts: str
    """The text, then further words to search in, each after a `WORD`."""


class Clock:
    """Tells moments by the clock on the wall of a zone."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._offsets: dict[int, int] = {}
        """Seconds ahead of UTC, by quarter of an hour."""

    def local_s(self, date: datetime) -> int:
        """Seconds since 1970-01-01 00:00 on that wall."""
        moment_s = int(date.timestamp())
        quarter = moment_s // QUARTER_S
        offset_s = self._offsets.get(quarter)
        if offset_s is None:
            if len(self._offsets) > 100_000:
                self._offsets.clear()
            offset = date.astimezone(self._zone).utcoffset()
            offset_s = self._offsets[quarter] = int(offset.total_seconds()) if offset else 0
        return moment_s + offset_s


class Rows:
    """Makes rows of records."""

    def __init__(self, zone: tzinfo, peers: Peers) -> None:
        self._peers = peers
        self._local_s = Clock(zone).local_s
        self._record = Plain(date=self._local_s, peer=peers.index, without=ELSEWHERE)

    def row(self, record: Record) -> Row:
        """The row of a message; the ids of a basic group's are lowered as in result.json."""
        moved = record.chat_id is not None
        extras: Object = {}
        self._record.fill(extras, record)
        if extras["kind"] == "text":
            del extras["kind"]
        text = record.text
        if text is not None and text.entities:
            extras["entities"] = entities_of(text)
        if moved:
            _move(extras)
        if record.media is not None or record.link_preview or record.inside or record.custom_emoji:
            _name_again(extras)
        return Row(
            id=record.id + MOVED if moved else record.id,
            date_s=self._local_s(record.date),
            sender=NOBODY if record.sender is None else self._peers.index(record.sender),
            extras=compact_json(extras) if extras else "",
            texts=_texts(record),
        )


def _move(extras: Object) -> None:
    """Renumber what a message of the basic group says of others there."""
    reply = extras.get("reply")
    if reply is not None and "peer" not in reply:
        for key in ("message_id", "top_id"):
            if key in reply:
                reply[key] += MOVED
    details = extras.get("action", {}).get("details", {})
    for key in MOVED_KEYS:
        if key in details:
            details[key] += MOVED


def _name_again(value: Any) -> None:
    """Add `bin` to each file below a value that is linked under a second name."""
    if isinstance(value, list):
        for one in value:
            _name_again(one)
    elif isinstance(value, dict):
        for key in FILE_KEYS:
            path = value.get(key)
            if isinstance(path, str) and (name := second_name(path)) is not None:
                value["bin"] = name
        for one in list(value.values()):
            if isinstance(one, dict | list):
                _name_again(one)


def _texts(record: Record) -> str:
    text = record.text.text if record.text is not None else ""
    words = [word for word in _words(record) if word]
    if not words and text.isprintable():
        return text
    return WORD.join(_clean(one) for one in (text, *words))


def _clean(text: str) -> str:
    """Without the two letters that separate texts; blanks, so that offsets stay right."""
    return text.replace("\0", " ").replace(WORD, " ")


def _words(record: Record) -> Iterator[str | None]:
    """What a message is found by besides its text."""
    if record.media is not None:
        yield from _words_of(record.media)
    if record.forward is not None:
        peer = record.forward.peer
        yield record.forward.name if peer is None else peer.name
    if record.link_preview is not None:
        yield from (record.link_preview.title, record.link_preview.description)
        if record.link_preview.file is not None:
            yield record.link_preview.file.name
    for file in record.inside:
        yield from _words_of(file)
    if record.action is not None:
        for key in ("title", "new_title", "information_text"):
            value = record.action.details.get(key)
            if isinstance(value, str | Text):
                yield value if isinstance(value, str) else value.text


def _words_of(media: Any) -> Iterator[str | None]:  # noqa: C901 - one case for each kind
    match media:
        case File():
            yield from (media.name, media.title, media.performer)
        case Poll():
            yield media.question.text
            for answer in media.answers:
                yield answer.text.text
        case TodoList():
            yield media.title.text
            for item in media.items:
                yield item.text.text
        case Contact():
            yield f"{media.first_name} {media.last_name}".strip()
            yield media.phone_number
        case Venue():
            yield from (media.title, media.address)
        case Game() | Invoice():
            yield from (media.title, media.description)
        case PaidMedia():
            for one in media.items:
                yield from _words_of(one)
        case Story() if media.media is not None:
            yield from _words_of(media.media)
