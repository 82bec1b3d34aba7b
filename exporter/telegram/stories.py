"""Stories that messages show: Telegram often sends such a message without the story itself.

https://core.telegram.org/constructor/messageMediaStory: what is absent is to be asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from telethon.tl import types
from telethon.tl.alltlobjects import LAYER
from telethon.tl.functions.stories import GetStoriesByIDRequest

from exporter.errors import ItemError
from exporter.telegram.connection import Telegram
from exporter.telegram.convert import files_of, parse
from exporter.telegram.pacing import Refused, Unreadable
from exporter.telegram.peers import id_of_peer, input_peer, kind_of_id, peers_in
from storage.archive import Archive
from storage.media import Wants
from storage.models import MediaRow, MessageRow, Page, Peer, PeerKind
from storage.pages import Fence
from storage.slices import Slice

KIND = "story"
"""Of messages that show one."""
A_REQUEST = 100
"""Stories that one request asks for."""

Named = tuple[int, int]
"""A story: the marked id of who posted it, and its own id there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What Telegram says of some stories."""

    items: Mapping[Named, Any]
    """A `StoryItem`, or a `StoryItemDeleted` for one that is gone; none where nothing was said."""
    peers: tuple[Peer, ...] = ()


async def ask_stories(telegram: Telegram, archive: Archive, named: Iterable[Named]) -> Told:
    """Ask for stories, a request for each who posted some; who is not known is not asked for.

    Raises:
        JobError: Telegram is out of reach, or the account cannot be used.
    """
    wanted: dict[int, set[int]] = defaultdict(set)
    for peer_id, story_id in named:
        wanted[peer_id].add(story_id)
    items: dict[Named, Any] = {}
    peers: list[Peer] = []
    for peer_id, ids in wanted.items():
        access_hash = await archive.access_hash(telegram.account_id, peer_id)
        if access_hash is None and kind_of_id(peer_id) is not PeerKind.CHAT:
            continue
        for part in _parts(sorted(ids)):
            answer = await _ask(telegram, input_peer(peer_id, access_hash), part)
            if answer is not None:
                gone = {id_: types.StoryItemDeleted(id_) for id_ in part}
                found = gone | {item.id: item for item in answer.stories if item.id in gone}
                items.update(((peer_id, id_), item) for id_, item in found.items())
                peers += peers_in(answer)
    return Told(items=items, peers=tuple(peers))


async def fetch_stories(
    telegram: Telegram,
    archive: Archive,
    chat_id: int,
    *,
    fence: Fence | None = None,
    wants: Wants | None = None,
) -> int:
    """Complete the archived messages of a chat that name a story without showing it.

    Each story is asked for once: one that is gone is noted in its message. `wants` as in
    `Archive.keep`.

    Returns:
        How many messages show their story now.

    Raises:
        JobLost: as `Archive.keep`.
        JobError: as `ask_stories`.
    """
    if not (await archive.counts_by_kind(chat_id, deleted=False)).get(KIND):
        return 0
    shown = 0
    wanted = Slice(kinds=(KIND,))
    async for rows in archive.messages(chat_id, page=A_REQUEST, wanted=wanted, deleted=False):
        parsed = [(row, parse(row)) for row in rows]
        bare = [(row, message) for row, message in parsed if _is_bare(message)]
        told = await ask_stories(telegram, archive, [_named(message) for _, message in bare])
        changed = [pair for pair in bare if _named(pair[1]) in told.items]
        if changed:
            page = _page(changed, told)
            await archive.keep(telegram.account_id, chat_id, None, page, fence=fence, wants=wants)
            shown += len({row.message_id for row in page.media})
    return shown


def _is_bare(message: Any) -> bool:
    if isinstance(message, ItemError) or type(message.media) is not types.MessageMediaStory:
        return False
    if getattr(message, "left_out", None):  # written anew, the row would lose that
        return False
    return message.media.story is None


def _named(message: Any) -> Named:
    return id_of_peer(message.media.peer), message.media.id


def _page(changed: list[tuple[MessageRow, Any]], told: Told) -> Page:
    """The messages with their stories in them."""
    messages: list[MessageRow] = []
    media: list[MediaRow] = []
    for row, message in changed:
        message.media.story = told.items[_named(message)]
        messages.append(replace(row, layer=LAYER, tl=bytes(message)))
        media += files_of(message)
    return Page(
        messages=tuple(messages), peers=told.peers, media=tuple(media), skipped=(), next_id=0
    )


async def _ask(telegram: Telegram, peer: Any, ids: list[int]) -> Any:
    """The answer; None when Telegram does not tell this account, or not in words we can read."""
    try:
        return await telegram.ask(GetStoriesByIDRequest(peer, ids))
    except (Refused, Unreadable):
        return None


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + A_REQUEST] for start in range(0, len(ids), A_REQUEST)]
