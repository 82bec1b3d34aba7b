"""`python -m tests.sandbox`: the loopback Telegram on its own, until SIGTERM or Ctrl-C.

Prints one `KEY=VALUE` line for each setting to use, then where to play the person on the phone
(`PHONE_URL`, see `botapi/control.py`), and last `SESSION` and `CHAT`.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tests.sandbox.mtproto.line import Line
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.stage import loaded, made_up
from tests.sandbox.world.content import MIXED, TEXT

CONTENTS = {"mixed": MIXED, "text": TEXT}
"""`text` is quicker to make."""


def options(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--load", type=Path, help="serve this result.json, plain or .gz")
    parser.add_argument("--messages", type=int, default=3_000, help="size of the made-up chat")
    parser.add_argument(
        "--content", choices=CONTENTS, default="mixed", help="what the made-up messages hold"
    )
    parser.add_argument("--prewarm", action="store_true", help="build every page beforehand")
    parser.add_argument("--latency", type=float, default=0, help="milliseconds of each answer")
    parser.add_argument("--bandwidth", type=float, help="bytes a second of all answers")
    parser.add_argument("--rate", type=float, help="requests a second that an account may make")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up world")
    parser.add_argument(
        "--scale-files", type=float, default=1.0, help="made-up files are so many times as large"
    )
    return parser.parse_args(words)


async def serve(chosen: argparse.Namespace) -> None:
    if chosen.load is None:
        stage = made_up(
            messages=chosen.messages, seed=chosen.seed, content=CONTENTS[chosen.content]
        )
    else:
        stage = loaded(chosen.load, seed=chosen.seed, scale_files=chosen.scale_files)
    if chosen.prewarm:
        stage.chat.prewarm(stage.account)
    line = Line(
        latency_s=chosen.latency / 1000,
        bandwidth_bytes_s=chosen.bandwidth,
        requests_per_second=chosen.rate,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sandbox = Sandbox(stage.world, line=line)
    async with sandbox:
        settings = dict(sandbox.environment)
        if stage.zone is not None:
            settings["TIME_ZONE"] = stage.zone
        settings["PHONE_URL"] = sandbox.phone_url
        settings["SESSION"] = sandbox.session(stage.account)
        settings["CHAT"] = stage.word
        for name, value in settings.items():
            print(f"{name}={value}", flush=True)
        await stop.wait()
        unknown, sandbox.api.unknown = sandbox.unknown, []
        sandbox.bot_api.unknown_methods = []
    if unknown:
        print(f"asked for, and unknown to the sandbox: {', '.join(unknown)}", file=sys.stderr)


if __name__ == "__main__":
    try:
        asyncio.run(serve(options()))
    except (OSError, ValueError) as error:
        sys.exit(f"python -m tests.sandbox: {error}")
