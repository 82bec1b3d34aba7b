"""The plain records that the bot, the exporter and the database share.

A *peer id* is always in marked form, as in the Bot API: users are positive, basic groups are
`-id`, channels and supergroups are `-100…` (https://core.telegram.org/api/bots/ids). Times are
aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from storage.selections import Selection


class JobKind(StrEnum):
    """What a job does."""

    EXPORT = "export"
    DIALOGS = "dialogs"
    """Refresh the list of chats that the account sees; short, so it jumps the queue."""
    DELIVER = "deliver"
    """Pack the folder `request.to` for the chat on the phone."""
    REMOVE = "remove"
    """Delete the folder `request.to` of an export; the database keeps what was fetched."""
    PLAN = "plan"
    """Look what an export with this request would fetch (`storage.plans`); short, likewise."""
    BATCH = "batch"
    """Export every chat of `request.chats`, by a job for each (`storage.batches`); short, likewise:
    it makes those jobs, and comes again when they are over."""
    ACCOUNT = "account"
    """Of a batch: keep what is an account's own, the one with the user id `request.chat`."""
    STATS = "stats"
    """Count the archive of a chat and draw what it amounts to, for the chat on the phone; short as
    well: some seconds for each 100,000 messages."""


ASKED_FOR = (JobKind.EXPORT, JobKind.BATCH)
"""Exports as people know them."""


class JobState(StrEnum):
    """Where a job stands. The last four are final."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    """Nobody works on it until a person lets it go on."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    JOINED = "joined"
    """It turned out to want what another unfinished job already does; see `Job.joined_job_id`."""

    @property
    def is_final(self) -> bool:
        return self not in UNFINISHED


UNFINISHED = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)


class Wish(StrEnum):
    """What a person asked of a running job; the worker grants it at its next checkpoint."""

    CANCEL = "cancel"
    PAUSE = "pause"


