"""`python -m tests.sandbox`: the loopback Telegram on its own, until SIGTERM or Ctrl-C.

Prints one `KEY=VALUE` line for each setting to use, then where to play the person on the phone
(`PHONE_URL`, see `botapi/control.py`), and last `SESSION` (with `--accounts` also `SESSION_2` and
so on) and `CHAT`.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tests.sandbox.mtproto.line import Line
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.stage import Stage, loaded, made_up
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
    parser.add_argument(
        "--takeout-rate", type=float, help="the same inside a takeout, if it differs"
    )
    parser.add_argument(
        "--takeout-delay", type=float, help="seconds until accounts may export by takeout"
    )
    parser.add_argument(
        "--accounts", type=int, default=1, help="how many can sign in and see the chat"
    )
    parser.add_argument("--arrive", type=float, default=0, help="messages a second that come")
    parser.add_argument("--vanish", type=float, default=0, help="messages a second that go")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up world")
    parser.add_argument(
        "--scale-files", type=float, default=1.0, help="made-up files are so many times as large"
    )
    return parser.parse_args(words)


def staged(chosen: argparse.Namespace) -> Stage:
    """What is to be served."""
    if chosen.load is None:
        stage = made_up(
            messages=chosen.messages,
            seed=chosen.seed,
            content=CONTENTS[chosen.content],
            accounts=chosen.accounts,
        )
    else:
        stage = loaded(
            chosen.load,
            seed=chosen.seed,
            scale_files=chosen.scale_files,
            accounts=chosen.accounts,
        )
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
        for place, account in enumerate(stage.accounts, start=1):
            settings["SESSION" if place == 1 else f"SESSION_{place}"] = sandbox.session(account)
        settings["CHAT"] = stage.word
        for name, value in settings.items():
            print(f"{name}={value}", flush=True)
        async with stage.chat.churn(chosen.arrive, chosen.vanish, seed=chosen.seed):
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
