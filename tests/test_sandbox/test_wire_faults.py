"""Scripted faults, as the real client meets them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telethon import TelegramClient, errors
from telethon.tl import functions

from tests.sandbox.mtproto.calls import Call, RpcFault
from tests.sandbox.mtproto.line import Line
from tests.sandbox.mtproto.server import MtprotoServer
from tests.test_sandbox.raw_wire import LAYER, RawWire, raw_wire
from tests.test_sandbox.tiny_api import ACCOUNT, TinyApi, client, get_history, tiny_server


@pytest.fixture
async def api() -> AsyncIterator[TinyApi]:
    async with tiny_server() as running:
        yield running


@pytest.fixture
async def telegram(api: TinyApi) -> AsyncIterator[TelegramClient]:
    async with client(api.server, api.server.keys.ready_made(ACCOUNT)) as connected:
        yield connected


async def test_a_flood_wait_strikes_once_after_so_many_calls(
    api: TinyApi, telegram: TelegramClient
) -> None:
    api.server.faults.flood_wait(7, after=1)
    await telegram(get_history(offset_id=1))
    with pytest.raises(errors.FloodWaitError) as raised:
        await telegram(get_history(offset_id=2))
    await telegram(get_history(offset_id=3))

    assert raised.value.seconds == 7
    assert outcomes(api) == [(1, "answered"), (2, "FLOOD_WAIT_7"), (3, "answered")]
    assert api.server.faults.calls("GetHistoryRequest") == 3
    assert not api.server.faults.left


async def test_a_fault_of_one_account_spares_the_others(
    api: TinyApi, telegram: TelegramClient
) -> None:
    api.server.faults.fail(403, "CHAT_FORBIDDEN", account=ACCOUNT + 1, times=None)
    await telegram(get_history())
    async with client(api.server, api.server.keys.ready_made(ACCOUNT + 1)) as other:
        for _ in range(2):
            with pytest.raises(errors.ForbiddenError):
                await other(get_history())


async def test_a_server_error_is_a_500(api: TinyApi, telegram: TelegramClient) -> None:
    telegram._request_retries = 1
    api.server.faults.server_error()
    with pytest.raises(errors.ServerError):
        await telegram._sender.send(get_history())

    assert await telegram(get_history())


@pytest.mark.parametrize("amid", [False, True])
async def test_a_client_comes_back_after_a_cut_and_is_answered(
    api: TinyApi, telegram: TelegramClient, amid: bool
) -> None:
    faults = api.server.faults
    (faults.cut_amid_answer if amid else faults.cut_before_answer)(after=1)
    await telegram(get_history(offset_id=1))
    answer = await telegram(get_history(offset_id=2))

    assert answer.messages[0].id == 2
    cut = "cut amid" if amid else "cut before"
    assert outcomes(api) == [(1, "answered"), (2, cut), (2, "answered")]


async def test_requests_under_way_survive_a_cut(api: TinyApi, telegram: TelegramClient) -> None:
    api.server.faults.cut_before_answer(after=5)
    answers = await asyncio.gather(*(telegram(get_history(offset_id=n)) for n in range(20)))

    assert [answer.messages[0].id for answer in answers] == list(range(20))


async def test_a_slow_answer_does_not_hold_up_others(
    api: TinyApi, telegram: TelegramClient
) -> None:
    api.server.faults.slow(0.2)
    slow = asyncio.create_task(telegram(get_history(offset_id=1)))
    quick = asyncio.create_task(telegram(get_history(offset_id=2)))
    await asyncio.wait([slow, quick])

    assert outcomes(api) == [(2, "answered"), (1, "answered")]


async def test_a_held_answer_comes_when_it_is_let_go(
    api: TinyApi, telegram: TelegramClient
) -> None:
    hold = api.server.faults.hold()
    asked = asyncio.create_task(telegram(get_history()))
    await hold.reached.wait()
    assert not asked.done()
    hold.release()

    assert len((await asked).messages) == 100


async def test_silence_leaves_the_connection_as_it_is(
    api: TinyApi, telegram: TelegramClient
) -> None:
    api.server.faults.no_answer()
    silent = asyncio.create_task(telegram(get_history(offset_id=1)))
    await api.server.faults.wait_for_calls("GetHistoryRequest", 1)
    await telegram(get_history(offset_id=2))

    assert not silent.done()
    assert api.server.data_centres[2].connections == 1
    silent.cancel()


async def test_faults_strike_in_their_order(api: TinyApi, telegram: TelegramClient) -> None:
    api.server.faults.fail(400, "CHANNEL_INVALID")
    api.server.faults.fail(400, "CHANNEL_PRIVATE")
    with pytest.raises(errors.ChannelInvalidError):
        await telegram(get_history())
    with pytest.raises(errors.ChannelPrivateError):
        await telegram(get_history())


async def test_a_fault_for_a_misspelt_request_is_refused(api: TinyApi) -> None:
    with pytest.raises(ValueError, match="GetHistory is no request"):
        api.server.faults.flood_wait(1, on="GetHistory")


async def test_the_log_tells_what_was_asked(api: TinyApi, telegram: TelegramClient) -> None:
    await telegram(get_history(offset_id=7, limit=3))
    logged = api.server.faults.log[-1]

    assert (logged.name, logged.account, logged.dc_id) == ("GetHistoryRequest", ACCOUNT, 2)
    assert logged.arguments["offset_id"] == 7
    assert logged.arguments["limit"] == 3
    assert logged.answered


async def test_an_account_that_asks_too_often_is_told_to_wait(
    api: TinyApi, telegram: TelegramClient
) -> None:
    api.server.line.requests_per_second = 0.5
    await telegram(get_history())
    with pytest.raises(errors.FloodWaitError) as raised:
        await telegram(get_history())
    assert raised.value.seconds == 2


def test_requests_in_a_takeout_may_have_a_rate_of_their_own() -> None:
    line = Line(requests_per_second=1, takeout_requests_per_second=3)

    for _ in range(3):
        line.admit(ACCOUNT, takeout=True)
    line.admit(ACCOUNT)
    for takeout in (True, False):
        with pytest.raises(RpcFault, match="FLOOD_WAIT_1"):
            line.admit(ACCOUNT, takeout=takeout)


async def test_latency_delays_answers(api: TinyApi, telegram: TelegramClient) -> None:
    loop = asyncio.get_running_loop()
    api.server.line.latency_s = 0.05
    began = loop.time()
    await telegram(get_history())

    assert loop.time() - began > 0.05


async def test_answers_share_the_bandwidth() -> None:
    loop = asyncio.get_running_loop()
    line = Line(bandwidth_bytes_s=10_000)
    began = loop.time()
    await asyncio.gather(line.carry(500), line.carry(500))

    assert loop.time() - began > 0.09


async def test_a_client_follows_a_new_salt(api: TinyApi) -> None:
    key = api.server.keys.ready_made(ACCOUNT)
    async with client(api.server, key) as telegram:
        key.salts.replace()
        await telegram(get_history())
        known = telegram._sender._state.salt

    assert known == key.salts.current()


@pytest.mark.parametrize("offset_s", [-3600, 3600])
async def test_a_client_sets_its_clock_right(
    api: TinyApi, telegram: TelegramClient, offset_s: int
) -> None:
    state = telegram._sender._state
    state.time_offset, state._last_msg_id = offset_s, 0
    await telegram(get_history())

    assert abs(state.time_offset) <= 1


async def test_requests_wait_for_a_client_that_reads_no_answers() -> None:
    async def long_answer(call: Call) -> bytes:
        return bytes(500_000)

    server = MtprotoServer(long_answer)
    await server.start()
    request = functions.InvokeWithLayerRequest(LAYER, functions.PingRequest(1))
    too_long = bytes(request) + bytes(500_000)  # what follows a request is not looked at
    async with raw_wire(server.ports[2], server.keys.ready_made(ACCOUNT), init=False) as wire:
        sent = await sent_until_it_waits(wire, too_long, at_most=500)
        wire.close()
    await server.close()

    assert 0 < sent < 500


async def sent_until_it_waits(wire: RawWire, body: bytes, *, at_most: int) -> int:
    for sent in range(at_most):
        try:
            async with asyncio.timeout(0.5):
                await wire.send(body)
        except TimeoutError:
            return sent
    return at_most


async def test_a_cut_of_everything_is_survived(api: TinyApi, telegram: TelegramClient) -> None:
    await telegram(get_history())
    api.server.cut()

    assert await telegram(get_history())


async def test_a_data_centre_comes_back_on_its_port(api: TinyApi, telegram: TelegramClient) -> None:
    port = api.server.ports[2]
    await api.server.data_centres[2].close()
    await api.server.data_centres[2].start()

    assert api.server.ports[2] == port
    assert await telegram(get_history())


def outcomes(api: TinyApi) -> list[tuple[int, str]]:
    return [
        (call.arguments["offset_id"], call.outcome)
        for call in api.server.faults.log
        if call.name == "GetHistoryRequest"
    ]