class Phase(StrEnum):
    """What a running job is doing right now."""

    STARTING = "starting"
    FETCHING = "fetching"
    DOWNLOADING = "downloading"
    """All messages are there; files are still to come."""
    RENDERING = "rendering"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What a person asked for. Two equal requests are the same work."""

    chat: str
    """As typed, white space trimmed: @name, a t.me link, an id, or the name of a dialog."""
    formats: tuple[str, ...] = ()
    """None means the usual ones of this installation."""
    media: str = "all"
    """`all`, `none`, or a comma list of kinds."""
    max_size_bytes: int | None = None
    """Fetch no file larger than this."""
    extensions: tuple[str, ...] = ()
    """Only files with these name endings (lower case, no dot); none means all."""
    thumbnails: bool = False
    """Also the still pictures of documents."""
    retry_failed: bool = False
    """Try again what earlier exports gave up."""
    to: str | None = None
    """An absolute folder instead of the usual one."""
    split: str | None = None
    """What each format is split by: 50MB, 10000, day, month or topic."""
    name: str | None = None
    """A template for the names of its files: {chat} {date}."""
    since: str | None = None
    """The first day wanted, as typed: a date (2026-05-03), a time of it, or an age (7d)."""
    until: str | None = None
    """The last day wanted, likewise."""
    min_id: int | None = None
    max_id: int | None = None
    topic: str | None = None
    """Of a forum: a topic's id or title."""
    sender: str | None = None
    """Only messages of this person: @name, id or name."""
    types: tuple[str, ...] = ()
    """Only messages of these kinds (`MessageRow.kind`)."""
    refresh: str | None = None
    """Look again at what is kept: the newest N messages, the last Nd days, or `all`."""
    comments: bool = False
    """Also the comments of a channel's posts."""
    members: bool = False
    """Also the list of members and admins."""
    chats: Selection | None = None
    """Many chats instead of one: `chat` is empty then."""
    dark: bool = False
    """Of `stats`: dark pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProgress:
    """How far a file is."""

    name: str
    done_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountWait:
    """What an account waits for."""

    account_id: int
    until: datetime
    reason: str
    """A short sentence without the time, as `Progress.wait_reason`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a running job is."""

    phase: Phase = Phase.STARTING
    title: str | None = None
    """The chat's title; before it is known, what its person was shown when choosing it."""
    messages: int = 0
    """Messages that the archive holds of the chat so far."""
    new: int = 0
    """Those of them that this job brought, over all its attempts; a kill may lose the last few."""
    edited: int = 0
    worked_s: float = 0.0
    """How long it was worked at, over all its attempts."""
    total: int | None = None
    """What the server says there are; approximate."""
    rate: float | None = None
    """Messages a second, over the last seconds."""
    eta: datetime | None = None
    wait_until: datetime | None = None
    wait_reason: str | None = None
    """A short sentence without the time: "Telegram asks us to wait"."""
    account_waits: tuple[AccountWait, ...] = ()
    """Those of its accounts that wait, while others may go on."""
    files: int = 0
    """Files of this export that are kept (or given up) so far."""
    files_total: int = 0
    """Files that it wants, as far as known."""
    file_bytes: int = 0
    file_bytes_total: int = 0
    byte_rate: float | None = None
    """Bytes a second that came in over the last seconds."""
    large_files: tuple[FileProgress, ...] = ()
    """The large ones under way."""
    fetched_bytes: int = 0
    """Bytes of files that came in for it, over all its attempts."""
    permission: bool = False
    """The owner could speed it up, by allowing Telegram's data export on the phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatInfo:
    """A chat as a person knows it."""

    id: int
    """The marked peer id."""
    title: str | None
    type: str
    """Telegram Desktop's word: personal_chat, private_supergroup, public_channel, …"""
    username: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """One message or file that was left out, and why."""

    id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What an export did."""

    chat: ChatInfo
    folder: str
    messages: int
    """All that the archive holds of the chat."""
    new: int
    edited: int = 0
    deleted: int = 0
    comments: int = 0
    """New comments of a channel's posts."""
    by_kind: dict[str, int] = field(default_factory=dict)
    """Messages in the archive by kind: text, photo, video_file, …, service."""
    media_kept: int = 0
    media_skipped: int = 0
    media_bytes: int = 0
    """Of the files kept."""
    media_skipped_by: dict[str, int] = field(default_factory=dict)
    """Files not fetched, by why they were not wanted: `storage.media.SkipReason`."""
    media_failed: int = 0
    """Files given up, or no longer served by Telegram; `skipped` names the first of them."""
    media_saved_bytes: int = 0
    """Of files that this export kept without downloading them: their content was known."""
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences about what was asked for besides messages and could not be had in full."""
    complete: bool = True
    proof: str = ""
    """What is proven of the archive's completeness, in a sentence or two."""
    duration_s: float = 0.0
    rate: float = 0.0
    """New messages a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A row of `jobs`: what a person asked for and what became of it."""

    id: int
    kind: JobKind
    state: JobState
    request: ExportRequest
    """Of `dialogs` only `chat` is used: the words to look for. Of `deliver`: `chat`, a title; `to`,
    the folder; `max_size_bytes`, of a message. Of `remove`: `chat`, its id; `to`, the folder. Of
    `stats`: `chat`, as typed or its id; `dark`; and `since` and `until`."""
    wish: Wish | None = None
    priority: int = 0
    attempt: int = 0
    fence: int = 0
    """Raised by each claim; a write with an older fence is refused."""
    turn: int = 0
    """Raised whenever the state or the wish changes."""
    chat_id: int | None = None
    person_id: int | None = None
    """The Telegram user who asked; None for the command line."""
    joined_job_id: int | None = None
    batch_id: int | None = None
    """The job that made it, one of kind `BATCH`."""
    progress: Progress = Progress()
    summary: Summary | None = None
    error: str | None = None
    """The sentence for the person when `state` is `failed`."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The answer to a submitted request."""

    job: Job
    joined: bool = False
    """An equal request was under way already; `job` is that one."""
    repeated: bool = False
    """This very update was handled before; `job` is what it made then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """Where the status card of a job belongs: a private chat, which has its person's number."""

    bot_id: int
    chat_id: int
    reply_to: int
    """The command's message id; 0: there is no such message in this chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A row of `cards`: one status card of one job in one chat."""

    id: int
    job_id: int
    place: CardPlace
    message_id: int | None
    """None until it was sent."""
    revision: int
    """Goes into the buttons, so that a tap on an outdated card is recognised."""
    final: bool
    """The card shows the final state."""
    summary_message_id: int | None
    """The completion message, once it was sent."""
    asking: bool = False
    """It asks whether the job is really to be cancelled."""


