"""What one office owes under one item, and how it stands in time. Frozen values and plain questions to them."""

from datetime import date, datetime

from workflows.light import light, replace
from workflows.words import STANDING

GROUPS = ("done_on_time", "done_late", "open_in_time", "open_overdue", "no_deadline", "info", "void")


@light(frozen=True, slots=True)
class Because:
    """Why a date is what it is: everything a person needs to check it. `notes` are codes that `deadlines` puts in words."""

    rule: str
    result_on: date
    calendar: str
    start_on: date | None = None
    off: tuple[tuple[date, str], ...] = ()
    notes: tuple[str, ...] = ()
    label: str | None = None
    days: int | None = None


@light(frozen=True, slots=True)
class ExtensionRequest:
    """An open request for another date. `counter` is the date the giver has proposed instead; then the holder decides."""

    until: datetime
    reason: str
    asked_at: datetime
    asked_by: str
    decide_by: datetime | None = None
    counter: datetime | None = None


@light(frozen=True, slots=True)
class Offer:
    """A report accepted under another document, offered as an answer to this obligation too.

    `cascade` and `obligation` say where it was accepted, `symbol` and `sent_at` which report it is, `about` for which
    document it was made.
    """

    cascade: str
    obligation: int
    symbol: str
    sent_at: datetime
    holder: str
    about: str

    @property
    def key(self) -> str:
        return f"{self.cascade}/{self.obligation}"


@light(frozen=True, slots=True)
class Task:
    """What a person is to do because a rung was told: call, visit, or write a letter `to` an office outside.

    `id` is the rung and the place among those who were told, `2.1`; of a repeat `3#2.1`. It is for the seat `office/role`.
    """

    id: str
    kind: str
    office: str
    role: str
    opened_at: datetime
    to: str | None = None


@light(frozen=True, slots=True)
class Figure:
    """A number as it was reported: the office's `own` share (empty where it has none beside what is below), the `total` with
    what is below it, out of how many offices below (`of`), and the holders `missing` from it. Values are decimal texts,
    since a journal holds no floats."""

    name: str
    own: str
    total: str
    of: int = 0
    missing: tuple[str, ...] = ()


@light(frozen=True, slots=True)
class Obligation:
    """What one office owes under one item.

    `leads_*` count the lead obligations below it. `fired` holds the keys of clocks that have run out. `armed_at` is
    when its present date was set: a reminder that would lie before that moment is not sent. `rested_at` is set while
    the giver has to answer a report, a dispute or a request, and while it is paused (until `paused_until`);
    `resumed_at` is when the last such rest ended. `sent_as` is the symbol of the report, `opening` says that it was
    taken over from an earlier list. `tasks` are those that its ladder opened and nobody has recorded yet. `until` is
    the year end of a standing obligation; `data_from` and `data_to` are the first and last day that a period reports
    on, both the day itself for an event; `returned_*` is the last return made for a silent one: how many events in
    which period; `reported_with` is the obligation on which the report of a period was made that answered this one
    too. `waits_for` is the event, in the document's words, without whose day it has no date; `planned_for` a day that
    is only planned: its holder is reminded of it, and nothing is late. `doers` are who last took the actions whose
    doer may not take another, by action; `figures` what was reported of each number. `wake_at` follows from
    everything else and is kept only so that a query can find it.
    """

    number: int
    directive: int
    item: int
    level: str
    holder: str
    giver: str
    part: str
    mode: str
    workflow: str
    state: str
    assigned_at: datetime
    parent: int | None = None
    counted: bool = False
    standing: int | None = None
    period: str | None = None
    data_from: date | None = None
    data_to: date | None = None
    until: datetime | None = None
    returned_period: str | None = None
    returned_events: int | None = None
    officer: str | None = None
    controller: str | None = None
    recipient: str | None = None
    receive_by: datetime | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    first_due_at: datetime | None = None
    because: Because | None = None
    armed_at: datetime | None = None
    sent_at: datetime | None = None
    sent_by: str | None = None
    reported_with: int | None = None
    rested_at: datetime | None = None
    resumed_at: datetime | None = None
    answer_by: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    leads_open: int = 0
    leads_done: int = 0
    leads_void: int = 0
    joined_at: datetime | None = None
    extensions: int = 0
    request: ExtensionRequest | None = None
    rung: int = 0
    rung_at: datetime | None = None
    held_until: datetime | None = None
    fired: tuple[str, ...] = ()
    failures: int = 0
    retry_at: datetime | None = None
    wake_at: datetime | None = None
    opening: bool = False
    note: str | None = None
    sent_as: str | None = None
    paused_until: datetime | None = None
    offers: tuple[Offer, ...] = ()
    tasks: tuple[Task, ...] = ()
    doers: tuple[tuple[str, str], ...] = ()
    figures: tuple[Figure, ...] = ()
    waits_for: str | None = None
    planned_for: datetime | None = None

    @property
    def open(self) -> bool:
        return self.outcome is None

    @property
    def owes_nothing(self) -> bool:
        """Is it only to be known? Then nothing is reported, and no clock runs but that of its receipt."""
        return self.part == "info" or self.mode == "info"

    @property
    def stands(self) -> bool:
        """Is it one that stands, and no period or event of one?"""
        return self.mode in STANDING and self.standing is None and not self.owes_nothing

    but = replace  # the same with other values

    def group(self, now: datetime) -> str:
        """Which group of the totals it belongs to at `now`; one of GROUPS, always exactly one.

        On time is judged by the sent date of the report that is accepted (NĐ 30/2020 tracks the answer, not its
        confirmation), so a report that waits for the giver is judged by the day it was sent.
        """
        if self.outcome == "void":
            return "void"
        if self.owes_nothing:
            return "info"
        if self.outcome == "fulfilled":
            late = self.due_at is not None and (self.sent_at or self.closed_at or now) > self.due_at
            return "done_late" if late else "done_on_time"
        if self.due_at is None:
            return "no_deadline"
        judged_at = (self.sent_at or self.rested_at) if self.rested_at else now
        return "open_overdue" if (judged_at or now) > self.due_at else "open_in_time"
