"""`python -m tests.bench.verify`: proving an archive of a million messages complete, offline."""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from exporter.config import FilterSizes
from exporter.seen import Seen, rebuilt
from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo
from storage.pages import Arrived
from storage.receipts import Fate
from tests.installation import ROOT
from tests.storage.making import CHAT_ID, full_page, url_of

ALLOWED_S = 60.0
PAGE = 100
HOLE_EVERY = 50
"""One page in so many is missing: its ids are known holes."""


async def build(path: Path, total: int) -> float:
    """Make an archive with `total` ids; return how long its filter of seen ids takes to fill."""
    database = await Database.open(url_of(path))
    try:
        archive = Archive(database)
        await archive.save_chat(ChatInfo(id=CHAT_ID, title="Million", type="private_supergroup"))
        for part in await archive.plan(CHAT_ID, 1, total):
            starts = range(part.first_id, part.last_id, PAGE)
            kept = [start for start in starts if start // PAGE % HOLE_EVERY]
            arrived = [
                Arrived(account_id=1, range_id=part.id, page=full_page(start)) for start in kept
            ]
            await archive.keep_many(CHAT_ID, arrived)
            holes = [id_ for each in {*starts} - {*kept} for id_ in range(each, each + PAGE)]
            await archive.evidence.note_holes(CHAT_ID, {Fate.DELETED: holes})
        started = time.perf_counter()
        await rebuilt(archive, CHAT_ID, Seen(FilterSizes().capacity(total)))
        return time.perf_counter() - started
    finally:
        await database.close()


def verify(data_dir: Path) -> float:
    """Run the command; return how long it took, its start included."""
    command = [sys.executable, str(ROOT / "chatkeep.py"), "verify", "Million"]
    settings = {**os.environ, "DATA_DIR": str(data_dir), "EXPORT_DIR": str(data_dir)}
    started = time.perf_counter()
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    took_s = time.perf_counter() - started
    print(done.stdout.splitlines()[0] if done.stdout else done.stderr)
    if done.returncode:
        sys.exit("it was not proven")
    return took_s


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    total = parser.parse_args().messages
    with tempfile.TemporaryDirectory(prefix="chatkeep-bench-") as folder:
        path = Path(folder) / "chatkeep.db"
        rebuilt_s = asyncio.run(build(path, total))
        size_mb = path.stat().st_size / 1e6
        took_s = verify(Path(folder))
    print(
        f"{total:,} ids, {size_mb:,.0f} MB: verified in {took_s:.1f} s (allowed: {ALLOWED_S:g} s)"
    )
    print(f"the filter of seen ids is rebuilt in {rebuilt_s:.1f} s")
    return 0 if took_s < ALLOWED_S else 1


if __name__ == "__main__":
    sys.exit(main())
