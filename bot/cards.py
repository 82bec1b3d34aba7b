"""What the card of a job shows, and the message that follows when it is over.

Made from the job's row alone. Bold titles and the like are entities with offsets, never markup
pasted into text, so that no title can break a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from aiogram.types import InlineKeyboardMarkup, MessageEntity
from aiogram.utils.formatting import Bold, Code, DateTime, ExpandableBlockQuote, Text

from bot import many_texts, option_texts, people_texts, stats_texts, texts
from bot.keyboards import card_keyboard
from bot.language import said, woven
from storage.batches import Tally
from storage.models import Job, JobKind, JobState, Skipped, Summary, Wish
from storage.plans import Plan

EXPORTER_SHOULD_HAVE_STARTED = timedelta(seconds=10)
JOBS_SHOWN = 20
KINDS_SHOWN = 6
SKIPPED_SHOWN = 20
LARGE_FILES_SHOWN = 4
WHOLE_SENTENCE = 3000
SENTENCE_LENGTH = 600
"""Longer reasons are cut, so that every message stays far below Telegram's 4,096 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Where a waiting job stands."""

    ahead: int
    """Jobs that come before it, the running ones among them."""
    running: bool
    """Something is being exported right now."""
    may_jump: bool = True
    """Who reads the card may move it to the front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One state of a card."""

    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: InlineKeyboardMarkup | None
    revision: int
    final: bool
    key: str
    """Frames with different keys are a change of state, which is shown without delay."""

    def same(self, other: Frame) -> bool:
        """A phone would see no difference."""
        return (self.text, self.entities, self.keyboard) == (
            other.text,
            other.entities,
            other.keyboard,
        )


class Naming(Enum):
    """How a job may be called in front of who reads it."""

    TITLE = "title"
    """The chat is open to them."""
    TYPED = "typed"
    """It is not (any more); they get back the words that they typed themselves."""
    NUMBER = "number"


def card(
    job: Job,
    *,
    queue: Queue,
    now: datetime,
    asking: bool = False,
    plan: Plan | None = None,
) -> Frame:
    """The card of `job` as it should look now.

    `asking`: it asks whether the job is really to be cancelled. `plan`: it does not begin
    before somebody agrees to that.
    """
    asking = asking and not job.state.is_final and job.wish is not Wish.CANCEL
    body = _body(job, queue, now)
    if plan is not None:
        sentence = f"\n{option_texts.plan(plan)}\n\n{option_texts.AGREE}"
        body = [title(job), sentence]
    if asking:
        body.append(f"\n{texts.really_cancel(job.progress.messages)}")
    text, entities = Text(*body).render()
    keyboard = card_keyboard(
        job,
        asking=asking,
        first=queue.ahead <= int(queue.running) or not queue.may_jump,
        agree=plan is not None,
    )
    return Frame(
        text=text,
        entities=tuple(entities),
        keyboard=keyboard,
        revision=job.turn,
        final=job.state.is_final,
        key=" ".join(
            map(
                str,
                (
                    job.state,
                    job.wish,
                    job.progress.phase,
                    job.progress.permission,
                    _waits(job, now),
                    _pause(job),
                    asking,
                    plan is not None,
                ),
            )
        ),
    )


def joined_card(job: Job, other_id: int) -> Frame:
    """The card of a job that turned out to be the work of another one, shown in the same chat."""
    body = Text(title(job), f"\n{texts.joined(other_id)}")
    text, entities = body.render()
    return Frame(
        text=text,
        entities=tuple(entities),
        keyboard=None,
        revision=job.turn,
        final=True,
        key=job.state,
    )


def closed_card(job: Job) -> Frame:
    """What is left of a card whose reader may not know of its chat any more."""
    text, entities = Text(people_texts.NO_ACCESS).render()
    return Frame(
        text=text,
        entities=tuple(entities),
        keyboard=None,
        revision=job.turn,
        final=True,
        key="closed",
    )


def title(job: Job) -> Text:
    """The chat's title in bold: as Telegram has it, or as typed until that is known."""
    return Bold(texts.short_title(_known_title(job)))


