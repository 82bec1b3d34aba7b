"""Which cards are still open, and what is remembered of them."""

from __future__ import annotations

from storage.cards import Cards
from storage.jobs import Jobs
from storage.models import Card, CardPlace, ExportRequest, JobState

PLACE = CardPlace(bot_id=1, chat_id=-10, reply_to=100)


async def test_a_new_card_is_open_and_was_not_sent(jobs: Jobs, cards: Cards) -> None:
    job = (await jobs.submit(ExportRequest(chat="@a"), update_id=1, card=PLACE)).job

    [(card, shown)] = await cards.open()

    assert shown == job
    assert card == Card(
        id=card.id,
        job_id=job.id,
        place=PLACE,
        message_id=None,
        revision=0,
        final=False,
        summary_message_id=None,
    )
    assert await cards.for_job(job.id, PLACE.chat_id) == card
    assert await cards.for_job(job.id, PLACE.chat_id + 1) is None


async def test_a_job_from_the_command_line_has_no_card(jobs: Jobs, cards: Cards) -> None:
    await jobs.submit(ExportRequest(chat="@a"))

    assert await cards.open() == []


async def test_a_card_is_found_by_its_message(jobs: Jobs, cards: Cards) -> None:
    card = await new_card(jobs, cards)
    await cards.sent(card.id, 555)

    found = await cards.find(1, PLACE.chat_id, 555)

    assert found is not None
    assert (found.id, found.message_id) == (card.id, 555)
    for elsewhere in ((2, PLACE.chat_id, 555), (1, 99, 555), (1, PLACE.chat_id, 556)):
        assert await cards.find(*elsewhere) is None


async def test_a_card_stays_open_until_it_is_final_and_the_end_was_told(
    jobs: Jobs, cards: Cards
) -> None:
    card = await new_card(jobs, cards)
    await cards.sent(card.id, 555)

    await cards.shown(card.id, revision=4, final=False)
    assert (await only(cards)).revision == 4
    await cards.shown(card.id, revision=5, final=True)
    assert (await only(cards)).final
    await cards.summarised(card.id, 556)

    assert await cards.open() == []
    closed = await cards.find(1, PLACE.chat_id, 555)
    assert closed is not None
    assert closed.summary_message_id == 556


async def test_a_card_whose_end_was_told_stays_open_until_it_shows_it(
    jobs: Jobs, cards: Cards
) -> None:
    card = await new_card(jobs, cards)

    await cards.summarised(card.id, 556)
    assert (await only(cards)).summary_message_id == 556
    await cards.shown(card.id, revision=1, final=True)

    assert await cards.open() == []


async def test_an_end_that_is_not_told_closes_the_card_too(jobs: Jobs, cards: Cards) -> None:
    card = await new_card(jobs, cards)
    await cards.shown(card.id, revision=1, final=True)

    await cards.summarised(card.id, None)

    assert await cards.open() == []


async def test_a_card_whose_message_has_gone_is_replaced_once(jobs: Jobs, cards: Cards) -> None:
    card = await new_card(jobs, cards)
    await cards.sent(card.id, 555)

    await cards.lost(card.id)
    first = await only(cards)
    await cards.sent(card.id, 556)
    await cards.lost(card.id)
    second = await only(cards)

    assert (first.message_id, first.final) == (None, False)
    assert (second.message_id, second.final) == (None, True)


async def test_the_card_of_a_job_that_joined_comes_with_its_own_job(
    jobs: Jobs, cards: Cards
) -> None:
    other = (await jobs.submit(ExportRequest(chat="@b"))).job
    card = await new_card(jobs, cards)
    job = await jobs.claim([], only=card.job_id)
    assert job is not None
    await jobs.join(job.id, job.fence, other.id)

    [(_, shown)] = await cards.open()

    assert (shown.id, shown.state, shown.joined_job_id) == (job.id, JobState.JOINED, other.id)


async def new_card(jobs: Jobs, cards: Cards) -> Card:
    await jobs.submit(ExportRequest(chat="@a"), update_id=1, card=PLACE)
    return await only(cards)


async def only(cards: Cards) -> Card:
    [(card, _)] = await cards.open()
    return card
