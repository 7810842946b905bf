"""What running cascades have still to follow, why a calendar was published, and telephone numbers beside e-mail addresses."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "pending",
        sa.Column("cascade_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", UTCDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cascade_id"),
        sqlite_with_rowid=False,
    )
    op.add_column("installation", sa.Column("campaign", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("calendar", sa.Column("author", sa.Text(), nullable=True))
    op.add_column("calendar", sa.Column("why", sa.Text(), nullable=True))
    op.add_column("calendar", sa.Column("basis", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("address", sa.Column("phone", sa.Text(), nullable=True))
