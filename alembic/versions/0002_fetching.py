"""What fetching needs: versions, deletions, holes, receipts, paces, takeouts, members.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns()
    create_message_versions()
    create_holes_and_receipts()
    create_paces_and_takeouts()
    create_names_and_members()


def add_columns() -> None:
    op.add_column(
        "chats",
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            comment="the user whose ids its messages have, if one's own",
        ),
    )
    op.add_column(
        "chats",
        sa.Column(
            "migrated_from",
            sa.BigInteger(),
            comment="the basic group that became this supergroup",
        ),
    )
    op.add_column(
        "chats",
        sa.Column(
            "linked_id", sa.BigInteger(), comment="a channel's discussion group, and the reverse"
        ),
    )
    op.add_column(
        "messages",
        sa.Column(
            "deleted_ms",
            sa.BigInteger(),
            comment="when it was noticed to be gone from Telegram",
        ),
    )
    op.create_index(
        "ix_messages_deleted",
        "messages",
        ["chat_id", "deleted_ms"],
        sqlite_where=sa.text("deleted_ms IS NOT NULL"),
    )
    op.add_column(
        "ranges",
        sa.Column(
            "source",
            sa.Text(),
            comment="which messages it asks for, see exporter.sources; NULL: all",
        ),
    )


def create_message_versions() -> None:
    op.create_table(
        "message_versions",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "replaced_ms", sa.BigInteger(), nullable=False, comment="when the edit was noticed"
        ),
        sa.Column("edited", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("layer", sa.Integer(), nullable=False),
        sa.Column("tl", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "id", "replaced_ms", name=op.f("pk_message_versions")),
        sqlite_with_rowid=False,
    )


def create_holes_and_receipts() -> None:
    op.create_table(
        "holes",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False, comment="deleted, not visible or failed"),
        sa.Column("ids", sa.LargeBinary(), nullable=False, comment="a serialised pyroaring bitmap"),
        sa.PrimaryKeyConstraint("chat_id", "fate", name=op.f("pk_holes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipts",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_receipts_job_id_jobs")),
        sa.PrimaryKeyConstraint("job_id", "chat_id", name=op.f("pk_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_receipts_chat_id", "receipts", ["chat_id"])


def create_paces_and_takeouts() -> None:
    op.create_table(
        "paces",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column(
            "pace",
            sa.Text(),
            nullable=False,
            comment="JSON: what was learned of the allowed rate",
        ),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "method", name=op.f("pk_paces")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "takeouts",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("takeout_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_takeouts")),
        sqlite_with_rowid=False,
    )


def create_names_and_members() -> None:
    op.create_table(
        "peer_names",
        sa.Column("peer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "until_ms",
            sa.BigInteger(),
            nullable=False,
            comment="when another name was noticed",
        ),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("username", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("peer_id", "until_ms", name=op.f("pk_peer_names")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "members",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="creator, admin or member"),
        sa.Column("rank", sa.Text(), nullable=True),
        sa.Column("joined", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", "user_id", name=op.f("pk_members")),
        sqlite_with_rowid=False,
    )
