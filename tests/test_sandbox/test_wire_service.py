"""Requests and service messages on the wire, by a client made by hand."""

from collections.abc import AsyncIterator

import pytest
from telethon.tl import functions, types
from telethon.tl.core import GzipPacked

from tests.sandbox.mtproto.calls import Call
from tests.sandbox.mtproto.keys import AuthKey
from tests.sandbox.mtproto.server import MtprotoServer
from tests.test_sandbox.raw_wire import LAYER, RawWire, raw_wire
from tests.test_sandbox.tiny_api import ACCOUNT, TinyApi, get_history, history, tiny_server

UNKNOWN_KEY = (-404).to_bytes(4, "little", signed=True)


@pytest.fixture
async def api() -> AsyncIterator[TinyApi]:
    async with tiny_server() as running:
        yield running


@pytest.fixture
def key(api: TinyApi) -> AuthKey:
    return api.server.keys.ready_made(ACCOUNT)


@pytest.fixture
async def wire(api: TinyApi, key: AuthKey) -> AsyncIterator[RawWire]:
    async with raw_wire(api.server.ports[2], key) as connected:
        yield connected


async def test_an_unknown_method_is_an_rpc_error(wire: RawWire) -> None:
    msg_id = await wire.send(b"\x12\x34\x56\x78")
    error = await wire.answer_to(msg_id)

    assert (error.error_code, error.error_message) == (400, "INPUT_METHOD_INVALID")


async def test_a_request_before_init_connection_is_refused(api: TinyApi, key: AuthKey) -> None:
    async with raw_wire(api.server.ports[2], key, init=False) as wire:
        error = await wire.answer_to(await wire.send(get_history()))

    assert error.error_message == "CONNECTION_NOT_INITED"


async def test_gzip_is_read_and_written(wire: RawWire) -> None:
    msg_id = await wire.send(GzipPacked(bytes(get_history())))
    packet = await wire.packet()
    wire.take(packet)
    answer = await wire.answer_to(msg_id)

    assert len(answer.messages) == 100
    assert len(packet) < len(bytes(answer)) / 2


async def test_a_short_answer_is_not_gzipped(wire: RawWire) -> None:
    msg_id = await wire.send(get_history(limit=1))
    answer = await wire.receive()

    assert answer.obj.req_msg_id == msg_id
    assert answer.obj.body == bytes(history(0, 1))


async def test_a_slow_request_is_acknowledged(api: TinyApi, wire: RawWire) -> None:
    hold = api.server.faults.hold()
    msg_id = await wire.send(get_history())
    ack = (await wire.receive()).obj
    hold.release()

    assert isinstance(ack, types.MsgsAck)
    assert ack.msg_ids == [msg_id]
    assert await wire.answer_to(msg_id)


async def test_a_client_may_ask_for_an_answer_again_by_its_id(wire: RawWire) -> None:
    await wire.send(get_history())
    first = await wire.receive()
    await wire.send(types.MsgResendReq([first.msg_id, 12345]), content=False)
    again = await wire.receive()

    assert again.msg_id == first.msg_id
    assert again.obj.body == first.obj.body


async def test_the_state_of_messages_is_told(api: TinyApi, wire: RawWire) -> None:
    answered = await wire.send(get_history())
    await wire.answer_to(answered)
    ping = await wire.send(functions.PingRequest(1))
    await wire.receive()
    hold = api.server.faults.hold()
    running = await wire.send(get_history())
    await hold.reached.wait()
    request = types.MsgsStateReq([answered, ping, running, ping + 1, wire.next_id() + 400])
    await wire.send(request, content=False)
    state = (await wire.receive()).obj
    hold.release()

    assert isinstance(state, types.MsgsStateInfo)
    assert [ord(byte) for byte in state.info] == [4 + 64, 4, 4 + 32, 2, 3]


async def test_future_salts_follow_the_current_one(wire: RawWire, key: AuthKey) -> None:
    msg_id = await wire.send(functions.GetFutureSaltsRequest(3))
    future = (await wire.receive()).obj

    assert future.req_msg_id == msg_id
    assert len(future.salts) == 3
    assert future.salts[0].salt == key.salts.current()


async def test_a_running_request_can_be_dropped(api: TinyApi, wire: RawWire) -> None:
    hold = api.server.faults.hold()
    msg_id = await wire.send(get_history())
    await hold.reached.wait()
    drop = await wire.send(functions.RpcDropAnswerRequest(msg_id))

    assert isinstance(await wire.answer_to(msg_id), types.RpcAnswerDroppedRunning)
    assert isinstance(await wire.answer_to(drop), types.RpcAnswerDroppedRunning)


