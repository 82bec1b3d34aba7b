"""One message as writers see it: plain data, no Telegram library, nothing to look up any more.

The converter (`exporter/telegram/convert`) makes these from the bytes in the archive, and every
format is written from them. Peer ids are in marked form (users positive, basic groups `-id`,
channels `-100…`), times aware and in UTC, offsets in UTF-16 units as Telegram counts them. A field
that a message does not have is None, False or empty.

`messages.jsonl` shows exactly these fields under these names: a renamed field is a new version of
that format (see `exporter/writers/jsonl.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
Detail: TypeAlias = "str | int | float | Text | Sequence[Detail] | Mapping[str, Detail] | None"
"""What stands under a key of a service action."""


@dataclass(frozen=True, slots=True)
class PeerRef:
    """A user, group or channel that a message names."""

    id: int
    name: str | None
    """None for a deleted account and for a peer that Telegram named nowhere."""
    username: str | None = None
    is_bot: bool = False


def peer_key(peer_id: int) -> str:
    """Telegram Desktop's way to write a peer: user123, chat123, channel123."""
    if peer_id > 0:
        return f"user{peer_id}"
    if peer_id > _CHANNEL_BASE:
        return f"chat{-peer_id}"
    return f"channel{bare_id(peer_id)}"


def bare_id(peer_id: int) -> int:
    """The id as Telegram's own objects have it, without the mark."""
    if peer_id > 0:
        return peer_id
    return -peer_id if peer_id > _CHANNEL_BASE else _CHANNEL_BASE - peer_id


_CHANNEL_BASE = -1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Entity:
    """A styled stretch of a text, as Telegram sent it: entities may nest and overlap."""

    type: str
    """Telegram Desktop's word (bold, text_link, custom_emoji, …) or, where it has none, ours:
    formatted_date, diff_insert, diff_replace, diff_delete."""
    offset: int
    length: int
    value: str | int | bool | None = None
    """What the type carries, see `ENTITY_VALUES`."""


ENTITY_VALUES: Mapping[str, str] = {
    "mention_name": "user_id",
    "custom_emoji": "document_id",
    "pre": "language",
    "text_link": "href",
    "blockquote": "collapsed",
    "formatted_date": "date",
    "diff_replace": "old_text",
}
"""What `Entity.value` holds, by type: the key it is written under."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its entities."""

    text: str
    entities: tuple[Entity, ...] = ()


class Missing(StrEnum):
    """Why a file's bytes are not in the export."""

    NOT_INCLUDED = "not_included"
    """Nobody asked for files of this kind."""
    TOO_BIG = "too_big"
    UNAVAILABLE = "unavailable"
    """Telegram no longer serves it, or never would: self-destructing media, for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo, in its largest size."""

    photo_id: int | None
    """None when it has expired."""
    size_bytes: int = 0
    width: int = 0
    height: int = 0
    spoiler: bool = False
    ttl_seconds: int | None = None
    """It destroys itself so long after it was opened."""
    live: bool = False
    """A short video belongs to it."""
    missing: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """The largest still picture of a document."""

    width: int
    height: int
    size_bytes: int
    missing: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A document: a sticker, video, voice message, animation, song or any other file.

    Which of them it is stands in `Record.kind`.
    """

    document_id: int | None
    """None when it has expired."""
    size_bytes: int = 0
    name: str | None = None
    mime_type: str | None = None
    duration_s: float = 0
    width: int = 0
    height: int = 0
    performer: str | None = None
    title: str | None = None
    sticker_emoji: str | None = None
    waveform: bytes | None = None
    """Of a voice message: 5 bits a bar, packed (base64 in JSON)."""
    thumbnail: Thumbnail | None = None
    video_start_s: int | None = None
    """Where a player should start."""
    spoiler: bool = False
    ttl_seconds: int | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A shared contact."""

    first_name: str
    last_name: str
    phone_number: str
    """With a leading +, digits only, unless Telegram formatted it otherwise."""
    vcard: str | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A point on the map; both coordinates are None when Telegram gave an empty one."""

    latitude: float | None
    longitude: float | None
    accuracy_m: int | None = None
    live_period_seconds: int | None = None
    heading_degrees: int | None = None
    proximity_m: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A place with a name."""

    location: Location
    title: str
    address: str
    provider: str | None = None
    venue_id: str | None = None
    venue_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """A game of a bot."""

    title: str
    description: str
    short_name: str
    bot: PeerRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A bill. `amount` is in the currency's smallest unit."""

    title: str
    description: str
    amount: int
    currency: str
    receipt_message_id: int | None = None
    test: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollAnswer:
    """One answer of a poll, with what the account could see of the result."""

    text: Text
    voters: int
    chosen: bool = False
    correct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll or a quiz."""

    question: Text
    answers: tuple[PollAnswer, ...]
    closed: bool = False
    total_voters: int = 0
    quiz: bool = False
    multiple_choice: bool = False
    public_voters: bool = False
    close_date: datetime | None = None
    solution: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoItem:
    """One task of a list."""

    id: int
    text: Text
    completed_by: PeerRef | None = None
    completed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoList:
    """A checklist."""

    title: Text
    items: tuple[TodoItem, ...]
    others_can_append: bool = False
    others_can_complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Giveaway:
    """A giveaway under way."""

    channels: tuple[PeerRef, ...]
    quantity: int
    until_date: datetime
    months: int | None = None
    stars: int | None = None
    additional_prize: str | None = None
    countries: tuple[str, ...] = ()
    only_new_subscribers: bool = False
    winners_are_visible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveawayResults:
    """How a giveaway ended."""

    channel: PeerRef
    launch_message_id: int
    winners: tuple[PeerRef, ...]
    winners_count: int
    unclaimed_count: int
    until_date: datetime
    additional_peers_count: int = 0
    months: int | None = None
    stars: int | None = None
    additional_prize: str | None = None
    refunded: bool = False
    only_new_subscribers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidMedia:
    """Photos and videos behind a price."""

    stars: int
    items: tuple[Photo | File, ...]
    """What was bought; empty when only previews are there."""
    previews: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """A thrown die, dart or slot machine."""

    emoji: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story that was forwarded or mentions the reader."""

    peer: PeerRef
    story_id: int
    mention: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoStream:
    """A live stream."""

    rtmp: bool = False


