"""Connections to data centres: whose key, how many, where, and what becomes of lost ones."""

from __future__ import annotations

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import types
from telethon.tl.functions.help import GetConfigRequest

from exporter.errors import AccountUnusable, JobError
from exporter.telegram.connection import Memory, Telegram
from exporter.telegram.dc_lines import CONNECTIONS
from exporter.telegram.file_server import FileGone, HashesUnavailable
from exporter.telegram.pacing import WaitTooLong
from storage.database import Database
from storage.dc_keys import DcKeys
from storage.paces import Paces
from storage.secrets import Secrets
from storage.takeouts import Takeouts
from tests.exporter.proxies import Proxy
from tests.exporter.reaching import ACCOUNT_ID, SHORT_S, signed_in
from tests.exporter.served import MIB, Served, serve
from tests.sandbox.api import telegram_api
from tests.sandbox.api.asked import Asked
from tests.sandbox.mtproto.keys import AuthKey
from tests.sandbox.mtproto.server import MtprotoServer
from tests.sandbox.sandbox import HOME_DC, Sandbox

ASKED = "GetFileRequest"
EXPORT = "ExportAuthorizationRequest"
IMPORT = "ImportAuthorizationRequest"
SECRET_KEY = "of a test"
AWAY = 4
TRICKLE_BYTES = 32 * 1024

Options = Callable[[list[types.DcOption]], list[types.DcOption]]


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    """What is kept about accounts, keys of data centres too."""
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'memory.db'}")
    try:
        yield Memory(
            paces=Paces(database),
            takeouts=Takeouts(database),
            dc_keys=DcKeys(database, Secrets.load(SECRET_KEY, tmp_path)),
        )
    finally:
        await database.close()


async def fetched(telegram: Telegram, file: Served, *, dc_id: int | None = None) -> bytes:
    """The whole file, all parts of it under way at once."""
    async with asyncio.TaskGroup() as group:
        parts = [
            group.create_task(telegram.files.part(dc_id or file.dc_id, file.location, offset, MIB))
            for offset in file.offsets
        ]
    return b"".join(part.result() for part in parts)


def whole(file: Served) -> bytes:
    return b"".join(file.blob.parts())


def keys_of(sandbox: Sandbox, dc_id: int) -> list[AuthKey]:
    """The owner's keys that a data centre knows."""
    owner = sandbox.world.owner.id
    return [key for key in sandbox.keys.of_account(owner) if key.dc_id == dc_id]


def offers(monkeypatch: pytest.MonkeyPatch, change: Options) -> None:
    """Have help.getConfig offer other addresses."""
    usual = telegram_api.HANDLERS[GetConfigRequest]

    def get_config(asked: Asked) -> Any:
        config = usual(asked)
        config.dc_options = change(config.dc_options)
        return config

    monkeypatch.setitem(telegram_api.HANDLERS, GetConfigRequest, get_config)


@asynccontextmanager
async def another_entrance(sandbox: Sandbox, dc_id: int) -> AsyncIterator[MtprotoServer]:
    """The same data centre, at one more address."""
    server = MtprotoServer(
        sandbox.api.answer, sandbox.keys, faults=sandbox.faults, dc_ids=[dc_id], line=sandbox.line
    )
    await server.start()
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def relay(port: int, *, pause_s: float = 0.0, most: int | None = None) -> AsyncIterator[int]:
    """Another way to a port, which lets through `TRICKLE_BYTES` and pauses; connections that
    come after the first `most` are closed at once."""
    accepted = count(1)
    running: set[asyncio.Task[Any]] = set()

    async def pass_on(reader: StreamReader, writer: StreamWriter, pause_s: float) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(TRICKLE_BYTES):
                writer.write(data)
                await writer.drain()
                await asyncio.sleep(pause_s)
        writer.close()

    async def accept(reader: StreamReader, writer: StreamWriter) -> None:
        if most is not None and next(accepted) > most:
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as group:
            group.create_task(pass_on(reader, far_writer, 0.0))
            group.create_task(pass_on(far_reader, writer, pause_s))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
        if running:
            await asyncio.wait(running)


def media_only(server: MtprotoServer, dc_id: int) -> types.DcOption:
    return types.DcOption(
        id=dc_id, ip_address="127.0.0.1", port=server.ports[dc_id], media_only=True
    )


