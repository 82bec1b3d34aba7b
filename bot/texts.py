"""Every sentence that the bot says, in one place.

Plain strings only: `cards.py` adds bold titles and other entities. Lines with figures stay within
36 characters, which a phone does not wrap; sentences may wrap. Every text is translated
(`bot.language`): as a `Phrase` where it is a constant, by `_` and `count` within functions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from babel.numbers import format_decimal

from bot.language import Phrase, _, figure, plural, said, spoken
from storage.media import SkipReason
from storage.models import FileProgress, Job, JobState, Phase, Progress, Summary

NO_BREAK = "\u00a0"
TITLE_LENGTH = 32
BAR_CELLS = 10

START = Phrase(
    "I save Telegram chats to your own disk.\n\n"
    "Send /export and choose a chat, or send its link or @name.\n"
    "/jobs shows what is running, /cancel stops it."
)
HELP = Phrase(
    "/export lets you choose a chat. /export CHAT saves it at once: @name, a t.me link, an id, or "
    "the chat's title. Sending it again later adds what is new.\n"
    "A link, an @name or a forwarded message does the same.\n"
    "/plan CHAT lets you choose what of it to save, and tells how much that is. /export keeps to "
    "what you chose last.\n"
    "/archives shows what lies on the disk.\n"
    "/find WORDS looks in what was saved.\n"
    "/stats draws who writes in a chat, when and what.\n"
    "/jobs shows the queue and what was done, /status the machine and the accounts.\n"
    "/schedule saves a chat every day or week; /timezone sets your clock.\n"
    "/cancel stops an export; /cancel 7 stops number 7. What was saved stays.\n\n"
    "A card shows how far an export is, and a message tells you when it is done."
)
WHICH_CHAT = Phrase(
    "Which chat? Choose one with the buttons below, send its link or @name, or forward a message "
    "from it. Several at once are fine."
)
OR_SEARCH = Phrase("Or search the chats of the account that exports:")
PICK_CHANNEL, PICK_GROUP, PICK_PERSON = Phrase("Channel"), Phrase("Group"), Phrase("Person")
PICK_OR_PASTE = Phrase("A link or @name")
SEARCH = Phrase("🔎 Search my chats")
HIDDEN_ORIGIN = Phrase(
    "Telegram does not say where this message comes from: its sender hides that. "
    "Send the link or the name of the chat."
)

UNKNOWN_COMMAND = Phrase("I don't know this command. /help lists what I can do.")
NOT_A_COMMAND = Phrase("Send /export and choose the chat to save. /help lists what else I can do.")

OUT_OF_DATE = Phrase("This card is out of date.")
ALREADY_FINISHED = Phrase("It has already finished.")
CANCEL_USAGE = Phrase("Send /cancel and the number of an export, as /jobs shows it: /cancel 7")
CANCEL_WHICH = Phrase("Which one? Send /cancel and its number:")
NOTHING_TO_CANCEL = Phrase("Nothing is running or waiting.")
NO_JOBS = Phrase("Nothing was exported yet. /export saves a chat.")
NO_MORE_JOBS = Phrase("There is nothing older.")

CANCELLED = Phrase("Cancelled. What was saved stays.")
CANCELLING = Phrase("Cancelling… It stops at the next page.")
PAUSING = Phrase("Pausing… It stops at the next page.")
PAUSED = Phrase("Paused.")
KEPT = RESUMED = Phrase("It goes on.")
ASKED = Phrase("Really cancel it?")
CHOOSE_BELOW = Phrase("Choose below.")
IN_FRONT = Phrase("It is the next one now.")
STARTED_AGAIN = Phrase("Started again.")
PACKING = Phrase("Packing the archive…")
ALREADY_PACKING = Phrase("It is being packed already.")
PACKED = Phrase("Packed. It comes below.")
DELIVERING = {JobState.RUNNING: PACKING, JobState.DONE: PACKED}
NO_DELIVERY = Phrase("Archives are not sent into this chat. They lie on the computer.")
PARCEL_GONE = Phrase("The packed archive is not there any more. Tap Get archive again.")
PICTURES_GONE = Phrase("The pictures are not there any more. Send /stats again.")
CAPTION_LENGTH = 1000
"""https://core.telegram.org/bots/api#senddocument allows 1,024."""
WAITING_FOR_EXPORTER = Phrase("Waiting for the exporter to start.")
STARTING = Phrase("Starting…")
RENDERING = Phrase("Writing the files…")