Media: TypeAlias = (
    Photo
    | File
    | Contact
    | Location
    | Venue
    | Game
    | Invoice
    | Poll
    | TodoList
    | Giveaway
    | GiveawayResults
    | PaidMedia
    | Dice
    | Story
    | VideoStream
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPreview:
    """What Telegram showed under a link."""

    url: str
    type: str | None = None
    site_name: str | None = None
    title: str | None = None
    description: str | None = None
    author: str | None = None
    duration_s: int | None = None
    photo_id: int | None = None
    document_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a message answers."""

    message_id: int | None = None
    peer: PeerRef | None = None
    """The other chat, when the answered message is not in this one."""
    top_id: int | None = None
    """The first message of the thread."""
    quote: Text | None = None
    origin: Forward | None = None
    """Who wrote the answered message of another chat."""
    story_id: int | None = None
    todo_item_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Where a message came from."""

    date: datetime
    """When the original was written."""
    peer: PeerRef | None = None
    name: str | None = None
    """Of a person who hides the account behind it."""
    message_id: int | None = None
    """In the channel of origin."""
    author: str | None = None
    saved_from: PeerRef | None = None
    saved_from_message_id: int | None = None
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Reactor:
    """One person's reaction."""

    peer: PeerRef
    date: datetime


@dataclass(frozen=True, slots=True)
class Reaction:
    """One kind of reaction and how often it was given."""

    type: str
    """emoji, custom_emoji, paid or empty."""
    count: int
    emoji: str | None = None
    document_id: int | None = None
    recent: tuple[Reactor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message."""

    type: str
    """url, callback, switch_inline, …"""
    text: str
    data: str | bytes | None = None
    """What the button sends or opens: bytes for callbacks (base64 in JSON), else text."""
    forward_text: str | None = None
    button_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a service message says happened."""

    name: str | None
    """Telegram Desktop's word, or ours where it has none; None for a free text."""
    details: Mapping[str, Detail] = field(default_factory=dict)
    """Telegram Desktop's keys for it, in its order. Members are names there."""
    extra: Mapping[str, Json] = field(default_factory=dict)
    """What it leaves out: ids of the members, for one."""
    photo: Photo | None = None
    has_actor: bool = True
    """Telegram Desktop names who did it; for payments, passports and giveaways it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One message."""

    id: int
    kind: str
    """text, photo, video_file, …, service, unsupported: as `MessageRow.kind`."""
    date: datetime
    edited: datetime | None = None
    deleted_at: datetime | None = None
    """When it was noticed to be gone from Telegram."""
    sender: PeerRef | None = None
    author: str | None = None
    """The signature under a channel's post."""
    text: Text | None = None
    media: Media | None = None
    action: Action | None = None
    reply: Reply | None = None
    forward: Forward | None = None
    via_bot: PeerRef | None = None
    link_preview: LinkPreview | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    reactions: tuple[Reaction, ...] = ()
    topic_id: int | None = None
    topic: str | None = None
    """The topic's title."""
    album_id: int | None = None
    views: int | None = None
    forwards: int | None = None
    comments: int | None = None
    """Answers in the discussion group, or in the thread."""
    chat_id: int | None = None
    """The chat that it was written in, where that is not the one whose archive this is: the basic
    group that became this supergroup."""
    comment_on: int | None = None
    """The channel's post that it comments, or stands for in the discussion group."""
    outgoing: bool = False
    pinned: bool = False
    extra: Mapping[str, Json] = field(default_factory=dict)
    """What few messages have: effect, fact check, price, boosts, …"""
    problem: str | None = None
    """Why a message could not be read; `kind` is then unsupported."""