# Keys


async def test_one_authorization_serves_all_connections_of_a_data_centre(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, AWAY, 12 * MIB)
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)
        assert sandbox.telegram.data_centres[AWAY].connections == CONNECTIONS

    assert sandbox.faults.calls(EXPORT) == 1
    assert sandbox.faults.calls(IMPORT) == 1
    assert len(keys_of(sandbox, AWAY)) == 1


async def test_a_key_is_kept_for_later_runs_and_encrypted(
    sandbox: Sandbox, memory: Memory, tmp_path: Path
) -> None:
    file = serve(sandbox, AWAY, 2 * MIB)
    for _ in range(3):
        async with signed_in(sandbox, memory=memory) as telegram:
            assert await fetched(telegram, file) == whole(file)
    (key,) = keys_of(sandbox, AWAY)

    assert sandbox.faults.calls(EXPORT) == 1
    assert memory.dc_keys is not None
    assert await memory.dc_keys.find(ACCOUNT_ID, AWAY) == key.key
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("memory.db*"))
    assert key.key not in kept
    assert key.key.hex().encode() not in kept


async def test_each_data_centre_and_account_has_a_key_of_its_own(
    sandbox: Sandbox, memory: Memory
) -> None:
    there, elsewhere = serve(sandbox, 1), serve(sandbox, AWAY)
    async with signed_in(sandbox, memory=memory) as telegram:
        await fetched(telegram, there)
        await fetched(telegram, elsewhere)

    assert memory.dc_keys is not None
    kept = {await memory.dc_keys.find(ACCOUNT_ID, dc_id) for dc_id in (1, AWAY)}
    assert kept == {key.key for dc_id in (1, AWAY) for key in keys_of(sandbox, dc_id)}
    assert await memory.dc_keys.find(ACCOUNT_ID + 1, AWAY) is None


def forgotten(sandbox: Sandbox, key: AuthKey) -> None:
    sandbox.keys.forget(key)


def revoked(_: Sandbox, key: AuthKey) -> None:
    key.revoked = True


def not_signed_in(_: Sandbox, key: AuthKey) -> None:
    key.account = None


@pytest.mark.parametrize("lose", [forgotten, revoked, not_signed_in])
async def test_a_key_that_was_lost_between_runs_is_made_once_again(
    sandbox: Sandbox, memory: Memory, lose: Callable[[Sandbox, AuthKey], None]
) -> None:
    file = serve(sandbox, AWAY, 8 * MIB)
    async with signed_in(sandbox, memory=memory) as telegram:
        await fetched(telegram, file)
    (key,) = keys_of(sandbox, AWAY)
    lose(sandbox, key)

    for _ in range(2):
        async with signed_in(sandbox, memory=memory) as telegram:
            assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls(EXPORT) == 2
    assert memory.dc_keys is not None
    kept = await memory.dc_keys.find(ACCOUNT_ID, AWAY)
    assert kept in {each.key for each in keys_of(sandbox, AWAY) if each is not key}


@pytest.mark.parametrize("lose", [forgotten, revoked, not_signed_in])
async def test_a_key_that_is_lost_with_parts_under_way_is_made_once_again(
    sandbox: Sandbox, lose: Callable[[Sandbox, AuthKey], None]
) -> None:
    file = serve(sandbox, AWAY, 8 * MIB)
    async with signed_in(sandbox) as telegram:
        await fetched(telegram, file)
        (key,) = keys_of(sandbox, AWAY)
        lose(sandbox, key)
        assert await fetched(telegram, file) == whole(file)
        assert telegram.user_id == (await telegram.who_am_i()).id

    assert sandbox.faults.calls(EXPORT) == 2


async def test_a_data_centre_that_accepts_no_key_ends_the_job_and_not_the_account(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, AWAY, 4 * MIB)
    sandbox.faults.fail(401, "AUTH_KEY_UNREGISTERED", on=ASKED, times=None)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(ExceptionGroup) as failed:
            await fetched(telegram, file)
        assert telegram.user_id == (await telegram.who_am_i()).id

    assert {type(error) for error in failed.value.exceptions} == {JobError}
    assert all("does not accept" in str(error) for error in failed.value.exceptions)
    assert sandbox.faults.calls(EXPORT) <= 4


