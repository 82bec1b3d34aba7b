"""Many chats at once: the jobs of a batch, folders, and the screens that ask which.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "jobs",
        sa.Column("batch_id", sa.Integer(), nullable=True, comment="the job that made it"),
    )
    op.create_index(
        "ix_jobs_batch",
        "jobs",
        ["batch_id", "kind", "request"],
        unique=True,
        sqlite_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_table(
        "batches",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column(
            "left_out", sa.Text(), nullable=False, comment="JSON: chats for which no job was made"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_batches_job_id_jobs")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_batches")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "folders",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="0 is the first"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("chat_ids", sa.Text(), nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("account_id", "position", name=op.f("pk_folders")),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "screens",
        sa.Column(
            "chats",
            sa.Text(),
            nullable=True,
            comment="JSON: many chats instead of one, see storage.selections",
        ),
    )
