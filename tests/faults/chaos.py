"""One chaotic export: everything that a seed chooses goes wrong, runs are killed, and in the end
every message must be there once.

`python -m tests.faults.chaos SEED ...` plays seeds on their own.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from telethon.tl import types

from storage.accounts import Accounts
from storage.database import Database
from storage.secrets import Secrets
from tests.exported_files import Key, exported_files
from tests.faults.kept_files import contents, left_behind, stored
from tests.faults.mixture import HISTORY, Mixture
from tests.installation import Finished, Installation, exported
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.churn import Churn
from tests.sandbox.world.discussion import Discussion
from tests.sandbox.world.shelf import THUMB
from tests.sandbox.world.view import files_in

RUN_S = 60
"""No run takes longer, or it hangs."""
DONE = (0, 1)
"""1: something was left out, and named."""
MOVED = -1_000_000_000
"""Added in result.json to the ids of messages from before a group became a supergroup."""
REACHED_S = 3
"""A run that asks for nothing so long is ended where it is."""


async def play(mixture: Mixture, folder: Path, *, alone: asyncio.Lock) -> Counter[str]:
    """Export a chat through all that goes wrong; returns how often calls had which outcome.

    `alone` is held while the database is made: Alembic makes one at a time in a process.

    Raises:
        AssertionError: a message is lost or doubled, or the last run failed.
    """
    world, chat = mixture.world()
    async with Sandbox(world) as sandbox:
        chatkeep = Installation(folder, sandbox.environment)
        try:
            async with alone:
                await sign_in(chatkeep, sandbox)
            unreadable = mixture.begin(sandbox, chat)
            before = _ids(chat)
            rates = mixture.arrive_per_s, mixture.vanish_per_s
            async with chat.churn(
                *rates, edit_per_s=mixture.edit_per_s, seed=mixture.seed
            ) as churn:
                done = await _runs(mixture, sandbox, chatkeep, chat)
            _check(done, chatkeep, chat, before=before, churn=churn, unreadable=unreadable)
            if mixture.verify:
                await _verify(chatkeep, chat)
            again = await _refreshed(mixture, sandbox, chatkeep, chat) if mixture.refresh else None
        finally:
            await chatkeep.stop_all()
    if again is not None:
        _check_refreshed(again, chat, unreadable)
    return Counter(
        f"{call.outcome} in takeout" if call.takeout_id else call.outcome
        for call in sandbox.faults.log
    )


async def sign_in(chatkeep: Installation, sandbox: Sandbox) -> None:
    """Store every account of the world, as `chatkeep accounts add` does, but quicker."""
    chatkeep.data_dir.mkdir(mode=0o700)
    database = await Database.open(f"sqlite+aiosqlite:///{chatkeep.database}")
    try:
        accounts = Accounts(database, Secrets.load(None, chatkeep.data_dir))
        for account in sandbox.world.accounts.values():
            await accounts.add(
                user_id=account.id,
                name=account.user.name,
                phone=account.phone,
                dc_id=account.dc_id,
                session=sandbox.session(account),
            )
    finally:
        await database.close()


async def _runs(
    mixture: Mixture, sandbox: Sandbox, chatkeep: Installation, chat: Chat
) -> dict[str, Any]:
    """The runs that end badly, then the one that is left alone."""
    words = mixture.words(chat)
    dice = Random(f"{mixture.seed} ends")
    for run, end in enumerate(mixture.ends):
        mixture.strew(sandbox, run)
        limit = dice.randint(300, 900) if end == "disk full" else None
        process = await chatkeep.start(*words, file_limit_kib=limit)
        await _asked(sandbox, process, calls=dice.randint(1, mixture.messages // 100 + 3))
        await asyncio.sleep(dice.random() * dice.choice((0.05, 0.5)))
        await _end(chatkeep, process, end)
    mixture.strew(sandbox, len(mixture.ends))
    process = await chatkeep.start(*words)
    locking = asyncio.create_task(_lock_now_and_then(chatkeep.database, dice))
    try:
        async with asyncio.timeout(RUN_S):
            return _told(await chatkeep.finish(process))
    finally:
        locking.cancel()
        await asyncio.wait([locking])


async def _verify(chatkeep: Installation, chat: Chat) -> None:
    proof = await chatkeep.run("verify", str(chat.peer_id), "--json")
    assert proof.code == 0, proof.out + proof.err


async def _refreshed(
    mixture: Mixture, sandbox: Sandbox, chatkeep: Installation, chat: Chat
) -> dict[str, Any]:
    """One more run, when nothing happens any more."""
    mixture.strew(sandbox, len(mixture.ends) + 1)
    words = (*mixture.words(chat), "--refresh", "all")
    async with asyncio.timeout(RUN_S):
        return _told(await chatkeep.run(*words, KEEP_DELETED="false"))


def _told(done: Finished) -> dict[str, Any]:
    assert done.code in DONE, done.err
    assert done.out, done.err
    return done.json


async def _asked(sandbox: Sandbox, process: Process, *, calls: int) -> None:
    """Wait until the run has asked so often for history, or has ended."""
    reached = asyncio.create_task(
        sandbox.faults.wait_for_calls(HISTORY, sandbox.faults.calls(HISTORY) + calls)
    )
    ended = asyncio.create_task(process.wait())
    await asyncio.wait({reached, ended}, timeout=REACHED_S, return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()
    ended.cancel()
    await asyncio.wait({reached, ended})


async def _end(chatkeep: Installation, process: Process, end: str) -> None:
    if end == "killed":
        await chatkeep.kill(process)
        return
    if end == "stopped" and process.returncode is None:
        os.killpg(process.pid, signal.SIGTERM)
    async with asyncio.timeout(RUN_S):
        await chatkeep.finish(process)


async def _lock_now_and_then(database: Path, dice: Random) -> None:
    """Another program writes to the database, and takes its time."""
    while True:
        await asyncio.sleep(dice.random())
        with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as held:
            try:
                held.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:  # chatkeep writes just now
                continue
            await asyncio.sleep(dice.random() * 0.3)
            held.execute("ROLLBACK")


def _check(
    told: dict[str, Any],
    chatkeep: Installation,
    chat: Chat,
    *,
    before: set[int],
    churn: Churn,
    unreadable: int | None,
) -> None:
    """Every message that was there at the start and still is must be there once, any other at
    most once."""
    ids = _exported_ids(Path(told["folder"]))
    there = set(ids)
    named = {item["id"] for item in told["skipped"]}
    must = before & _ids(chat)
    assert ids == sorted(there), "in order, and none twice"
    lost = must - there - named
    assert not lost, f"lost: {sorted(lost)}"
    left_out = [item for item in told["skipped"] if item["id"] not in {unreadable, *churn.vanished}]
    assert not left_out, f"left out: {left_out}"
    strangers = there - before - set(churn.arrived)
    assert not strangers, f"never existed: {sorted(strangers)}"
    assert told["messages"] == len(ids)
    _check_texts(Path(told["folder"]), chat, (must & there) - churn.edited - {unreadable})
    assert _kept(chatkeep.database) >= len(ids)
    _check_files(told, chatkeep, chat, (must & there) - churn.edited - {unreadable})
    if isinstance(chat, Channel) and chat.discussion is not None:
        _check_comments(Path(told["folder"]), chat.discussion, unreadable)


def _check_files(told: dict[str, Any], chatkeep: Installation, chat: Chat, ids: set[int]) -> None:
    """Every file of these messages is as the truth, and no other trace of it is left."""
    folder, shelf = Path(told["folder"]), chat.world.shelf
    found = exported_files(folder)
    for key in _files_of(chat, ids):
        assert found.get(key) == shelf.sha256(*key), f"file {key}"
    for key, sha256 in found.items():
        assert sha256 == shelf.sha256(*key), f"file {key}"
    assert left_behind(chatkeep) == []
    assert stored(chatkeep) == contents(chatkeep)


def _files_of(chat: Chat, ids: set[int]) -> Iterator[Key]:
    for number in ids:
        message = _message(chat, number)
        carried = getattr(message, "media", None) or getattr(message, "action", None)
        for file in files_in(carried):
            yield file.id, ""
            if isinstance(file, types.Document) and file.thumbs:
                yield file.id, THUMB


def _check_comments(folder: Path, discussion: Discussion, unreadable: int | None) -> None:
    """The comments of all posts that are still there, each one once, and nothing else.

    A post that cannot be read does not tell of its comments.
    """
    ids = _exported_ids(folder / "comments")
    there = set(ids)
    posts = set(discussion.channel.message_ids) - {unreadable}
    threads = {post: {top, *discussion.comments[post]} for post, top in discussion.threads.items()}
    assert ids == sorted(there), "in order, and none twice"
    for post, thread in threads.items():
        assert post not in posts or thread <= there, f"comments on {post} are lost"
    assert there <= set().union(*threads.values())


def _check_refreshed(told: dict[str, Any], chat: Chat, unreadable: int | None) -> None:
    """Nothing but what is there now, as it is now."""
    there = set(_exported_ids(Path(told["folder"])))
    wrong = (there ^ _ids(chat)) - {unreadable}
    assert not wrong, f"lost, or not taken out: {sorted(wrong)}"
    _check_texts(Path(told["folder"]), chat, there - {unreadable})


def _check_texts(folder: Path, chat: Chat, ids: set[int]) -> None:
    texts = {each["id"]: each.get("text") for each in exported(folder)["messages"]}
    for number in ids:
        message = _message(chat, number)
        if isinstance(message, types.Message):
            assert texts[number] == message.message, f"the text of {number}"


def _exported_ids(folder: Path) -> list[int]:
    """The ids in result.json; messages.jsonl has the same, as they were before a move."""
    ids = [message["id"] for message in exported(folder)["messages"]]
    lines = (folder / "messages.jsonl").read_text().splitlines()
    own = [number - MOVED if number < 0 else number for number in ids]
    assert [json.loads(line)["id"] for line in lines] == own
    return ids


def _ids(chat: Chat) -> set[int]:
    """The ids in result.json of the messages that there are now."""
    earlier = chat.migrated_from if isinstance(chat, Channel) else None
    moved = [number + MOVED for number in earlier.message_ids] if earlier else []
    return {*moved, *chat.message_ids}


def _message(chat: Chat, number: int) -> Any:
    if number < 0 and isinstance(chat, Channel) and chat.migrated_from is not None:
        return chat.migrated_from.message(number - MOVED)
    return chat.message(number)


def _kept(database: Path) -> int:
    with closing(sqlite3.connect(database)) as held:
        (number,) = held.execute("SELECT count(*) FROM messages").fetchone()
    return int(number)


def main() -> None:
    """Play the seeds that are named on the command line, one after another."""
    for seed in map(int, sys.argv[1:]):
        mixture = Mixture.of(seed)
        sys.stderr.write(f"{mixture}\n")
        with TemporaryDirectory() as folder:
            outcomes = asyncio.run(play(mixture, Path(folder), alone=asyncio.Lock()))
        sys.stderr.write(f"{dict(outcomes)}\n")


if __name__ == "__main__":
    main()
