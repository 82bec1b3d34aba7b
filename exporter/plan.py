"""What an export would fetch: asked and estimated before anything is fetched."""

from __future__ import annotations

import shutil
from pathlib import Path

from exporter.config import ExporterConfig
from exporter.fetch import Seat
from exporter.media.wanting import kinds_of
from exporter.options import MEDIA_KINDS
from exporter.survey import Survey, survey
from exporter.telegram.connection import Telegram
from exporter.telegram.counters import count_files
from exporter.telegram.resolve import ChatRef
from exporter.telegram.search import Topic
from storage.archive import Archive
from storage.database import Database
from storage.models import ExportRequest
from storage.paces import Paces
from storage.plans import KnownFiles, Plan, Plans

USUAL_BYTES = {
    "animation": 1_000_000,
    "audio_file": 5_000_000,
    "file": 3_000_000,
    "photo": 150_000,
    "sticker": 30_000,
    "video_file": 15_000_000,
    "video_message": 4_000_000,
    "voice_message": 100_000,
}
"""Of a file of a kind of which the chat has shown none yet."""
HISTORY = ("messages.getHistory", "messages.getHistory in takeout")
A_PAGE = 100
USUAL_PAGES_PER_S = 5.0
"""While nothing has been learned of what Telegram allows."""
USUAL_BYTES_PER_S = 5_000_000


async def plan_of(seat: Seat, archive: Archive, database: Database, config: ExporterConfig) -> Plan:
    """Look around a chat and say what the seat's job would fetch of it.

    Raises:
        CommandError: a word of the request means nothing in this chat.
        ChatClosed: the account may not read the chat.
    """
    found = await survey(seat, archive, config.zone)
    return await plan_for(found, archive, database, config)


async def plan_for(
    found: Survey, archive: Archive, database: Database, config: ExporterConfig
) -> Plan:
    """The same once it has been looked around."""
    request = found.seat.job.request
    telegram, chat = found.seat.telegrams[0]
    messages = await _messages(found, archive)
    files = await _files(found, request)
    known = await Plans(database).known_files([share.chat.id for share in found.shares])
    fetch_bytes = sum(
        _bytes_left(number, known.get(kind), _usual(kind, known, request))
        for kind, number in files.items()
    )
    learned = await Paces(database).load(telegram.account_id)
    pages_per_s = max(
        (learned[method].rate for method in HISTORY if method in learned),
        default=USUAL_PAGES_PER_S,
    )
    return Plan(
        chat=chat.info,
        topics=len(await archive.topics(chat.info.id)) if chat.is_forum else 0,
        held=await archive.count(chat.info.id),
        messages=messages,
        files=dict(sorted(files.items(), key=lambda item: (-item[1], item[0]))),
        fetch_bytes=fetch_bytes,
        kept_bytes=sum(known[kind].kept_bytes for kind in files if kind in known),
        duration_s=messages / A_PAGE / pages_per_s + fetch_bytes / USUAL_BYTES_PER_S,
        free_bytes=await database.threads.run(_free_bytes, config.export_dir),
    )


async def _messages(found: Survey, archive: Archive) -> int:
    """About how many messages are to be fetched."""
    if found.total is not None:
        return max(0, found.total - await found.held(archive))
    telegram, chat = found.seat.telegrams[0]
    total = await _wanted(found, telegram, chat)
    stretch = found.shares[-1].stretch
    from_id = max(stretch.first_id, found.fresh_from)
    fresh = max(0, stretch.last_id - from_id + 1)
    return min(total, round(fresh * stretch.density))


async def _wanted(found: Survey, telegram: Telegram, chat: ChatRef) -> int:
    """About how many messages of the chat are meant, kept ones among them."""
    if found.total is not None:
        return found.total
    stretch = found.shares[-1].stretch
    within = round(max(0, stretch.last_id - stretch.first_id + 1) * stretch.density)
    if (topic_id := found.wanted.topic_id) is not None:
        within = min(within, await Topic(topic_id=topic_id).count(telegram, chat))
    return within


async def _files(found: Survey, request: ExportRequest) -> dict[str, int]:
    """About how many files of the wanted kinds there are, as far as Telegram counts them.

    Of a part of a chat it is the share that its messages have.
    """
    telegram, chat = found.seat.telegrams[0]
    kinds = kinds_of(request)
    counts = await count_files(
        telegram,
        chat,
        MEDIA_KINDS if kinds is None else sorted(kinds),
        topic_id=found.wanted.topic_id,
    )
    share = 1.0
    if found.total is None and (total := found.shares[-1].stretch.top.total):
        stretch = found.shares[-1].stretch
        within = max(0, stretch.last_id - stretch.first_id + 1) * stretch.density
        share = min(1.0, within / total)
    return {kind: round(count * share) for kind, count in counts.items() if count}


def _bytes_left(number: int, known: KnownFiles | None, usual_bytes: float) -> int:
    """What files of a kind have that are not kept yet."""
    kept = known.kept_files if known is not None else 0
    return round(max(0, number - kept) * usual_bytes)


def _usual(kind: str, known: dict[str, KnownFiles], request: ExportRequest) -> float:
    """What a file of this kind has; one over the limit is not fetched, and so counts with it."""
    seen = known.get(kind)
    mean = seen.size_bytes / seen.files if seen and seen.files else USUAL_BYTES[kind]
    limit = request.max_size_bytes
    return mean if limit is None else min(mean, limit)


def _free_bytes(folder: Path) -> int:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free
