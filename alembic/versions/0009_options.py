"""What people choose for an export, and what it would fetch.

Revision ID: 0009
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "choices",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "chat_id", name=op.f("pk_choices")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "plans",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False, comment="JSON"),
        sa.Column(
            "asking",
            sa.Boolean(),
            server_default="0",
            nullable=False,
            comment="somebody has to agree before it begins",
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_plans_job_id_jobs")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_plans")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "screens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_to", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False, comment="the revision on the phone"),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("peer_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("choice", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_screens_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screens")),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_screens_bot_id_update_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_screens_due",
        "screens",
        ["id"],
        sqlite_where=sa.text("shown != revision OR stage = 'planning'"),
    )
