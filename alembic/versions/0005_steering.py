"""Jobs that can be paused, and cards that ask.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "jobs",
        sa.Column(
            "turn",
            sa.Integer(),
            nullable=False,
            server_default="0",
            comment="raised whenever state or wish changes",
        ),
    )
    op.execute("UPDATE jobs SET turn = fence * 4 + 3")  # what cards called a revision before
    op.add_column(
        "cards",
        sa.Column(
            "asking",
            sa.Boolean(),
            nullable=False,
            server_default="0",
            comment="whether the job is to be cancelled",
        ),
    )
    op.drop_index("ix_jobs_unfinished", "jobs")
    op.create_index(
        "ix_jobs_unfinished",
        "jobs",
        ["state"],
        sqlite_where=sa.text("state IN ('queued', 'running', 'paused')"),
    )
