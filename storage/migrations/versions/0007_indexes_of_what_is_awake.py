"""The indexes of wakings and of what hangs under a standing obligation hold only what they are asked for.

A round changes the waking of every obligation it takes; each index that holds the row costs it another write.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for name, column in (("obligation_awake", "wake_at"), ("obligation_standing", "standing")):
        there = sa.text(f"{column} IS NOT NULL")
        op.drop_index(name, "obligation")
        op.create_index(name, "obligation", ["cascade_id", column], sqlite_where=there, postgresql_where=there)
