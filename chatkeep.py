"""The command line's root: reads the settings, builds what a command needs, and runs it.

The parts' commands name what they need as parameters that are not parsed. `_build` makes each
from the settings, so that no part reads a setting, and each setting is required only by the
commands that use it.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from bot.errors import BotError, SettingRefused
from exporter.errors import CommandError, JobError, sentence_of
from settings import Settings, SettingsError, read_settings, split_server
from storage.errors import DatabaseUrlWrong, StorageError

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.service import BotConfig
    from bot.webhook import WebhookConfig
    from exporter.config import ExporterConfig
    from exporter.telegram.server import TelegramServer
    from storage.commands import StorageParts

DONE = 0
USAGE = 2
FAILED = 3
INTERRUPTED = 130

CAUSED_BY_USE = (SettingsError, CommandError, SettingRefused, DatabaseUrlWrong)
"""Wrong words or settings; all else that has a sentence is a failure."""

Given = Annotated[Any, Parameter(parse=False)]
"""Built from the settings by name, see `_build`."""

app = App(
    name="chatkeep",
    help="Keep your Telegram chats on your own disk, driven from your phone.",
    version=lambda: version("chatkeep"),
)
app.meta.group_parameters = "Settings for this call"


@app.command
async def run(*, config: Given, server: Given, bot: Given, stop: Given) -> None:
    """Run the bot and the exporter in one process, until stopped."""
    from bot.service import serve  # noqa: PLC0415 - aiogram takes seconds to import
    from exporter.workbench import opened, runner_at  # noqa: PLC0415 - brings Telethon
    from storage.people import People  # noqa: PLC0415 - keeps --help quick

    _spare_what_is_imported()
    async with (
        opened(config) as bench,
        runner_at(bench, config, server) as (runner, _),
        asyncio.TaskGroup() as group,
    ):
        await People(bench.database).set_owners(bot.admin_ids)  # before the first of their jobs
        group.create_task(runner.serve(stop), name="exporter")
        group.create_task(serve(bot, bench.database, stop), name="bot")


@app.command(name="bot")
async def run_bot(*, bot: Given, parts: Given, stop: Given) -> None:
    """Run the bot alone; a worker elsewhere on this machine does the exports."""
    from bot.service import serve  # noqa: PLC0415 - aiogram takes seconds to import
    from storage.database import Database  # noqa: PLC0415 - keeps --help quick

    _spare_what_is_imported()
    database = await Database.open(parts.url)
    try:
        await serve(bot, database, stop)
    finally:
        await database.close()


for place, name, summary in (
    ("exporter.commands:worker", "worker", "Run the jobs of the bot, until stopped."),
    ("exporter.account_commands:app", "accounts", "The accounts that fetch."),
    ("exporter.commands:chats", "chats", "List the chats that the account sees."),
    ("exporter.commands:export", "export", "Bring a chat's archive up to date."),
    ("exporter.plan_command:plan", "plan", "Tell what an export would fetch."),
    ("exporter.commands:render", "render", "Write a chat's files again, offline."),
    ("exporter.whole_command:render_all", "render-all", "Write all chats into one file, offline."),
    ("exporter.importing.command:import_export", "import", "Bring in Telegram Desktop's exports."),
    ("exporter.stats_command:stats", "stats", "Draw who writes in a chat, when and what; offline."),
    ("exporter.commands:jobs", "jobs", "List the newest jobs."),
    ("exporter.verify_command:verify", "verify", "Prove that an archive is complete, offline."),
    ("exporter.search_command:search", "search", "Find messages in the archive."),
    ("exporter.media.gc_command:gc", "gc", "Remove stored files that nothing needs any more."),
    ("storage.commands:app", "db", "Look after the database."),
):
    app.command(place, name=name, help=summary)  # imported when used


@app.meta.default
async def launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    data_dir: Path | None = None,
    export_dir: Path | None = None,
    database_url: str | None = None,
    time_zone: str | None = None,
    log_level: str | None = None,
    log_format: str | None = None,
) -> int:
    """Read the settings and run one command; return the exit code.

    Parameters
    ----------
    data_dir
        Where database, sessions and keys are kept.
    export_dir
        Where the archives appear.
    database_url
        The database, if not SQLite in the data folder.
    time_zone
        Of the dates in result.json: Europe/Berlin, or +02:00.
    log_level
        DEBUG, INFO, WARNING or ERROR.
    log_format
        auto, plain or json.
    """
    command, bound, needs = app.parse_args(tokens)
    if not needs:
        return int(command(*bound.args, **bound.kwargs) or DONE)
    settings = read_settings(
        data_dir=data_dir,
        export_dir=export_dir,
        database_url=database_url,
        time_zone=time_zone,
        log_level=log_level,
        log_format=log_format,
    )
    from logs import set_up_logs  # noqa: PLC0415 - keeps --help quick

    is_service = "stop" in needs
    level = settings.log_level or ("INFO" if is_service else "WARNING")
    set_up_logs(level, settings.log_format, settings.secrets)
    built = {name: _build(name, settings) for name in needs}
    return int(await command(*bound.args, **bound.kwargs, **built) or DONE)


def _build(name: str, settings: Settings) -> object:
    match name:
        case "config":
            return _exporter_config(settings)
        case "server":
            return _telegram_server(settings)
        case "bot":
            return _bot_config(settings)
        case "parts":
            return _storage_parts(settings)
        case "stop":
            return _stop_event()
    raise LookupError(name)


def _exporter_config(settings: Settings) -> ExporterConfig:
    from exporter.config import (  # noqa: PLC0415 - keeps --help quick
        MIB,
        CopyConfig,
        ExporterConfig,
        FilterSizes,
        MediaConfig,
    )

    return ExporterConfig(
        database_url=settings.database,
        data_dir=settings.data_dir,
        export_dir=settings.export_dir,
        zone=settings.zone,
        formats=settings.usual_formats,
        keep_deleted=settings.keep_deleted,
        plan_above_bytes=round(settings.plan_above_gb * 1e9),
        session_key=_text(settings.session_key),
        filter_sizes=FilterSizes(
            multiplier=settings.bloom_filter_size_multiplier,
            smallest=settings.bloom_filter_min_size,
            largest=settings.bloom_filter_max_size,
        ),
        threads=settings.max_threads,
        media=MediaConfig(
            parallel=settings.parallel_media_processing,
            at_once=settings.max_parallel_media,
            memory_limit_bytes=settings.parallel_media_memory_limit_mb * MIB,
            dedup=settings.hash_based_deduplication,
            hot_contents=settings.hash_cache_max_size,
            hash_timeout_s=settings.hash_api_timeout,
            min_free_bytes=settings.min_free_disk_mb * MIB,
            copy=CopyConfig(
                links=settings.export_links == "auto",
                zero_copy=settings.zero_copy_enabled,
                zero_copy_from_bytes=settings.zero_copy_min_size_mb * MIB,
                verify=settings.zero_copy_verify_copy,
                chunk_bytes=settings.zero_copy_chunk_size_mb * MIB,
            ),
        ),
    )


def _telegram_server(settings: Settings) -> TelegramServer:
    from exporter.telegram.server import TelegramServer  # noqa: PLC0415 - keeps --help quick

    where = "get it at my.telegram.org."
    host, port = settings.server or (None, None)
    return TelegramServer(
        api_id=settings.required("API_ID", where),
        api_hash=settings.required("API_HASH", where),
        host=host,
        port=port,
        dc_id=settings.telegram_server_dc,
        key=settings.telegram_server_key,
        proxy=_text(settings.telegram_proxy),
        takeout=settings.takeout == "auto",
    )


def _bot_config(settings: Settings) -> BotConfig:
    from bot.service import BotConfig  # noqa: PLC0415 - aiogram takes seconds to import

    return BotConfig(
        token=settings.required("BOT_TOKEN", "get one from @BotFather."),
        admin_ids=settings.required("ADMIN_IDS", "it holds your Telegram user id."),
        api_url=settings.bot_api_url,
        proxy=_text(settings.bot_proxy),
        local_files=settings.bot_api_local and settings.bot_api_url is not None,
        deliver=settings.deliver_in_chat,
        webhook=_webhook_config(settings),
        export_dir=settings.export_dir,
        zone=settings.zone,
        formats=settings.usual_formats,
    )


def _webhook_config(settings: Settings) -> WebhookConfig | None:
    from bot.webhook import WebhookConfig  # noqa: PLC0415 - aiogram takes seconds to import

    if settings.webhook_url is None:
        return None
    host, port = split_server(settings.webhook_listen)
    return WebhookConfig(url=settings.webhook_url, host=host, port=port)


def _storage_parts(settings: Settings) -> StorageParts:
    from storage.commands import StorageParts  # noqa: PLC0415 - keeps --help quick

    return StorageParts(url=settings.database)


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _spare_what_is_imported() -> None:
    """Have garbage collection leave out what stays anyway: looking through 300,000 objects of
    Telethon and aiogram would stop everything, the bot's answers too, for 0.2 s now and then."""
    gc.collect()
    gc.freeze()


def _stop_event() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    return stop


def main() -> None:
    """Run the command line and exit: 0, 1 items skipped, 2 usage or settings, 3 failed, 130."""
    os.umask(0o077)
    try:
        _check_words(sys.argv)
        code = app.meta(result_action="return_value")
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (SettingsError, BotError, JobError, StorageError, OSError, ExceptionGroup) as error:
        code = _explain(error)
    sys.exit(code or DONE)


def _check_words(words: list[str]) -> None:
    """Refuse bytes that are no text: neither rows nor Telegram can hold them."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise CommandError(f"{os.fsencode(word)!r} is not text in UTF-8.") from None


def _explain(error: Exception) -> int:
    """Tell an error that a person can cause, and return its exit code; others are raised."""
    first = error
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    known = isinstance(first, SettingsError | BotError)
    sentence = str(first) if known else sentence_of(first)
    if sentence is None:
        raise error
    print(sentence, file=sys.stderr)  # noqa: T201 - this is the terminal's last word
    return USAGE if isinstance(first, CAUSED_BY_USE) else FAILED


if __name__ == "__main__":
    main()