APOLOGY = Phrase(
    "Something went wrong here, and it is not your fault. The details are in the log. "
    "Please try again."
)
BUSY = Phrase(
    "The database is in use by another program. Your message is not lost: "
    "I go on as soon as it is free."
)

QUEUE = Phrase("In the queue")
RECENT = Phrase("Lately")

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
    JobState.QUEUED: Phrase("waiting"),
    JobState.RUNNING: Phrase("stopping"),
    JobState.PAUSED: Phrase("paused"),
    JobState.FAILED: Phrase("stopped"),
    JobState.CANCELLED: Phrase("cancelled"),
}

COMMANDS = {
    "export": Phrase("Save a chat"),
    "plan": Phrase("Choose what of a chat to save"),
    "jobs": Phrase("The queue and what was done"),
    "archives": Phrase("What lies on the disk"),
    "find": Phrase("Find messages that were saved"),
    "stats": Phrase("Pictures of who writes what and when"),
    "schedule": Phrase("Exports that come by themselves"),
    "timezone": Phrase("Your time zone"),
    "status": Phrase("Disk, memory, queue and accounts"),
    "cancel": Phrase("Stop an export"),
    "help": Phrase("What I can do"),
}


def number(value: int) -> str:
    """`12,340`."""
    return figure(value)


def count(value: int, one: str, many: str, **values: object) -> str:
    """`1 message`, `12,340 messages`: the form that goes with a number, which is `{n}` in it."""
    return plural(value, one, many, n=number(value), **values)


def messages(value: int) -> str:
    return count(value, "{n} message", "{n} messages")


def size(size_bytes: int) -> str:
    """`3.2 GB`; units of 1000, as phones show them."""
    if size_bytes < 1000:
        return _unbroken(_("{n} B", n=size_bytes))
    value = float(size_bytes)
    for unit in SIZES[:-1]:
        value /= 1000
        if value < 999.95:
            return _unbroken(unit(n=_one_decimal(value)))
    return _unbroken(SIZES[-1](n=_one_decimal(value / 1000)))


SIZES = (Phrase("{n} kB"), Phrase("{n} MB"), Phrase("{n} GB"), Phrase("{n} TB"))


def _one_decimal(value: float) -> str:
    return format_decimal(value, format="#,##0.0", locale=spoken().locale)


def _unbroken(amount: str) -> str:
    """A phone must not part a number and its unit."""
    return amount.replace(" ", NO_BREAK)


