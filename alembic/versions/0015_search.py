"""The search index: what of the messages is in it, what is to be added and taken out.

The index itself is made by the first who fills it, and anew when it is lost: storage.search_schema.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column(
            "text_at",
            sa.Integer(),
            nullable=False,
            comment="where the text lies in its TL bytes, from 1",
        ),
        sa.Column("text_bytes", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), comment="where it does not lie there as it is to be found"),
        sa.Column(
            "words",
            sa.Text(),
            comment="what else is to be found: names of files, titles of links",
        ),
        sa.Column(
            "has", sa.Text(), comment="further words of what it has, as storage.search_schema says"
        ),
        sa.UniqueConstraint(
            "chat_id", "message_id", name=op.f("uq_search_rows_chat_id_message_id")
        ),
    )
    op.create_table(
        "search_marks",
        sa.Column("chat_id", sa.BigInteger(), primary_key=True, comment="0: of the peers' names"),
        sa.Column(
            "indexed_up_to",
            sa.BigInteger(),
            nullable=False,
            comment="an id; of peers: changed_ms",
        ),
        sa.Column("checked_ms", sa.BigInteger(), comment="of 0: when the index was found sound"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_pending",
        sa.Column(
            "chat_id", sa.BigInteger(), primary_key=True, comment="of messages below the mark"
        ),
        sa.Column("message_id", sa.Integer(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_gone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column(
            "text",
            sa.Text(),
            nullable=False,
            comment="as it was indexed, to be taken out of the index",
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
    )
    op.create_table(
        "searches",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_searches_bot_id_update_id")),
        sqlite_autoincrement=True,
    )
