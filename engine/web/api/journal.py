"""The record: entries to read, to correct and to verify; the administration's own, and who signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field
from sqlalchemy import Connection

from engine.access.naming import folded
from engine.entry_words import days_late, who
from engine.language import told
from engine.showing.entries import Reader
from engine.web.api import asking
from engine.web.api.door import Api, command_id
from engine.web.api.issuing_shapes import Answered
from engine.web.api.parameters import NUMBER_MAX, Asking, CascadeId, Cursor, Limit, given_day, text, word
from engine.web.api.replies import Listed
from engine.web.visit import Visit
from storage import verification
from storage.journal import Entry
from storage.queries import at_the_door, history, unsealed
from storage.queries.entry_filters import Wanted
from storage.queries.sight import EVERYTHING
from storage.sign_ins import SignIn
from workflows.commands import Correct
from workflows.directive import ADMINISTRATION
from workflows.errors import NotFound
from workflows.text import say

COUNTED_MAX = 100_000
_COUNTED = (Wanted(late=True), Wanted(kind="Corrected"), Wanted(claimed=True))
api = Api("journal", "The record of what happened. It only grows, and it can be verified.")
Seq = Annotated[int, Path(ge=1, le=NUMBER_MAX, description="The number of the entry.", examples=[41])]


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that an entry changed, in words; `before` is missing where nothing was there, or the entry does not say."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as it is stored. `body` is exactly the text that was hashed; `says`, `who` and `changed` are in words."""

    cascade: str
    seq: int
    kind: str
    obligation: int | None
    directive: int | None
    by: str
    happened_at: datetime
    recorded_at: datetime
    says: str
    hash: str
    body: str
    who: str
    person: str | None
    known_by: str
    days_late: int
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A chain whose newest entries no seal outside the database covers: from `first` to `last`."""

    chain: str
    first: int
    last: int
    since: datetime
    sealed_inside: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entries there are of what an auditor asks for first; each is counted up to `counted_up_to`."""

    late: int
    corrected: int
    claimed: int
    unsealed: int
    counted_up_to: int


