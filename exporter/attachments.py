"""What a message carries besides its text: files, places, polls, and the like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from exporter.peers import PeerRef
from exporter.texts import Text


class Missing(StrEnum):
    """Why a file's bytes are not in the export."""

    NOT_INCLUDED = "not_included"
    """Nobody asked for files of this kind."""
    TOO_BIG = "too_big"
    UNAVAILABLE = "unavailable"
    """Telegram no longer serves it, or never would: self-destructing media, for one."""
    FAILED = "failed"
    """It could not be fetched; another export may try again."""


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
    video: File | None = None
    """That video."""
    missing: Missing | None = None
    path: str | None = None
    """Where the file is, below the export's folder; with slashes."""
    sha256: str | None = None
    """Of the file, in hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """The largest still picture of a document."""

    width: int
    height: int
    size_bytes: int
    missing: Missing | None = None
    path: str | None = None
    """Where the file is, below the export's folder; with slashes."""
    sha256: str | None = None
    """Of the file, in hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A document: a sticker, video, voice message, animation, song or any other file.

    Which of them it is stands in `Record.kind`.
    """

    document_id: int | None
    """None when it has expired."""
    kind: str | None = None
    """As `Record.kind`, for a file that is only a part of what the message carries."""
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
    cover: Photo | None = None
    """The picture that stands for a video."""
    spoiler: bool = False
    ttl_seconds: int | None = None
    missing: Missing | None = None
    path: str | None = None
    """Where the file is, below the export's folder; with slashes."""
    sha256: str | None = None
    """Of the file, in hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEmoji:
    """A custom emoji of the texts or reactions."""

    document_id: int
    missing: Missing | None = None
    path: str | None = None
    """Where the file is, below the export's folder; with slashes."""
    sha256: str | None = None
    """Of the file, in hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A shared contact."""

    first_name: str
    last_name: str
    phone_number: str
    """With a leading +, digits only, unless Telegram formatted it otherwise."""
    vcard: str | None = None
    vcard_path: str | None = None
    """Where that is as a file, below the export's folder."""
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
    photo: Photo | None = None
    animation: File | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A bill. `amount` is in the currency's smallest unit."""

    title: str
    description: str
    amount: int
    currency: str
    receipt_message_id: int | None = None
    photo_url: str | None = None
    """A picture of the ware, which lies on another server than Telegram's."""
    test: bool = False
    bought: Photo | File | None = None
    """What it was for, where that is a photo or video."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollAnswer:
    """One answer of a poll, with what the account could see of the result."""

    text: Text
    voters: int
    chosen: bool = False
    correct: bool = False
    recent_voters: tuple[PeerRef, ...] = ()
    added_by: PeerRef | None = None
    """Who added it to a poll that is open for that."""
    added: datetime | None = None
    media: Photo | File | None = None


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
    open_answers: bool = False
    """Others may add answers."""
    recent_voters: tuple[PeerRef, ...] = ()
    close_period_seconds: int | None = None
    close_date: datetime | None = None
    solution: Text | None = None
    media: Photo | File | None = None
    """What is asked about."""
    solution_media: Photo | File | None = None


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
    staked_nano_ton: int | None = None
    won_nano_ton: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story that was forwarded or mentions the reader."""

    peer: PeerRef
    story_id: int
    mention: bool = False
    date: datetime | None = None
    """None when the story came without its content."""
    expires: datetime | None = None
    edited: bool = False
    text: Text | None = None
    media: Photo | File | None = None
    """None when the story came without its content."""
    music: File | None = None


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
    embed_url: str | None = None
    """A player of that site."""
    photo_id: int | None = None
    document_id: int | None = None
    photo: Photo | None = None
    file: File | None = None
    story: Story | None = None
    """Which the link leads to."""