class AccountState(StrEnum):
    """Whether Telegram lets Chatkeep use an account."""

    READY = "ready"
    FROZEN = "frozen"
    """It reads the chats that it is in, and little else."""
    REVOKED = "revoked"
    """Its session was ended from another device, or has expired."""
    DUPLICATED = "duplicated"
    """Its session was used from two places at once, which ends it for good."""
    DEACTIVATED = "deactivated"
    """The account is no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """What Telegram says of a frozen account: https://core.telegram.org/api/auth#frozen-accounts"""

    since: datetime
    until: datetime | None = None
    """When it is deleted unless an appeal succeeds."""
    appeal_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A Telegram account that Chatkeep may use."""

    id: int
    user_id: int
    name: str
    phone: str | None
    dc_id: int
    state: AccountState
    created_at: datetime
    freeze: Freeze | None = None
    """Of one that is frozen."""
    asks_permission: bool = False
    """Its owner has yet to allow Telegram's data export on the phone."""


class PeerKind(StrEnum):
    USER = "user"
    CHAT = "chat"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A user, basic group, supergroup or channel that appeared in answers."""

    peer_id: int
    kind: PeerKind
    name: str | None
    """None for a deleted account or one that Telegram named nowhere."""
    username: str | None = None
    is_bot: bool = False
    access_hash: int | None = None
    """Only of value to the account that saw it; None when the answer held a *min* object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of a forum."""

    topic_id: int
    title: str
    icon_emoji_id: int | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message as the archive keeps it: typed columns and its own TL bytes."""

    id: int
    date: datetime
    edited: datetime | None
    sender_id: int | None
    kind: str
    """text, photo, video_file, voice_message, …, service, unsupported."""
    topic_id: int | None
    reply_to_id: int | None
    album_id: int | None
    layer: int
    tl: bytes
    deleted: datetime | None = None
    """When it was noticed to be gone from Telegram; None while it is there."""
    import_id: int | None = None
    """The import that it came from (`storage.imports`); None: it is Telegram's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageVersion:
    """A message as it was before an edit."""

    id: int
    replaced: datetime
    """When the edit was noticed."""
    edited: datetime | None
    """The edit before that, if this version was not the first."""
    kind: str
    layer: int
    tl: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerName:
    """What a peer was called before."""

    name: str | None
    username: str | None
    until: datetime
    """When another name was noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in a group or channel."""

    user_id: int
    role: str
    """creator, admin or member."""
    rank: str | None = None
    """The title that the group gave an admin."""
    joined: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRow:
    """A file that a message carries."""

    message_id: int
    kind: str
    """photo, video_file, voice_message, … as in `MessageRow.kind`."""
    file_id: int
    """Telegram's photo or document id."""
    dc_id: int
    size_bytes: int
    mime_type: str | None
    file_name: str | None
    variant: str = ""
    """As `storage.media.FileKey.variant`."""
    location: bytes = b""
    """An InputFileLocation as TL bytes; empty when it has to be asked for first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of the history, ready to be kept."""

    messages: tuple[MessageRow, ...]
    """Oldest first; ids strictly rising."""
    peers: tuple[Peer, ...]
    media: tuple[MediaRow, ...]
    skipped: tuple[Skipped, ...]
    next_id: int
    """Everything of the range below this id has been asked for: the checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What keeping pages changed."""

    new: int
    edited: int
    """Edits only: new reactions or views take the place of the old ones unnoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A stretch of a chat's ids, both ends included, and how far it was fetched."""

    id: int
    first_id: int
    last_id: int
    next_id: int
    """The checkpoint; past `last_id` when the range is done."""

    @property
    def done(self) -> bool:
        return self.next_id > self.last_id


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedPace:
    """What is known of how often an account may ask for one thing."""

    rate: float
    """Requests a second."""
    settled: bool
    """Measured well enough to keep it."""
    waited_at: datetime
    """When Telegram last made us wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaTotals:
    """The files that a chat's messages carry."""

    files: int
    size_bytes: int
