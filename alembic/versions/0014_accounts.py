"""How accounts stand: frozen, or waiting for their owner; alerts as what happened, not as words.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = {"from two places at once": "duplicated", "has deactivated": "deactivated"}
"""What the sentences of older versions said; anything else is of a session that was revoked."""


def upgrade() -> None:
    for column in (
        sa.Column("frozen_ms", sa.BigInteger(), comment="since when Telegram has it frozen"),
        sa.Column("freeze_ends_ms", sa.BigInteger(), comment="when it is deleted for that"),
        sa.Column("appeal_url", sa.Text()),
        sa.Column(
            "permission_ms",
            sa.BigInteger(),
            comment="when its owner was asked for data exports",
        ),
    ):
        op.add_column("accounts", column)
    alerts = sa.table("alerts", sa.column("id", sa.Integer()), sa.column("text", sa.Text()))
    connection = op.get_bind()
    for number, text in connection.execute(sa.select(alerts.c.id, alerts.c.text)).all():
        name, _, sentence = text.partition(": ")
        kind = next((kind for words, kind in KINDS.items() if words in sentence), "revoked")
        news = json.dumps({"account": name, "account_id": -number, "freeze": None, "kind": kind})
        connection.execute(sa.update(alerts).where(alerts.c.id == number).values(text=news))
