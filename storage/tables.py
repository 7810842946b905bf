"""The schema. One class a table; the columns that hold a value of the law carry the law's own names.

`cascade_id` leads every key of a cascade's tables, so that they can be hash-partitioned. Instants are UTC. JSON is kept as
text, so that what was hashed is what is read.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, Text, false, text
from sqlmodel import Field, SQLModel

from storage import account_tables, entry_texts, paper_tables, seal_tables  # noqa: F401  tables of the same metadata
from storage.columns import added as _added
from storage.columns import instant as _instant
from storage.columns import key as _key
from storage.columns import maybe as _maybe
from storage.columns import maybe_at as _maybe_at
from storage.columns import number as _number
from storage.columns import text as _text

_TASKED = text("tasks <> '[]'")  # the few obligations that have a person's task open
_AWAKE, _STANDS = text("wake_at IS NOT NULL"), text("standing IS NOT NULL")  # what is closed stands and wakes no more
_UNSENT = text("sent_at IS NULL")
_NOT_SENT = text("outcome <> 'sent'")
_UNDEAD, _DEAD = text("dead_at IS NULL"), text("dead_at IS NOT NULL")
_FAILED = text("sent_at IS NULL AND attempts > 0")
_NAMED = text("officer IS NOT NULL")  # few are given to one person
_RESTING = text("rested_at IS NOT NULL AND outcome IS NULL")  # the giver has to answer
_TOLD = text("rung > 0 AND held_until IS NULL AND outcome IS NULL")  # a rung was told that nobody has acknowledged
_FAILING = text("retry_at IS NOT NULL")
_ABOUT = text("obligation IS NOT NULL")
_OF_DOCUMENTS = text("obligation IS NULL")
_BY_PERSONS, _ACTED = text("role <> 'timer'"), text("kind = 'Acted'")
_RARE = text(entry_texts.UNCOMMON)
_LINE = ("cascade_id", "obligation", "office", "role", "seq")  # messages to one seat about one obligation, in order
_PARTIES = ("holder", "giver", "controller", "recipient")
_OBLIGATION, _ENTRY = (
    ("cascade_id", "number"),
    ("cascade_id", "seq"),
)  # the rest of an index, so that it is in full order
_CLUSTERED = {"sqlite_with_rowid": False}  # the primary key is the table: one tree less to write, where rows are short


def _partial(name: str, where: Any, *columns: Any) -> Index:
    """An index of the few rows that are as said: the others do not pay for it."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


def _by_text(name: str, where: Callable[[str], str], *columns: str) -> Index:
    """The same where each database says it in its own words."""
    return Index(name, *columns, sqlite_where=text(where("sqlite")), postgresql_where=text(where("postgresql")))


class InstallationRow(SQLModel, table=True):
    """The one row that says what this database is. Its administration chain's head is kept here."""

    __tablename__ = "installation"
    id: int = _number()
    created_at: datetime = _instant()
    purpose: str = _text()
    simulated_at: datetime | None = _maybe_at()
    directory_version: int = Field(default=0)
    admin_seq: int = Field(default=0)
    admin_hash: str = _text()
    two_persons: bool = _added(false(), Boolean)
    campaign: int = _added("0", Integer)


class OfficeRow(SQLModel, table=True):
    """An office. `seq` keeps the order of the file it came from."""

    __tablename__ = "office"
    id: str = _key()
    seq: int
    name: str = _text()
    short: str = _text()
    level: str = _text()
    above: str | None = _maybe()
    outside: bool
    host: bool
    language: str = _added("vi", Text)


class SeatRow(SQLModel, table=True):
    """Who holds a role in an office; a role without a row is vacant."""

    __tablename__ = "seat"
    __table_args__ = _CLUSTERED
    office: str = _key()
    role: str = _key()
    person: str = _text()


class AddressRow(SQLModel, table=True):
    """Where messages to a seat go by e-mail, and its telephone; the role `office` is the office as a whole."""

    __tablename__ = "address"
    __table_args__ = _CLUSTERED
    office: str = _key()
    role: str = _key()
    email: str = _text()
    phone: str | None = _maybe()


class DeputyRow(SQLModel, table=True):
    """Who stands in for a seat; `place` keeps the order of the file, `actions` (JSON) are those it is limited to."""

    __tablename__ = "deputy"
    __table_args__ = _CLUSTERED
    office: str = _key()
    place: int = _number()
    role: str = _text()
    deputy: str = _text()
    since: date
    until: date | None = None
    actions: str = _text()
    document: str | None = _maybe()


