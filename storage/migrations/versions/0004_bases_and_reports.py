"""Bases get a table of their own; reports their symbol, pauses their end, obligations the offers made to them."""

import json

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "basis",
        sa.Column("cascade_id", sa.Text(), nullable=False),
        sa.Column("directive", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("cascade", sa.Text(), nullable=True),
        sa.Column("obligation", sa.Integer(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cascade_id", "directive", "item", "place"),
        sqlite_with_rowid=False,
    )
    op.create_index("basis_symbol", "basis", ["symbol"], unique=False)
    op.create_index("basis_about", "basis", ["cascade", "obligation"], unique=False)
    _move_bases()
    op.drop_column("item", "bases")
    op.add_column("directive", sa.Column("replaces", sa.Integer(), nullable=True))
    op.add_column("obligation", sa.Column("opening", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("obligation", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("obligation", sa.Column("sent_as", sa.Text(), nullable=True))
    op.add_column("obligation", sa.Column("paused_until", UTCDateTime(), nullable=True))
    op.add_column("obligation", sa.Column("offers", sa.Text(), nullable=False, server_default="[]"))


def _move_bases() -> None:
    """The JSON lists of items become rows."""
    connection = op.get_bind()
    read = connection.exec_driver_sql("SELECT cascade_id, directive, number, bases FROM item WHERE bases IS NOT NULL")
    names = ("kind", "symbol", "issued_on", "issuer", "cascade", "obligation")
    columns = ("cascade_id", "directive", "item", "place", *names)
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    sql = f"INSERT INTO basis ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"
    rows = [
        (cascade, directive, item, place, *(basis.get(name) for name in names))
        for cascade, directive, item, bases in read.fetchall()
        for place, basis in enumerate(json.loads(bases))
    ]
    if rows:
        connection.exec_driver_sql(sql, rows)
