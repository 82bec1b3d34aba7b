"""`python -m tests.bench.kills`: a long export that is killed again and again.

Each kill -9 comes between two checkpoints of the running export; the same command goes on at
once. At the end every message must be there once.
"""

import argparse
import asyncio
import sqlite3
import sys
import time
from pathlib import Path

from tests.bench.export import installation, served
from tests.installation import Installation, exported_ids


async def main_run(messages: int, kills: int) -> int:
    async with (
        served("--messages", str(messages), "--latency", "5", "--content", "text") as sandbox,
        installation(sandbox) as chatkeep,
    ):
        started = time.perf_counter()
        reached = 0
        for kill in range(kills):
            goal = messages * (kill + 1) // (kills + 1)
            process = await chatkeep.start("export", sandbox.chat)
            while (reached := _checkpoint(chatkeep)) < goal:
                if process.returncode is not None:
                    print(f"the export ended before kill {kill + 1}")
                    return 1
                await asyncio.sleep(0.005)
            await chatkeep.kill(process)
            after = _checkpoint(chatkeep)
            print(f"kill {kill + 1:2}: checkpoint at {after:,}", flush=True)
        done = await chatkeep.run("export", sandbox.chat, "--json")
        ids = exported_ids(Path(done.json["folder"]))
        seconds = time.perf_counter() - started
    once = ids == list(range(1, messages + 1))
    print(
        f"{len(ids):,} messages in result.json and messages.jsonl, every one once:"
        f" {'yes' if once else 'NO'}; {done.json['new']:,} of them by the last start"
        f" (which began at {reached:,} or above); {seconds:.0f} s in all"
    )
    return 0 if once else 1


def _checkpoint(chatkeep: Installation) -> int:
    if not chatkeep.database.exists():
        return 0
    database = sqlite3.connect(f"file:{chatkeep.database}?mode=ro", uri=True)
    try:
        (fetched,) = database.execute(
            "SELECT coalesce(sum(next_id - first_id), 0) FROM ranges"
        ).fetchone()
    finally:
        database.close()
    return int(fetched)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=100_000)
    options.add_argument("--kills", type=int, default=10)
    given = options.parse_args()
    sys.exit(asyncio.run(main_run(given.messages, given.kills)))


if __name__ == "__main__":
    main()