class AbsenceRow(SQLModel, table=True):
    """A seat whose holder is away."""

    __tablename__ = "absence"
    __table_args__ = _CLUSTERED
    office: str = _key()
    place: int = _number()
    role: str = _text()
    since: date
    until: date | None = None


class WorkflowRow(SQLModel, table=True):
    """A published version of a workflow. Its text never changes; being retired is its only other state.

    Every column repeats what the administration's chain says. `basis` is JSON: the documents it was published on.
    """

    __tablename__ = "workflow"
    name: str = _key()
    version: int = _number()
    digest: str = _text()
    text: str = _text()
    published_at: datetime = _instant()
    published_by: str = _text()
    author: str | None = _maybe()
    why: str | None = _maybe()
    basis: str = _added("[]", Text)
    warnings: int = _added("0", Integer)
    retired_at: datetime | None = _maybe_at()
    retired_by: str | None = _maybe()
    retired_why: str | None = _maybe()


class CalendarRow(SQLModel, table=True):
    """A version of an office calendar; it never changes. `basis` is JSON: the documents it was published on."""

    __tablename__ = "calendar"
    name: str = _key()
    version: int = _number()
    digest: str = _text()
    text: str = _text()
    published_at: datetime = _instant()
    published_by: str = _text()
    author: str | None = _maybe()
    why: str | None = _maybe()
    basis: str = _added("[]", Text)


class PendingRow(SQLModel, table=True):
    """What a running cascade has still to follow: the calendar that entry `entry` of the administration published."""

    __tablename__ = "pending"
    __table_args__ = _CLUSTERED
    cascade_id: str = _key()
    entry: int
    calendar: str = _text()
    since: datetime = _instant()
    failures: int
    retry_at: datetime | None = _maybe_at()
    error: str | None = _maybe()


class CascadeRow(SQLModel, table=True):
    """A cascade: the row that is locked, and the head of its chain."""

    __tablename__ = "cascade"
    __table_args__ = (Index("cascade_awake", "wake_at", "id"),)
    id: str = _key()
    title: str = _text()
    workflow: str = _text()
    calendar: str = _text()
    simulated: bool
    next_directive: int
    next_obligation: int
    last_seq: int
    last_hash: str = _text()
    last_at: datetime = _instant()
    wake_at: datetime | None = _maybe_at()


class DirectiveRow(SQLModel, table=True):
    __tablename__ = "directive"
    __table_args__ = (
        Index("directive_symbol", "symbol"),
        Index("directive_issued", "issued_on", "cascade_id", "number"),
        _CLUSTERED,
    )
    cascade_id: str = _key()
    number: int = _number()
    symbol: str = _text()
    type: str = _text()
    issuer: str = _text()
    issued_on: date
    subject: str = _text()
    workflow: str = _text()
    state: str = _text()
    means: str = _text()
    arrived_on: date | None = None
    arrival_number: str | None = _maybe()
    place: str | None = _maybe()
    signer: str | None = _maybe()
    urgency: str | None = _maybe()
    recorded_by: str | None = _maybe()
    replaces: int | None = None
    renew_at: datetime | None = _maybe_at()
    renewals: int = _added("0", Integer)
    continues: str | None = _maybe()
    continued_by: str | None = _maybe()


class ItemRow(SQLModel, table=True):
    """A point of a directive."""

    __tablename__ = "item"
    __table_args__ = _CLUSTERED
    cascade_id: str = _key()
    directive: int = _number()
    number: int = _number()
    label: str = _text()
    text: str = _text()
    mode: str = _text()
    due_at: datetime | None = _maybe_at()
    due_wording: str | None = _maybe()
    parent: int | None = None
    due_form: str | None = _maybe()
    due_rule: str | None = _maybe()
    due_event: str | None = _maybe()
    event_on: date | None = None
    due_from: date | None = None
    targets: str = _added("[]", Text)


class BasisRow(SQLModel, table=True):
    """A further document that an item rests on; found by its symbol, and by the obligation it is about."""

    __tablename__ = "basis"
    __table_args__ = (Index("basis_symbol", "symbol"), Index("basis_about", "cascade", "obligation"), _CLUSTERED)
    cascade_id: str = _key()
    directive: int = _number()
    item: int = _number()
    place: int = _number()
    kind: str = _text()
    symbol: str = _text()
    issued_on: date | None = None
    issuer: str | None = _maybe()
    cascade: str | None = _maybe()
    obligation: int | None = None
    ended_by: str | None = _maybe()


