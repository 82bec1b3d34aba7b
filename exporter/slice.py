"""From the words of an export to a slice of the chat, and to what Telegram must be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from exporter.errors import CommandError
from exporter.moments import span
from exporter.sources import Source
from exporter.telegram.connection import Telegram
from exporter.telegram.history import History, Top, top_of
from exporter.telegram.probes import top_before
from exporter.telegram.resolve import ChatRef
from exporter.telegram.search import FILTERS, Search
from exporter.telegram.search import Topic as TopicSource
from exporter.telegram.senders import Sender, find_sender
from storage.archive import Archive
from storage.models import ChatInfo, ExportRequest, Job
from storage.models import Topic as TopicInfo
from storage.slices import Slice
from storage.wording import Sentence

TOPICS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What of a chat is wanted."""

    slice: Slice
    sender: Sender | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The ids that hold all that is wanted; nothing when `last_id` is the lower one."""

    first_id: int
    last_id: int
    to_the_top: bool
    """`last_id` is the chat's newest, and what comes in meanwhile is wanted too."""
    top: Top
    """Where the chat ends, or a part of it that begins where the chat does."""

    @property
    def density(self) -> float:
        """About how many messages there are to an id."""
        return min(self.top.total / self.top.id, 1.0) if self.top.id and self.top.total else 1.0


async def cut_of(
    job: Job, telegram: Telegram, chat: ChatRef, archive: Archive, zone: tzinfo
) -> Cut:
    """Read the words of a request; the topics of a forum are in the archive by now.

    Ages count from when the export was asked for, so that a restart means the same days.

    Raises:
        CommandError: a word means nothing here.
    """
    request = job.request
    sender = None
    if request.sender is not None:
        sender = await find_sender(telegram, archive, chat, request.sender)
    wanted = await archived_slice(request, chat.info, archive, zone, now=job.created_at)
    return Cut(
        slice=replace(wanted, sender_id=sender.id if sender else None),
        sender=sender,
    )


async def archived_slice(
    request: ExportRequest, chat: ChatInfo, archive: Archive, zone: tzinfo, *, now: datetime
) -> Slice:
    """All that a request names but the sender, by what the archive knows.

    Raises:
        CommandError: a word means nothing here.
    """
    topic_id = None
    if request.topic is not None:
        topics = await archive.topics(chat.id)
        if not topics:
            raise CommandError(Sentence("{title} has no topics.", title=chat.title or str(chat.id)))
        topic_id = _topic(request.topic, topics)
    since = request.since and span(request.since, option="--since", zone=zone, now=now)
    until = request.until and span(request.until, option="--until", zone=zone, now=now)
    return Slice(
        min_id=request.min_id,
        max_id=request.max_id,
        since=since.begin if since else None,
        until=until.end if until else None,
        topic_id=topic_id,
        kinds=request.types,
    )


def name_of(request: ExportRequest) -> str | None:
    """What to call the part of a chat that a request means; None for all of it."""
    words = [
        f"{word} {value}"
        for word, value in (
            ("since", request.since),
            ("until", request.until),
            ("from message", request.min_id),
            ("to message", request.max_id),
            ("topic", request.topic),
            ("by", request.sender),
            ("only", " ".join(request.types)),
        )
        if value
    ]
    return ", ".join(words).replace(":", ".") or None


async def stretch_of(wanted: Slice, telegram: Telegram, chat: ChatRef) -> Stretch:
    """Find the ids that a slice lies between, by one question for each of its ends.

    Raises:
        ChatClosed: the account may not read the chat.
    """
    first_id = wanted.min_id or 1
    if wanted.since is not None:
        first_id = max(first_id, (await top_before(telegram, chat, wanted.since)).id + 1)
    over = wanted.until is not None and wanted.until <= datetime.now(UTC)
    if wanted.until is not None and over:
        top = await top_before(telegram, chat, wanted.until)
    else:
        top = await top_of(telegram, chat)
    return Stretch(
        first_id=first_id,
        last_id=top.id if wanted.max_id is None else min(top.id, wanted.max_id),
        to_the_top=wanted.max_id is None and not over,
        top=top,
    )


def sources_of(cut: Cut, chat: ChatRef) -> Sequence[Source]:
    """What to ask for so that all of a slice comes, and as little else as Telegram can leave out.

    What cannot be picked out there (texts, or a person whom this account cannot name) is picked
    out of everything here.
    """
    wanted = cut.slice
    in_group = chat.info.type.endswith("group")
    sender = cut.sender if cut.sender and cut.sender.input_peer and in_group else None
    kinds: Sequence[str | None] = (None,)
    if wanted.kinds and set(wanted.kinds) <= set(FILTERS):
        kinds = wanted.kinds
    if sender is None and kinds == (None,):
        topic_id = wanted.topic_id
        return [History() if topic_id is None else TopicSource(topic_id=topic_id)]
    return [Search(sender=sender, topic_id=wanted.topic_id, kind=kind) for kind in kinds]


def _topic(typed: str, topics: Sequence[TopicInfo]) -> int:
    """Find the topic by its number or title; failing that, by the beginning of a title.

    Raises:
        CommandError: none is called so, or several are.
    """
    wanted = typed.casefold()
    by_id = [topic for topic in topics if str(topic.topic_id) == typed]
    exact = [topic for topic in topics if topic.title == typed]
    same = [topic for topic in topics if topic.title.casefold() == wanted]
    begun = [topic for topic in topics if topic.title.casefold().startswith(wanted)]
    found = by_id or exact or same or begun
    if len(found) == 1:
        return found[0].topic_id
    shown = ", ".join(
        f"{topic.title} ({topic.topic_id})" for topic in (found or topics)[:TOPICS_SHOWN]
    )
    if found:
        raise CommandError(
            Sentence(
                "“{words}” fits {n} topics: {listed}. Name one by its number.",
                words=typed,
                n=len(found),
                listed=shown,
            )
        )
    raise CommandError(
        Sentence("This forum has no topic “{words}”. It has: {listed}.", words=typed, listed=shown)
    )