async def test_a_key_of_home_that_is_refused_is_the_accounts_end(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC)
    async with signed_in(sandbox) as telegram:
        await fetched(telegram, file)
        for key in keys_of(sandbox, HOME_DC):
            key.revoked = True
        with pytest.raises(AccountUnusable, match="Sign in again"):
            await telegram.files.part(HOME_DC, file.location, 0, MIB)


async def test_a_deactivated_account_is_one_in_every_data_centre(sandbox: Sandbox) -> None:
    file = serve(sandbox, AWAY)
    sandbox.faults.fail(401, "USER_DEACTIVATED_BAN", on=ASKED)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(AccountUnusable, match="deactivated"):
            await telegram.files.part(AWAY, file.location, 0, MIB)


async def test_an_authorization_that_was_used_up_is_exported_again(sandbox: Sandbox) -> None:
    file = serve(sandbox, AWAY)
    sandbox.faults.cut_amid_answer(on=IMPORT)
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls(EXPORT) == 2


async def test_authorizations_that_are_never_good_end_in_a_sentence(sandbox: Sandbox) -> None:
    file = serve(sandbox, AWAY)
    sandbox.faults.fail(400, "AUTH_BYTES_INVALID", on=IMPORT, times=None)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(JobError, match="does not let this account into data centre 4"):
            await telegram.files.part(AWAY, file.location, 0, MIB)

    assert sandbox.faults.calls(EXPORT) == 3


async def test_a_short_wait_for_an_authorization_is_waited_out(sandbox: Sandbox) -> None:
    file = serve(sandbox, AWAY, 3 * MIB)
    sandbox.faults.flood_wait(1, on=EXPORT)
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls(EXPORT) == 2


async def test_a_wait_of_hours_for_an_authorization_is_told(sandbox: Sandbox) -> None:
    file, here = serve(sandbox, AWAY), serve(sandbox, HOME_DC)
    sandbox.faults.flood_wait(2 * 3600, on=EXPORT)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(WaitTooLong, match="asks us to wait 2 h"):
            await telegram.files.part(AWAY, file.location, 0, MIB)
        assert await fetched(telegram, here) == whole(here)


async def test_hashes_are_done_without_while_an_authorization_is_waited_for(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, AWAY)
    hold = sandbox.faults.hold(on=EXPORT)
    async with signed_in(sandbox) as telegram:
        waiting = asyncio.create_task(fetched(telegram, file))
        await hold.reached.wait()
        with pytest.raises(HashesUnavailable):
            await telegram.files.hashes(AWAY, file.location, 0, timeout_s=0.05)
        hold.release()

        assert await waiting == whole(file)


async def test_a_data_centre_that_does_not_let_the_account_in_is_those_files_trouble_alone(
    sandbox: Sandbox,
) -> None:
    file, here = serve(sandbox, AWAY), serve(sandbox, HOME_DC)
    sandbox.faults.fail(400, "DC_ID_INVALID", on=EXPORT)
    async with signed_in(sandbox) as telegram:
        with pytest.raises(FileGone, match="data centre 4"):
            await telegram.files.part(AWAY, file.location, 0, MIB)
        assert await fetched(telegram, here) == whole(here)


async def test_a_job_that_is_cancelled_while_a_key_is_made_harms_nobody(sandbox: Sandbox) -> None:
    file = serve(sandbox, AWAY)
    hold = sandbox.faults.hold(on=EXPORT)
    async with signed_in(sandbox) as telegram:
        making = asyncio.create_task(fetched(telegram, file))
        await hold.reached.wait()
        another = asyncio.create_task(fetched(telegram, file))
        making.cancel()
        await asyncio.wait({making})
        hold.release()

        assert await another == whole(file)


# Connections


async def test_connections_at_home_share_the_accounts_key_and_have_their_own_session_ids(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, HOME_DC, 8 * MIB)
    seen: set[tuple[bytes, int]] = set()
    answer = sandbox.api.answer

    async def watched(call: Any) -> Any:
        seen.add((call.auth_key.key, call.session_id))
        return await answer(call)

    async with another_entrance(sandbox, HOME_DC) as server:
        server._telegram.answer = watched
        lone = {"host": "127.0.0.1", "port": server.ports[HOME_DC]}
        async with signed_in(sandbox, server=lone) as telegram:
            (key,) = keys_of(sandbox, HOME_DC)
            assert await fetched(telegram, file) == whole(file)

    assert {each for each, _ in seen} == {key.key}
    assert len(seen) == CONNECTIONS + 1
    assert sandbox.faults.calls(EXPORT) == 0


