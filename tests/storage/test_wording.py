"""Sentences that are kept with what they were made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.jobs import Jobs
from storage.models import ChatInfo, ExportRequest, Progress, Skipped, Summary
from storage.wording import Sentence, from_column, to_column

FULL = Sentence("Only {free} of {room} are free: {why}.", free=1234, room="1,000", why="{full}")


def test_a_sentence_is_its_english_text() -> None:
    assert FULL == "Only 1,234 of 1,000 are free: {full}."
    assert f"{FULL}" == FULL
    assert type(f"{FULL}") is str


@given(
    st.dictionaries(
        st.sampled_from(["a", "b"]), st.integers(-(2**63), 2**63 - 1) | st.text(), min_size=2
    )
)
def test_a_column_gives_back_what_a_sentence_was_made_of(values: dict[str, int | str]) -> None:
    inner = Sentence("{a} and {b}", **values)
    made = Sentence("{inner}, {inner}", inner=inner)

    kept = from_column(to_column(made))

    assert isinstance(kept, Sentence)
    assert kept == made
    assert (kept.template, kept.values) == (made.template, made.values)
    again = kept.values["inner"]
    assert isinstance(again, Sentence)
    assert (again.template, again.values) == (inner.template, values)


@pytest.mark.parametrize("text", [None, "", "The disk is full.", '{"templates": 1}'])
def test_a_text_of_a_column_stays_as_it_is(text: str | None) -> None:
    assert to_column(text) == text
    assert from_column(text) == text


async def test_a_job_keeps_its_sentences_whole(jobs: Jobs) -> None:
    ids = [(await jobs.submit(ExportRequest(chat=chat))).job.id for chat in ("@done", "@failed")]
    for _ in ids:
        job = await jobs.claim([])
        assert job is not None
        await jobs.report(job.id, job.fence, Progress(wait_reason=FULL))
        if job.id == ids[0]:
            await jobs.finish(job.id, job.fence, _summary())
        else:
            await jobs.fail(job.id, job.fence, FULL)

    done, failed = [await jobs.get(job_id) for job_id in ids]

    assert done is not None
    assert failed is not None
    assert done.summary == _summary()
    kept = [done.progress.wait_reason, failed.error, done.summary.proof]
    kept += [*done.summary.notes, done.summary.skipped[0].reason]
    assert [each.template for each in kept if isinstance(each, Sentence)] == [FULL.template] * 5


def _summary() -> Summary:
    return Summary(
        chat=ChatInfo(id=-1007, title="Study", type="private_supergroup"),
        folder="/srv/Study",
        messages=1,
        new=1,
        notes=(FULL,),
        proof=FULL,
        skipped=(Skipped(id=1, reason=FULL),),
    )
