"""What an export consists of: the chat, what it was before, and where it is talked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo

import structlog

from exporter.config import ExporterConfig
from exporter.errors import CommandError
from exporter.fetch import Seat, Wanted, fetch
from exporter.holes import settle_holes
from exporter.media.wanting import PROFILE_PHOTO, asks_for, wants_of
from exporter.progress import ProgressBoard
from exporter.receipt import make_receipt
from exporter.refresh import refresh
from exporter.seen import seen_ids
from exporter.slice import Cut, Stretch, cut_of, sources_of, stretch_of
from exporter.sources import Source
from exporter.telegram.about import About, about
from exporter.telegram.connection import Telegram
from exporter.telegram.desktop.numbers import is_made_up_group
from exporter.telegram.history import ChatClosed
from exporter.telegram.links import message_id
from exporter.telegram.pictures import profile_photos
from exporter.telegram.resolve import ChatRef
from exporter.telegram.search import Search, Topic
from exporter.telegram.topics import fetch_topics
from storage.archive import Archive
from storage.models import ChatInfo, ExportRequest, MediaRow
from storage.receipts import Receipt
from storage.slices import Slice
from storage.surroundings import Surroundings
from storage.wording import Sentence

WORTH_COUNTING = 2_000
"""Messages."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One chat of an export, who fetches it, and what of it is wanted."""

    seat: Seat
    cut: Cut
    stretch: Stretch
    hidden_up_to: int = 0
    """See `About.hidden_up_to`."""

    @property
    def chat(self) -> ChatInfo:
        return self.seat.chat.info


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All of an export."""

    shares: tuple[Share, ...]
    """The basic group that became this supergroup, if it is to be fetched; then the chat itself."""
    discussion: ChatRef | None
    """Of a channel: the group that holds the comments of its posts."""
    fresh_from: int
    """The archive ends below this message; those from it on are fetched now."""

    @property
    def seat(self) -> Seat:
        return self.shares[-1].seat

    @property
    def comments_in(self) -> ChatRef | None:
        """The group whose comments are wanted too."""
        return self.discussion if self.seat.job.request.comments else None

    @property
    def wanted(self) -> Slice:
        return self.shares[-1].cut.slice

    @property
    def total(self) -> int | None:
        """About how many messages there are; of a part of a chat nobody knows."""
        tops = [share.stretch.top for share in self.shares]
        return sum(top.total for top in tops) if self.wanted.is_everything else None

    async def held(self, archive: Archive) -> int:
        """How many of them are kept already."""
        if not self.wanted.is_everything:
            return 0
        return sum([await archive.count(share.chat.id) for share in self.shares])


async def survey(seat: Seat, archive: Archive, zone: tzinfo) -> Survey:
    """Look around a chat before it is fetched, note what was found, and read the request's words.

    Raises:
        CommandError: a word of the request means nothing in this chat.
        ChatClosed: the account may not read the chat.
    """
    telegram, chat = seat.telegrams[0]
    around = await about(telegram, chat)
    if around.protected:
        chat = replace(chat, protected=True)
        seat.telegrams[0] = telegram, chat
    await _note(around, telegram, chat, archive)
    if chat.is_forum:
        await archive.save_topics(chat.info.id, await fetch_topics(telegram, chat))
    cut = await cut_of(seat.job, telegram, chat, archive, zone)
    stretch = await stretch_of(cut.slice, telegram, chat)
    _check_link(seat.job.request, chat, stretch)
    seat.files = replace(seat.files, wants=wants_of(seat.job.request, cut.slice))
    await _keep_pictures(seat, around.photo, archive)
    share = Share(seat=seat, cut=cut, stretch=stretch, hidden_up_to=around.hidden_up_to)
    before = await _before(seat, around, cut, archive)
    return Survey(
        shares=(share,) if before is None else (before, share),
        discussion=around.discussion,
        fresh_from=await archive.top_id(chat.info.id) + 1,
    )


async def _note(around: About, telegram: Telegram, chat: ChatRef, archive: Archive) -> None:
    forerunner, discussion = around.forerunner, around.discussion
    await archive.save_chat(chat.info, is_forum=chat.is_forum, members=around.members)
    for other in (forerunner, discussion):
        if other is not None:
            await archive.save_chat(other.info, is_forum=other.is_forum)
    before = (await archive.surroundings(chat.info.id)).forerunner_id
    if forerunner is not None and before is not None and is_made_up_group(before):
        await archive.adopt_group(before, forerunner.info.id)
    await archive.save_peers(telegram.account_id, around.peers)
    seen = Surroundings(
        forerunner_id=forerunner.info.id if forerunner else None,
        linked_id=discussion.info.id if discussion else None,
    )
    await archive.save_surroundings(chat.info.id, seen)


async def _keep_pictures(seat: Seat, photo: MediaRow | None, archive: Archive) -> None:
    """Note the photo that the chat has now and, of a person, the earlier ones, newest first."""
    telegram, chat = seat.telegrams[0]
    pictures = {} if photo is None else {photo.file_id: photo}
    if asks_for(seat.job.request, PROFILE_PHOTO):
        for earlier in await profile_photos(telegram, chat):
            pictures.setdefault(earlier.file_id, earlier)
    if pictures:
        await archive.save_pictures(
            telegram.account_id, chat.info.id, list(pictures.values()), wants=seat.files.wants
        )


def _check_link(request: ExportRequest, chat: ChatRef, stretch: Stretch) -> None:
    """Look whether a link to a message can be meant, where the chat's top is known."""
    wanted = message_id(request.chat)
    if wanted is not None and stretch.to_the_top and wanted > stretch.top.id:
        raise CommandError(
            Sentence(
                "{title} has no message {id}: its newest is {newest}. Check the link, or send it"
                " without the message's number.",
                title=chat.info.title or str(chat.info.id),
                id=str(wanted),
                newest=str(stretch.top.id),
            )
        )


