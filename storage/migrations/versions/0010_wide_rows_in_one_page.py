"""On SQLite the rows of the journal and of the outbox lie in a table of their own, not in its key.

Clustered in the key, a row of more than a thousand bytes spills over into a page of its own: 4.6 KB for an entry of 0.9.
"""

import sqlalchemy as sa
from alembic import op

from storage import guards

revision = "0010"
down_revision = "0009"
_TABLES = {"journal": "cascade_id, seq", "outbox": "cascade_id, seq, place"}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for table, key in _TABLES.items():
        master = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL")
        lying = connection.execute(master, {"table": table}).all()
        [made] = [sql for kind, sql in lying if kind == "table"]
        op.rename_table(table, f"{table}_before")
        op.execute(made.replace("WITHOUT ROWID", ""))
        op.execute(f"INSERT INTO {table} SELECT * FROM {table}_before ORDER BY {key}")
        op.drop_table(f"{table}_before")  # with its indexes and triggers
        for kind, sql in lying:
            if kind == "index":
                op.execute(sql)
    for statement in guards.statements(connection):
        op.execute(statement)
