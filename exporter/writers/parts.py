"""One chat in several files of a format: by size, count, day, month or topic.

All of them appear at the end, one after another, each of them whole. A hidden list beside them says
which files they are, so that the next time those that are not written any more can be removed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from exporter.folder import name_of
from exporter.media.safe_names import folded
from exporter.records import Record
from exporter.writers.atomic import AtomicFile
from exporter.writers.part_lists import list_of, listed, remove
from exporter.writers.splitting import By, Label, Split, name_for
from exporter.writers.writer import ALONE, NOTHING_ELSE, Around, Beside, OneFile
from storage.models import ChatInfo

AWAKE = 8
"""Files that are open at once: the messages of topics come in any order."""
SLACK_BYTES = 64 * 1024
"""So much is left at the end of a file of a limited size, since the next message may be long."""
MEMBERS = "members.jsonl"
"""Lies beside them, so that no part may be called so."""
GENERAL = "General"
"""What Telegram calls the topic of messages without one."""


class Parts:
    """Writes one chat into as many files as its messages are split into; a `Writer`.

    What is remembered grows with the number of files, not of messages. Days and months go by the
    order of the messages: one that claims to be older than the one before it stays beside it.
    """

    def __init__(
        self,
        folder: Path,
        zone: tzinfo,
        make: Callable[[str, Label], OneFile],
        *,
        split: Split,
        template: str,
        usual_name: str,
    ) -> None:
        """`make` gives the writer of a part by its name.

        `usual_name`: of the file that holds the whole chat; its ending is that of each part, and
        the list of them is called after it.
        """
        self._folder = folder
        self._zone = zone
        self._make = make
        self._split = split
        self._template = template
        self._usual_name = usual_name
        self._list = AtomicFile(list_of(folder, usual_name))
        self._chat = ChatInfo(id=0, title=None, type="")
        self._parts: dict[str, OneFile] = {}
        """By name, in the order of their first messages."""
        self._taken = {MEMBERS}
        self._awake: OrderedDict[int, OneFile] = OrderedDict()
        self._topics: dict[int, OneFile] = {}
        self._part: OneFile | None = None
        """The last one that was written to."""
        self._date = ""
        self._count = 0
        """Of messages in the last part."""

    def begin(self, chat: ChatInfo, _around: Around = NOTHING_ELSE, /) -> None:
        """Begin the list; the first file begins with the first message."""
        self._chat = chat
        self._list.open()

    def message(self, record: Record) -> None:
        """Append one message to its part."""
        part = self._part_for(record)
        part.message(record)
        self._part = part
        self._count += 1

    def end(self, _beside: Beside = ALONE, /) -> Path:
        """Put all files in their places, and remove those of an earlier time; return the first."""
        if not self._parts:
            self._open(Label(part=1))
        old = [name for name in listed(self._folder, self._usual_name) if name not in self._parts]
        self._list.write("".join(f"{name}\n" for name in [*self._parts, *old]).encode())
        self._list.commit()
        paths = [part.end() for part in self._parts.values()]
        remove(self._folder, old)
        return paths[0]

    def abort(self) -> None:
        """Leave no trace."""
        for part in self._parts.values():
            part.abort()
        self._list.discard()

    def _part_for(self, record: Record) -> OneFile:
        match self._split.by:
            case By.TOPIC:
                return self._topic(record)
            case By.DAY | By.MONTH:
                begins = self._date < (date := self._date_of(record))
                self._date = max(self._date, date)
            case By.COUNT:
                begins = self._count >= self._split.amount
            case By.SIZE:
                written = 0 if self._part is None else self._part.size_bytes
                begins = self._count > 0 and written + SLACK_BYTES > self._split.amount
            case By.NOTHING:
                begins = False
        if self._part is not None and not begins:
            return self._part
        if self._part is not None:
            self._part.rest()
        self._count = 0
        return self._open(Label(part=len(self._parts) + 1, date=self._date))

    def _topic(self, record: Record) -> OneFile:
        key = record.topic_id or 0
        part = self._topics.get(key)
        if part is None:
            title = record.topic or (f"Topic {key}" if key else GENERAL)
            part = self._topics[key] = self._open(Label(part=len(self._parts) + 1, topic=title))
        self._awake[key] = part
        self._awake.move_to_end(key)
        if len(self._awake) > AWAKE:
            self._awake.popitem(last=False)[1].rest()
        return part

    def _date_of(self, record: Record) -> str:
        local = record.date.astimezone(self._zone).isoformat()
        return local[:7] if self._split.by is By.MONTH else local[:10]

    def _open(self, label: Label) -> OneFile:
        ending = Path(self._usual_name).suffix
        name = name_for(
            self._template, ending, chat=name_of(self._chat), label=label, taken=self._taken
        )
        self._taken.add(folded(name))
        part = self._parts[name] = self._make(name, label)
        part.begin(self._chat)
        return part
