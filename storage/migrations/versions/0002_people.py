"""Who is told and who may act: deputies and absences, persons' tasks, the deputy to whom a message goes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "deputy",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("deputy", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("office", "place"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "absence",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("office", "place"),
        sqlite_with_rowid=False,
    )
    op.add_column("obligation", sa.Column("tasks", sa.Text(), nullable=False, server_default="[]"))
    tasked = sa.text("tasks <> '[]'")
    op.create_index(
        "obligation_tasks", "obligation", ["cascade_id", "number"], sqlite_where=tasked, postgresql_where=tasked
    )
    op.add_column("outbox", sa.Column("deputy", sa.Text(), nullable=True))