class ObligationRow(SQLModel, table=True):
    """What one office owes. `because`, `request`, `fired`, `offers`, `tasks`, `doers` and `figures` are JSON; `wake_at` is
    a cache for rounds."""

    __tablename__ = "obligation"
    __table_args__ = (
        Index("obligation_awake", "cascade_id", "wake_at", sqlite_where=_AWAKE, postgresql_where=_AWAKE),
        # Whole trees, and who sees what, are read in this index alone.
        Index("obligation_parent", "cascade_id", "parent", "number", "directive", *_PARTIES),
        Index("obligation_standing", "cascade_id", "standing", sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("obligation_directive", "cascade_id", "directive", "holder"),
        Index("obligation_holder", "holder", "outcome"),
        Index("obligation_due", "outcome", "due_at", *_OBLIGATION),
        _partial("obligation_officer", _NAMED, "officer", *_OBLIGATION),
        _partial("obligation_resting", _RESTING, "giver", *_OBLIGATION),
        _partial("obligation_told", _TOLD, "giver", *_OBLIGATION),
        _partial("obligation_failing", _FAILING, *_OBLIGATION),
        Index("obligation_tasks", "cascade_id", "number", sqlite_where=_TASKED, postgresql_where=_TASKED),
        _CLUSTERED,
    )
    cascade_id: str = _key()
    number: int = _number()
    directive: int
    item: int
    level: str = _text()
    holder: str = _text()
    giver: str = _text()
    part: str = _text()
    mode: str = _text()
    workflow: str = _text()
    state: str = _text()
    assigned_at: datetime = _instant()
    parent: int | None = None
    counted: bool
    standing: int | None = None
    period: str | None = _maybe()
    data_from: date | None = None
    data_to: date | None = None
    until: datetime | None = _maybe_at()
    returned_period: str | None = _maybe()
    returned_events: int | None = None
    officer: str | None = _maybe()
    controller: str | None = _maybe()
    recipient: str | None = _maybe()
    receive_by: datetime | None = _maybe_at()
    received_at: datetime | None = _maybe_at()
    due_at: datetime | None = _maybe_at()
    first_due_at: datetime | None = _maybe_at()
    because: str | None = _maybe()
    armed_at: datetime | None = _maybe_at()
    sent_at: datetime | None = _maybe_at()
    sent_by: str | None = _maybe()
    reported_with: int | None = None
    rested_at: datetime | None = _maybe_at()
    resumed_at: datetime | None = _maybe_at()
    answer_by: datetime | None = _maybe_at()
    closed_at: datetime | None = _maybe_at()
    outcome: str | None = _maybe()
    leads_open: int
    leads_done: int
    leads_void: int
    joined_at: datetime | None = _maybe_at()
    extensions: int
    request: str | None = _maybe()
    rung: int
    rung_at: datetime | None = _maybe_at()
    held_until: datetime | None = _maybe_at()
    fired: str = _text()
    failures: int
    retry_at: datetime | None = _maybe_at()
    wake_at: datetime | None = _maybe_at()
    opening: bool = _added(false(), Boolean)
    note: str | None = _maybe()
    sent_as: str | None = _maybe()
    paused_until: datetime | None = _maybe_at()
    offers: str = _added("[]", Text)
    tasks: str = _added("[]", Text)
    doers: str = _added("[]", Text)
    figures: str = _added("[]", Text)
    waits_for: str | None = _maybe()
    planned_for: datetime | None = _maybe_at()


class JournalRow(SQLModel, table=True):
    """Append-only, one chain per cascade: hash = sha256(previous hash ‖ body). Every other column repeats the body."""

    __tablename__ = "journal"
    __table_args__ = (
        _partial("journal_obligation", _ABOUT, "cascade_id", "obligation", "seq"),
        _partial("journal_documents", _OF_DOCUMENTS, *_ENTRY),
        Index("journal_time", "recorded_at", *_ENTRY, "kind", "role"),  # the last ones are looked at while it is walked
        _partial("journal_office", _BY_PERSONS, "office", "recorded_at", *_ENTRY, "kind"),
        _partial("journal_kind", _RARE, "kind", "recorded_at", *_ENTRY),
        _by_text("journal_late", entry_texts.late, "recorded_at", *_ENTRY, "happened_at"),
        _by_text("journal_claimed", entry_texts.claimed, "recorded_at", *_ENTRY),
        _partial("journal_for_another", text(entry_texts.for_another()), "recorded_at", *_ENTRY, entry_texts.FOR_WHOM),
        _partial("journal_person", _BY_PERSONS, entry_texts.ACTED_BY, "recorded_at", *_ENTRY),
        _partial("journal_action", _ACTED, entry_texts.ACTION, "recorded_at", *_ENTRY),
    )
    cascade_id: str = _key()
    seq: int = _number()
    kind: str = _text()
    obligation: int | None = None
    directive: int | None = None
    office: str = _text()
    role: str = _text()
    happened_at: datetime = _instant()
    recorded_at: datetime = _instant()
    body: str = _text()
    hash: str = _text()


class CommandRow(SQLModel, table=True):
    """A command that was carried out, so that it is answered, not carried out, when it comes again."""

    __tablename__ = "command"
    __table_args__ = _CLUSTERED
    cascade_id: str = _key()
    command_id: str = _key()
    digest: str = _text()
    answer: str = _text()
    first_seq: int
    last_seq: int
    at: datetime = _instant()


class OutboxRow(SQLModel, table=True):
    """A message to be sent: who is told of which entry. Delivery claims it, sends it, and marks it, never in one breath.

    A dead letter was given up: it has left the queue, as what was sent has, and `dead_at` says that it was not.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_waiting", "available_at", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("outbox_line", *_LINE, sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("outbox_dead", "available_at", sqlite_where=_DEAD, postgresql_where=_DEAD),
        _partial("outbox_failed", _FAILED, "available_at", *_ENTRY, "place"),
    )
    cascade_id: str = _key()
    seq: int = _number()
    place: int = _number()
    obligation: int | None = None
    kind: str = _text()
    office: str = _text()
    role: str = _text()
    letter_to: str | None = _maybe()
    deputy: str | None = _maybe()
    body: str = _text()
    available_at: datetime = _instant()
    claimed_until: datetime | None = _maybe_at()
    attempts: int
    error: str | None = _maybe()
    sent_at: datetime | None = _maybe_at()
    dead_at: datetime | None = _maybe_at()


class AttemptRow(SQLModel, table=True):
    """Append-only: one try to send a message through a channel, by which node, and what was answered."""

    __tablename__ = "attempt"
    __table_args__ = (Index("attempt_failed", "at", sqlite_where=_NOT_SENT, postgresql_where=_NOT_SENT), _CLUSTERED)
    cascade_id: str = _key()
    seq: int = _number()
    place: int = _number()
    channel: str = _key()
    number: int = _number()
    node: str = _key()
    at: datetime = _instant()
    outcome: str = _text()
    answer: str | None = _maybe()


class WebhookRow(SQLModel, table=True):
    """Who is told by webhook. `offices` and `kinds` are JSON lists; an empty one means all. Its secret lies in a file."""

    __tablename__ = "webhook"
    name: str = _key()
    url: str = _text()
    offices: str = _text()
    kinds: str = _text()
    created_at: datetime = _instant()
    created_by: str = _text()


class WebhookMessageRow(SQLModel, table=True):
    """A message that a webhook still has to be told; the row goes when it was. It does not lead by the cascade: it is short."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        Index("webhook_waiting", "available_at", sqlite_where=_UNDEAD, postgresql_where=_UNDEAD),
        _CLUSTERED,
    )
    webhook: str = _key()
    cascade_id: str = _key()
    seq: int = _number()
    place: int = _number()
    available_at: datetime = _instant()
    claimed_until: datetime | None = _maybe_at()
    attempts: int
    error: str | None = _maybe()
    dead_at: datetime | None = _maybe_at()


