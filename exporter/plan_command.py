"""`chatkeep plan CHAT`: what an export would fetch."""

from __future__ import annotations

import orjson

from exporter import options
from exporter.command_options import Files, More, Part
from exporter.commands import FAILED, FILES, MORE, PART, Config, Server, see_through
from exporter.console import Console, one_line
from exporter.folder import name_of
from exporter.workbench import opened, runner_at
from storage.models import ExportRequest, JobKind, JobState
from storage.plans import Plan, Plans


async def plan(
    chat: str,
    *,
    files: Files = FILES,
    part: Part = PART,
    more: More = MORE,
    json: bool = False,
    config: Config,
    server: Server,
) -> int:
    """Tell what an export would fetch, and how long that may take; nothing is fetched.

    Parameters
    ----------
    chat
        @name, a t.me link, an id such as -1001234567890, or the name of a dialog.
    json
        Print one JSON object.
    """
    request = ExportRequest(chat=chat.strip(), **files.asked(), **part.asked(), **more.asked())
    options.check_slice(request, config.zone)
    options.check_split(request, config.formats)
    console = Console()
    async with opened(config) as bench:
        async with runner_at(bench, config, server) as (runner, held):
            submitted = await bench.jobs.submit(request, kind=JobKind.PLAN)
            job = await see_through(bench, runner, held, submitted.job, console)
        made = await Plans(bench.database).get(job.id)
    if job.state is not JobState.DONE or made is None:
        console.say(job.error or "The chat could not be looked at.")
        return FAILED
    if json:
        print(orjson.dumps(made).decode())  # noqa: T201 - the command's result
    else:
        print("\n".join(lines_of(made)))  # noqa: T201 - the command's result
    return 0


def lines_of(plan: Plan) -> list[str]:
    """The plan as a terminal shows it."""
    topics = f", {plan.topics:,} topics" if plan.topics else ""
    lines = [
        f"{one_line(name_of(plan.chat) or str(plan.chat.id))} ({plan.chat.type}{topics})",
        f"Messages to fetch: about {plan.messages:,}; in the archive: {plan.held:,}",
    ]
    if plan.files:
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in plan.files.items())
        lines.append(f"Files: {kinds}")
        lines.append(
            f"Bytes to fetch: about {_size(plan.fetch_bytes)}; kept: {_size(plan.kept_bytes)}"
        )
    lines.append(f"Time: about {_minutes(plan.duration_s)}")
    lines.append(f"Free on the disk: {_size(plan.free_bytes)}")
    return lines


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:,.1f} MB"


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