async def _before(seat: Seat, around: About, cut: Cut, archive: Archive) -> Share | None:
    """The basic group that the chat was, if something of it is wanted and this account can ask.

    Only the account whose numbers its archive has may: another one's are different.
    """
    forerunner, telegram = around.forerunner, seat.telegrams[0][0]
    if forerunner is None or not cut.slice.reaches_back:
        return None
    owner_id = await archive.own_chat(forerunner.info.id, telegram.user_id)
    if owner_id != telegram.user_id:
        log.info("the basic group's archive is another account's", owner=owner_id)
        return None
    try:
        stretch = await stretch_of(cut.slice, telegram, forerunner)
    except ChatClosed as closed:
        log.warning("the basic group is left out", reason=str(closed))
        return None
    own = Seat(
        job=seat.job,
        telegrams=[(telegram, forerunner)],
        on_lost=seat.on_lost,
        files=seat.files,
    )
    return Share(seat=own, cut=cut, stretch=stretch)


async def refresh_all(
    found: Survey, words: str | None, archive: Archive, board: ProgressBoard, config: ExporterConfig
) -> int:
    """Look again at what is kept, if that is wanted; return how much of it was deleted."""
    if words is None:
        return 0
    refreshed = [
        await refresh(share.seat, words, archive, board, config, hidden_up_to=share.hidden_up_to)
        for share in found.shares
    ]
    return sum(each.deleted for each in refreshed)


async def fetch_share(
    share: Share, archive: Archive, board: ProgressBoard, config: ExporterConfig
) -> Receipt | None:
    """Keep every message of a share that is not kept yet: none twice, and none lost.

    Returns:
        The proof, unless only a part of the chat is wanted.
    """
    stretch = share.stretch
    top = stretch.top
    async with seen_ids(
        archive,
        share.chat.id,
        expected=stretch.top.total,
        folder=config.seen_dir,
        sizes=config.filter_sizes,
    ) as seen:
        for source in sources_of(share.cut, share.seat.chat):
            wanted = Wanted(
                first_id=stretch.first_id,
                last_id=stretch.last_id,
                source=source,
                density=await _density(source, share),
                to_the_top=stretch.to_the_top,
            )
            top = await fetch(_who_asks(share, source), wanted, archive, board, seen) or top
        if not share.cut.slice.is_everything:
            return None
        await settle_holes(share.seat, archive, board, seen=seen, hidden_up_to=share.hidden_up_to)
    receipt = await make_receipt(archive, share.chat.id, counted=top.total)
    await archive.evidence.save_receipt(share.seat.job.id, receipt)
    return receipt


async def _density(source: Source, share: Share) -> float:
    """About how many messages of a source there are to an id; ranges are made by it.

    For a part that Telegram picks out this costs a question, which a short stretch is not worth:
    that is one range.
    """
    stretch = share.stretch
    if not isinstance(source, Topic | Search):
        return stretch.density
    ids = max(stretch.last_id - stretch.first_id + 1, 1)
    if ids * stretch.density <= WORTH_COUNTING:
        return 1 / ids
    telegram, chat = share.seat.telegrams[0]
    count = await source.count(telegram, chat)
    return min(max(count, 1) / stretch.top.id, 1.0)


def _who_asks(share: Share, source: Source) -> Seat:
    """A person's input peer is of use to the one account that found it."""
    if share.cut.sender is None or source.key is None:
        return share.seat
    seat = share.seat
    return Seat(job=seat.job, telegrams=seat.telegrams[:1], on_lost=seat.on_lost, files=seat.files)
