"""Between our records and what their columns hold: JSON text, and milliseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Row

from storage.models import (
    AccountWait,
    ChatInfo,
    ExportRequest,
    FileProgress,
    Job,
    JobKind,
    JobState,
    Phase,
    Progress,
    Skipped,
    Summary,
    Wish,
)
from storage.selections import ChatKind, Selection
from storage.wording import as_json, from_column, from_json

JSON = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_NON_STR_KEYS
"""Enums may be keys; a `Sentence`, being a kind of `str`, is passed to `as_json`."""
LISTS = ("formats", "types", "extensions")
"""Fields of a request that JSON has no tuples for."""


def now_ms() -> int:
    return to_ms(datetime.now(UTC))


def to_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def from_ms(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


def moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def moment_ms(value: int | None) -> datetime | None:
    return None if value is None else from_ms(value)


def to_text(record: object) -> str:
    """JSON of a record, the same for equal records."""
    return orjson.dumps(record, default=as_json, option=JSON).decode()


def options_text(request: ExportRequest) -> str:
    """What a request wants, whichever way its chat was typed."""
    fields = orjson.loads(to_text(request))
    del fields["chat"]
    return to_text(fields)


def to_request(text: str) -> ExportRequest:
    fields = orjson.loads(text)
    lists = {name: tuple(fields[name]) for name in LISTS if name in fields}
    chats = fields.get("chats")
    selection = None if chats is None else _selection(chats)
    return ExportRequest(**fields | lists | {"chats": selection})


def to_selection(text: str) -> Selection:
    return _selection(orjson.loads(text))


def _selection(fields: dict[str, Any]) -> Selection:
    lists = {name: tuple(fields[name]) for name in ("folders", "excluded")}
    kinds = tuple(ChatKind(kind) for kind in fields["kinds"])
    return Selection(**fields | lists | {"kinds": kinds})


def to_progress(text: str) -> Progress:
    fields = orjson.loads(text)
    times = {name: _parsed(fields[name]) for name in ("eta", "wait_until")}
    reason = from_json(fields["wait_reason"])
    large = tuple(FileProgress(**file) for file in fields.get("large_files", ()))
    phase = Phase(fields["phase"])
    waits = tuple(
        AccountWait(
            **each
            | {
                "until": datetime.fromisoformat(each["until"]),
                "reason": from_json(each["reason"]),
            }
        )
        for each in fields.get("account_waits", ())
    )
    told = {"phase": phase, "large_files": large, "wait_reason": reason, "account_waits": waits}
    return Progress(**fields | times | told)


def _parsed(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def to_summary(text: str) -> Summary:
    fields = orjson.loads(text)
    chat = ChatInfo(**fields["chat"])
    skipped = tuple(
        Skipped(id=item["id"], reason=from_json(item["reason"])) for item in fields["skipped"]
    )
    notes = tuple(from_json(note) for note in fields.get("notes", ()))
    proof = from_json(fields.get("proof", ""))
    told = {"chat": chat, "skipped": skipped, "notes": notes, "proof": proof}
    return Summary(**fields | told)


def to_job(row: Row[Any]) -> Job:
    """A row of `jobs`, all its columns."""
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        state=JobState(row.state),
        request=to_request(row.request),
        wish=None if row.wish is None else Wish(row.wish),
        priority=row.priority,
        attempt=row.attempt,
        fence=row.fence,
        turn=row.turn,
        chat_id=row.chat_id,
        person_id=row.person_id,
        joined_job_id=row.joined_job_id,
        batch_id=row.batch_id,
        progress=to_progress(row.progress),
        summary=None if row.summary is None else to_summary(row.summary),
        error=from_column(row.error),
        created_at=from_ms(row.created_ms),
        started_at=moment_ms(row.started_ms),
        finished_at=moment_ms(row.finished_ms),
    )
