"""Whatever is typed or broken: a clear sentence, a job in a true state, and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.installation import Installation, exported_ids, said_by
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.world import World

Install = Callable[[Sandbox], Installation]


def small_world() -> World:
    world = World()
    world.add_supergroup("Alpine Hikers", "alpine", messages=20)
    return world


async def test_a_chat_that_cannot_be_found_is_a_sentence(install: Install) -> None:
    cases = {
        "@nobody_is_called_so": "Nothing on Telegram is called @nobody_is_called_so",
        "no such dialog": "No chat of this account is called “no such dialog”",
        "-1009999999999": "sees no chat with the id -1009999999999",
        "https://t.me/c/1234/55": "sees no chat with the id -1000000001234",
        "https://t.me/share/url?url=x": "is not a link to a chat",
        "https://example.org/alpine": "is not a link to a chat",
        "https://t.me/+AbCdEfGhIjKl": "invite link is not valid",
        "https://t.me/alpine/21": "Alpine Hikers has no message 21: its newest is 20",
        "@a": "is no Telegram name",
        "   ": "Name a chat",
    }
    async with Sandbox(small_world()) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = {typed: await chatkeep.run("export", "--json", "--", typed) for typed in cases}
        listed = await chatkeep.run("jobs")

    for typed, says in cases.items():
        assert done[typed].code == 3
        assert done[typed].err.count(says) == 1, "said once"
        assert says in done[typed].json["error"]
        assert "Traceback" not in done[typed].err
    assert listed.out.count("\tfailed\t") == len(cases)


async def test_without_an_account_it_says_how_to_sign_in(install: Install) -> None:
    async with Sandbox(small_world()) as sandbox:
        chatkeep = install(sandbox)

        done = await chatkeep.run("export", "@alpine", "--json")

    assert done.code == 3
    assert done.json["state"] == "failed"
    assert "No Telegram account is signed in" in done.err
    assert "chatkeep accounts add" in done.err


async def test_a_revoked_session_ends_the_job_and_is_not_tried_again(install: Install) -> None:
    async with Sandbox(small_world()) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        for key in sandbox.keys.of_account(sandbox.world.owner.id):
            key.revoked = True

        done = await chatkeep.run("export", "@alpine")
        listed = await chatkeep.run("accounts", "list")
        again = await chatkeep.run("export", "@alpine")

    assert done.code == again.code == 3
    assert "Telegram no longer accepts this account's session" in done.err
    assert "revoked" in listed.out
    assert "No Telegram account is signed in" in again.err


async def test_a_wrong_api_hash_is_named(install: Install) -> None:
    async with Sandbox(small_world()) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        sandbox.faults.fail(400, "API_ID_INVALID", on=None, times=None)

        done = await chatkeep.run("export", "@alpine")

    assert done.code == 3
    assert "API_ID and API_HASH" in done.err


async def test_a_session_that_is_none_is_a_sentence(install: Install) -> None:
    async with Sandbox(small_world()) as sandbox:
        chatkeep = install(sandbox)

        done = await chatkeep.run("accounts", "add", "--session-string", "-", stdin="rubbish")
        asked = await chatkeep.run("accounts", "add", "--phone", "+15550100001")

    assert (done.code, asked.code) == (2, 2)
    assert "not a Telethon session string" in done.err
    assert "needs a terminal" in asked.err


async def test_an_export_folder_that_cannot_be_made_stops_before_the_first_page(
    install: Install, tmp_path: Path
) -> None:
    (tmp_path / "occupied").write_text("a file")
    async with Sandbox(small_world()) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "@alpine", EXPORT_DIR=str(tmp_path / "occupied"))
        forbidden = await chatkeep.run("export", "@alpine", EXPORT_DIR="/sys/chatkeep")

        nowhere = await chatkeep.run("export", "@alpine", "--to", "/proc/chatkeep")

        assert (done.code, forbidden.code, nowhere.code) == (3, 3, 3)
        assert "occupied" in done.err
        assert nowhere.err == (
            "/proc/chatkeep cannot be used: No such file or directory. Choose another place.\n"
        )
        assert "may not write /sys/chatkeep" in forbidden.err
        assert sandbox.faults.calls("GetHistoryRequest") == 0


@pytest.mark.parametrize("limit_kib", [300, 900])
async def test_a_full_disk_keeps_what_was_fetched_and_the_next_export_goes_on(
    install: Install, limit_kib: int
) -> None:
    """The smaller limit meets the database, the larger one the files."""
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=3_000)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())

        done = await chatkeep.run("export", "@alpine", file_limit_kib=limit_kib)
        fetched = sandbox.faults.calls("GetHistoryRequest")
        again = await chatkeep.run("export", "@alpine", "--json")

        assert done.code == 3
        assert re.search("free (some )?space", done.err.lower())
        assert "Traceback" not in done.err
        assert again.json["messages"] == 3_000
        assert exported_ids(Path(again.json["folder"])) == chat.message_ids
        assert sandbox.faults.calls("GetHistoryRequest") - fetched < 3_000 // 100


async def test_a_second_export_of_a_chat_joins_the_first_however_it_is_named(
    install: Install,
) -> None:
    world = World()
    chat = world.add_supergroup("Alpine Hikers", "alpine", messages=300)
    async with Sandbox(world) as sandbox:
        chatkeep = install(sandbox)
        await chatkeep.sign_in(sandbox.session())
        held = sandbox.faults.hold(after=2, times=None)
        await said_by(await chatkeep.start("worker"), "account held")
        first = await chatkeep.start("export", "@alpine", "--json")
        await held.reached.wait()
        same = await chatkeep.start("export", "@alpine", "--json")
        other = await chatkeep.start("export", str(chat.peer_id), "--json")
        said = await said_by(other, "under way: job 1")
        held.release()
        ends = [await chatkeep.finish(each) for each in (first, same, other)]

        assert "under way: job 1" in said
        assert [end.json["job"] for end in ends] == [1, 1, 1]
        assert [end.json["messages"] for end in ends] == [300, 300, 300]
        # Once: the top before and after, and pages that overlap by a message.
        assert sandbox.faults.calls("GetHistoryRequest") <= 2 + 4


async def test_a_setting_that_only_its_user_can_check_is_usage_too(install: Install) -> None:
    async with Sandbox(small_world()) as sandbox:
        chatkeep = install(sandbox)

        url = await chatkeep.run("jobs", DATABASE_URL="postgresql://olga:canary@host/archive")
        proxy = await chatkeep.run("bot", BOT_PROXY="canary")
        folder = await chatkeep.run("jobs", DATA_DIR="/proc/chatkeep")

    assert (url.code, proxy.code, folder.code) == (2, 2, 3)
    assert url.err.startswith("DATABASE_URL must name a SQLite file")
    assert proxy.err.startswith("BOT_PROXY is not a proxy's address")
    assert "canary" not in url.err + proxy.err
    assert folder.err.startswith("/proc/chatkeep/chatkeep.db cannot be made")
    assert len(folder.err.splitlines()) == 1


async def test_bytes_that_are_no_text_are_usage(install: Install) -> None:
    async with Sandbox(small_world()) as sandbox:
        chatkeep = install(sandbox)

        done = await chatkeep.run("export", "a\udcff")

    assert (done.code, done.err) == (2, "b'a\\xff' is not text in UTF-8.\n")