async def test_one_request_after_another_takes_one_connection(sandbox: Sandbox) -> None:
    file = serve(sandbox, AWAY, 4 * MIB)
    async with signed_in(sandbox) as telegram:
        for offset in file.offsets:
            await telegram.files.part(AWAY, file.location, offset, MIB)

        assert sandbox.telegram.data_centres[AWAY].connections == 1


async def test_connections_that_have_nothing_to_do_may_be_closed_meanwhile(
    sandbox: Sandbox,
) -> None:
    file, other = serve(sandbox, AWAY, 8 * MIB), serve(sandbox, 1)
    async with signed_in(sandbox) as telegram:
        await fetched(telegram, file)
        hold = sandbox.faults.hold(on=ASKED)
        busy = asyncio.create_task(fetched(telegram, other))
        await hold.reached.wait()
        await telegram.files.rest()
        hold.release()

        assert await busy == whole(other)
        assert sandbox.telegram.data_centres[AWAY].connections == 0
        assert sandbox.faults.calls(ASKED) == 8 + 1
        assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls(EXPORT) == 2


async def test_a_cut_connection_is_no_error_in_the_log(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    file = serve(sandbox, AWAY, 4 * MIB)
    sandbox.faults.cut_amid_answer(on=ASKED, times=2)
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)

    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


