"""A workflow's version says who wrote it, why, on what basis and with how many warnings, and whether it is retired."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # What was published before says nothing of these; nor do the entries of then, so that both still agree.
    op.add_column("workflow", sa.Column("author", sa.Text(), nullable=True))
    op.add_column("workflow", sa.Column("why", sa.Text(), nullable=True))
    op.add_column("workflow", sa.Column("basis", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("workflow", sa.Column("warnings", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("workflow", sa.Column("retired_at", UTCDateTime(), nullable=True))
    op.add_column("workflow", sa.Column("retired_by", sa.Text(), nullable=True))
    op.add_column("workflow", sa.Column("retired_why", sa.Text(), nullable=True))
    op.add_column("installation", sa.Column("two_persons", sa.Boolean(), nullable=False, server_default=sa.false()))
