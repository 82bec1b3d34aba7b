"""Every sentence that the bot says, in one place.

Plain strings only: `cards.py` adds bold titles and other entities. Lines with figures stay within
36 characters, which a phone does not wrap; sentences may wrap.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from storage.models import Account, FileProgress, Job, JobState, Phase, Progress, Summary

NO_BREAK = "\u00a0"
TITLE_LENGTH = 32
BAR_CELLS = 10

START = (
    "I save Telegram chats to your own disk.\n\n"
    "Send /export and choose a chat, or send its link or @name.\n"
    "/jobs shows what is running, /cancel stops it."
)
HELP = (
    "/export lets you choose a chat. /export CHAT saves it at once: @name, a t.me link, an id, or "
    "the chat's title. Sending it again later adds what is new.\n"
    "A link, an @name or a forwarded message does the same.\n"
    "/plan CHAT lets you choose what of it to save, and tells how much that is. /export keeps to "
    "what you chose last.\n"
    "/archives shows what lies on the disk.\n"
    "/jobs shows the queue and what was done, /status the machine and the accounts.\n"
    "/schedule saves a chat every day or week; /timezone sets your clock.\n"
    "/cancel stops an export; /cancel 7 stops number 7. What was saved stays.\n\n"
    "A card shows how far an export is, and a message tells you when it is done."
)
EXPORT_USAGE = (
    "Which chat? Send /export and the chat, in one message:\n"
    "/export @name\n"
    "/export https://t.me/name\n"
    "/export -1001234567890\n"
    "/export Title of the chat"
)
WHICH_CHAT = (
    "Which chat? Choose one with the buttons below, send its link or @name, or forward a message "
    "from it. Several at once are fine."
)
OR_SEARCH = "Or search the chats of the account that exports:"
PICK_CHANNEL, PICK_GROUP, PICK_PERSON = "Channel", "Group", "Person"
PICK_OR_PASTE = "A link or @name"
SEARCH = "🔎 Search my chats"
HIDDEN_ORIGIN = (
    "Telegram does not say where this message comes from: its sender hides that. "
    "Send the link or the name of the chat."
)

UNKNOWN_COMMAND = "I don't know this command. /help lists what I can do."
NOT_A_COMMAND = "Send /export and choose the chat to save. /help lists what else I can do."

OUT_OF_DATE = "This card is out of date."
ALREADY_FINISHED = "It has already finished."
CANCEL_USAGE = "Send /cancel and the number of an export, as /jobs shows it: /cancel 7"
CANCEL_WHICH = "Which one? Send /cancel and its number:"
NOTHING_TO_CANCEL = "Nothing is running or waiting."
NO_JOBS = "Nothing was exported yet. /export saves a chat."
NO_MORE_JOBS = "There is nothing older."

CANCELLED = "Cancelled. What was saved stays."
CANCELLING = "Cancelling… It stops at the next page."
PAUSING = "Pausing… It stops at the next page."
PAUSED = "Paused."
KEPT = RESUMED = "It goes on."
ASKED = "Really cancel it?"
IN_FRONT = "It is the next one now."
STARTED_AGAIN = "Started again."
PACKING = "Packing the archive…"
ALREADY_PACKING = "It is being packed already."
PACKED = "Packed. It comes below."
DELIVERING = {JobState.RUNNING: PACKING, JobState.DONE: PACKED}
NO_DELIVERY = "Archives are not sent into this chat. They lie on the computer."
PARCEL_GONE = "The packed archive is not there any more. Tap Get archive again."
CAPTION_LENGTH = 1000
"""https://core.telegram.org/bots/api#senddocument allows 1,024."""
WAITING_FOR_EXPORTER = "Waiting for the exporter to start."
STARTING = "Starting…"
RENDERING = "Writing the files…"

REASON_IN_PRIVATE = "Send /jobs in our private chat to see why."

APOLOGY = (
    "Something went wrong here, and it is not your fault. The details are in the log. "
    "Please try again."
)
BUSY = (
    "The database is in use by another program. Your message is not lost: "
    "I go on as soon as it is free."
)

QUEUE = "In the queue"
RECENT = "Lately"

