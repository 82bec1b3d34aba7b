"""No cards in groups; schedules with options; bytes fetched by hour; screens of several pages.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE cards SET final = 1, summarised = 1 WHERE is_group")
    op.drop_column("cards", "is_group")
    op.add_column(
        "schedules",
        sa.Column("choice", sa.Text(), nullable=True, comment="JSON; NULL: the usual options"),
    )
    op.add_column(
        "screens",
        sa.Column(
            "page",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="of the list of topics",
        ),
    )
    op.create_table(
        "fetched",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hour_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False, comment="of files, within that hour"),
        sa.PrimaryKeyConstraint("person_id", "hour_ms", name=op.f("pk_fetched")),
        sqlite_with_rowid=False,
    )
