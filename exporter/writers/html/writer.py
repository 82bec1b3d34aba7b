"""Writes the folder of the offline reader."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from exporter.records import Record
from exporter.writers.atomic import AtomicFile
from exporter.writers.html.lists import MessageList, MessageLists
from exporter.writers.html.literal import compact_json, literal
from exporter.writers.html.page import Page, page
from exporter.writers.html.peers import Peers
from exporter.writers.html.release import Release, named_by_content
from exporter.writers.html.rows import Rows
from exporter.writers.plain import Object
from exporter.writers.writer import ALONE, NOTHING_ELSE, Around, Beside
from storage.models import ChatInfo

__all__ = ["FILE_NAME", "VERSION", "HtmlReader"]

FILE_NAME = "index.html"
VERSION = 1
PROGRAM = Path(__file__).parents[1] / "reader"
GENERAL_ID = 1
"""The topic of what has none: https://core.telegram.org/api/forum"""
LAST = 50
"""Messages that are there without the program too."""
DAY_S = 86_400


class HtmlReader:
    """Writes index.html, the program, and the messages in parts."""

    def __init__(self, folder: Path, zone: tzinfo) -> None:
        self._folder = folder
        self._zone = zone
        self._index = AtomicFile(folder / FILE_NAME)
        self._release = Release(folder)
        self._peers = Peers()
        self._rows = Rows(zone, self._peers)
        self._lists = MessageLists(self._release.add)
        self._chat = ChatInfo(id=0, title=None, type="")
        self._around = NOTHING_ELSE
        self._days: Counter[int] = Counter()
        """Messages by day since 1970."""
        self._pinned: list[int] = []
        self._last: deque[Record] = deque(maxlen=LAST)

    def begin(self, chat: ChatInfo, around: Around = NOTHING_ELSE, /) -> None:
        """Nothing stands before the first message."""
        self._chat, self._around = chat, around
        self._index.open()
        self._release.begin()

    def message(self, record: Record) -> None:
        """Take one message; what is full is written."""
        row = self._rows.row(record)
        self._lists.add((record.topic_id or GENERAL_ID) if self._around.topics else None, row)
        self._days[row.date_s // DAY_S] += 1
        if record.pinned:
            self._pinned.append(row.id)
        self._last.append(record)

    def end(self, beside: Beside = ALONE, /) -> Path:
        """Write what is left, and let index.html name it."""
        lists = self._lists.finish()
        program = {
            named_by_content(f"reader/{path.name}", content): content
            for path in sorted(PROGRAM.glob("*"))
            if path.suffix in (".css", ".js")
            for content in [path.read_bytes()]
        }
        for path, content in program.items():
            self._release.add(path, content)
        meta = b"CK.meta(" + literal(compact_json(self._meta(lists, beside))) + b");\n"
        meta_path = named_by_content("data/meta.js", meta)
        self._release.add(meta_path, meta)
        shell = page(
            Page(
                chat=self._chat,
                language=self._around.language,
                zone=self._zone,
                files=(*program, meta_path),
                last=tuple(self._last),
            )
        )
        self._index.check()
        self._release.place()
        self._index.write(shell)
        finished = self._index.commit()
        self._release.settle()
        return finished

    def abort(self) -> None:
        """Leave no trace."""
        self._release.discard()
        self._index.discard()

    def _meta(self, lists: list[MessageList], beside: Beside) -> Object:
        chat, around = self._chat, self._around
        about: Object = {
            "id": chat.id,
            "title": chat.title,
            "type": chat.type,
            "username": chat.username,
        }
        if chat.id in beside.avatars:
            about["avatar"] = beside.avatars[chat.id]
        meta: Object = {
            "v": VERSION,
            "lang": around.language,
            "chat": about,
            "own": around.own_ids,
            "zone": str(self._zone),
            "total": sum(each.count for each in lists),
            "peers": list(self._peers.listed(beside.avatars)),
        }
        if around.topics:
            meta["topics"] = self._topics(lists)
        meta |= {
            "lists": [each.described() for each in lists],
            "pinned": self._pinned,
            "months": _months(self._days),
            "formats": beside.files,
        }
        if around.stats:
            meta["stats"] = [asdict(each) for each in around.stats]
        if around.comments:
            meta["comments"] = f"comments/{FILE_NAME}"
        return meta

    def _topics(self, lists: list[MessageList]) -> list[Object]:
        """Those with messages; one that Telegram no longer lists has no title."""
        known = {topic.topic_id: topic for topic in self._around.topics}
        found = []
        for each in lists:
            topic = known.get(each.topic_id or 0)
            about: Object = {
                "id": each.topic_id,
                "title": None if topic is None else topic.title,
                "count": each.count,
            }
            if topic is not None and topic.closed:
                about["closed"] = True
            found.append(about)
        return found


def _months(days: Counter[int]) -> list[tuple[int, int]]:
    """How many messages there are in each month, as 202405, the oldest first."""
    months: Counter[int] = Counter()
    for day, count in days.items():
        date = datetime.fromtimestamp(day * DAY_S, UTC)
        months[date.year * 100 + date.month] += count
    return sorted(months.items())
