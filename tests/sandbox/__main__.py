"""`python -m tests.sandbox`: the loopback Telegram on its own, until SIGTERM or Ctrl-C.

Prints one `KEY=VALUE` line for each setting to use, then where to play the person on the phone
(`PHONE_URL`, see `botapi/control.py`), and last `SESSION` (with `--accounts` also `SESSION_2` and
so on) and `CHAT`. At the end, how many bytes of files were asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tests.sandbox.api.serving import Serving
from tests.sandbox.mtproto.line import Line
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.stage import Stage, loaded, made_up, media_made_up
from tests.sandbox.world.content import MIXED, TEXT
from tests.sandbox.world.uploads import KINDS

CONTENTS = {"mixed": MIXED, "text": TEXT}
"""`text` is quicker to make."""


def options(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--load", type=Path, help="serve this result.json, plain or .gz")
    parser.add_argument("--messages", type=int, default=3_000, help="size of the made-up chat")
    parser.add_argument("--elsewhere", type=int, default=200, help="messages of @weather")
    parser.add_argument(
        "--content",
        choices=[*CONTENTS, "media"],
        default="mixed",
        help="what the made-up messages hold; media: each one a file",
    )
    parser.add_argument("--files", type=int, default=500, help="of `--content media`: how many")
    parser.add_argument(
        "--file-size",
        type=sizes,
        default=(1_000, 400_000),
        help="of these: bytes, as N for all or as LEAST-MOST",
    )
    parser.add_argument("--kinds", type=kinds, default=KINDS, help="of these: such as photo,video")
    parser.add_argument(
        "--reuploads", type=float, default=0.3, help="of these: share of bytes that come again"
    )
    parser.add_argument("--prewarm", action="store_true", help="build every page beforehand")
    parser.add_argument("--latency", type=float, default=0, help="milliseconds of each answer")
    parser.add_argument("--bandwidth", type=float, help="bytes a second of all answers")
    parser.add_argument("--rate", type=float, help="requests a second that an account may make")
    parser.add_argument(
        "--file-rate", type=float, help="the same for parts of files, which count apart"
    )
    parser.add_argument(
        "--takeout-rate", type=float, help="the same inside a takeout, if it differs"
    )
    parser.add_argument(
        "--takeout-delay", type=float, help="seconds until accounts may export by takeout"
    )
    parser.add_argument(
        "--accounts", type=int, default=1, help="how many can sign in and see the chat"
    )
    parser.add_argument("--no-hashes", action="store_true", help="of no file")
    parser.add_argument(
        "--references", type=float, help="seconds after which file references expire"
    )
    parser.add_argument("--arrive", type=float, default=0, help="messages a second that come")
    parser.add_argument("--vanish", type=float, default=0, help="messages a second that go")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up world")
    parser.add_argument(
        "--scale-files", type=float, default=1.0, help="made-up files are so many times as large"
    )
    return parser.parse_args(words)


def sizes(words: str) -> int | tuple[int, int]:
    """Bytes of files: `40000`, or `1000-400000`."""
    least, _, most = words.partition("-")
    return (int(least), int(most)) if most else int(least)


def kinds(words: str) -> list[str]:
    """Kinds of files between commas.

    Raises:
        argparse.ArgumentTypeError: there is no such kind.
    """
    named = words.split(",")
    unknown = ", ".join(each for each in named if each not in KINDS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no kind of file: {unknown}; of {', '.join(KINDS)}")
    return named


def staged(chosen: argparse.Namespace) -> Stage:
    """What is to be served."""
    if chosen.load is None and chosen.content == "media":
        stage: Stage = media_made_up(
            files=chosen.files,
            sizes=chosen.file_size,
            reuploads=chosen.reuploads,
            kinds=chosen.kinds,
            seed=chosen.seed,
            accounts=chosen.accounts,
        )
    elif chosen.load is None:
        stage = made_up(
            messages=chosen.messages,
            seed=chosen.seed,
            content=CONTENTS[chosen.content],
            elsewhere=chosen.elsewhere,
            accounts=chosen.accounts,
        )
    else:
        stage = loaded(
            chosen.load,
            seed=chosen.seed,
            scale_files=chosen.scale_files,
            accounts=chosen.accounts,
        )
    stage.world.references.lifetime_s = chosen.references
    for account in stage.accounts:
        if chosen.takeout_delay is not None:
            account.takeout.delay(chosen.takeout_delay)
        if chosen.prewarm:
            stage.chat.prewarm(account)
    return stage


async def serve(chosen: argparse.Namespace) -> None:
    stage = staged(chosen)
    line = Line(
        latency_s=chosen.latency / 1000,
        bandwidth_bytes_s=chosen.bandwidth,
        requests_per_second=chosen.rate,
        takeout_requests_per_second=chosen.takeout_rate,
        file_requests_per_second=chosen.file_rate,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sandbox = Sandbox(stage.world, line=line)
    if chosen.no_hashes:
        sandbox.api.files.hashes_from_bytes = sys.maxsize
    async with sandbox:
        settings = dict(sandbox.environment)
        if stage.zone is not None:
            settings["TIME_ZONE"] = stage.zone
        settings["PHONE_URL"] = sandbox.phone_url
        for place, account in enumerate(stage.accounts, start=1):
            settings["SESSION" if place == 1 else f"SESSION_{place}"] = sandbox.session(account)
        settings["CHAT"] = stage.word
        for name, value in settings.items():
            print(f"{name}={value}", flush=True)
        async with stage.chat.churn(chosen.arrive, chosen.vanish, seed=chosen.seed):
            await stop.wait()
        told(sandbox.api.files)
        unknown, sandbox.api.unknown = sandbox.unknown, []
        sandbox.bot_api.unknown_methods = []
    if unknown:
        print(f"asked for, and unknown to the sandbox: {', '.join(unknown)}", file=sys.stderr)


def told(files: Serving) -> None:
    """What was asked of files, if anything was."""
    if files.asked or files.hashes_asked:
        print(f"FILE_PARTS_ASKED={len(files.asked)}", flush=True)
        print(f"FILE_BYTES_ASKED={files.bytes_asked}", flush=True)
        print(f"FILE_PARTS_ASKED_TWICE={len(files.asked_twice())}", flush=True)
        print(f"FILE_HASHES_ASKED={len(files.hashes_asked)}", flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(serve(options()))
    except (OSError, ValueError) as error:
        sys.exit(f"python -m tests.sandbox: {error}")
