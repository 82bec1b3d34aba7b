"""The first tables: accounts, people, jobs and their cards, chats, and the messages themselves.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_accounts_and_people()
    create_jobs()
    create_chats_and_peers()
    create_messages()


def create_accounts_and_people() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("dc_id", sa.Integer(), nullable=False),
        sa.Column(
            "session", sa.LargeBinary(), nullable=False, comment="encrypted, see storage.secrets"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="ready or revoked"),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("user_id", name=op.f("uq_accounts_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("met_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sqlite_with_rowid=False,
    )


def create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column(
            "request", sa.Text(), nullable=False, comment="JSON; equal requests have equal text"
        ),
        sa.Column(
            "options", sa.Text(), nullable=False, comment="the request without its chat, likewise"
        ),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("joined_job_id", sa.Integer(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("summary", sa.Text(), nullable=True, comment="JSON"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=True),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["joined_job_id"], ["jobs.id"], name=op.f("fk_jobs_joined_job_id_jobs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_jobs_unfinished",
        "jobs",
        ["state"],
        sqlite_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "job_accounts",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_job_accounts_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_accounts_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "account_id", name=op.f("pk_job_accounts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_job_accounts_account_id", "job_accounts", ["account_id"])
    op.create_table(
        "commands",
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "job_id", sa.Integer(), nullable=True, comment="NULL for a command that makes no job"
        ),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_commands_job_id_jobs")),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name=op.f("pk_commands")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_to", sa.BigInteger(), nullable=False),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False, comment="how often its message had gone"),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("summarised", sa.Boolean(), nullable=False),
        sa.Column("summary_message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_cards_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint(
            "job_id", "bot_id", "chat_id", name=op.f("uq_cards_job_id_bot_id_chat_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cards_message", "cards", ["bot_id", "chat_id", "message_id"])
    op.create_index(
        "ix_cards_open", "cards", ["id"], sqlite_where=sa.text("NOT (final AND summarised)")
    )


def create_chats_and_peers() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("is_forum", sa.Boolean(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dialogs",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="0 is the uppermost"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_dialogs_chat_id_chats")),
        sa.PrimaryKeyConstraint("account_id", "chat_id", name=op.f("pk_dialogs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "topics",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("icon_emoji_id", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "topic_id", name=op.f("pk_topics")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "peers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "peer_access",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("peer_id", sa.BigInteger(), nullable=False),
        sa.Column("access_hash", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "peer_id", name=op.f("pk_peer_access")),
        sqlite_with_rowid=False,
    )


def create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("edited", sa.BigInteger(), nullable=True),
        sa.Column("sender_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("reply_to_id", sa.Integer(), nullable=True),
        sa.Column("album_id", sa.BigInteger(), nullable=True),
        sa.Column("layer", sa.Integer(), nullable=False),
        sa.Column("tl", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "id", name=op.f("pk_messages")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "message_counts",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "messages", sa.Integer(), nullable=False, comment="kept equal to the rows of `messages`"
        ),
        sa.PrimaryKeyConstraint("chat_id", "kind", name=op.f("pk_message_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "media",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dc_id", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mime_type", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", "message_id", "file_id", name=op.f("pk_media")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "skipped",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "id", name=op.f("pk_skipped")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ranges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column(
            "next_id",
            sa.Integer(),
            nullable=False,
            comment="the checkpoint; past last_id when done",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranges")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ranges_chat_id", "ranges", ["chat_id"])
