"""`python -m tests.bench.answers`: how soon the bot answers while its process works hard.

One process, `chatkeep run`, fetches a chat by four accounts under Telegram's limits and writes
the files of another again and again, while people ask. Measured is the time from an update's
coming to the Bot API, where the bot waits for it, to its answer's arrival there, by the clock of
the sandbox, which serves from a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import aiohttp
import psutil

from tests.bench.export import Served, installation, served

LATENCY_MS = 60
RATE = 10
"""Requests a second of an account, as observed at Telegram."""
ACCOUNTS = 4
PAGE = 100
RENDERED = 20_000
"""Messages of the chat whose files are written."""
PEOPLE = 4
PAUSE_S = 1.3
"""Between two questions of a person: a chat takes about one message a second."""
QUESTIONS = ("/help", "/jobs", "/status", "/schedule", "/archives", "/cancel 900")
WARM_UP_S = 10.0
START_S = 60.0
MEDIAN_S, P95_S = 0.05, 0.15
"""Wanted."""


@dataclass(frozen=True, slots=True)
class Person:
    """A phone in the sandbox's process."""

    http: aiohttp.ClientSession
    url: str

    async def say(self, text: str) -> dict[str, Any]:
        async with self.http.post(f"{self.url}/say", json={"text": text}) as said:
            return dict(await said.json())

    async def sees(self, text: str, *, after: int, timeout_s: float) -> dict[str, Any]:
        """What the bot says next that holds the text."""
        query = {"after": str(after), "text": text, "timeout": str(timeout_s)}
        async with self.http.get(f"{self.url}/messages", params=query) as seen:
            seen.raise_for_status()
            return dict(await seen.json())

    async def ask(self, question: str) -> float:
        """Seconds until the answer."""
        said = await self.say(question)
        answer = await self.sees("", after=said["message_id"], timeout_s=60)
        return float(answer["frames"][0]["at"] - said["frames"][0]["at"])


async def people(http: aiohttp.ClientSession, phone_url: str) -> list[tuple[int, Person]]:
    """New people with their ids: the owner of the jobs also sees cards, and so asks nothing."""
    root = phone_url.rpartition("/")[0]
    made = []
    for number in range(PEOPLE):
        async with http.post(root, json={"first_name": f"Olga {number}"}) as answer:
            person_id = (await answer.json())["id"]
        made.append((person_id, Person(http, f"{root}/{person_id}")))
    return made


async def renders(owner: Person) -> None:
    """Have the small chat written again and again: nothing of it is new."""
    while True:
        said = await owner.say("/export @weather")
        await owner.sees("is saved", after=said["message_id"], timeout_s=START_S)


async def asks(person: Person, until_s: float, took: list[float]) -> None:
    number = 0
    while time.monotonic() < until_s:
        took.append(await person.ask(QUESTIONS[number % len(QUESTIONS)]))
        number += 1
        await asyncio.sleep(PAUSE_S)


async def measured(sandbox: Served, seconds: float) -> list[float]:
    """How long each answer took."""
    took: list[float] = []
    phone_url = sandbox.settings["PHONE_URL"]
    async with installation(sandbox) as chatkeep, aiohttp.ClientSession() as http:
        for name, session in sandbox.settings.items():
            if name.startswith("SESSION_"):
                await chatkeep.sign_in(session)
        owner, others = Person(http, phone_url), await people(http, phone_url)
        owners = [phone_url.rpartition("/")[2], *(str(person_id) for person_id, _ in others)]
        process = await chatkeep.start("run", ADMIN_IDS=",".join(owners), LOG_LEVEL="ERROR")
        said = await owner.say("/export @weather")
        await owner.sees("is saved", after=said["message_id"], timeout_s=START_S)
        said = await owner.say(f"/export {sandbox.chat}")
        card = await owner.sees("Messages", after=said["message_id"], timeout_s=START_S)
        rendering = asyncio.create_task(renders(owner))
        await asyncio.sleep(WARM_UP_S)
        before = psutil.Process(process.pid).cpu_times()
        async with asyncio.TaskGroup() as group:
            for _, person in others:
                group.create_task(asks(person, time.monotonic() + seconds, took))
        after = psutil.Process(process.pid).cpu_times()
        rendering.cancel()
        with suppress(asyncio.CancelledError):
            await rendering
        shown = await owner.sees("", after=card["message_id"] - 1, timeout_s=1)
    cpu_s = after.user + after.system - before.user - before.system
    print(f"its process took {cpu_s / seconds:.2f} of a core; last: {shown['text']!r}")
    return took


async def bench(seconds: float) -> bool:
    words = {
        "--messages": int(ACCOUNTS * RATE * PAGE * (seconds + 60)),
        "--elsewhere": RENDERED,
        "--content": "text",
        "--accounts": ACCOUNTS,
        "--latency": LATENCY_MS,
        "--rate": RATE,
    }
    async with served(*(str(word) for pair in words.items() for word in pair)) as sandbox:
        took = await measured(sandbox, seconds)
    cuts = quantiles(took, n=100)
    median_s, p95_s = cuts[49], cuts[94]
    good = median_s < MEDIAN_S and p95_s < P95_S
    print(
        f"{len(took)} answers: median {median_s * 1000:.0f} ms (wanted {MEDIAN_S * 1000:.0f}),"
        f" p95 {p95_s * 1000:.0f} ms (wanted {P95_S * 1000:.0f}), longest {max(took) * 1000:.0f} ms"
        f"{'' if good else '  <-- NOT REACHED'}"
    )
    return good


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench.answers", description=__doc__)
    options.add_argument("--seconds", type=float, default=60, help="how long people ask")
    return 0 if asyncio.run(bench(options.parse_args().seconds)) else 1


if __name__ == "__main__":
    sys.exit(main())
