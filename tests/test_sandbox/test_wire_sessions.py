"""Sessions on the wire: numbers, salts, repeats, by a client made by hand."""

import time
from collections.abc import AsyncIterator

import pytest
from telethon.crypto import AuthKey as ClientKey
from telethon.tl import functions, types

from tests.bench.raw_client import Plain, sealed
from tests.sandbox.mtproto.keys import AuthKey
from tests.test_sandbox.raw_wire import RawWire, raw_wire
from tests.test_sandbox.tiny_api import ACCOUNT, TinyApi, get_history, tiny_server

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


async def test_the_first_message_of_a_session_is_told_the_salt(api: TinyApi, key: AuthKey) -> None:
    async with raw_wire(api.server.ports[2], key, init=False) as wire:
        msg_id = await wire.send(functions.PingRequest(1))
        created = (await wire.receive(created=True)).obj

    assert isinstance(created, types.NewSessionCreated)
    assert created.first_msg_id == msg_id
    assert created.server_salt == key.salts.current()


async def test_a_wrong_salt_is_answered_by_the_right_one(wire: RawWire, key: AuthKey) -> None:
    wire.salt = 1
    msg_id = await wire.send(functions.PingRequest(1))
    refusal = (await wire.receive()).obj

    assert isinstance(refusal, types.BadServerSalt)
    assert (refusal.bad_msg_id, refusal.error_code) == (msg_id, 48)
    assert refusal.new_server_salt == key.salts.current()


async def test_a_salt_overlaps_the_next(wire: RawWire, key: AuthKey) -> None:
    first, second = key.salts.future(2)
    assert second.valid_since < first.valid_until
    assert key.salts.accepts(first.value)
    assert not key.salts.accepts(second.value)


async def test_all_salts_can_be_ended_at_once(wire: RawWire, key: AuthKey) -> None:
    key.salts.replace()
    await wire.send(get_history())

    assert isinstance((await wire.receive()).obj, types.BadServerSalt)


@pytest.mark.parametrize(("offset_s", "code"), [(-400, 16), (100, 17)])
async def test_a_clock_that_is_wrong_is_told_so(wire: RawWire, offset_s: int, code: int) -> None:
    msg_id = int(time.time() + offset_s) << 32
    await wire.send(get_history(), msg_id=msg_id)
    refusal = (await wire.receive()).obj

    assert isinstance(refusal, types.BadMsgNotification)
    assert (refusal.bad_msg_id, refusal.error_code) == (msg_id, code)


@pytest.mark.parametrize(("seqno", "code"), [(1, 32), (4, 35)])
async def test_a_wrong_sequence_number_is_refused(wire: RawWire, seqno: int, code: int) -> None:
    await wire.send(get_history(), seqno=seqno)

    assert (await wire.receive()).obj.error_code == code


async def test_an_odd_message_id_is_refused(wire: RawWire) -> None:
    await wire.send(get_history(), msg_id=wire.next_id() + 1)

    assert (await wire.receive()).obj.error_code == 18


async def test_a_repeated_request_gets_the_same_answer_and_runs_once(
    api: TinyApi, wire: RawWire
) -> None:
    msg_id = await wire.send(get_history(), seqno=wire.next_seqno())
    first = await wire.receive()
    await wire.send(get_history(), msg_id=msg_id)
    second = await wire.receive()

    assert first.msg_id == second.msg_id
    assert first.obj.req_msg_id == second.obj.req_msg_id == msg_id
    assert first.obj.body == second.obj.body
    assert api.server.faults.calls("GetHistoryRequest") == 1


async def test_a_request_repeated_while_it_runs_is_answered_once(
    api: TinyApi, wire: RawWire
) -> None:
    hold = api.server.faults.hold()
    msg_id = await wire.send(get_history())
    await hold.reached.wait()
    await wire.send(get_history(), msg_id=msg_id)
    ping = await wire.send(functions.PingRequest(5))
    pong = (await wire.receive()).obj
    hold.release()
    await wire.answer_to(msg_id)
    await wire.send(functions.PingRequest(6))

    assert pong.msg_id == ping
    assert (await wire.receive()).obj.ping_id == 6
    assert api.server.faults.calls("GetHistoryRequest") == 1


async def test_a_session_goes_on_over_another_connection(
    api: TinyApi, key: AuthKey, wire: RawWire
) -> None:
    hold = api.server.faults.hold()
    msg_id = await wire.send(get_history())
    await hold.reached.wait()
    wire.close()
    async with raw_wire(api.server.ports[2], key, init=False) as again:
        again.session_id = wire.session_id
        await again.send(functions.PingRequest(1), seqno=wire.next_seqno())
        await again.receive()
        hold.release()
        answer = await again.answer_to(msg_id)

    assert len(answer.messages) == 100


async def test_two_sessions_share_one_connection(wire: RawWire) -> None:
    first_session = wire.session_id
    await wire.send(functions.PingRequest(1))
    await wire.receive()
    wire.session_id += 1
    late = await wire.send(get_history(), seqno=1)
    await wire.answer_to(late)
    wire.session_id = first_session
    await wire.send(functions.PingRequest(2))

    assert (await wire.receive()).obj.ping_id == 2


async def test_containers_are_taken_apart_and_answered_one_by_one(wire: RawWire) -> None:
    _, msg_ids = await wire.send_container(
        functions.PingRequest(3), get_history(limit=1), get_history(limit=2)
    )
    received = [await wire.receive() for _ in range(3)]

    assert received[0].obj.ping_id == 3
    assert [message.obj.req_msg_id for message in received[1:]] == msg_ids[1:]
    assert all(message.msg_id % 4 == 1 for message in received)


async def test_a_container_in_a_container_is_refused(wire: RawWire) -> None:
    inner = b"\xdc\xf8\xf1\x73\0\0\0\0"
    container, _ = await wire.send_container(inner)
    refusal = (await wire.receive()).obj

    assert (refusal.bad_msg_id, refusal.error_code) == (container, 64)


async def test_a_changed_packet_ends_the_connection(wire: RawWire, key: AuthKey) -> None:
    """The last byte is padding, so nothing but msg_key can tell."""
    plain = Plain(wire.salt, wire.session_id, wire.next_id(), 3, bytes(get_history()))
    packet = bytearray(sealed(ClientKey(key.key), plain))
    packet[-1] ^= 1
    await wire.send_packet(bytes(packet))

    assert await wire.ended()


async def test_very_old_messages_are_refused_once_forgotten(wire: RawWire) -> None:
    oldest = await wire.send(functions.PingRequest(0))
    await wire.receive()
    for _ in range(11):
        await wire.send_container(*[functions.PingRequest(1)] * 100)
        for _ in range(100):
            await wire.receive()
    await wire.send(get_history(), msg_id=oldest)

    assert (await wire.receive()).obj.error_code == 20
