"""Standing obligations: their year end, the data of their periods, the last return of the silent ones."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("obligation", sa.Column("data_from", sa.Date(), nullable=True))
    op.add_column("obligation", sa.Column("data_to", sa.Date(), nullable=True))
    op.add_column("obligation", sa.Column("until", UTCDateTime(), nullable=True))
    op.add_column("obligation", sa.Column("returned_period", sa.Text(), nullable=True))
    op.add_column("obligation", sa.Column("returned_events", sa.Integer(), nullable=True))
    op.add_column("obligation", sa.Column("reported_with", sa.Integer(), nullable=True))
    op.drop_index("obligation_directive", "obligation")
    op.create_index("obligation_directive", "obligation", ["cascade_id", "directive", "holder"], unique=False)
