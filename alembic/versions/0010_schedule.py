"""Exports that come by themselves.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False, comment="JSON, as in jobs"),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("cron", sa.Text(), nullable=False, comment="five fields, in the person's zone"),
        sa.Column("limit_s", sa.Integer(), nullable=True, comment="of one run"),
        sa.Column("limit_bytes", sa.BigInteger(), nullable=True, comment="likewise"),
        sa.Column("next_ms", sa.BigInteger(), nullable=True, comment="NULL: it rests"),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint(
            "person_id", "bot_id", "request", name=op.f("uq_schedules_person_id_bot_id_request")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_schedules_next_ms", "schedules", ["next_ms"])
    op.create_table(
        "schedule_runs",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=True, comment="first seen running"),
        sa.Column("began_bytes", sa.BigInteger(), nullable=False, comment="fetched by then"),
        sa.Column("stopped", sa.Boolean(), nullable=False, comment="by its limit"),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_schedule_runs_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_schedule_runs_schedule_id_schedules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("schedule_id", "due_ms", name=op.f("pk_schedule_runs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "habits",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("quiet", sa.Text(), nullable=True, comment="22:00-08:00, or empty: never"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_habits")),
        sqlite_with_rowid=False,
    )