class FoldedRow(SQLModel, table=True):
    """The words of a directive (item 0: symbol, subject) and of its items, in small letters without accents, to be searched."""

    __tablename__ = "folded"
    __table_args__ = _CLUSTERED
    cascade_id: str = _key()
    directive: int = _number()
    item: int = _number()
    text: str = _text()


class SavedViewRow(SQLModel, table=True):
    """A list as somebody keeps it: the query string of its page, under a name."""

    __tablename__ = "saved_view"
    __table_args__ = _CLUSTERED
    account: str = _key()
    name: str = _key()
    query: str = _text()


class NodeRow(SQLModel, table=True):
    """A service node, its signs of life and its last round."""

    __tablename__ = "node"
    name: str = _key()
    started_at: datetime = _instant()
    round_at: datetime | None = _maybe_at()
    fired: int
    stopped_at: datetime | None = _maybe_at()
    host: str = _added(text("''"), Text)
    pid: int | None = None
    version: str = _added(text("''"), Text)
    run: str = _added(text("''"), Text)
    seen_at: datetime | None = _maybe_at()
    beat_ms: int = _added("0", BigInteger)
    ready: bool = _added(false(), Boolean)
    held: str | None = _maybe()
    total: int = _added("0", BigInteger)
    lag_ms: int = _added("0", BigInteger)


metadata = SQLModel.metadata