async def test_addresses_for_files_are_preferred(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [serve(sandbox, dc_id, 4 * MIB) for dc_id in (HOME_DC, AWAY)]
    async with (
        another_entrance(sandbox, HOME_DC) as here,
        another_entrance(sandbox, AWAY) as there,
    ):
        extra = [media_only(here, HOME_DC), media_only(there, AWAY)]
        offers(monkeypatch, lambda usual: [*usual, *extra])
        async with signed_in(sandbox) as telegram:
            for file in files:
                assert await fetched(telegram, file) == whole(file)
            assert here.data_centres[HOME_DC].connections == CONNECTIONS
            assert there.data_centres[AWAY].connections == CONNECTIONS
            assert sandbox.telegram.data_centres[HOME_DC].connections == 1
            assert sandbox.telegram.data_centres[AWAY].connections == 0


async def test_addresses_of_cdns_and_of_disguised_servers_are_left_alone(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = serve(sandbox, AWAY)
    traps: list[dict[str, Any]] = [
        {"cdn": True},
        {"tcpo_only": True},
        {"secret": b"\xdd" * 17},
        {"ipv6": True},
    ]
    extra = [types.DcOption(id=AWAY, ip_address="127.0.0.1", port=1, **trap) for trap in traps]
    offers(monkeypatch, lambda usual: [*extra, *usual])
    async with signed_in(sandbox, patience_s=0) as telegram:
        assert await fetched(telegram, file) == whole(file)


@pytest.mark.parametrize("dc_id", [HOME_DC, AWAY])
async def test_an_address_for_files_that_nobody_answers_is_passed_over(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, dc_id: int
) -> None:
    file = serve(sandbox, dc_id, 8 * MIB)
    dead = types.DcOption(id=dc_id, ip_address="127.0.0.1", port=1, media_only=True)
    offers(monkeypatch, lambda usual: [*usual, dead])
    async with signed_in(sandbox) as telegram:
        assert await fetched(telegram, file) == whole(file)


@pytest.mark.parametrize("dc_id", [HOME_DC, AWAY])
async def test_an_address_for_files_that_refuses_the_key_ends_neither_account_nor_key(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, dc_id: int
) -> None:
    file = serve(sandbox, dc_id, 8 * MIB)
    stranger = MtprotoServer(sandbox.api.answer, dc_ids=[dc_id])
    await stranger.start()
    try:
        offers(monkeypatch, lambda usual: [*usual, media_only(stranger, dc_id)])
        async with signed_in(sandbox) as telegram:
            assert await fetched(telegram, file) == whole(file)
    finally:
        await stranger.close()

    assert sandbox.faults.calls(EXPORT) == (dc_id != HOME_DC)


async def test_a_data_centre_that_moved_is_found_where_the_server_says_it_is_now(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, AWAY, 4 * MIB)
    async with signed_in(sandbox) as telegram:
        await fetched(telegram, file)
        centre = sandbox.telegram.data_centres[AWAY]
        before = centre.port
        await centre.close()
        centre.port = 0
        await centre.start()
        assert centre.port != before

        assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls(EXPORT) == 1


async def test_a_data_centre_that_is_down_for_a_while_is_waited_for(sandbox: Sandbox) -> None:
    file = serve(sandbox, AWAY, 4 * MIB)
    async with signed_in(sandbox) as telegram:
        await fetched(telegram, file)
        centre = sandbox.telegram.data_centres[AWAY]
        await centre.close()
        told = asyncio.Event()
        with telegram.telling(lambda until, _: told.set() if until else None):
            waiting = asyncio.create_task(fetched(telegram, file))
            await told.wait()
            await centre.start()
            assert await waiting == whole(file)


async def test_a_slow_line_is_not_taken_for_a_dead_one(sandbox: Sandbox) -> None:
    file = serve(sandbox, HOME_DC)
    async with relay(sandbox.telegram.ports[HOME_DC], pause_s=SHORT_S / 10) as port:
        server = {"host": "127.0.0.1", "port": port}
        async with signed_in(sandbox, server=server, answer_timeout_s=SHORT_S) as telegram:
            assert await fetched(telegram, file) == whole(file)

    assert sandbox.faults.calls(ASKED) == 1


async def test_further_connections_that_a_server_closes_are_done_without(
    sandbox: Sandbox,
) -> None:
    file = serve(sandbox, HOME_DC, 8 * MIB)
    async with relay(sandbox.telegram.ports[HOME_DC], most=2) as port:
        server = {"host": "127.0.0.1", "port": port}
        async with signed_in(sandbox, server=server) as telegram:
            await telegram.files.part(HOME_DC, file.location, 0, MIB)
            assert await fetched(telegram, file) == whole(file)
            assert sandbox.telegram.data_centres[HOME_DC].connections == 2


@pytest.mark.parametrize("dc_id", [HOME_DC, AWAY])
async def test_files_come_through_a_proxy_too(sandbox: Sandbox, dc_id: int) -> None:
    file = serve(sandbox, dc_id, 3 * MIB)
    async with (
        Proxy() as proxy,
        signed_in(sandbox, server={"proxy": f"socks5://127.0.0.1:{proxy.port}"}) as telegram,
    ):
        assert await fetched(telegram, file) == whole(file)

    assert ("127.0.0.1", sandbox.telegram.ports[dc_id]) in proxy.opened[1:]


async def test_files_come_through_an_mtproxy_too() -> None:
    secret = bytes(range(1, 17))
    async with Sandbox(proxy_secret=secret) as sandbox:
        for centre in sandbox.telegram.data_centres.values():
            await centre.close()  # the proxy is the only way
        file = serve(sandbox, AWAY, 3 * MIB)
        port = sandbox.telegram.proxy_port
        link = f"tg://proxy?server=127.0.0.1&port={port}&secret=dd{secret.hex()}"
        async with signed_in(sandbox, server={"proxy": link}) as telegram:
            assert await fetched(telegram, file) == whole(file)


# A server of one's own


@pytest.mark.parametrize("listed", ["home only", "everywhere at one address", "nothing"])
async def test_a_lone_server_serves_all_data_centres_with_the_accounts_own_key(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    file = serve(sandbox, HOME_DC, 4 * MIB)
    port = sandbox.telegram.ports[HOME_DC]
    ids = {"home only": [HOME_DC], "everywhere at one address": [1, 2, 4], "nothing": []}[listed]
    options = [types.DcOption(id=dc_id, ip_address="127.0.0.1", port=port) for dc_id in ids]
    offers(monkeypatch, lambda _: options)
    async with signed_in(sandbox) as telegram:
        for dc_id in (1, HOME_DC, AWAY):
            assert await fetched(telegram, file, dc_id=dc_id) == whole(file)

    assert sandbox.faults.calls(EXPORT) == 0