MARKS = {
    JobState.QUEUED: "⏳",
    JobState.RUNNING: "▶",
    JobState.PAUSED: "⏸",
    JobState.DONE: "✅",
    JobState.FAILED: "❌",
    JobState.CANCELLED: "✖️",
    JobState.JOINED: "🔗",
}

STANDING = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "stopping",
    JobState.PAUSED: "paused",
    JobState.FAILED: "stopped",
    JobState.CANCELLED: "cancelled",
}

COMMANDS = {
    "export": "Save a chat",
    "plan": "Choose what of a chat to save",
    "jobs": "The queue and what was done",
    "archives": "What lies on the disk",
    "schedule": "Exports that come by themselves",
    "timezone": "Your time zone",
    "status": "Disk, memory, queue and accounts",
    "cancel": "Stop an export",
    "help": "What I can do",
}


def number(value: int) -> str:
    """`12,340`."""
    return f"{value:,}"


def count(value: int, one: str, many: str) -> str:
    """`1 message`, `12,340 messages`."""
    return f"{number(value)} {one if value == 1 else many}"


def messages(value: int) -> str:
    return count(value, "message", "messages")


def size(size_bytes: int) -> str:
    """`3.2 GB`; units of 1000, as phones show them."""
    if size_bytes < 1000:
        return f"{size_bytes}{NO_BREAK}B"
    value = float(size_bytes)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f}{NO_BREAK}{unit}"
    return f"{value / 1000:,.1f}{NO_BREAK}TB"


