"""The completeness receipt: what is kept, what the holes are, and whether that is all there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from storage.archive import Archive
from storage.receipts import Fate, Receipt, Stretch, ids_of
from storage.wording import Sentence, marked

OWN_IDS_BELOW = -(10**12)
"""Marked ids of channels and supergroups, whose messages are numbered by chat."""


async def make_receipt(archive: Archive, chat_id: int, *, counted: int | None) -> Receipt:
    """Reconcile the archive's rows, ranges and holes of a chat, offline: about 1 s a million.

    `counted` is how many messages Telegram says there are.
    """
    evidence = archive.evidence
    kept = await evidence.kept_ids(chat_id)
    coverage = await evidence.coverage(chat_id)
    own_ids = chat_id < OWN_IDS_BELOW
    holes = {fate: ids - kept for fate, ids in (await evidence.holes(chat_id)).items()}
    explained = kept.union(*holes.values())
    unexplained = ids_of(coverage.fetched) - explained if own_ids else ()
    return Receipt(
        chat_id=chat_id,
        made_at=datetime.now(UTC),
        kept=len(kept),
        tallied=await archive.count(chat_id),
        gone=await evidence.count_gone(chat_id),
        wanted=coverage.wanted,
        fetched=coverage.fetched,
        own_ids=own_ids,
        deleted=len(holes[Fate.DELETED]),
        not_visible=len(holes[Fate.NOT_VISIBLE]),
        failed=len(holes[Fate.FAILED]),
        unexplained=len(unexplained),
        counted=counted,
        imported=await evidence.count_imported(chat_id),
        trusted=() if own_ids else coverage.imported,
    )


def is_joined(receipt: Receipt) -> bool:
    """Whether all pages join from the chat's first id to the last that was to be fetched."""
    match receipt.fetched:
        case ():
            return not receipt.wanted and receipt.counted == 0
        case (Stretch(first_id=1) as whole,):
            return receipt.wanted == (whole,)
    return False


def is_complete(receipt: Receipt) -> bool:
    """Whether it is proven that nothing is missing."""
    return not receipt.trusted and _is_whole(receipt)


def _is_whole(receipt: Receipt) -> bool:
    """Whether nothing is missing, if what imports say of it is true."""
    known = receipt.failed == 0 and receipt.unexplained == 0
    return is_joined(receipt) and known and receipt.kept == receipt.tallied


def difference(receipt: Receipt) -> int | None:
    """How many more messages Telegram counts than are kept and not known to be gone."""
    if receipt.counted is None:
        return None
    return receipt.counted - (receipt.kept - receipt.gone)


def explanation(receipt: Receipt) -> str | None:
    """What a difference to Telegram's count means; None if there is none, or nobody knows."""
    more = difference(receipt)
    if not more:
        return None
    if not is_joined(receipt):
        return Sentence("not all of the chat was fetched")
    if more < 0:
        return Sentence("these were probably deleted there after they were kept")
    if receipt.own_ids and is_complete(receipt):
        return Sentence("every id is accounted for: its count is approximate")
    return None


def proof(receipt: Receipt) -> str:
    """Say in a sentence or two what is proven, for a person."""
    verdict, count = _verdict(receipt), _count(receipt)
    return _together(verdict, count) if count else verdict


def proof_of(receipts: Sequence[Receipt | None]) -> str:
    """The proof of an export of several chats: the last one's, and the others' if they lack it."""
    made = [receipt for receipt in receipts if receipt is not None]
    said = [proof(one) for one in made if one is made[-1] or not is_complete(one)]
    return reduce(_together, said) if said else ""


def _together(first: str, then: str) -> str:
    return Sentence("{first} {then}", first=first, then=then)


def _verdict(receipt: Receipt) -> str:
    verdict = _whether_complete(receipt)
    if not receipt.imported:
        return verdict
    words = IMPORTED_ONE if receipt.imported == 1 else IMPORTED
    return _together(verdict, Sentence(words, n=receipt.imported))


IMPORTED_ONE = marked("{n} message of it comes from an import.")
IMPORTED = marked("{n} messages of it come from an import.")


