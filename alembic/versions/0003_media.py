"""What keeping files needs: what is wanted, what the store holds, keys of other data centres.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IS_OPEN = "state IN ('wanted', 'partial')"
LARGE_BYTES = 20_000_000


def upgrade() -> None:
    create_files()
    create_contents_and_keys()
    give_media_variants()
    fill_files()


def create_files() -> None:
    op.create_table(
        "files",
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False, comment="see storage.media.FileKey"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="see storage.media.FileState"),
        sa.Column("reason", sa.Text(), comment="why it was skipped or given up"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("dc_id", sa.Integer(), nullable=False),
        sa.Column(
            "location", sa.LargeBinary(), nullable=False, comment="TL bytes; empty: not known"
        ),
        sa.Column(
            "account_id", sa.Integer(), nullable=False, comment="whose location it is; 0: nobody's"
        ),
        sa.Column("chat_id", sa.BigInteger(), nullable=False, comment="where it is asked for"),
        sa.Column("message_id", sa.Integer(), nullable=False, comment="0 for the photo of a chat"),
        sa.Column("name", sa.Text()),
        sa.Column(
            "parts",
            sa.LargeBinary(),
            nullable=False,
            comment="a serialised pyroaring bitmap, or empty",
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), comment="of its content, when it is kept"),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", "variant", name=op.f("pk_files")),
        sqlite_with_rowid=False,
    )
    order = ["chat_id", "message_id", "size_bytes", "state"]
    small, large = f"size_bytes < {LARGE_BYTES}", f"size_bytes >= {LARGE_BYTES}"
    add_index("ix_files_small", order, f"{IS_OPEN} AND {small}")
    add_index("ix_files_large", order, f"{IS_OPEN} AND {large}")
    add_index("ix_files_given_up", ["state"], "state IN ('failed', 'unavailable')")
    add_index("ix_files_sha256", ["sha256"], "sha256 IS NOT NULL")
    op.create_table(
        "file_counts",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="of skipped files; else empty"),
        sa.Column(
            "files",
            sa.Integer(),
            nullable=False,
            comment="kept equal to the rows of media and files",
        ),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="likewise"),
        sa.PrimaryKeyConstraint("chat_id", "state", "reason", name=op.f("pk_file_counts")),
        sqlite_with_rowid=False,
    )


def add_index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "files", columns, sqlite_where=sa.text(where))


def create_contents_and_keys() -> None:
    op.create_table(
        "contents",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "mtime_ns",
            sa.BigInteger(),
            nullable=False,
            comment="of the stored file, when it was right",
        ),
        sa.Column(
            "hashes",
            sa.LargeBinary(),
            nullable=False,
            comment="Telegram's, joined; empty: not known",
        ),
        sa.Column("window", sa.LargeBinary(), comment="SHA-256 of the first eight of these hashes"),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_contents")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contents_window", "contents", ["size_bytes", "window"])
    op.create_table(
        "dc_keys",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("dc_id", sa.Integer(), nullable=False),
        sa.Column(
            "key", sa.LargeBinary(), nullable=False, comment="encrypted, see storage.secrets"
        ),
        sa.PrimaryKeyConstraint("account_id", "dc_id", name=op.f("pk_dc_keys")),
        sqlite_with_rowid=False,
    )


def give_media_variants() -> None:
    """SQLite cannot change a primary key, so the rows move to a new table."""
    op.rename_table("media", "media_before")
    op.create_table(
        "media",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False, comment="as in files"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dc_id", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mime_type", sa.Text()),
        sa.Column("file_name", sa.Text()),
        sa.PrimaryKeyConstraint(
            "chat_id", "message_id", "file_id", "variant", name=op.f("pk_media")
        ),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO media (chat_id, message_id, file_id, variant, kind, dc_id, size_bytes,"
        " mime_type, file_name)"
        " SELECT chat_id, message_id, file_id, '', kind, dc_id, size_bytes, mime_type, file_name"
        " FROM media_before ORDER BY chat_id, message_id, file_id"
    )
    op.drop_table("media_before")
    op.create_index("ix_media_file", "media", ["file_id", "variant"])


def fill_files() -> None:
    """Until now no file was fetched. The other columns come from the row with the highest id:
    https://www.sqlite.org/lang_select.html#bareagg
    """
    op.execute(
        "INSERT INTO files (file_id, variant, kind, state, reason, size_bytes, dc_id, location,"
        " account_id, chat_id, message_id, name, parts, tries, sha256, changed_ms)"
        " SELECT file_id, variant, kind, 'skipped', 'not asked for', size_bytes, dc_id, x'', 0,"
        " chat_id, max(message_id), file_name, x'', 0, NULL,"
        " CAST(strftime('%s', 'now') AS INTEGER) * 1000"
        " FROM media GROUP BY file_id, variant"
    )
    op.execute(
        "INSERT INTO file_counts (chat_id, state, reason, files, size_bytes)"
        " SELECT stands.chat_id, state, reason, count(*), sum(size_bytes)"
        " FROM (SELECT DISTINCT chat_id, file_id, variant FROM media) AS stands"
        " JOIN files USING (file_id, variant) GROUP BY stands.chat_id, state, reason"
    )
