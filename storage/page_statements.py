"""What a page's files are kept with: see `storage.page_files`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Case,
    Column,
    LargeBinary,
    and_,
    bindparam,
    case,
    delete,
    exists,
    insert,
    literal_column,
    not_,
    null,
    select,
    update,
)

from storage.statements import as_sql, as_sql_in_order, each_of, replacing
from storage.tables import files, media


def _seeing() -> str:
    """A location that the message does not tell leaves the one that is known."""
    silent = bindparam("place", type_=LargeBinary) == literal_column("x''")

    def told(name: str, column: Column[Any]) -> Case[Any]:
        return case((silent, column), else_=bindparam(name))

    another_size = and_(not_(silent), files.c.size_bytes != bindparam("size"))
    return as_sql(
        update(files)
        .where(IS_FILE, files.c.state != literal_column("'kept'"))
        .values(
            kind=bindparam("new_kind"),
            size_bytes=told("size", files.c.size_bytes),
            dc_id=told("dc", files.c.dc_id),
            location=told("place", files.c.location),
            account_id=case(
                (and_(silent, files.c.location != literal_column("x''")), files.c.account_id),
                else_=bindparam("account"),
            ),
            chat_id=bindparam("chat"),
            message_id=bindparam("message"),
            name=bindparam("called"),
            parts=case((another_size, literal_column("x''")), else_=files.c.parts),
            changed_ms=bindparam("now"),
        )
    )


WANTED_OR_PARTIAL = case(
    (files.c.parts == literal_column("x''"), literal_column("'wanted'")),
    else_=literal_column("'partial'"),
)
"""What a file is that is wanted again: parts of it may be on disk."""
IS_FILE = and_(files.c.file_id == bindparam("file"), files.c.variant == bindparam("of"))
DROP_MEDIA = as_sql(
    delete(media)
    .where(media.c.chat_id == bindparam("chat"), media.c.message_id.in_(each_of("ids")))
    .returning(media.c.file_id, media.c.variant)
)
KNOWN = as_sql(
    select(
        files.c.file_id,
        files.c.variant,
        files.c.state,
        files.c.reason,
        files.c.size_bytes,
        exists().where(
            media.c.file_id == files.c.file_id,
            media.c.variant == files.c.variant,
            media.c.chat_id == bindparam("chat"),
        ),
    ).where(files.c.file_id.in_(each_of("ids")))
)
ADD_FILE = as_sql_in_order(insert(files))
SAVE_MEDIA = as_sql_in_order(replacing(media))
SEE_FILE = _seeing()
WANT_FILE = as_sql(
    update(files)
    .where(IS_FILE, files.c.state != literal_column("'kept'"))
    .values(
        state=WANTED_OR_PARTIAL,
        reason=null(),
        tries=literal_column("0"),
        changed_ms=bindparam("now"),
    )
)