async def test_an_answer_can_be_dropped_once(wire: RawWire) -> None:
    await wire.send(get_history())
    sent = await wire.receive()
    drop = functions.RpcDropAnswerRequest(sent.obj.req_msg_id)
    first = await wire.answer_to(await wire.send(drop))
    second = await wire.answer_to(await wire.send(drop))

    assert (first.msg_id, first.seq_no) == (sent.msg_id, sent.seq_no)
    assert isinstance(second, types.RpcAnswerUnknown)


async def test_another_session_can_be_destroyed(wire: RawWire) -> None:
    first = wire.session_id
    wire.session_id += 1
    await wire.send(functions.DestroySessionRequest(first), seqno=1)
    ok = (await wire.receive()).obj
    await wire.send(functions.DestroySessionRequest(first), seqno=3)
    none = (await wire.receive()).obj

    assert isinstance(ok, types.DestroySessionOk)
    assert isinstance(none, types.DestroySessionNone)


async def test_a_destroyed_key_is_unknown(wire: RawWire) -> None:
    await wire.send(functions.DestroyAuthKeyRequest())
    assert isinstance((await wire.receive()).obj, types.DestroyAuthKeyOk)
    await wire.send(functions.PingRequest(1))

    assert await wire.packet() == UNKNOWN_KEY
    assert await wire.ended()


async def test_a_key_is_unknown_to_the_other_data_centre(api: TinyApi, key: AuthKey) -> None:
    async with raw_wire(api.server.ports[1], key, init=False) as wire:
        await wire.send(functions.PingRequest(1))

        assert await wire.packet() == UNKNOWN_KEY
        assert await wire.ended()


async def test_a_connection_without_pings_is_ended(wire: RawWire) -> None:
    await wire.send(functions.PingDelayDisconnectRequest(1, disconnect_delay=0))
    await wire.receive()

    assert await wire.ended()


async def test_requests_are_answered_in_the_order_they_end(api: TinyApi, wire: RawWire) -> None:
    hold = api.server.faults.hold()
    slow = await wire.send(get_history(limit=1))
    await hold.reached.wait()
    quick = await wire.send(get_history(limit=2))
    answer = await wire.answer_to(quick)
    hold.release()

    assert len(answer.messages) == 2
    assert len((await wire.answer_to(slow)).messages) == 1


async def test_invoke_after_waits_for_the_other_request(api: TinyApi, wire: RawWire) -> None:
    hold = api.server.faults.hold()
    first = await wire.send(get_history(limit=1))
    await hold.reached.wait()
    second = await wire.send(functions.InvokeAfterMsgRequest(first, get_history(limit=2)))
    await wire.send(functions.PingRequest(1))
    pong = (await wire.receive()).obj
    hold.release()

    assert isinstance(pong, types.Pong)
    assert len((await wire.answer_to(first)).messages) == 1
    assert len((await wire.answer_to(second)).messages) == 2


async def test_invoke_after_fails_with_the_other_request(api: TinyApi, wire: RawWire) -> None:
    api.server.faults.server_error()
    first = await wire.send(get_history())
    second = await wire.send(functions.InvokeAfterMsgRequest(first, get_history()))

    assert (await wire.answer_to(first)).error_message == "INTERNAL"
    assert (await wire.answer_to(second)).error_message == "MSG_WAIT_FAILED"


async def test_calls_are_unwrapped(api: TinyApi, wire: RawWire) -> None:
    request = functions.InvokeWithTakeoutRequest(
        77, functions.InvokeWithoutUpdatesRequest(get_history(offset_id=5))
    )
    await wire.answer_to(await wire.send(request))
    call = api.calls[-1]

    assert call.name == "GetHistoryRequest"
    assert (call.takeout_id, call.without_updates, call.layer) == (77, True, LAYER)
    assert [type(wrapper).__name__ for wrapper in call.wrappers] == [
        "InvokeWithTakeoutRequest",
        "InvokeWithoutUpdatesRequest",
    ]
    assert (call.dc_id, call.auth_key.account, call.session_id) == (2, ACCOUNT, wire.session_id)


async def test_a_bug_of_the_answering_side_is_a_500_and_fails_the_test() -> None:
    async def broken(call: Call) -> bytes:
        raise ZeroDivisionError

    server = MtprotoServer(broken)
    await server.start()
    try:
        key = server.keys.ready_made(ACCOUNT)
        async with raw_wire(server.ports[2], key, init=False) as wire:
            request = functions.InvokeWithLayerRequest(LAYER, get_history())
            error = await wire.answer_to(await wire.send(request))
    finally:
        with pytest.raises(ExceptionGroup) as raised:
            await server.close()

    assert (error.error_code, error.error_message) == (500, "INTERNAL")
    assert isinstance(raised.value.exceptions[0], ZeroDivisionError)