def duration(seconds: float) -> str:
    """`42 s`, `24 min`, `3 h 5 min`, `2 d 4 h`: rounded up, so that nothing ends before it says."""
    whole = max(1, -int(-seconds // 1))
    if whole < 60:
        return f"{whole}{NO_BREAK}s"
    minutes = -(-whole // 60)
    if minutes < 60:
        return f"{minutes}{NO_BREAK}min"
    if minutes < 24 * 60:
        hours, rest, units = minutes // 60, minutes % 60, ("h", "min")
    else:
        hours, rest, units = minutes // 1440, minutes % 1440 // 60, ("d", "h")
    return f"{hours}{NO_BREAK}{units[0]}" + (f" {rest}{NO_BREAK}{units[1]}" if rest else "")


def short_title(title: str) -> str:
    """The title as a card shows it: at most 32 characters, on one line, isolated.

    Marks that change the writing direction are dropped, or one of them in a title would turn the
    rest of the card round (Unicode's isolates U+2068…2069 contain everything else).
    """
    clean = "".join(" " if _breaks(char) else char for char in title if not _turns(char))
    clean = " ".join(clean.split()) or "?"
    if len(clean) > TITLE_LENGTH:
        clean = clean[: TITLE_LENGTH - 1].rstrip(" \u200d") + "…"
    return f"\u2068{clean}\u2069"


def _breaks(char: str) -> bool:
    """White space, and control characters such as NUL."""
    return char.isspace() or unicodedata.category(char) == "Cc"


def _turns(char: str) -> bool:
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def untitled(job_id: int) -> str:
    """What a card in a group says instead of the title: others read along there."""
    return f"Export {job_id}"


def percent(progress: Progress) -> int | None:
    """Of the messages, and once they are there of the files' bytes; None while that is unknown.

    Rounded down, and 100 only when it is done.
    """
    done, total = progress.messages, progress.total
    if progress.phase is Phase.DOWNLOADING:
        done, total = progress.file_bytes, progress.file_bytes_total
    return min(99, done * 100 // total) if total else None


def bar(percentage: int) -> str:
    """`▰▰▰▰▰▱▱▱▱▱ 52%`."""
    full = percentage * BAR_CELLS // 100
    return f"{'▰' * full}{'▱' * (BAR_CELLS - full)} {percentage}%"


def progress_lines(progress: Progress) -> list[str]:
    """Bar, counts and speed of a running export."""
    if progress.phase is Phase.STARTING and not progress.messages:
        return [STARTING]
    if progress.phase is Phase.RENDERING:
        return [messages(progress.messages), RENDERING]
    percentage = percent(progress)
    lines = [] if percentage is None else [bar(percentage)]
    if progress.phase is Phase.DOWNLOADING:
        lines.append(messages(progress.messages))
    elif percentage is None or progress.total is None:
        lines.append(f"{messages(progress.messages)} so far")
    else:
        lines.append(f"Messages {number(progress.messages)} of {number(progress.total)}")
    if progress.rate:
        lines.append(f"{rate(progress.rate)}")
    return lines + _file_lines(progress)


def _file_lines(progress: Progress) -> list[str]:
    """`Files 312 of 940` and `1.2 GB of 3.2 GB · 4.1 MB/s`; nothing without files."""
    if not progress.files_total:
        return []
    so_far = f"{size(progress.file_bytes)} of {size(progress.file_bytes_total)}"
    if progress.byte_rate:
        so_far += f" · {size(round(progress.byte_rate))}/s"
    return [f"Files {number(progress.files)} of {number(progress.files_total)}", so_far]


def large_file(file: FileProgress) -> str:
    """`film.mp4 43%`, one line."""
    percentage = file.done_bytes * 100 // file.size_bytes if file.size_bytes else 0
    return f"{short_title(file.name)} {min(99, percentage)}%"


def downloads_pause(reason: str, *, private: bool) -> str:
    """`⏸ The disk is nearly full: …`; a sentence may name folders, which are nobody else's."""
    return f"⏸ {reason if private else DOWNLOADS_PAUSE}"


DOWNLOADS_PAUSE = "The downloads pause. Their owner knows why."


def rate(per_second: float) -> str:
    """`2,100 messages/min`."""
    return f"{number(round(per_second * 60))} messages/min"


def time_left(eta: datetime, now: datetime) -> str:
    """`in 12 min`, for clients that do not show the time by themselves."""
    return f"in {duration((eta - now).total_seconds())}"


def waiting(reason: str | None, until: datetime, now: datetime) -> str:
    """`⏳ Telegram asks us to wait 2 min. It goes on by itself.`"""
    why = (reason or "Telegram asks us to wait").rstrip(". ")
    return f"⏳ {why} {duration((until - now).total_seconds())}. It goes on by itself."


PERMISSION = (
    "🔑 Telegram wants your permission for a full export. Open Telegram, chat “Telegram”, "
    "tap Allow. Until then I save at normal speed."
)


def place_in_queue(ahead: int) -> str:
    """`ahead` exports come before this one."""
    words = {1: "Next in the queue", 2: "Second in the queue", 3: "Third in the queue"}
    return words.get(ahead, f"Number {number(ahead)} in the queue") + "."


def standing(job: Job) -> str:
    """How a job stands, in a word or two."""
    if job.state is JobState.RUNNING and job.wish is None:
        percentage = percent(job.progress)
        return messages(job.progress.messages) if percentage is None else f"{percentage}%"
    if job.state is JobState.DONE:
        return messages(job.summary.messages if job.summary else job.progress.messages)
    if job.state is JobState.JOINED:
        return f"same as {job.joined_job_id}"
    return STANDING[job.state]


BUTTONS = {
    "pause": "Pause",
    "resume": "Resume",
    "cancel": "Cancel",
    "really": "Yes, cancel",
    "keep": "Keep going",
    "front": "Move to front",
    "again": "Export again",
    "get": "Get archive",
    "retry": "Retry failed",
}
NEWER, OLDER = "‹ Newer", "Older ›"


def button(name: str, *, failed: bool = False, starts: bool = False) -> str:
    """What stands on a button; `failed`: under a job that did not get to its end; `starts`: under
    one that has not begun.
    """
    if starts and name == "resume":
        return "Start"
    return "Retry" if failed and name == "again" else BUTTONS[name]


def steered(tap: str, job: Job) -> str:
    """What a tap has done, as far as that can be said at once."""
    if tap == "really":
        return CANCELLED if job.state is JobState.CANCELLED else CANCELLING
    if tap == "pause":
        return PAUSED if job.state is JobState.PAUSED else PAUSING
    return IN_FRONT if tap == "front" else RESUMED


def paused(progress: Progress) -> str:
    """`⏸ Paused at 52,300 of 100,540 messages. All that was saved stays.`"""
    if not progress.messages:
        return "⏸ Paused."
    total = f" of {number(progress.total)}" if progress.total else ""
    noun = "message" if progress.messages == 1 and not total else "messages"
    return f"⏸ Paused at {number(progress.messages)}{total} {noun}. All that was saved stays."


def parcel(part: int, of: int, note: str | None, *, first: bool) -> str:
    """What stands below a delivered file."""
    lines = []
    if first:
        lines.append("The archive goes through Telegram's cloud, like any file you send.")
    if of > 1:
        each = "" if note else ": each opens by itself"
        lines.append(f"Part {number(part)} of {number(of)}{each}.")
    if note:
        lines.append(note)
    return "\n".join(lines)[:CAPTION_LENGTH]


ARCHIVES = "On the disk:"
NO_ARCHIVES = "No archive yet. /export saves a chat."
IN_PRIVATE = "Ask me that in our private chat."
DELETE_QUESTION = "Delete the files of "
DELETE_MEANS = (
    "The folder on the disk goes, with all that was put into it. The database keeps what was "
    "fetched, so that another export needs little."
)
REALLY_DELETE, KEEP_IT = "Yes, delete", "Keep"
DELETING = "Deleting…"
DELETED = "Deleted."
REMOVING = {JobState.RUNNING: DELETING, JobState.DONE: DELETED}


def delete_button(place: int) -> str:
    """Below the list of archives."""
    return f"🗑 {number(place)}"


def archive(job: Job, size_bytes: int | None, now: datetime) -> str:
    """`12,340 messages · 3.2 GB · 5 d ago`"""
    parts = [messages(job.summary.messages)] if job.summary else []
    parts.append(size(size_bytes) if size_bytes is not None else "its folder is not there")
    if job.finished_at is not None:
        parts.append(f"{duration((now - job.finished_at).total_seconds())} ago")
    return " · ".join(parts)


def really_cancel(saved: int) -> str:
    """The question before a cancel."""
    return f"Cancel? {stays_saved(saved)}"


def stays_saved(saved: int) -> str:
    """What a cancelled export leaves behind."""
    if not saved:
        return "Nothing was saved yet."
    verb = "stays" if saved == 1 else "stay"
    return f"{messages(saved)} {verb} saved."


def joined(job_id: int) -> str:
    return f"This chat is being exported already, as number {job_id}. Its card shows how far it is."


def already_running(job_id: int, *, queued: bool) -> str:
    """The answer to a second /export of the same chat."""
    state = "already in the queue" if queued else "already running"
    return f"This export is {state}, as number {job_id}. I'll tell you when it is done."


def cancel_asked(job_id: int, *, running: bool) -> str:
    if running:
        return f"Number {job_id} stops at the next page. What was saved stays."
    return f"Number {job_id} is cancelled."


def chosen(amount: int) -> str:
    """The answer to a choice from Telegram's lists."""
    return f"{count(amount, 'chat', 'chats')} chosen."


CHAT_TYPES = {
    "saved_messages": "Saved messages",
    "personal_chat": "Person",
    "bot_chat": "Bot",
    "private_group": "Group",
    "private_supergroup": "Group",
    "public_supergroup": "Public group",
    "private_channel": "Channel",
    "public_channel": "Public channel",
}


def chat_type(name: str) -> str:
    """What kind of chat it is, by Telegram Desktop's word."""
    return CHAT_TYPES.get(name, "Chat")


class Room(Protocol):
    """Of a disk, in bytes."""

    @property
    def free(self) -> int: ...
    @property
    def total(self) -> int: ...


class Memory(Protocol):
    """Of the machine, in bytes."""

    @property
    def available(self) -> int: ...
    @property
    def total(self) -> int: ...


def disk(room: Room) -> str:
    """`Disk: 180.0 GB free of 250.0 GB`"""
    return f"Disk: {size(room.free)} free of {size(room.total)}"


def memory(of_machine: Memory) -> str:
    """`Memory: 3.1 GB free of 8.0 GB`"""
    return f"Memory: {size(of_machine.available)} free of {size(of_machine.total)}"


def queue(states: Sequence[JobState]) -> str:
    """`Queue: 1 running · 2 waiting`"""
    words = {
        JobState.RUNNING: "running",
        JobState.QUEUED: "waiting",
        JobState.PAUSED: "paused",
    }
    parts = [f"{number(states.count(state))} {word}" for state, word in words.items()]
    some = [part for part in parts if not part.startswith("0 ")]
    return f"Queue: {' · '.join(some)}" if some else "Queue: empty"


def account(of: Account, requests_per_s: float | None) -> str:
    """`Account Olga: ready, Telegram allows about 900 messages/s`"""
    name = short_title(of.name)
    if of.state != "ready":
        return (
            f"⚠️ Account {name}: Telegram ended its session. On the computer: chatkeep accounts add"
        )
    if requests_per_s is None:
        return f"Account {name}: ready"
    allowed = number(round(requests_per_s * 100))
    return f"Account {name}: ready, Telegram allows about {allowed} messages/s"


def no_such_job(job_id: int) -> str:
    return f"There is no export with the number {number(job_id)}. /jobs lists them."


def job_is_over(job_id: int) -> str:
    return f"Number {job_id} has already finished."


def changes(summary: Summary) -> str:
    """`4,312 new · 27 edited · 3 deleted`, leaving out what did not happen."""
    parts = [f"{number(summary.new)} new"]
    if summary.edited:
        parts.append(f"{number(summary.edited)} edited")
    if summary.deleted:
        parts.append(f"{number(summary.deleted)} deleted")
    if summary.comments:
        parts.append(count(summary.comments, "new comment", "new comments"))
    return " · ".join(parts)


def files(summary: Summary) -> str | None:
    """`949 files, 3.2 GB`; None without files."""
    if not summary.media_kept:
        return None
    return f"{count(summary.media_kept, 'file', 'files')}, {size(summary.media_bytes)}"


def files_left_out(summary: Summary) -> str | None:
    """`12 files larger than the limit`, and the like; None when all were wanted."""
    parts = [
        f"{count(amount, 'file', 'files')} {REASONS.get(reason, reason)}"
        for reason, amount in summary.media_skipped_by.items()
    ]
    return "\n".join(parts) or None


REASONS = {
    "its extension was not asked for": "of other types",
    "its message was not asked for": "of other messages",
}
"""What is shorter said of several files; the lines must not wrap."""


def skipped(summary: Summary) -> str:
    """`1 item was skipped:`"""
    return f"{count(len(summary.skipped), 'item was', 'items were')} skipped:"


def and_more(amount: int) -> str:
    return f"and {number(amount)} more"


def took(summary: Summary) -> str:
    """`in 24 min · 2,100 messages/min`"""
    parts = [f"in {duration(summary.duration_s)}"]
    if summary.new and summary.rate:
        parts.append(rate(summary.rate))
    return " · ".join(parts)


INCOMPLETE = (
    "⚠️ Not complete: some messages or files could not be fetched. Send the command again to go on."
)


def incomplete(summary: Summary) -> str:
    """What an export lacks; files alone are no reason to send the command again."""
    if summary.media_failed and len(summary.skipped) <= summary.media_failed:
        lost = count(summary.media_failed, "file", "files")
        return f"⚠️ {lost} could not be had. All messages are there."
    return INCOMPLETE


def kind(name: str) -> str:
    """A kind of message as people say it: `video_file` is `video file`."""
    return name.replace("_", " ")


def in_group(sentence: str) -> str:
    """Others read along in a group, and a sentence may name folders or chats."""
    return sentence if sentence in (APOLOGY, BUSY) else APOLOGY


def stranger(person_id: int) -> str:
    """All that somebody without access ever hears."""
    return f"This bot is private. To use it, ask its owner to add your id: {person_id}"


def stranger_note(name: str, person_id: int) -> str:
    """What the owner hears about it, once per person."""
    return (
        f"{short_title(name)} (id {person_id}) wrote to me and was turned away. "
        f"To let them in: /allow {person_id}"
    )