def job_lines(
    jobs: list[Job], named: Mapping[int, Naming], tallies: Mapping[int, Tally]
) -> list[str]:
    """A line for each, as /jobs shows them: `▶ 7 · Alpine Hikers · 52%`.

    `named`: how each job is called, by its number; one that is not in it by that alone. `tallies`:
    how the batches among them stand.
    """
    lines = [
        f"\n{_job_line(job, named.get(job.id, Naming.NUMBER), tallies.get(job.id))}"
        for job in jobs[:JOBS_SHOWN]
    ]
    if len(jobs) > JOBS_SHOWN:
        lines.append(f"\n{texts.and_more(len(jobs) - JOBS_SHOWN)}")
    return lines


def ending(job: Job, *, export_dir: Path) -> Text | None:
    """The message of its own that tells how a job ended; None where the card says it all."""
    if job.state is JobState.DONE and job.summary:
        return _summary(job, job.summary, export_dir)
    if job.state is JobState.FAILED:
        return Text(*failure(job, title(job)))
    return None


def details(job: Job) -> Text:
    """What is known of a failure: the reason in full, and folded what was tried."""
    reason = said(job.error or texts.APOLOGY())
    return Text(
        "❌ ",
        title(job),
        f"\n{cut(reason, WHOLE_SENTENCE)}\n",
        ExpandableBlockQuote("\n".join(texts.details(job))),
    )


def _job_line(job: Job, naming: Naming, tally: Tally | None) -> str:
    match naming:
        case Naming.TITLE:
            name = texts.short_title(_known_title(job))
        case Naming.TYPED:
            name = texts.short_title(job.request.chat)
        case Naming.NUMBER:
            name = texts.untitled(job.id)
    if tally is not None:
        state = JobState.RUNNING if job.state is JobState.QUEUED else job.state
        return f"{texts.MARKS[state]} {job.id} · {name} · {many_texts.standing(tally)}"
    return f"{texts.MARKS[job.state]} {job.id} · {name} · {texts.standing(job)}"


def _known_title(job: Job) -> str:
    if job.request.chats is not None:
        return many_texts.title(job.request.chats)
    known = job.summary.chat.title if job.summary else job.progress.title
    return known or job.request.chat


ABOUT_FILES = {
    JobKind.DELIVER: ("📦 ", texts.DELIVERING),
    JobKind.REMOVE: ("🗑 ", texts.REMOVING),
    JobKind.STATS: ("📊 ", stats_texts.DRAWING),
}
"""Of jobs that do something with what is exported: their sign, and what they say by state."""


def _body(job: Job, queue: Queue, now: datetime) -> list[str | Text]:
    name = title(job)
    if job.kind in ABOUT_FILES:
        sign, words = ABOUT_FILES[job.kind]
        if job.state in words:
            return [sign, name, f"\n{words[job.state]}"]
        if job.state is JobState.QUEUED:
            return [sign, name, "\n", *waiting(job, queue, now)]
    return _export(job, name, queue, now)


def _export(job: Job, name: Text, queue: Queue, now: datetime) -> list[str | Text]:
    match job.state:
        case JobState.QUEUED | JobState.PAUSED:
            return [name, "\n", *waiting(job, queue, now)]
        case JobState.RUNNING:
            return [name, "\n", *_running(job, now)]
        case JobState.DONE:
            saved = job.summary.messages if job.summary else job.progress.messages
            return [woven(texts.SAVED, title=name), f"\n{texts.messages(saved)}"]
        case JobState.FAILED:
            return failure(job, name)
        case JobState.CANCELLED:
            return ["✖️ ", name, f"\n{texts.cancelled(job.progress.messages)}"]
        case JobState.JOINED:
            return [name, f"\n{texts.joined(job.joined_job_id or job.id)}"]


def waiting(job: Job, queue: Queue, now: datetime) -> list[str | Text]:
    """What a job says that nobody works at."""
    if job.state is JobState.PAUSED:
        return [texts.paused(job.progress)]
    lines = []
    if job.progress.messages:
        lines.append(texts.so_far(job.progress.messages))
    if not queue.running and now - job.created_at > EXPORTER_SHOULD_HAVE_STARTED:
        lines.append(texts.WAITING_FOR_EXPORTER())
    else:
        lines.append(texts.place_in_queue(queue.ahead) if queue.ahead else texts.STARTING())
    return ["\n".join(lines)]


