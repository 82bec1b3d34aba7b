"""The exporter's commands. Results go to standard output, all else to standard error."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
from cyclopts import Parameter

from exporter import options
from exporter.config import ExporterConfig
from exporter.console import Console, ending, one_line
from exporter.folder import name_of
from exporter.held import HeldAccounts
from exporter.summary import as_json
from exporter.telegram.server import TelegramServer
from exporter.workbench import Workbench, opened, runner_at
from storage.models import ExportRequest, Job, JobKind, JobState

if TYPE_CHECKING:
    from exporter.runner import Runner

FAILED = 3
ITEMS_SKIPPED = 1
INTERRUPTED = 130

Config = Annotated[ExporterConfig, Parameter(parse=False)]
Server = Annotated[TelegramServer, Parameter(parse=False)]
Stop = Annotated[asyncio.Event, Parameter(parse=False)]
"""Set when the process was asked to end."""


async def export(
    chat: str,
    *,
    to: Path | None = None,
    formats: str = "json,jsonl",
    media: str = "none",
    max_size: str | None = None,
    since: str | None = None,
    until: str | None = None,
    min_id: int | None = None,
    max_id: int | None = None,
    topic: str | None = None,
    sender: Annotated[str | None, Parameter(name="--from")] = None,
    types: str | None = None,
    refresh: str | None = None,
    comments: bool = False,
    members: bool = False,
    json: bool = False,
    config: Config,
    server: Server,
) -> int:
    """Bring a chat's archive up to date and write its files.

    Parameters
    ----------
    chat
        @name, a t.me link, an id such as -1001234567890, or the name of a dialog.
    to
        Write into exactly this folder instead of the usual one in EXPORT_DIR.
    formats
        A comma list of: json (result.json, as Telegram Desktop writes it), jsonl.
    media
        all, none, or a comma list of kinds. Files are not fetched yet; messages name them.
    max_size
        Fetch no file larger than this, such as 500K, 20M or 2G.
    since
        Only messages from this day or moment on: 2026-05-03, 2026-05-03T14:30, yesterday, 7d.
    until
        Only messages up to the end of this day, or up to this moment.
    min_id
        Only messages with this number or a higher one.
    max_id
        Only messages with this number or a lower one.
    topic
        Only this topic of a forum: its title or number.
    sender
        Only messages of this person: @name, id or name; or me.
    types
        Only messages of these kinds, a comma list: text, photo, video_file, voice_message, …
    refresh
        Look again at what is kept for edits and deletions: the newest N messages, 7d, or all.
    comments
        Also keep the comments of a channel's posts.
    members
        Also keep the list of members and admins.
    json
        Print one JSON object about the result.
    """
    request = ExportRequest(
        chat=chat.strip(),
        formats=options.formats(formats),
        media=options.media(media),
        max_size_bytes=options.size_bytes(max_size),
        to=str(target) if (target := options.folder(to)) else None,
        since=options.words(since),
        until=options.words(until),
        min_id=min_id,
        max_id=max_id,
        topic=options.words(topic),
        sender=options.words(sender),
        types=options.types(types),
        refresh=options.refresh(refresh),
        comments=comments,
        members=members,
    )
    options.check_slice(request, config.zone)
    console = Console()
    if request.media != "none":
        console.say("This version does not fetch files yet; messages name theirs.")
    async with opened(config) as bench, runner_at(bench, config, server) as (runner, held):
        submitted = await bench.jobs.submit(request)
        if submitted.joined:
            console.say(f"This chat's export is under way already: job {submitted.job.id}.")
        job = await _see_through(bench, runner, held, submitted.job, console)
        if job.state is JobState.JOINED and job.joined_job_id is not None:
            console.say(f"Another export of this chat is under way: job {job.joined_job_id}.")
            other = await bench.jobs.get(job.joined_job_id)
            job = await _see_through(bench, runner, held, other or job, console)
    return _tell(job, console, json=json)


async def _see_through(
    bench: Workbench, runner: Runner, held: HeldAccounts, job: Job, console: Console
) -> Job:
    """Follow a job to its end; run it here whenever no worker holds the account."""
    try:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(_run_unless_held(bench, runner, job.id))
            while True:
                seen = bench.database.changes
                if (job := await bench.jobs.get(job.id) or job).state.is_final:
                    break
                console.show(job)
                await bench.database.wait_for_change(timeout_s=0.5, since=seen)
            running.cancel()
    except asyncio.CancelledError:
        await bench.jobs.requeue(held.ids)
        left = await bench.jobs.get(job.id) or job
        if held.ids and left.state is not JobState.RUNNING:  # it ran here: with us it stops
            await bench.jobs.cancel(job.id)
            console.say("Stopped. Run the same command to go on: what was fetched is kept.")
        else:
            console.say(f"Job {job.id} goes on without you: a running Chatkeep does it.")
        raise
    return job


async def _run_unless_held(bench: Workbench, runner: Runner, job_id: int) -> None:
    while not await runner.run_one(job_id):
        await bench.database.wait_for_change(timeout_s=0.5)


def _tell(job: Job, console: Console, *, json: bool) -> int:
    if json:
        print(orjson.dumps(as_json(job)).decode())  # noqa: T201 - the command's result
    if job.state is JobState.CANCELLED:
        console.say("The export was cancelled. What was fetched is kept.")
        return INTERRUPTED
    if job.summary is None:
        console.say(job.error or f"Job {job.id} ended as {job.state}.")
        return FAILED
    for line in ending(job.summary):
        console.say(line)
    if not json:
        print(job.summary.folder)  # noqa: T201 - the command's result
    return ITEMS_SKIPPED if job.summary.skipped else 0


async def worker(*, config: Config, server: Server, stop: Stop) -> int:
    """Run the jobs that the bot and other commands hand over, until stopped."""
    async with opened(config) as bench, runner_at(bench, config, server) as (runner, _):
        await runner.serve(stop)
    return 0


async def chats(query: str | None = None, *, config: Config, server: Server) -> int:
    """List the chats that the account sees, or those whose name holds QUERY.

    Parameters
    ----------
    query
        Part of a title or @name.
    """
    console = Console()
    async with opened(config) as bench:
        async with runner_at(bench, config, server) as (runner, held):
            submitted = await bench.jobs.submit(ExportRequest(chat=""), kind=JobKind.DIALOGS)
            job = await _see_through(bench, runner, held, submitted.job, console)
        if job.state is not JobState.DONE:
            console.say(job.error or "The list could not be refreshed.")
            return FAILED
        if not (found := await bench.archive.dialogs(query)):
            console.say(f"No chat's name holds {query!r}." if query else "There are no chats.")
        for chat in found:
            name = f"@{chat.username}" if chat.username else ""
            title = one_line(name_of(chat))
            print(f"{chat.id}\t{chat.type}\t{title}\t{name}".rstrip())  # noqa: T201
    return 0


async def render(
    chat: str,
    *,
    to: Path | None = None,
    formats: str = "json,jsonl",
    since: str | None = None,
    until: str | None = None,
    min_id: int | None = None,
    max_id: int | None = None,
    topic: str | None = None,
    types: str | None = None,
    config: Config,
) -> int:
    """Write an archived chat's files again, without asking Telegram.

    Parameters
    ----------
    chat
        The chat's id, @name or title, as the archive knows it.
    to
        Write into exactly this folder instead of the usual one in EXPORT_DIR.
    formats
        A comma list of: json, jsonl.
    since
        Only messages from this day or moment on, as with `export`.
    until
        Only messages up to the end of this day, or up to this moment.
    min_id
        Only messages with this number or a higher one.
    max_id
        Only messages with this number or a lower one.
    topic
        Only this topic of a forum: its title or number.
    types
        Only messages of these kinds, a comma list.
    """
    from exporter.rendering import write_again  # noqa: PLC0415 - brings Telethon's types

    request = ExportRequest(
        chat=chat,
        formats=options.formats(formats),
        to=str(target) if (target := options.folder(to)) else None,
        since=options.words(since),
        until=options.words(until),
        min_id=min_id,
        max_id=max_id,
        topic=options.words(topic),
        types=options.types(types),
    )
    options.check_slice(request, config.zone)
    async with opened(config) as bench:
        done = await write_again(request, bench.archive, config)
    Console().say(f"{done.messages:,} messages of {done.chat.title or done.chat.id} written.")
    print(done.folder)  # noqa: T201 - the command's result
    return 0


async def jobs(*, config: Config) -> int:
    """List the newest jobs and what became of them."""
    async with opened(config) as bench:
        for job in await bench.jobs.recent(limit=20):
            print(_row(job))  # noqa: T201
    return 0


def _row(job: Job) -> str:
    started = f"{job.created_at.astimezone():%Y-%m-%d %H:%M}"
    title = job.summary.chat.title if job.summary else job.progress.title
    what = one_line(title or job.request.chat or job.kind)
    count = job.summary.messages if job.summary else job.progress.messages
    end = f"\t{one_line(job.error)}" if job.error else ""
    return f"{job.id}\t{started}\t{job.state}\t{what}\t{count:,} messages{end}"
