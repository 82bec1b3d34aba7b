"""The exporter's commands. Results go to standard output, all else to standard error."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import orjson
from cyclopts import Parameter

from exporter import batch_console, options
from exporter.batch_console import BatchConsole
from exporter.command_options import Files, Many, More, Part, check_many
from exporter.config import ExporterConfig
from exporter.console import Console, ending, one_line
from exporter.errors import CommandError
from exporter.folder import name_of
from exporter.held import HeldAccounts
from exporter.summary import as_json
from exporter.telegram.server import TelegramServer
from exporter.workbench import Workbench, opened, runner_at
from storage.batches import Batches, Tally
from storage.models import ExportRequest, Job, JobKind, JobState

if TYPE_CHECKING:
    from exporter.runner import Runner

FAILED = 3
ITEMS_SKIPPED = 1
INTERRUPTED = 130

BATCH_AT_ONCE = 2
"""Jobs of a batch that are done side by side, as a worker does."""

FILES, PART, MORE, MANY = Files(), Part(), More(), Many()
"""What is meant when nothing is given."""

Config = Annotated[ExporterConfig, Parameter(parse=False)]
Server = Annotated[TelegramServer, Parameter(parse=False)]
Stop = Annotated[asyncio.Event, Parameter(parse=False)]
"""Set when the process was asked to end."""


async def export(
    chat: str | None = None,
    *,
    files: Files = FILES,
    part: Part = PART,
    sender: Annotated[str | None, Parameter(name="--from")] = None,
    more: More = MORE,
    many: Many = MANY,
    json: bool = False,
    config: Config,
    server: Server,
) -> int:
    """Bring a chat's archive up to date and write its files; or those of many chats.

    Parameters
    ----------
    chat
        @name, a t.me link, an id such as -1001234567890, or the name of a dialog.
    sender
        Only messages of this person: @name, id or name; or me.
    json
        Print one JSON object about the result.
    """
    request = ExportRequest(
        chat=(chat or "").strip(),
        sender=options.words(sender),
        chats=many.selection(),
        **files.asked(),
        **part.asked(),
        **more.asked(),
    )
    options.check_slice(request, config.zone)
    options.check_split(request, config.formats)
    console = Console()
    if request.chats is not None:
        check_many(request)
        return await _export_many(request, console, config, server, json=json)
    if chat is None:
        raise CommandError("Which chat? Name one, or give --all, --folder or --kind.")
    async with opened(config) as bench, runner_at(bench, config, server) as (runner, held):
        submitted = await bench.jobs.submit(request)
        if submitted.joined:
            console.say(f"This chat's export is under way already: job {submitted.job.id}.")
        job = await see_through(bench, runner, held, submitted.job, console)
        if job.state is JobState.JOINED and job.joined_job_id is not None:
            console.say(f"Another export of this chat is under way: job {job.joined_job_id}.")
            other = await bench.jobs.get(job.joined_job_id)
            job = await see_through(bench, runner, held, other or job, console)
    return _tell(job, console, json=json)


async def see_through(
    bench: Workbench, runner: Runner, held: HeldAccounts, job: Job, console: Console
) -> Job:
    """Follow a job to its end; run it here whenever no worker holds the account.

    A batch is over when its own job is and nobody works at one of the others.
    """
    batches = Batches(bench.database)
    is_batch = job.kind is JobKind.BATCH
    lines = BatchConsole(console, batches)
    try:
        async with asyncio.TaskGroup() as group:
            running = [
                group.create_task(_run_unless_held(bench, runner, job.id))
                for _ in range(BATCH_AT_ONCE if is_batch else 1)
            ]
            while True:
                seen = bench.database.changes
                job = await bench.jobs.get(job.id) or job
                if is_batch:
                    await lines.show(job)
                rests = job.state.is_final or job.state is JobState.PAUSED
                if rests and not await batches.running(job.id):
                    break
                if not is_batch:
                    console.show(job)
                await bench.database.wait_for_change(timeout_s=0.5, since=seen)
            for each in running:
                each.cancel()
    except asyncio.CancelledError:
        await bench.jobs.requeue(held.ids)
        left = await bench.jobs.get(job.id) or job
        works = left.state is JobState.RUNNING or await batches.running(job.id)
        if held.ids and not works:  # it ran here: with us it stops
            await bench.jobs.cancel(job.id)
            console.say("Stopped. Run the same command to go on: what was fetched is kept.")
        else:
            console.say(f"Job {job.id} goes on without you: a running Chatkeep does it.")
        raise
    return job


async def _run_unless_held(bench: Workbench, runner: Runner, job_id: int) -> None:
    while True:
        if not await runner.run_one(job_id):
            await bench.database.wait_for_change(timeout_s=0.5)


async def _export_many(
    request: ExportRequest,
    console: Console,
    config: ExporterConfig,
    server: TelegramServer,
    *,
    json: bool,
) -> int:
    async with opened(config) as bench:
        async with runner_at(bench, config, server) as (runner, held):
            submitted = await bench.jobs.submit(request, kind=JobKind.BATCH)
            if submitted.joined:
                console.say(f"This is under way already: job {submitted.job.id}.")
            job = await see_through(bench, runner, held, submitted.job, console)
        tally = await Batches(bench.database).tally(job.id)
    if json:
        print(orjson.dumps(batch_console.as_json(job, tally)).decode())  # noqa: T201 - the result
    if (stopped := _stopped(job, console)) is not None:
        return stopped
    if tally is None or job.state is JobState.FAILED:
        console.say(job.error or f"Job {job.id} ended as {job.state}.")
        return FAILED
    for line in batch_console.summary(job, tally):
        console.say(line)
    for folder in (part.folder for part in tally.parts if part.folder and not json):
        print(folder)  # noqa: T201 - the command's result
    if tally.failed:
        return FAILED
    return ITEMS_SKIPPED if any(part.skipped for part in tally.parts) else 0


def _stopped(job: Job, console: Console) -> int | None:
    """Tell that somebody stopped a job, and return the exit code for that; None: nobody did."""
    if job.state is JobState.CANCELLED:
        console.say("The export was cancelled. What was fetched is kept.")
        return INTERRUPTED
    if job.state is JobState.PAUSED:
        console.say("The export was paused. Run the same command, or resume it on the phone.")
        return INTERRUPTED
    return None


def _tell(job: Job, console: Console, *, json: bool) -> int:
    if json:
        print(orjson.dumps(as_json(job)).decode())  # noqa: T201 - the command's result
    if (stopped := _stopped(job, console)) is not None:
        return stopped
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
            job = await see_through(bench, runner, held, submitted.job, console)
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


async def render(chat: str, *, files: Files = FILES, part: Part = PART, config: Config) -> int:
    """Write an archived chat's files again, without asking Telegram.

    Parameters
    ----------
    chat
        The chat's id, @name or title, as the archive knows it.
    """
    from exporter.rendering import write_again  # noqa: PLC0415 - brings Telethon's types

    request = ExportRequest(chat=chat, **files.asked(), **part.asked())
    options.check_slice(request, config.zone)
    options.check_split(request, config.formats)
    async with opened(config) as bench:
        done = await write_again(request, bench.archive, bench.shelves, config)
    Console().say(f"{done.messages:,} messages of {done.chat.title or done.chat.id} written.")
    print(done.folder)  # noqa: T201 - the command's result
    return 0


async def jobs(*, config: Config) -> int:
    """List the newest jobs and what became of them."""
    async with opened(config) as bench:
        recent = await bench.jobs.recent(limit=20)
        tallies = await Batches(bench.database).tallies([job.id for job in recent])
        for job in recent:
            print(_row(job, tallies.get(job.id)))  # noqa: T201
    return 0


def _row(job: Job, tally: Tally | None) -> str:
    started = f"{job.created_at.astimezone():%Y-%m-%d %H:%M}"
    title = job.summary.chat.title if job.summary else job.progress.title
    meant = job.request.chats and batch_console.called(job.request.chats)
    what = one_line(title or job.request.chat or meant or job.kind)
    count = job.summary.messages if job.summary else job.progress.messages
    count = tally.messages if tally else count
    end = f"\t{one_line(job.error)}" if job.error else ""
    return f"{job.id}\t{started}\t{job.state}\t{what}\t{count:,} messages{end}"
