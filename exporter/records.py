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
from typing import TypeAlias

from exporter.attachments import CustomEmoji, File, LinkPreview, Media, Photo
from exporter.peers import PeerRef
from exporter.texts import Text

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
Detail: TypeAlias = "str | int | float | Text | Sequence[Detail] | Mapping[str, Detail] | None"
"""What stands under a key of a service action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a message answers."""

    message_id: int | None = None
    peer: PeerRef | None = None
    """The other chat, when the answered message is not in this one."""
    top_id: int | None = None
    """The first message of the thread."""
    quote: Text | None = None
    quote_offset: int | None = None
    """Where the quote begins in the answered text, in UTF-16 units."""
    quote_chosen: bool = False
    """Somebody picked that part; else it is what Telegram shows of the answered message."""
    media: str | None = None
    """The kind of what the answered message carries, where that is in another chat."""
    poll_option: bytes | None = None
    """The answer of a poll that is meant."""
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
    saved_from_sender: PeerRef | None = None
    """Who wrote it where it was saved from."""
    saved_from_name: str | None = None
    """Their name, if they hide the account behind it."""
    saved_date: datetime | None = None
    psa_type: str | None = None
    """Of a public service announcement."""
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Reactor:
    """One person's reaction."""

    peer: PeerRef
    date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Somebody who paid for reactions with stars."""

    peer: PeerRef | None
    """None for somebody anonymous."""
    count: int
    mine: bool = False
    top: bool = False
    """One of those who gave most."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """One kind of reaction and how often it was given."""

    type: str
    """emoji, custom_emoji, paid or empty."""
    count: int
    emoji: str | None = None
    document_id: int | None = None
    recent: tuple[Reactor, ...] = ()
    chosen: bool = False
    """The account that fetched it gave this one too."""
    payers: tuple[Payer, ...] = ()


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
class Version:
    """What a message was before an edit."""

    until: datetime
    """When the edit was noticed."""
    edited: datetime | None = None
    """When this version was made, if it was not the first."""
    kind: str
    """As `Record.kind`."""
    text: Text | None = None
    media: Media | None = None
    link_preview: LinkPreview | None = None


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
    earlier: tuple[Version, ...] = ()
    """What it was before its edits, the oldest first; as far as they were noticed."""
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
    inside: tuple[Photo | File, ...] = ()
    """The photos and files within a rich message."""
    custom_emoji: tuple[CustomEmoji, ...] = ()
    """Those of its texts and reactions, each once."""
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
    left_out: Mapping[str, Json] = field(default_factory=dict)
    """What an older layer of Telegram had and this version has no place for, by the class and field
    where it stood: a list for each."""
    problem: str | None = None
    """Why a message could not be read; `kind` is then unsupported."""
