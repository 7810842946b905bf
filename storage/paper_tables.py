"""The tables of papers: originals and files by their sha256, what was handed in and is named by nothing yet, and what
somebody is registering at the moment."""

from datetime import datetime

from sqlmodel import SQLModel

from storage.columns import blob, instant, key, maybe, maybe_blob
from storage.columns import text as words


class DocumentRow(SQLModel, table=True):
    """An original as it came, never changed: guards refuse it. The entry of the directive's issue names it by its digest."""

    __tablename__ = "document"
    digest: str = key()
    kind: str = words()
    size: int
    content: bytes = blob()
    added_at: datetime = instant()
    added_by: str = words()


class UploadRow(SQLModel, table=True):
    """A file that an account has handed in and that no entry names yet. It becomes a document when one does, or goes."""

    __tablename__ = "upload"
    account: str = key()
    digest: str = key()
    kind: str = words()
    size: int
    content: bytes = blob()
    added_at: datetime = instant()


class RegisterDraftRow(SQLModel, table=True):
    """A document that an account is registering: its text as it was read, what was typed (JSON), the original until it is
    issued. Nothing follows from it; it goes when it is issued or given up."""

    __tablename__ = "register_draft"
    account: str = key()
    id: str = key()
    title: str = words()
    text: str = words()
    typed: str = words()
    kind: str | None = maybe()
    original: bytes | None = maybe_blob()
    changed_at: datetime = instant()
