"""Waiting for Telegram and asking again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telethon.tl.functions.help import GetConfigRequest
from telethon.tl.functions.users import GetUsersRequest
from telethon.tl.types import InputUserSelf

from exporter.errors import AccountUnusable, JobError
from exporter.telegram import pacing
from exporter.telegram.connection import Memory, Telegram
from exporter.telegram.pacing import Refused, WaitTooLong
from tests.exporter.reaching import ACCOUNT_ID, SHORT_S, signed_in
from tests.sandbox.sandbox import Sandbox

ASKED = "GetUsersRequest"
Told = list[tuple[datetime | None, str | None]]


def question() -> Any:
    return GetUsersRequest([InputUserSelf()])


async def test_a_flood_wait_is_waited_out_to_the_second_and_told(sandbox: Sandbox) -> None:
    told: Told = []
    async with signed_in(sandbox) as telegram:
        sandbox.faults.flood_wait(1, on=ASKED)
        asked_at = datetime.now(UTC)
        with telegram.telling(lambda until, reason: told.append((until, reason))):
            answer = await telegram.ask(question())
        answered_at = datetime.now(UTC)

    assert answer[0].id == telegram.user_id
    (until, reason), end = told
    assert until is not None
    assert asked_at + timedelta(seconds=1) <= until <= answered_at
    assert reason == "Telegram asks us to wait"
    assert end == (None, None)


async def test_a_flood_wait_of_more_than_a_day_ends_in_a_sentence(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        sandbox.faults.flood_wait(25 * 3600 + 60, on=ASKED)

        with pytest.raises(JobError, match="asks us to wait 25 h 1 min"):
            await telegram.ask(question())


async def test_a_premium_flood_wait_is_waited_out_too(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        sandbox.faults.fail(420, "FLOOD_PREMIUM_WAIT_1", on=ASKED)

        assert (await telegram.ask(question()))[0].id == telegram.user_id


async def test_a_cancelled_flood_wait_ends_and_is_told_to_be_over(sandbox: Sandbox) -> None:
    told: Told = []
    waits = asyncio.Event()

    def tell(until: datetime | None, reason: str | None) -> None:
        told.append((until, reason))
        waits.set()

    async with signed_in(sandbox) as telegram:
        sandbox.faults.flood_wait(3600, on=ASKED)
        with telegram.telling(tell):
            asking = asyncio.create_task(telegram.ask(question()))
            await waits.wait()
            asking.cancel()
            await asyncio.wait({asking})

        assert asking.cancelled()
        assert told[-1] == (None, None)


async def test_a_flood_wait_holds_up_its_method_and_no_other(sandbox: Sandbox) -> None:
    waits = asyncio.Event()
    async with signed_in(sandbox) as telegram:
        sandbox.faults.flood_wait(3600, on=ASKED)
        with telegram.telling(lambda *_: waits.set()):
            refused = asyncio.create_task(telegram.ask(question()))
            await waits.wait()
        behind = asyncio.create_task(telegram.ask(question()))
        before = sandbox.faults.calls(ASKED)
        await telegram.ask(GetConfigRequest())  # another method

        for asking in (refused, behind):
            assert not asking.done()
            asking.cancel()
            await asyncio.wait({asking})

    assert sandbox.faults.calls(ASKED) == before


async def test_who_will_not_bear_a_wait_hears_of_it_without_asking(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        sandbox.faults.flood_wait(3600, on=ASKED)
        with pytest.raises(WaitTooLong):
            await telegram.ask(question(), longest_wait_s=60)
        before = sandbox.faults.calls(ASKED)

        with pytest.raises(WaitTooLong, match=r"asks us to wait (1 h|59 min)"):
            await telegram.ask(question(), longest_wait_s=60)

    assert sandbox.faults.calls(ASKED) == before


async def test_a_later_run_keeps_to_the_rate_that_an_earlier_one_learned(
    sandbox: Sandbox, memory: Memory
) -> None:
    sandbox.line.requests_per_second = 30
    async with signed_in(sandbox, memory=memory) as telegram:
        first = await refusals(sandbox, telegram, seconds=2.5)
    async with signed_in(sandbox, memory=memory) as telegram:
        second = await refusals(sandbox, telegram, seconds=2.5)

    assert first > 0
    assert second <= 2
    (known,) = (await memory.paces.load(ACCOUNT_ID)).values()
    assert 20 < known.rate < 40


async def test_what_was_learned_outlives_a_run_that_is_not_ended_in_order(
    sandbox: Sandbox, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "SAVE_EVERY_S", 0.3)
    sandbox.line.requests_per_second = 30
    async with signed_in(sandbox, memory=memory) as telegram:
        await refusals(sandbox, telegram, seconds=2.5)
        (known,) = (await memory.paces.load(ACCOUNT_ID)).values()

    assert 20 < known.rate < 40


async def refusals(sandbox: Sandbox, telegram: Telegram, *, seconds: float) -> int:
    """Ask as fast as it goes, eight at once; return how often Telegram made us wait meanwhile."""
    before = len(sandbox.faults.log)
    until = asyncio.get_running_loop().time() + seconds

    async def ask() -> None:
        while asyncio.get_running_loop().time() < until:
            await telegram.ask(question())

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(ask())
    calls = list(sandbox.faults.log)[before:]
    refused = [index for index, call in enumerate(calls) if call.outcome.startswith("FLOOD_WAIT")]
    return sum(index - 1 not in refused for index in refused)  # refused together: one wait


@pytest.mark.parametrize(
    ("code", "message"),
    [(500, "INTERNAL"), (500, "RPC_CALL_FAIL"), (-503, "Timeout"), (-500, "No workers running")],
)
async def test_a_server_in_trouble_is_asked_again(
    sandbox: Sandbox, code: int, message: str
) -> None:
    told: Told = []
    async with signed_in(sandbox) as telegram:
        sandbox.faults.fail(code, message, on=ASKED)
        with telegram.telling(lambda until, reason: told.append((until, reason))):
            assert (await telegram.ask(question()))[0].id == telegram.user_id

    assert told[0][1] == "Telegram has trouble answering; asking again"
    assert told[-1] == (None, None)


async def test_a_server_that_stays_in_trouble_ends_in_a_sentence(sandbox: Sandbox) -> None:
    async with signed_in(sandbox, patience_s=SHORT_S) as telegram:
        sandbox.faults.server_error("INTERNAL", on=ASKED, times=None)

        with pytest.raises(
            JobError, match=r"Telegram had trouble .* what was fetched so far is kept"
        ):
            await telegram.ask(question())


async def test_a_cut_before_the_answer_is_survived(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        sandbox.faults.cut_before_answer(on=ASKED, times=2)

        assert (await telegram.ask(question()))[0].id == telegram.user_id


async def test_a_cut_amid_the_answer_is_survived(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        sandbox.faults.cut_amid_answer(on=ASKED)

        assert (await telegram.ask(question()))[0].id == telegram.user_id


async def test_an_answer_that_never_comes_is_asked_for_again_over_a_new_connection(
    sandbox: Sandbox,
) -> None:
    async with signed_in(sandbox, answer_timeout_s=0.2) as telegram:
        sandbox.faults.no_answer(on=ASKED)

        assert (await telegram.ask(question()))[0].id == telegram.user_id

    assert sandbox.faults.calls("GetConfigRequest") == 2


async def test_a_request_under_way_survives_that_another_one_gives_up_the_connection(
    sandbox: Sandbox,
) -> None:
    async with signed_in(sandbox) as telegram:
        held = sandbox.faults.hold(on=ASKED)
        asking = asyncio.create_task(telegram.ask(question()))
        await held.reached.wait()
        await telegram._wire.client.disconnect()  # as after an answer that never comes
        answer = await asking
        held.release()

    assert answer[0].id == telegram.user_id


async def test_a_server_that_comes_back_is_found_again(sandbox: Sandbox) -> None:
    tried = asyncio.Event()
    centre = sandbox.telegram.data_centres[2]
    async with signed_in(sandbox) as telegram:
        await centre.close()
        with telegram.telling(lambda *_: tried.set()):
            asking = asyncio.create_task(telegram.ask(question()))
            await tried.wait()
            await centre.start()
            answer = await asking

    assert answer[0].id == telegram.user_id


async def test_a_server_that_stays_away_ends_in_a_sentence(sandbox: Sandbox) -> None:
    async with signed_in(sandbox, patience_s=SHORT_S) as telegram:
        await sandbox.telegram.data_centres[2].close()

        with pytest.raises(JobError, match="Telegram could not be reached"):
            await telegram.ask(question())


async def test_a_request_that_is_cancelled_leaves_the_connection_as_it_was(
    sandbox: Sandbox,
) -> None:
    async with signed_in(sandbox) as telegram:
        held = sandbox.faults.hold(on=ASKED)
        asking = asyncio.create_task(telegram.ask(question()))
        await held.reached.wait()
        asking.cancel()
        await asyncio.wait({asking})
        held.release()

        assert asking.cancelled()
        assert (await telegram.ask(question()))[0].id == telegram.user_id

    assert sandbox.faults.calls("GetConfigRequest") == 1


async def test_a_session_that_ends_meanwhile_makes_the_account_unusable(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        for key in sandbox.keys.of_account(telegram.user_id):
            key.revoked = True
        before = sandbox.faults.calls(ASKED)

        with pytest.raises(AccountUnusable):
            await telegram.ask(question())

    assert sandbox.faults.calls(ASKED) == before + 1


async def test_another_refusal_is_passed_on_at_once_in_words(sandbox: Sandbox) -> None:
    async with signed_in(sandbox) as telegram:
        sandbox.faults.fail(400, "INPUT_USER_DEACTIVATED", on=ASKED)

        with pytest.raises(Refused, match=r"^Telegram refused: The specified user was deleted\.$"):
            await telegram.ask(question())
