"""What the wider workflow language keeps: forms of dates, targets and figures, who took an action, renewals."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for name in ("due_form", "due_rule", "due_event"):
        op.add_column("item", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("item", sa.Column("event_on", sa.Date(), nullable=True))
    op.add_column("item", sa.Column("due_from", sa.Date(), nullable=True))
    op.add_column("item", sa.Column("targets", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("obligation", sa.Column("doers", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("obligation", sa.Column("figures", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("obligation", sa.Column("waits_for", sa.Text(), nullable=True))
    op.add_column("obligation", sa.Column("planned_for", UTCDateTime(), nullable=True))
    op.add_column("directive", sa.Column("renew_at", UTCDateTime(), nullable=True))
    op.add_column("directive", sa.Column("renewals", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("directive", sa.Column("continues", sa.Text(), nullable=True))
    op.add_column("directive", sa.Column("continued_by", sa.Text(), nullable=True))
