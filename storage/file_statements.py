"""What `storage.files` says to the database.

Conditions are spelled out where SQLite is to take one of the indexes of open files.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    TextClause,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    not_,
    null,
    select,
    text,
    update,
)

from storage.media import LARGE_BYTES
from storage.page_statements import IS_FILE, WANTED_OR_PARTIAL
from storage.statements import as_sql, each_of
from storage.tables import contents, files, media

_OPEN = "files.state IN ('wanted', 'partial')"
_SMALL = text(f"{_OPEN} AND files.size_bytes < {LARGE_BYTES}")
_LARGE = text(f"{_OPEN} AND files.size_bytes >= {LARGE_BYTES}")
_GIVEN_UP = text("files.state IN ('failed', 'unavailable')")
_NOTHING: ColumnElement[bytes] = literal_column("x''")
_ZERO: ColumnElement[int] = literal_column("0")
_IS_OPEN = text(_OPEN)
_IS_KEPT = files.c.state == literal_column("'kept'")
_OF_FILE = and_(media.c.file_id == files.c.file_id, media.c.variant == files.c.variant)
_IN_CHATS = media.c.chat_id.in_(each_of("chats"))
_NOW: dict[str, Any] = {"changed_ms": bindparam("now")}


def _open_files(which: TextClause) -> str:
    return as_sql(
        select(
            files.c.file_id,
            files.c.variant,
            files.c.kind,
            files.c.size_bytes,
            files.c.dc_id,
            files.c.location,
            files.c.account_id,
            files.c.chat_id,
            files.c.message_id,
            files.c.name,
            files.c.parts,
            files.c.tries,
        )
        .where(files.c.chat_id == bindparam("chat"), which)
        .order_by(files.c.message_id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def _left(which: TextClause) -> str:
    return as_sql(
        select(func.count(), func.sum(files.c.size_bytes)).where(
            files.c.chat_id == bindparam("chat"), which
        )
    )


def _elsewhere(which: TextClause) -> str:
    return as_sql(
        select(files.c.file_id, files.c.variant, files.c.account_id).where(
            which, files.c.chat_id.not_in(each_of("chats")), exists().where(_OF_FILE, _IN_CHATS)
        )
    )


def _of_file(*conditions: ColumnElement[bool] | TextClause, **values: Any) -> str:
    return as_sql(update(files).where(IS_FILE, *conditions).values(**values, **_NOW))


def _going_back() -> str:
    """Let the origin be the next older message of its chat that has the file."""
    older = (
        select(func.max(media.c.message_id))
        .where(
            _OF_FILE,
            media.c.chat_id == files.c.chat_id,
            media.c.message_id < files.c.message_id,
            media.c.message_id > _ZERO,
        )
        .scalar_subquery()
    )
    return as_sql(
        update(files)
        .where(IS_FILE, _IS_OPEN, older.is_not(None))
        .values(message_id=older, location=_NOTHING, **_NOW)
        .returning(files.c.file_id)
    )


SMALL, LARGE = _open_files(_SMALL), _open_files(_LARGE)
SMALL_LEFT, LARGE_LEFT = _left(_SMALL), _left(_LARGE)
SMALL_ELSEWHERE, LARGE_ELSEWHERE = _elsewhere(_SMALL), _elsewhere(_LARGE)
PLACE = as_sql(
    select(media.c.chat_id, media.c.message_id, media.c.kind)
    .where(
        media.c.file_id == bindparam("file"),
        media.c.variant == bindparam("of"),
        _IN_CHATS,
    )
    .order_by(media.c.message_id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
MOVE_ORIGIN = _of_file(
    _IS_OPEN,
    kind=bindparam("new_kind"),
    chat_id=bindparam("chat"),
    message_id=bindparam("message"),
    location=case((bindparam("silent"), _NOTHING), else_=files.c.location),
    account_id=bindparam("account"),
)
RENEW = _of_file(
    not_(_IS_KEPT),
    location=bindparam("place"),
    dc_id=bindparam("dc"),
    account_id=bindparam("account"),
    size_bytes=func.coalesce(bindparam("size"), files.c.size_bytes),
)
MOVE_DC = _of_file(not_(_IS_KEPT), dc_id=bindparam("dc"))
GO_BACK = _going_back()
KEEP_MORE_PARTS = as_sql(
    update(files)
    .where(IS_FILE, files.c.state == literal_column("'partial'"))
    .values(parts=bindparam("new_parts"), **_NOW)
    .returning(files.c.file_id)
)
KEEP_PARTS = _of_file(
    not_(_IS_KEPT),
    parts=bindparam("new_parts"),
    state=case((_IS_OPEN, literal_column("'partial'")), else_=files.c.state),
)
START_OVER = _of_file(
    not_(_IS_KEPT),
    parts=_NOTHING,
    state=case((_IS_OPEN, literal_column("'wanted'")), else_=files.c.state),
)
END = _of_file(
    _IS_OPEN,
    state=bindparam("new_state"),
    reason=bindparam("why"),
    parts=_NOTHING,
    tries=files.c.tries + literal_column("1"),
)
REQUEUE = _of_file(
    _IS_KEPT, state=literal_column("'wanted'"), reason=null(), sha256=null(), tries=_ZERO
)
WANT_HERE = _of_file(
    not_(_IS_KEPT),
    state=WANTED_OR_PARTIAL,
    reason=null(),
    tries=_ZERO,
    kind=bindparam("new_kind"),
    chat_id=bindparam("chat"),
    message_id=bindparam("message"),
    account_id=case((files.c.location == _NOTHING, bindparam("account")), else_=files.c.account_id),
)
SKIP = _of_file(not_(_IS_KEPT), state=literal_column("'skipped'"), reason=bindparam("why"))
OF_MESSAGES = as_sql(
    select(
        media.c.message_id,
        media.c.file_id,
        media.c.variant,
        media.c.kind,
        files.c.state,
        files.c.reason,
        files.c.size_bytes,
        files.c.sha256,
    )
    .join_from(media, files, _OF_FILE)
    .where(media.c.chat_id == bindparam("chat"), media.c.message_id.in_(each_of("ids")))
    .order_by(media.c.message_id)
)
_place = select(func.max(media.c.message_id)).where(_OF_FILE, _IN_CHATS).scalar_subquery()
PROBLEMS = as_sql(
    select(
        _place.label("place"),
        files.c.file_id,
        files.c.variant,
        files.c.kind,
        files.c.state,
        files.c.reason,
        files.c.size_bytes,
        files.c.sha256,
    )
    .where(_GIVEN_UP, _place.is_not(None))
    .order_by(literal_column("place"))
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_earlier = media.alias("earlier")
CONTENTS_OF = as_sql(
    select(contents.c.sha256, contents.c.size_bytes, contents.c.mtime_ns, contents.c.hashes)
    .join_from(media, files, _OF_FILE)
    .join(contents, contents.c.sha256 == files.c.sha256)
    .where(
        media.c.chat_id == bindparam("chat"),
        media.c.message_id > bindparam("after"),
        media.c.message_id <= bindparam("last"),
        ~exists().where(
            _earlier.c.file_id == media.c.file_id,
            _earlier.c.variant == media.c.variant,
            _earlier.c.chat_id == bindparam("chat"),
            _earlier.c.message_id <= bindparam("after"),
        ),
    )
    .distinct()
)
STRETCH_END = as_sql(
    select(media.c.message_id)
    .where(media.c.chat_id == bindparam("chat"), media.c.message_id > bindparam("after"))
    .order_by(media.c.message_id)
    .limit(literal_column("1"))
    .offset(bindparam("rows"))
)
REMOVE_UNNAMED = as_sql(
    delete(files).where(not_(_IS_KEPT), ~exists().where(_OF_FILE)).returning(files.c.file_id)
)
