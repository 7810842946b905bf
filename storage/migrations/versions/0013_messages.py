"""Where messages go and what became of each try: addresses, a log that only grows, dead letters, webhooks."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from storage import guards

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("office", sa.Column("language", sa.Text(), nullable=False, server_default="vi"))
    op.create_table(
        "address",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("office", "role"),
        sqlite_with_rowid=False,
    )
    _dead_letters()
    _attempts()
    _webhooks()


def _dead_letters() -> None:
    op.add_column("outbox", sa.Column("dead_at", UTCDateTime(), nullable=True))
    dead = sa.text("dead_at IS NOT NULL")
    op.create_index("outbox_dead", "outbox", ["available_at"], sqlite_where=dead, postgresql_where=dead)


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("cascade_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cascade_id", "seq", "place", "channel", "number", "node"),
        sqlite_with_rowid=False,
    )
    failed = sa.text("outcome <> 'sent'")
    op.create_index("attempt_failed", "attempt", ["at"], sqlite_where=failed, postgresql_where=failed)
    for statement in guards.statements_of_attempts(op.get_bind()):
        op.execute(statement)


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("offices", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "webhook_message",
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("cascade_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("available_at", UTCDateTime(), nullable=False),
        sa.Column("claimed_until", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("dead_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("webhook", "cascade_id", "seq", "place"),
        sqlite_with_rowid=False,
    )
    undead = sa.text("dead_at IS NULL")
    op.create_index(
        "webhook_waiting", "webhook_message", ["available_at"], sqlite_where=undead, postgresql_where=undead
    )
