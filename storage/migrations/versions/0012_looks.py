"""What screens read: lists in the order of their date, the journal in the order of time, words without accents, saved views.

What each new index costs whoever writes is told in storage/README.md; the partial ones hold only the few rows they are for.
"""

import sqlalchemy as sa
from alembic import op

from storage import folding

revision = "0012"
down_revision = "0011"

_PARTIES = ("holder", "giver", "controller", "recipient")
_WIDER = (
    ("obligation_parent", "obligation", ["cascade_id", "parent", "number", "directive", *_PARTIES], None),
    ("journal_obligation", "journal", ["cascade_id", "obligation", "seq"], "obligation IS NOT NULL"),
)
_UNCOMMON = "kind NOT IN ('Assigned', 'Acted', 'DueSet', 'RungReached', 'DeadlineMissed')"
_NEW = (
    ("obligation_due", "obligation", ["outcome", "due_at", "cascade_id", "number"], None),
    ("obligation_officer", "obligation", ["officer", "cascade_id", "number"], "officer IS NOT NULL"),
    ("obligation_resting", "obligation", ["giver", "cascade_id", "number"],
     "rested_at IS NOT NULL AND outcome IS NULL"),
    ("obligation_told", "obligation", ["giver", "cascade_id", "number"],
     "rung > 0 AND held_until IS NULL AND outcome IS NULL"),
    ("obligation_failing", "obligation", ["cascade_id", "number"], "retry_at IS NOT NULL"),
    ("directive_issued", "directive", ["issued_on", "cascade_id", "number"], None),
    ("journal_documents", "journal", ["cascade_id", "seq"], "obligation IS NULL"),
    ("journal_time", "journal", ["recorded_at", "cascade_id", "seq"], None),
    ("journal_office", "journal", ["office", "recorded_at", "cascade_id", "seq"], "role <> 'timer'"),
    ("journal_kind", "journal", ["kind", "recorded_at", "cascade_id", "seq"], _UNCOMMON),
    ("journal_late", "journal", ["recorded_at", "cascade_id", "seq"], "happened_at < recorded_at"),
    ("outbox_failed", "outbox", ["available_at", "cascade_id", "seq", "place"], "sent_at IS NULL AND attempts > 0"),
)  # fmt: skip


def upgrade() -> None:
    for name, table, _, _ in _WIDER:
        op.drop_index(name, table)
    for name, table, columns, where in (*_WIDER, *_NEW):
        only = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
    op.create_table(
        "folded",
        sa.Column("cascade_id", sa.Text(), nullable=False),
        sa.Column("directive", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cascade_id", "directive", "item"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "saved_view",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name"),
        sqlite_with_rowid=False,
    )
    _fold()


def _fold() -> None:
    """The words of what is there already."""
    connection = op.get_bind()
    insert = sa.text(
        "INSERT INTO folded (cascade_id, directive, item, text) VALUES (:cascade, :directive, :item, :text)"
    )
    directives = connection.execute(sa.text("SELECT cascade_id, number, symbol, subject FROM directive")).all()
    items = connection.execute(sa.text("SELECT cascade_id, directive, number, label, text FROM item")).all()
    rows = [
        *({"cascade": cascade, "directive": number, "item": 0, "text": folding.of_directive(symbol, subject)}
          for cascade, number, symbol, subject in directives),
        *({"cascade": cascade, "directive": directive, "item": number, "text": folding.of_item(label, text)}
          for cascade, directive, number, label, text in items),
    ]  # fmt: skip
    if rows:
        connection.execute(insert, rows)