def _whether_complete(receipt: Receipt) -> str:
    if is_complete(receipt):
        return _all_of(receipt)
    if receipt.trusted and _is_whole(receipt):
        return Sentence(
            "All pages join, from the chat's first message to {top}; that nothing is missing among"
            " the ids {stretches}, only the import says. An export that looks at all of them again"
            " proves it (on the command line: --refresh all).",
            top=_top(receipt),
            stretches=_ids(receipt.trusted[:3]),
        )
    if not receipt.wanted:
        return Sentence("Only a part of the chat was asked for.")
    if not is_joined(receipt):
        stretches = _stretches(receipt)
        return Sentence("Not the whole chat: {stretches}.", stretches=stretches)
    if unknown := receipt.failed + receipt.unexplained:
        words = UNKNOWN_ID if unknown == 1 else UNKNOWN_IDS
        return Sentence(words, n=unknown, top=_top(receipt))
    return Sentence(
        "Damaged: {tallied} messages were kept, and {kept} are there. Restore a copy of the"
        " database, or export into a new one.",
        tallied=receipt.tallied,
        kept=receipt.kept,
    )


UNKNOWN_ID = marked("Not proven complete: of {n} id up to {top} nobody knows. Export again.")
UNKNOWN_IDS = marked("Not proven complete: of {n} ids up to {top} nobody knows. Export again.")


def _all_of(receipt: Receipt) -> str:
    if not receipt.fetched:
        return Sentence("Complete: the chat holds no message.")
    if not receipt.own_ids:
        return Sentence(
            "Complete: all pages join, from the chat's first message to {top}.", top=_top(receipt)
        )
    return Sentence(
        ALL_OF[receipt.deleted > 0, receipt.not_visible > 0],
        top=_top(receipt),
        kept=receipt.kept,
        deleted=receipt.deleted,
        not_visible=receipt.not_visible,
    )


ALL_OF = {
    (False, False): marked("Complete: ids 1 to {top} are {kept} kept."),
    (True, False): marked("Complete: ids 1 to {top} are {kept} kept, {deleted} deleted."),
    (False, True): marked("Complete: ids 1 to {top} are {kept} kept, {not_visible} not visible."),
    (True, True): marked(
        "Complete: ids 1 to {top} are {kept} kept, {deleted} deleted and {not_visible} not visible."
    ),
}
"""By whether there are deleted ones, and ones that are not visible."""


def _top(receipt: Receipt) -> int:
    return receipt.fetched[-1].last_id


def _stretches(receipt: Receipt) -> str:
    if not receipt.fetched:
        return Sentence("nothing was fetched yet")
    parts = _ids(receipt.fetched[:3])
    if (more := len(receipt.fetched) - 3) > 0:
        return Sentence("fetched are the ids {parts} and {n} more parts", parts=parts, n=more)
    return Sentence("fetched are the ids {parts}", parts=parts)


def _ids(stretches: Sequence[Stretch]) -> str:
    """`1 to 500, 600 to 900`."""
    parts = [
        Sentence("{first} to {last}", first=one.first_id, last=one.last_id) for one in stretches
    ]
    return reduce(lambda said, then: Sentence("{said}, {then}", said=said, then=then), parts)


def _count(receipt: Receipt) -> str:
    more = difference(receipt)
    if not more or not _is_whole(receipt):
        return ""
    why = explanation(receipt) or Sentence("why is not known")
    if more > 0:
        return Sentence("Telegram counts {n} more; {why}.", n=more, why=why)
    return Sentence("Telegram counts {n} fewer; {why}.", n=-more, why=why)


def told(title: str, receipt: Receipt) -> str:
    """The whole receipt, in lines."""
    lines = [f"{title}: {_verdict(receipt)}", f"{receipt.kept:,} messages are kept."]
    if receipt.gone:
        lines.append(f"{receipt.gone:,} of them were deleted at Telegram since.")
    if receipt.own_ids:
        lines.append(
            f"Ids without a message: {receipt.deleted:,} deleted, {receipt.not_visible:,} not"
            f" visible, {receipt.failed:,} failed, {receipt.unexplained:,} not asked for."
        )
    lines.append(f"{'Joined' if is_joined(receipt) else 'Not joined'}: {_ends(receipt)}.")
    if receipt.counted is not None:
        lines += [f"Telegram counted {receipt.counted:,}.", _count(receipt)]
    return "\n".join(filter(None, lines))


def _ends(receipt: Receipt) -> str:
    wanted = _ids(receipt.wanted) if receipt.wanted else "none"
    return f"wanted were the ids {wanted}; {_stretches(receipt)}"


def as_json(receipt: Receipt) -> dict[str, Any]:
    """The object that `chatkeep verify --json` prints."""
    return {
        **asdict(receipt),
        "joined": is_joined(receipt),
        "difference": difference(receipt),
        "explanation": explanation(receipt),
        "complete": is_complete(receipt),
        "proof": proof(receipt),
    }
