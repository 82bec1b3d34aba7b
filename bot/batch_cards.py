"""What the card of a batch shows, and the message that follows when all of it is over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from aiogram.utils.formatting import Bold, Code, ExpandableBlockQuote, Text

from bot import many_texts as words
from bot import texts
from bot.cards import SKIPPED_SHOWN, Frame, Queue, cut, failure, waiting
from bot.keyboards import card_keyboard
from bot.language import said
from storage.batches import CLOSED, EXCLUDED, LeftOut, Outcome, Tally
from storage.models import Job, JobKind, JobState, Progress, Wish
from storage.selections import Selection

RUNNING_SHOWN = 3
REASON_LENGTH = 100


def title(job: Job) -> Text:
    """What is meant, in bold."""
    return Bold(texts.short_title(words.title(job.request.chats or Selection())))


def card(
    job: Job,
    tally: Tally | None,
    *,
    queue: Queue,
    now: datetime,
    asking: bool = False,
) -> Frame:
    """The card as it should look now; arguments as in `cards.card`.

    `tally` is None before the jobs of the batch are made.
    """
    asking = asking and not job.state.is_final and job.wish is not Wish.CANCEL
    body = _body(job, tally, queue, now)
    if asking:
        question = words.really_cancel(tally) if tally else texts.really_cancel(0)
        body.append(f"\n{question}")
    text, entities = Text(*body).render()
    first = tally is not None or queue.ahead <= int(queue.running)
    waits = None if tally is None else _waits(tally, now)
    return Frame(
        text=text,
        entities=tuple(entities),
        keyboard=card_keyboard(job, asking=asking, first=first),
        revision=job.turn,
        final=job.state.is_final,
        key=f"{job.state} {job.wish} {asking} {tally is None} {waits is None}",
    )


def ending(job: Job, tally: Tally | None, *, export_dir: Path) -> Text | None:
    """The message of its own that tells how a batch ended; None where the card says it all."""
    if job.state is JobState.FAILED:
        return Text(*failure(job, title(job)))
    if job.state is not JobState.DONE or tally is None:
        return None
    failed = tally.failed
    lines = [words.saved(tally), words.counts(tally)]
    lines += [words.files(tally)] if tally.files else []
    if job.finished_at is not None:
        lines.append(words.took((job.finished_at - job.created_at).total_seconds()))
    skipped = sum(part.skipped for part in tally.parts)
    lines += [words.skipped(skipped)] if skipped else []
    account = (part for part in tally.parts if part.kind is JobKind.ACCOUNT)
    lines += [said(note) for part in account for note in part.notes]
    mark = "⚠️ " if failed or skipped else "✅ "
    body: list[str | Text] = [mark, title(job), "\n", "\n".join(lines)]
    body += ["\n", Code(cut(str(export_dir.absolute()))), *_details(tally, failed)]
    return Text(*body)


def _details(tally: Tally, failed: list[Outcome]) -> list[str | Text]:
    """Folded: what failed and why, and what was left out."""
    body: list[str | Text] = []
    if failed:
        reasons = [f"{_name(part)}: {_reason(part)}" for part in failed]
        body += [f"\n{words.failed(len(failed))}:\n", _quote(reasons)]
    for reason, heading in ((EXCLUDED, words.left_out), (CLOSED, words.closed)):
        titles = [_title(each) for each in tally.left_out if each.reason == reason]
        if titles:
            body += [f"\n{heading(len(titles))}\n", _quote(titles)]
    return body


def _quote(lines: list[str]) -> Text:
    shown = lines[:SKIPPED_SHOWN]
    if len(lines) > SKIPPED_SHOWN:
        shown.append(texts.and_more(len(lines) - SKIPPED_SHOWN))
    return ExpandableBlockQuote("\n".join(shown))


def _reason(part: Outcome) -> str:
    if part.state is JobState.CANCELLED:
        return texts.STANDING[JobState.CANCELLED]()
    return cut(said(part.error or texts.APOLOGY()), REASON_LENGTH)


def _title(left: LeftOut) -> str:
    return texts.short_title(left.title or "?")


def _name(part: Outcome) -> str:
    """A chat without a title is called what it is, such as Saved messages."""
    return texts.short_title(part.title or texts.chat_type(part.type or ""))


def _body(job: Job, tally: Tally | None, queue: Queue, now: datetime) -> list[str | Text]:
    name = title(job)
    match job.state:
        case JobState.DONE:
            return _done(name, tally)
        case JobState.FAILED:
            return failure(job, name)
        case JobState.CANCELLED:
            return ["✖️ ", name, f"\n{words.cancelled(tally) if tally else texts.CANCELLED()}"]
        case JobState.RUNNING:
            return [name, "\n", "\n".join([words.LOOKING(), *_wait_lines(job.progress, now)])]
    if tally is None:
        return [name, "\n", *waiting(job, queue, now)]
    rests = job.state is JobState.PAUSED
    lines = [words.paused(tally)] if rests else _lines(tally, now)
    return [name, "\n", "\n".join(lines)]


def _done(name: Text, tally: Tally | None) -> list[str | Text]:
    if tally is None:
        return ["✅ ", name]
    mark = "⚠️ " if tally.failed else "✅ "
    return [mark, name, f"\n{words.saved(tally)}\n{texts.messages(tally.messages)}"]


def _lines(tally: Tally, now: datetime) -> list[str]:
    lines = words.progress(tally)
    running = [part for part in tally.parts if part.progress is not None]
    lines += [_running(part) for part in running[:RUNNING_SHOWN]]
    if any(part.progress is not None and part.progress.permission for part in running):
        lines.append(texts.PERMISSION())
    waits = _waits(tally, now)
    if waits is None:
        return lines
    if waits.wait_until is None and waits.wait_reason is not None:
        lines.append(texts.downloads_pause(waits.wait_reason))
    return lines + _wait_lines(waits, now)


def _wait_lines(progress: Progress, now: datetime) -> list[str]:
    until = progress.wait_until
    if until is None or until <= now:
        return []
    return [texts.waiting(progress.wait_reason, until, now)]


def _running(part: Outcome) -> str:
    """`▶ Alpine Hikers 52%`"""
    percentage = None if part.progress is None else texts.percent(part.progress)
    return f"▶ {_name(part)}" + ("" if percentage is None else f" {percentage}%")


def _waits(tally: Tally, now: datetime) -> Progress | None:
    """The progress of one that waits, when all of those that are worked at do."""
    running = [part.progress for part in tally.parts if part.progress is not None]
    waiting_ones = [each for each in running if each.wait_reason and not _is_over(each, now)]
    return waiting_ones[0] if waiting_ones and len(waiting_ones) == len(running) else None


def _is_over(progress: Progress, now: datetime) -> bool:
    return progress.wait_until is not None and progress.wait_until <= now
