"""Connections for files: what is read from the socket, in which pieces it is asked for."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from exporter.telegram.hearing import MOST_BYTES, START_BYTES, Inflow

MIB = 1024 * 1024


@asynccontextmanager
async def line() -> AsyncIterator[tuple[Inflow, asyncio.StreamWriter]]:
    """Both ends of a connection: what comes in at one, and who writes at the other."""
    here, there = socket.socketpair()
    _, own_writer = await asyncio.open_connection(sock=here)
    _, writer = await asyncio.open_connection(sock=there)
    transport = own_writer.transport
    assert isinstance(transport, asyncio.Transport)
    try:
        yield Inflow(transport), writer
    finally:
        own_writer.close()
        writer.close()


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0)


async def test_packets_of_all_lengths_come_as_they_were_sent_however_they_are_cut() -> None:
    lengths = [4, 1, START_BYTES - 5, START_BYTES, START_BYTES + 1, 4, MIB + 40, 4, MIB, 0, 3 * MIB]
    sent = os.urandom(sum(lengths))
    async with line() as (inflow, writer):
        for at_once in (1_000_003, 999):
            writer.writelines(
                [sent[start : start + at_once] for start in range(0, len(sent), at_once)]
            )
            received = [await inflow.readexactly(length) for length in lengths]
            assert [len(each) for each in received] == lengths
            assert b"".join(received) == sent


async def test_while_nobody_reads_no_more_is_taken_in_than_fits() -> None:
    sent = os.urandom(16 * MIB)
    async with line() as (inflow, writer):
        writer.write(sent)
        await until(lambda: not inflow.get_buffer(-1))
        assert await inflow.readexactly(10) == sent[:10]
        await until(lambda: not inflow.get_buffer(-1))
        assert await inflow.readexactly(len(sent) - 10) == sent[10:]


async def test_it_says_when_something_came_last() -> None:
    clock = asyncio.get_running_loop().time
    async with line() as (inflow, writer):
        assert inflow.heard_at == float("-inf")
        before = clock()
        writer.write(b"abc")
        await until(lambda: inflow.heard_at > float("-inf"))
        assert before <= inflow.heard_at <= clock()


async def test_what_came_before_the_end_is_given_and_then_the_end_is_told() -> None:
    async with line() as (inflow, writer):
        writer.write(b"abcde")
        writer.write_eof()
        assert await inflow.readexactly(3) == b"abc"
        assert not inflow.at_eof()
        with pytest.raises(asyncio.IncompleteReadError) as cut:
            await inflow.readexactly(3)
        assert cut.value.partial == b"de"
        assert await inflow.readexactly(2) == b"de"
        assert inflow.at_eof()


async def test_who_waits_hears_that_the_connection_ended() -> None:
    async with line() as (inflow, writer):
        waiting = asyncio.create_task(inflow.readexactly(MIB))
        writer.write(b"some")
        await until(lambda: inflow.heard_at > float("-inf"))
        writer.close()
        with pytest.raises(asyncio.IncompleteReadError):
            await waiting


@pytest.mark.parametrize("length", [-404, MOST_BYTES + 1])
async def test_a_length_that_no_packet_has_ends_it(length: int) -> None:
    async with line() as (inflow, _):
        with pytest.raises(ConnectionError, match="announces"):
            await inflow.readexactly(length)