@dataclass(frozen=True, slots=True)
class Faulty:
    """The first bad entry of a chain, or what else is not as it was."""

    chain: str
    seq: int | None
    says: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found."""

    verified: bool
    chains: int
    entries: int
    faults: tuple[Faulty, ...]


class Correction(Asking):
    """A field that was entered wrongly."""

    field: str = text("The field of the entry.", most=80, examples=["sent_on"])
    new: str = text("What it should be.", most=20_000, examples=["18/09/2023"])
    reason: str = text("How the error came about; kept.", examples=["Mistyped at arrival"])
    item: int | None = Field(None, ge=1, le=NUMBER_MAX, description="Of a directive's entry: its item.")


@api.get("/journal", "look.journal", Listed[Recorded])
def list_journal(
    visit: Visit,
    cascade: Annotated[str | None, word("Only of this cascade.")] = None,
    obligation: Annotated[
        int | None, Query(ge=1, le=NUMBER_MAX, description="Only about this obligation of it.")
    ] = None,
    directive: Annotated[int | None, Query(ge=1, le=NUMBER_MAX, description="Only about this directive of it.")] = None,
    office: Annotated[str | None, word("Only what this office did.")] = None,
    role: Annotated[str | None, word("Only what this role did.")] = None,
    person: Annotated[str | None, word("Only what this person did, by the name of the directory.")] = None,
    kind: Annotated[str | None, word("Only of this kind.", "RungReached")] = None,
    symbol: Annotated[str | None, word("Only about this document and what it gave.")] = None,
    since: Annotated[str | None, given_day("Recorded after this day.")] = None,
    until: Annotated[str | None, given_day("Recorded by the end of this day.")] = None,
    happened_since: Annotated[str | None, given_day("Happened after this day.")] = None,
    happened_until: Annotated[str | None, given_day("Happened by the end of this day.")] = None,
    action: Annotated[str | None, word("Only by this action.", "report")] = None,
    acted_for: Annotated[
        str | None, word("Only what a deputy did for this person, or the host for this office.")
    ] = None,
    deputies: Annotated[bool, Query(description="Only what deputies did, and the host for offices outside.")] = False,
    late: Annotated[bool, Query(description="Only what was recorded on a later day than it happened.")] = False,
    overridden: Annotated[bool, Query(description="Only what set aside what stood.")] = False,
    denied: Annotated[bool, Query(description="Only what refused something that was asked for.")] = False,
    claimed: Annotated[bool, Query(description="Only by whom the command line alone names.")] = False,
    oldest: Annotated[bool, Query(description="From the oldest on.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[Recorded]:
    """The journal of all cascades

    The newest first, each entry with its hash and the text that was hashed. All filters go together; a person is found without
    accents too, where only one may be meant."""
    with visit.reading() as connection:
        sight, reader = asking.sight_of(visit, connection), _reader(visit, connection)
        known = history.persons(connection, person) if person else []
        wanted = Wanted(
            cascade, obligation, directive, office, role, known[0] if len(known) == 1 else person, kind,
            asking.instant(since, "since"), asking.instant(until, "until"), late, symbol, action, acted_for, deputies,
            asking.instant(happened_since, "happened_since"), asking.instant(happened_until, "happened_until"), overridden,
            denied, claimed,
        )  # fmt: skip
        page = history.listed(connection, sight, wanted, limit, cursor, newest_first=not oldest)
    return Listed(tuple(_recorded(reader, one) for one in page.rows), page.next)


@api.get("/journal/counts", "look.journal", Counted)
def count_journal(visit: Visit) -> Counted:
    """How much an auditor has to read

    Recorded late, corrected, only claimed, not sealed outside."""
    with visit.reading() as connection:
        sight = asking.sight_of(visit, connection)
        late, corrected, claimed = (history.count(connection, sight, one, COUNTED_MAX) for one in _COUNTED)
        open_ = unsealed.count(connection)[1]
    return Counted(late, corrected, claimed, open_, COUNTED_MAX)


@api.get("/journal/unsealed", "look.journal", Listed[Unsealed])
def list_unsealed(visit: Visit, limit: Limit = 50, cursor: Cursor = None) -> Listed[Unsealed]:
    """What is not sealed outside

    Chains whose newest entries no seal outside the database covers."""
    with visit.reading() as connection:
        page = unsealed.listed(connection, limit, cursor)
    rows = tuple(Unsealed(one.chain, one.first, one.last, one.since, one.inside) for one in page.rows)
    return Listed(rows, page.next)


@api.get("/administration", "look.administration", Listed[Recorded])
def list_administration(
    visit: Visit,
    about: Annotated[
        str | None, word("Only changes of this: workflow, calendar, account, offices.", "calendar")
    ] = None,
    account: Annotated[str | None, word("Only changes of this account.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[Recorded]:
    """The record of the installation itself

    Offices, workflows, accounts: who changed what."""
    wanted = Wanted(ADMINISTRATION, about=about, account=folded(account) if account else None)
    with visit.reading() as connection:
        page, reader = history.listed(connection, EVERYTHING, wanted, limit, cursor), _reader(visit, connection)
    return Listed(tuple(_recorded(reader, one) for one in page.rows), page.next)


@api.get("/sign-ins", "look.sign_ins", Listed[SignIn])
def list_sign_ins(
    visit: Visit,
    account: Annotated[str, word("Of this account only.")] = "",
    denied: Annotated[bool, Query(description="Only who was turned away.")] = False,
    since: Annotated[str | None, given_day("After this day.")] = None,
    until: Annotated[str | None, given_day("By the end of this day.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[SignIn]:
    """Who came in, and who was turned away

    The newest first; kept for two years, apart from the journal."""
    with visit.reading() as connection:
        page = at_the_door.listed(connection, limit, cursor, account=folded(account), denied=denied,
                                  since=asking.instant(since, "since"), until=asking.instant(until, "until"))  # fmt: skip
    return Listed(page.rows, page.next)


@api.get("/journal/verification", "journal.verify", Verified)
def verify_journal(visit: Visit, cascade: Annotated[str | None, word("Only this chain.")] = None) -> Verified:
    """Verify every chain

    The guards too, and every stored state against its entries. A great database takes longer than a request may: then
    `cascade journal verify` does it."""
    with visit.reading() as connection:
        if cascade not in (None, ADMINISTRATION):
            asking.world(visit, connection, cascade or "")
        found = verification.verify(connection, cascade)
    faults = tuple(Faulty(one.chain, one.seq, told(one.says)) for one in found.faults)
    return Verified(found.verified, found.chains, found.entries, faults)


@api.post("/journal/{cascade}/{seq}/corrections", "entry.correct", Answered)
def correct_entry(visit: Visit, cascade: CascadeId, seq: Seq, body: Correction) -> Answered:
    """Correct an entry

    A new entry with the old value, the new one and the reason; the wrong one stays as it is. It is corrected by the clerk or
    leader of the office that entered it."""
    by = asking.acting(visit, "entry.correct", body.as_)
    with visit.reading() as connection:
        sight = asking.sight_of(visit, connection)
        found = history.listed(connection, sight, Wanted(cascade), 1).rows
    if not found:
        raise NotFound(say("No entry {seq} in cascade {cascade}", seq=seq, cascade=cascade))
    asked = Correct(command_id(visit), by, cascade, seq, body.field, body.new, body.reason, body.item)
    [answer] = visit.site.runtime.executor.execute([asked])
    return Answered(cascade, answer.first_seq, answer.last_seq, None, (), answer.again)


def _reader(visit: Visit, connection: Connection) -> Reader:
    known = asking.rules_of(visit, connection)
    return Reader(known.offices, known.workflows)


def _recorded(reader: Reader, entry: Entry) -> Recorded:
    line = reader.line(entry)
    changed = tuple(Changed(one.name, one.before or None, one.after or None) for one in reader.changed(entry))
    return Recorded(entry.cascade_id, entry.seq, entry.kind, entry.obligation, entry.directive, who(entry),
                    entry.happened_at, entry.recorded_at, line.says, entry.hash, entry.body, line.who, line.person or None,
                    line.known_by, days_late(entry), changed)  # fmt: skip
