"""Messages that came from an export of Telegram Desktop.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the result.json"),
        sa.Column("path", sa.Text(), nullable=False, comment="where it lay"),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.UniqueConstraint("digest", name="uq_imports_digest"),
        sqlite_autoincrement=True,
    )
    op.add_column(
        "messages",
        sa.Column(
            "import_id",
            sa.Integer(),
            comment="the import that it came from; NULL: from Telegram",
        ),
    )
    op.create_index(
        "ix_messages_imported",
        "messages",
        ["chat_id", "import_id"],
        sqlite_where=sa.text("import_id IS NOT NULL"),
    )
