"""People with roles, what was granted to them, invites, requests, and the audit.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("role", sa.Text(), comment="owner, admin or member; NULL: not let in"),
        sa.Column("username", sa.Text()),
        sa.Column("revoked_ms", sa.BigInteger(), comment="when the role was taken away last"),
        sa.Column("jobs_at_once", sa.Integer(), comment="NULL: no limit"),
        sa.Column("bytes_a_day", sa.BigInteger(), comment="NULL: no limit"),
    ):
        op.add_column("people", column)
    op.drop_column("people", "allowed")
    op.create_table(
        "grants",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", sa.BigInteger(), nullable=False),
        sa.Column("granted_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "chat_id", name=op.f("pk_grants")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "invites",
        sa.Column("hash", sa.Text(), nullable=False, comment="of the token, which is kept nowhere"),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_invites")),
        sqlite_with_rowid=False,
    )
    _requests()
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), comment="who; NULL: the settings"),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), comment="the person it was done to"),
        sa.Column("chat_id", sa.BigInteger()),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )


def _requests() -> None:
    op.create_table(
        "access_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False, comment="that was refused"),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("answer", sa.Text(), comment="once, always, denied or withdrawn; NULL: none yet"),
        sa.Column("answered_by", sa.BigInteger()),
        sa.Column("approved_job_id", sa.Integer(), comment="that may read the chat"),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_access_requests_job_id_jobs")
        ),
        sa.ForeignKeyConstraint(
            ["approved_job_id"], ["jobs.id"], name=op.f("fk_access_requests_approved_job_id_jobs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
        sa.UniqueConstraint("job_id", name=op.f("uq_access_requests_job_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "access_notices",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, comment="who may answer it"),
        sa.Column("message_id", sa.BigInteger(), comment="NULL: it could not be sent"),
        sa.Column("closed", sa.Boolean(), nullable=False, comment="it shows the answer"),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["access_requests.id"],
            name=op.f("fk_access_notices_request_id_access_requests"),
        ),
        sa.PrimaryKeyConstraint("request_id", "person_id", name=op.f("pk_access_notices")),
        sqlite_with_rowid=False,
    )
