"""Nodes are seen: host, signs of life, readiness, lag. Waiting messages and waking cascades are found by their own indexes."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for name in ("host", "version", "run"):
        op.add_column("node", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("node", sa.Column("pid", sa.Integer(), nullable=True))
    op.add_column("node", sa.Column("seen_at", UTCDateTime(), nullable=True))
    op.add_column("node", sa.Column("held", sa.Text(), nullable=True))
    op.add_column("node", sa.Column("ready", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("beat_ms", "total", "lag_ms"):
        op.add_column("node", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    # Rows from before never signed out: they would stand as nodes that died.
    op.execute("UPDATE node SET seen_at = coalesce(round_at, started_at)")
    op.execute("UPDATE node SET stopped_at = coalesce(stopped_at, seen_at)")
    unsent = sa.text("sent_at IS NULL")
    op.drop_index("outbox_waiting", "outbox")
    op.create_index("outbox_waiting", "outbox", ["available_at"], sqlite_where=unsent, postgresql_where=unsent)
    line = ["cascade_id", "obligation", "office", "role", "seq"]
    op.create_index("outbox_line", "outbox", line, sqlite_where=unsent, postgresql_where=unsent)
    op.drop_index("cascade_awake", "cascade")
    op.create_index("cascade_awake", "cascade", ["wake_at", "id"])
