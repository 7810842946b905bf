"""The tables of seals: signed checkpoints over the heads of the chains, what each covers, and where copies of it went."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.columns import instant, key, maybe
from storage.columns import number as numbered
from storage.columns import text as words


class SealRow(SQLModel, table=True):
    """Append-only, without a hole: a root over heads, and the signed note that says so. All else repeats the note."""

    __tablename__ = "seal"
    number: int = numbered()
    at: datetime = instant()
    leaves: int
    root: str = words()
    note: str = words()


class SealLeafRow(SQLModel, table=True):
    """Append-only: the head of one chain, as a seal covers it. Leaf 0 of each seal names the seal before, and is not kept."""

    __tablename__ = "seal_leaf"
    __table_args__ = (Index("seal_leaf_chain", "chain", "seq", "number"), {"sqlite_with_rowid": False})
    number: int = numbered()
    place: int = numbered()
    chain: str = words()
    seq: int
    hash: str = words()


class SealCopyRow(SQLModel, table=True):
    """Append-only: one try to write a seal outside the database, and what became of it."""

    __tablename__ = "seal_copy"
    __table_args__ = (Index("seal_copy_witness", "witness", "outcome", "number"),)
    number: int = numbered()
    witness: str = key()
    trial: int = numbered()
    at: datetime = instant()
    node: str = words()
    outcome: str = words()
    answer: str | None = maybe()