def _running(job: Job, now: datetime) -> list[str | Text]:
    progress = job.progress
    lines = texts.progress_lines(progress)
    lines += [texts.large_file(file) for file in progress.large_files[:LARGE_FILES_SHOWN]]
    body: list[str | Text] = ["\n".join(lines)]
    if job.wish is Wish.CANCEL:
        return [*body, f"\n{texts.CANCELLING}"]
    if job.wish is Wish.PAUSE:
        return [*body, f"\n{texts.PAUSING}"]
    if progress.permission:
        body.append(f"\n{texts.PERMISSION}")
    if progress.wait_until is not None and _waits(job, now):
        body.append(f"\n{texts.waiting(progress.wait_reason, progress.wait_until, now)}")
    elif pause := _pause(job):
        body.append(f"\n{texts.downloads_pause(pause)}")
    elif progress.eta is not None and progress.eta > now:
        left = texts.time_left(progress.eta, now)
        when = DateTime(left, unix_time=progress.eta, date_time_format="r")
        body += ["\n", woven(texts.ENDS, in_time=when)]
    return body


def _waits(job: Job, now: datetime) -> bool:
    return job.progress.wait_until is not None and job.progress.wait_until > now


def _pause(job: Job) -> str | None:
    """Why downloads pause until somebody acts: a wait without an end."""
    progress = job.progress
    return progress.wait_reason if progress.wait_until is None else None


def failure(job: Job, name: Text) -> list[str | Text]:
    """That a job failed, and why."""
    reason = cut(said(job.error or texts.APOLOGY()))
    saved = f"\n{texts.stays_saved(job.progress.messages)}" if job.progress.messages else ""
    return [woven(texts.STOPPED, title=name), f"\n{reason}{saved}"]


def _summary(job: Job, summary: Summary, export_dir: Path) -> Text:
    lines = [texts.messages(summary.messages), texts.changes(summary)]
    about_files = (texts.files(summary), texts.files_left_out(summary))
    lines += [line for line in about_files if line is not None]
    lines.append(texts.took(summary))
    if summary.proof:
        lines.append(said(summary.proof))
    lines += map(said, summary.notes)
    body: list[str | Text] = [
        woven(texts.SAVED if summary.complete else texts.SAVED_IN_PART, title=title(job)),
        "\n",
        "\n".join(lines),
    ]
    if not summary.complete:
        body.append(f"\n{texts.incomplete(summary)}")
    body += ["\n", Code(_folder(summary.folder, export_dir)), *_details(summary)]
    return Text(*body)


def _details(summary: Summary) -> list[str | Text]:
    """What most people never look at, folded: kinds of messages and what was left out."""
    body: list[str | Text] = []
    if len(summary.by_kind) > 1:
        ordered = sorted(summary.by_kind.items(), key=lambda item: (-item[1], item[0]))
        lines = [texts.kind(name, amount) for name, amount in ordered]
        if len(lines) > KINDS_SHOWN:
            lines[KINDS_SHOWN:] = [texts.and_more(len(lines) - KINDS_SHOWN)]
        body += ["\n", ExpandableBlockQuote("\n".join(lines))]
    if summary.skipped:
        body += [f"\n{texts.skipped(summary)}\n", ExpandableBlockQuote(_left_out(summary.skipped))]
    return body


def _left_out(skipped: tuple[Skipped, ...]) -> str:
    lines = [f"{item.id}: {cut(said(item.reason), 80)}" for item in skipped[:SKIPPED_SHOWN]]
    if len(skipped) > SKIPPED_SHOWN:
        lines.append(texts.and_more(len(skipped) - SKIPPED_SHOWN))
    return "\n".join(lines)


def _folder(folder: str, export_dir: Path) -> str:
    """Short where it lies in the usual place."""
    path, usual = Path(folder), export_dir.absolute()
    shown = path.relative_to(usual.parent) if path.is_relative_to(usual) else path
    return cut(str(shown))


def cut(sentence: str, length: int = SENTENCE_LENGTH) -> str:
    """The sentence, or its beginning."""
    return sentence if len(sentence) <= length else f"{sentence[: length - 1]}…"