def duration(seconds: float) -> str:
    """`42 s`, `24 min`, `3 h 5 min`, `2 d 4 h`: rounded up, so that nothing ends before it says."""
    whole = max(1, -int(-seconds // 1))
    if whole < 60:
        return _unbroken(_("{n} s", n=whole))
    minutes = -(-whole // 60)
    if minutes < 60:
        return _unbroken(_("{n} min", n=minutes))
    if minutes < 24 * 60:
        amounts = (_("{n} h", n=minutes // 60), _("{n} min", n=minutes % 60))
        rest = minutes % 60
    else:
        rest = minutes % 1440 // 60
        amounts = (_("{n} d", n=number(minutes // 1440)), _("{n} h", n=rest))
    return " ".join(map(_unbroken, amounts if rest else amounts[:1]))


def plain(text: str) -> str:
    """A text of strangers without line breaks, and without marks that turn what stands after it."""
    return "".join(" " if _breaks(char) else char for char in text if not _turns(char))


def short_title(title: str) -> str:
    """The title as a card shows it: at most 32 characters, on one line, isolated.

    Marks that change the writing direction are dropped, or one of them in a title would turn the
    rest of the card round (Unicode's isolates U+2068…2069 contain everything else).
    """
    clean = " ".join(plain(title).split()) or "?"
    if len(clean) > TITLE_LENGTH:
        clean = clean[: TITLE_LENGTH - 1].rstrip(" \u200d") + "…"
    return f"\u2068{clean}\u2069"


def _breaks(char: str) -> bool:
    """White space, and control characters such as NUL."""
    return char.isspace() or unicodedata.category(char) == "Cc"


def _turns(char: str) -> bool:
    return "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"


def untitled(job_id: int) -> str:
    """What /jobs says instead of a title that is not open to who reads it."""
    return _("Export {job_id}", job_id=job_id)


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
        return [STARTING()]
    if progress.phase is Phase.RENDERING:
        return [messages(progress.messages), RENDERING()]
    percentage = percent(progress)
    lines = [] if percentage is None else [bar(percentage)]
    if progress.phase is Phase.DOWNLOADING:
        lines.append(messages(progress.messages))
    elif percentage is None or progress.total is None:
        lines.append(so_far(progress.messages))
    else:
        done, total = number(progress.messages), number(progress.total)
        lines.append(_("Messages {done} of {total}", done=done, total=total))
    if progress.rate:
        lines.append(rate(progress.rate))
    return lines + _file_lines(progress)


def so_far(saved: int) -> str:
    """`12,340 messages so far`."""
    return count(saved, "{n} message so far", "{n} messages so far")


def _file_lines(progress: Progress) -> list[str]:
    """`Files 312 of 940` and `1.2 GB of 3.2 GB · 4.1 MB/s`; nothing without files."""
    if not progress.files_total:
        return []
    fetched = _(
        "{done} of {total}",
        done=size(progress.file_bytes),
        total=size(progress.file_bytes_total),
    )
    if progress.byte_rate:
        per_second = _("{size}/s", size=size(round(progress.byte_rate)))
        fetched = f"{fetched} · {per_second}"
    done, total = number(progress.files), number(progress.files_total)
    return [_("Files {done} of {total}", done=done, total=total), fetched]


def large_file(file: FileProgress) -> str:
    """`film.mp4 43%`, one line."""
    percentage = file.done_bytes * 100 // file.size_bytes if file.size_bytes else 0
    return f"{short_title(file.name)} {min(99, percentage)}%"


def downloads_pause(reason: str) -> str:
    """`⏸ The disk is nearly full: …`"""
    return f"⏸ {said(reason)}"


def rate(per_second: float) -> str:
    """`2,100 messages/min`."""
    return count(round(per_second * 60), "{n} message/min", "{n} messages/min")


def time_left(eta: datetime, now: datetime) -> str:
    """`in 12 min`, for clients that do not show the time by themselves."""
    return _("in {time}", time=duration((eta - now).total_seconds()))


ENDS = Phrase("Ends {in_time}")


def waiting(reason: str | None, until: datetime, now: datetime) -> str:
    """`⏳ Telegram asks us to wait 2 min. It goes on by itself.`"""
    time = duration((until - now).total_seconds())
    if reason is None or reason == FLOODED.text:
        return _("⏳ Telegram asks us to wait {time}. It goes on by itself.", time=time)
    return _("⏳ {why} in {time}. It goes on by itself.", why=said(reason), time=time)


FLOODED = Phrase("Telegram asks us to wait")
"""As the exporter says it."""


PERMISSION = Phrase(
    "🔑 Telegram wants your permission for a full export. Open Telegram, chat “Telegram”, "
    "tap Allow. Until then I save at normal speed."
)


def place_in_queue(ahead: int) -> str:
    """`ahead` exports come before this one."""
    words = {1: NEXT, 2: SECOND, 3: THIRD}
    return words[ahead]() if ahead in words else _("Number {n} in the queue.", n=number(ahead))


NEXT = Phrase("Next in the queue.")
SECOND = Phrase("Second in the queue.")
THIRD = Phrase("Third in the queue.")


def standing(job: Job) -> str:
    """How a job stands, in a word or two."""
    if job.state is JobState.RUNNING and job.wish is None:
        percentage = percent(job.progress)
        return messages(job.progress.messages) if percentage is None else f"{percentage}%"
    if job.state is JobState.DONE:
        return messages(job.summary.messages if job.summary else job.progress.messages)
    if job.state is JobState.JOINED:
        return _("same as {job_id}", job_id=job.joined_job_id)
    return STANDING[job.state]()


BUTTONS = {
    "pause": Phrase("Pause"),
    "resume": Phrase("Resume"),
    "cancel": Phrase("Cancel"),
    "really": Phrase("Yes, cancel"),
    "keep": Phrase("Keep going"),
    "front": Phrase("Move to front"),
    "again": Phrase("Export again"),
    "get": Phrase("Get archive"),
    "schedule": Phrase("Schedule"),
    "details": Phrase("Details"),
    "change": Phrase("Change"),
    "retry": Phrase("Retry failed"),
}
NEWER, OLDER = Phrase("‹ Newer"), Phrase("Older ›")


def button(name: str, *, failed: bool = False, starts: bool = False) -> str:
    """What stands on a button; `failed`: under a job that did not get to its end; `starts`: under
    one that has not begun.
    """
    if starts and name == "resume":
        return _("Start")
    return _("Retry") if failed and name == "again" else BUTTONS[name]()


PHASES = {
    Phase.STARTING: Phrase("It stopped before anything was fetched."),
    Phase.FETCHING: Phrase("It stopped while messages were fetched."),
    Phase.DOWNLOADING: Phrase("It stopped while files were fetched."),
    Phase.RENDERING: Phrase("It stopped while the files were written."),
}


def details(job: Job) -> list[str]:
    """What is known of a failure beyond its reason, in lines."""
    progress = job.progress
    lines = [
        _("It is number {n}.", n=number(job.id)),
        count(
            job.attempt,
            "Tried {n} time, for {time} in all.",
            "Tried {n} times, for {time} in all.",
            time=duration(progress.worked_s),
        ),
        PHASES[progress.phase](),
        stays_saved(progress.messages),
    ]
    if progress.files:
        done, total = number(progress.files), number(progress.files_total)
        lines.append(_("Files {done} of {total}", done=done, total=total))
    return [*lines, log_of(job)]


def log_of(job: Job) -> str:
    return _(
        "The log is what `chatkeep run` writes in its terminal, or where its service keeps that; "
        "the lines about this export have {mark}.",
        mark=f"job={job.id}",
    )


def steered(tap: str, job: Job) -> str:
    """What a tap has done, as far as that can be said at once."""
    if tap == "really":
        return CANCELLED() if job.state is JobState.CANCELLED else CANCELLING()
    if tap == "pause":
        return PAUSED() if job.state is JobState.PAUSED else PAUSING()
    return IN_FRONT() if tap == "front" else RESUMED()


def paused(progress: Progress) -> str:
    """`⏸ Paused at 52,300 of 100,540 messages. All that was saved stays.`"""
    if not progress.messages:
        return _("⏸ Paused.")
    if progress.total:
        return count(
            progress.total,
            "⏸ Paused at {done} of {n} message. All that was saved stays.",
            "⏸ Paused at {done} of {n} messages. All that was saved stays.",
            done=number(progress.messages),
        )
    return count(
        progress.messages,
        "⏸ Paused at {n} message. All that was saved stays.",
        "⏸ Paused at {n} messages. All that was saved stays.",
    )


def parcel(part: int, of: int, note: str | None, *, first: bool) -> str:
    """What stands below a delivered file."""
    lines = []
    if first:
        lines.append(_("The archive goes through Telegram's cloud, like any file you send."))
    if of > 1:
        words = PART if note else PART_THAT_OPENS
        lines.append(words(part=number(part), of=number(of)))
    if note:
        lines.append(said(note))
    return "\n".join(lines)[:CAPTION_LENGTH]


PART = Phrase("Part {part} of {of}.")
PART_THAT_OPENS = Phrase("Part {part} of {of}: each opens by itself.")

ARCHIVES = Phrase("On the disk:")
NO_ARCHIVES = Phrase("No archive yet. /export saves a chat.")
IN_PRIVATE = Phrase("Continue in private")
OPEN_PRIVATE = Phrase("Open our chat")
DELETE_QUESTION = Phrase("Delete the files of {title}?")
DELETE_MEANS = Phrase(
    "The folder on the disk goes, with all that was put into it. The database keeps what was "
    "fetched, so that another export needs little."
)
REALLY_DELETE, KEEP_IT = Phrase("Yes, delete"), Phrase("Keep")
DELETING = Phrase("Deleting…")
DELETED = Phrase("Deleted.")
REMOVING = {JobState.RUNNING: DELETING, JobState.DONE: DELETED}


def delete_button(place: int) -> str:
    """Below the list of archives."""
    return f"🗑 {number(place)}"


def archive(job: Job, size_bytes: int | None, now: datetime) -> str:
    """`12,340 messages · 3.2 GB · 5 d ago`"""
    parts = [messages(job.summary.messages)] if job.summary else []
    parts.append(size(size_bytes) if size_bytes is not None else _("its folder is not there"))
    if job.finished_at is not None:
        parts.append(ago(job.finished_at, now))
    return " · ".join(parts)


def ago(at: datetime, now: datetime) -> str:
    """`5 d ago`."""
    return _("{time} ago", time=duration((now - at).total_seconds()))


def really_cancel(saved: int) -> str:
    """The question before a cancel."""
    return _("Cancel? {what_stays}", what_stays=stays_saved(saved))


def stays_saved(saved: int) -> str:
    """What a cancelled export leaves behind."""
    if not saved:
        return _("Nothing was saved yet.")
    return count(saved, "{n} message stays saved.", "{n} messages stay saved.")


def cancelled(saved: int) -> str:
    """What a card says of a cancelled export."""
    return _("Cancelled. {what_stays}", what_stays=stays_saved(saved))


def joined(job_id: int) -> str:
    return _(
        "This chat is being exported already, as number {job_id}. Its card shows how far it is.",
        job_id=job_id,
    )


def already_running(job_id: int, *, queued: bool) -> str:
    """The answer to a second /export of the same chat."""
    words = ALREADY_QUEUED if queued else ALREADY_RUNNING
    return words(job_id=job_id)


ALREADY_QUEUED = Phrase(
    "This export is already in the queue, as number {job_id}. I'll tell you when it is done."
)
ALREADY_RUNNING = Phrase(
    "This export is already running, as number {job_id}. I'll tell you when it is done."
)


def cancel_asked(job_id: int, *, running: bool) -> str:
    if running:
        return _("Number {job_id} stops at the next page. What was saved stays.", job_id=job_id)
    return _("Number {job_id} is cancelled.", job_id=job_id)


def chosen(amount: int) -> str:
    """The answer to a choice from Telegram's lists."""
    return count(amount, "{n} chat chosen.", "{n} chats chosen.")


CHAT_TYPES = {
    "saved_messages": Phrase("Saved messages"),
    "personal_chat": Phrase("Person"),
    "bot_chat": Phrase("Bot"),
    "private_group": Phrase("Group"),
    "private_supergroup": Phrase("Group"),
    "public_supergroup": Phrase("Public group"),
    "private_channel": Phrase("Channel"),
    "public_channel": Phrase("Public channel"),
}


def chat_type(name: str) -> str:
    """What kind of chat it is, by Telegram Desktop's word."""
    return CHAT_TYPES[name]() if name in CHAT_TYPES else _("Chat")


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
    return _("Disk: {free} free of {total}", free=size(room.free), total=size(room.total))


def memory(of_machine: Memory) -> str:
    """`Memory: 3.1 GB free of 8.0 GB`"""
    free, total = size(of_machine.available), size(of_machine.total)
    return _("Memory: {free} free of {total}", free=free, total=total)


def queue(states: Sequence[JobState]) -> str:
    """`Queue: 1 running · 2 waiting`"""
    running, waiting, paused = (
        states.count(state) for state in (JobState.RUNNING, JobState.QUEUED, JobState.PAUSED)
    )
    some = [
        count(running, "{n} running", "{n} running") if running else "",
        count(waiting, "{n} waiting", "{n} waiting") if waiting else "",
        count(paused, "{n} paused", "{n} paused") if paused else "",
    ]
    if not any(some):
        return _("Queue: empty")
    return _("Queue: {jobs}", jobs=" · ".join(filter(None, some)))


def no_such_job(job_id: int) -> str:
    return _(
        "There is no export with the number {job_id}. /jobs lists them.", job_id=number(job_id)
    )


def job_is_over(job_id: int) -> str:
    return _("Number {job_id} has already finished.", job_id=job_id)


SAVED = Phrase("✅ {title} is saved")
SAVED_IN_PART = Phrase("⚠️ {title} is saved")
STOPPED = Phrase("❌ {title} stopped")


def changes(summary: Summary) -> str:
    """`4,312 new · 27 edited · 3 deleted`, leaving out what did not happen."""
    parts = [count(summary.new, "{n} new", "{n} new")]
    if summary.edited:
        parts.append(edited(summary.edited))
    if summary.deleted:
        parts.append(deleted(summary.deleted))
    if summary.comments:
        parts.append(count(summary.comments, "{n} new comment", "{n} new comments"))
    return " · ".join(parts)


def edited(amount: int) -> str:
    return count(amount, "{n} edited", "{n} edited")


def deleted(amount: int) -> str:
    return count(amount, "{n} deleted", "{n} deleted")


def files(summary: Summary) -> str | None:
    """`949 files, 3.2 GB`; None without files."""
    if not summary.media_kept:
        return None
    total = size(summary.media_bytes)
    return count(summary.media_kept, "{n} file, {size}", "{n} files, {size}", size=total)


def files_left_out(summary: Summary) -> str | None:
    """`12 files larger than the limit`, and the like; None when all were wanted."""
    lines = [_left_out(amount, reason) for reason, amount in summary.media_skipped_by.items()]
    return "\n".join(lines) or None


def _left_out(amount: int, reason: str) -> str:
    """The lines must not wrap, so that some say less than the reason."""
    match reason:
        case SkipReason.KIND:
            return count(amount, "{n} file not asked for", "{n} files not asked for")
        case SkipReason.SIZE:
            return count(
                amount, "{n} file larger than the limit", "{n} files larger than the limit"
            )
        case SkipReason.EXTENSION:
            return count(amount, "{n} file of another type", "{n} files of other types")
        case SkipReason.SLICE:
            return count(amount, "{n} file of other messages", "{n} files of other messages")
        case SkipReason.PICTURE:
            return count(
                amount, "{n} still picture not asked for", "{n} still pictures not asked for"
            )
    return _lacking(amount, reason)


def _lacking(amount: int, reason: str) -> str:
    """What nobody can fetch."""
    if reason == SkipReason.IMPORT:
        return count(amount, "{n} file that an import lacks", "{n} files that an import lacks")
    if reason == SkipReason.LOST:
        return count(
            amount,
            "{n} file lost before import",
            "{n} files lost before import",
        )
    return count(amount, "{n} file: {reason}", "{n} files: {reason}", reason=reason)


def skipped(summary: Summary) -> str:
    """`1 item was skipped:`"""
    return count(len(summary.skipped), "{n} item was skipped:", "{n} items were skipped:")


def and_more(amount: int) -> str:
    return _("and {n} more", n=number(amount))


def took(summary: Summary) -> str:
    """`in 24 min · 2,100 messages/min`"""
    parts = [_("in {duration}", duration=duration(summary.duration_s))]
    if summary.new and summary.rate:
        parts.append(rate(summary.rate))
    return " · ".join(parts)


INCOMPLETE = Phrase(
    "⚠️ Not complete: some messages or files could not be fetched. Send the command again to go on."
)


def incomplete(summary: Summary) -> str:
    """What an export lacks; files alone are no reason to send the command again."""
    if summary.media_failed and len(summary.skipped) <= summary.media_failed:
        return count(
            summary.media_failed,
            "⚠️ {n} file could not be had. All messages are there.",
            "⚠️ {n} files could not be had. All messages are there.",
        )
    return INCOMPLETE()


KIND_NAMES = {
    "text": Phrase("text"),
    "photo": Phrase("photo"),
    "sticker": Phrase("sticker"),
    "video_file": Phrase("video file"),
    "video_message": Phrase("video message"),
    "voice_message": Phrase("voice message"),
    "animation": Phrase("animation"),
    "audio_file": Phrase("audio file"),
    "file": Phrase("file"),
    "live_photo": Phrase("live photo"),
    "video_cover": Phrase("video cover"),
    "custom_emoji": Phrase("custom emoji"),
    "link_preview": Phrase("link preview"),
    "profile_photo": Phrase("profile photo"),
    "chat_photo": Phrase("chat photo"),
    "contact": Phrase("contact"),
    "location": Phrase("location"),
    "live_location": Phrase("live location"),
    "venue": Phrase("venue"),
    "game": Phrase("game"),
    "invoice": Phrase("invoice"),
    "poll": Phrase("poll"),
    "todo_list": Phrase("todo list"),
    "dice": Phrase("dice"),
    "story": Phrase("story"),
    "giveaway": Phrase("giveaway"),
    "giveaway_results": Phrase("giveaway results"),
    "paid_media": Phrase("paid media"),
    "video_stream": Phrase("video stream"),
    "service": Phrase("service"),
    "unsupported": Phrase("unsupported"),
}
"""By `MessageRow.kind` and `StoredFile.kind`."""


def kind_name(name: str) -> str:
    """`video file`."""
    return KIND_NAMES[name]() if name in KIND_NAMES else name.replace("_", " ")


def kind(name: str, amount: int) -> str:
    """So many messages of a kind: `video file 812`."""
    return _("{kind} {n}", kind=kind_name(name), n=number(amount))


def in_group(sentence: str) -> str:
    """Others read along in a group, and a sentence may name folders or chats."""
    return sentence if sentence in (APOLOGY(), BUSY()) else APOLOGY()


def stranger(person_id: int) -> str:
    """All that somebody without access ever hears."""
    return _(
        "This bot is private. To use it, ask its owner to add your id: {person_id}",
        person_id=person_id,
    )


def stranger_note(name: str, person_id: int) -> str:
    """What the owner hears about it, once per person."""
    return _(
        "{name} (id {person_id}) wrote to me and was turned away. "
        "To let them in: /allow {person_id}",
        name=short_title(name),
        person_id=person_id,
    )
