"""The record: entries to read, to correct and to verify; the administration's own, and who signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from engine.access.naming import folded
from engine.access.noting import TURNED_AWAY
from engine.entry_words import what, who
from engine.language import told
from engine.web.api import asking
from engine.web.api.door import Api, command_id
from engine.web.api.issuing_shapes import Answered
from engine.web.api.parameters import NUMBER_MAX, Asking, CascadeId, Cursor, Limit, given_day, text, word
from engine.web.api.replies import Listed
from engine.web.visit import Visit
from storage import sign_ins, verification
from storage.journal import Entry
from storage.queries import history
from storage.queries.history import Wanted
from storage.queries.sight import EVERYTHING
from storage.sign_ins import SignIn
from workflows.commands import Correct
from workflows.directive import ADMINISTRATION
from workflows.errors import NotFound
from workflows.text import say

api = Api("journal", "The record of what happened. It only grows, and it can be verified.")
Seq = Annotated[int, Path(ge=1, le=NUMBER_MAX, description="The number of the entry.", examples=[41])]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as it is stored. `body` is exactly the text that was hashed."""

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
    late: Annotated[bool, Query(description="Only what was recorded on a later day than it happened.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[Recorded]:
    """The journal of all cascades

    The newest first, each entry with its hash and the text that was hashed."""
    wanted = Wanted(cascade, obligation, directive, office, role, person, kind, asking.instant(since, "since"),
                    asking.instant(until, "until"), late, symbol)  # fmt: skip
    with visit.reading() as connection:
        page = history.listed(connection, asking.sight_of(visit, connection), wanted, limit, cursor)
    return Listed(tuple(_recorded(one) for one in page.rows), page.next)


@api.get("/administration", "look.administration", Listed[Recorded])
def list_administration(visit: Visit, limit: Limit = 50, cursor: Cursor = None) -> Listed[Recorded]:
    """The record of the installation itself

    Offices, workflows, accounts: who changed what."""
    with visit.reading() as connection:
        page = history.listed(connection, EVERYTHING, Wanted(ADMINISTRATION), limit, cursor)
    return Listed(tuple(_recorded(one) for one in page.rows), page.next)


@api.get("/sign-ins", "look.sign_ins", Listed[SignIn])
def list_sign_ins(
    visit: Visit,
    account: Annotated[str, word("Of this account only.")] = "",
    denied: Annotated[bool, Query(description="Only who was turned away.")] = False,
    limit: Limit = 50,
) -> Listed[SignIn]:
    """Who came in, and who was turned away

    The newest first; kept for two years, apart from the journal."""
    with visit.reading() as connection:
        found = sign_ins.listed(connection, limit, account=folded(account), what=TURNED_AWAY if denied else ())
    return Listed(tuple(found))


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


def _recorded(entry: Entry) -> Recorded:
    return Recorded(entry.cascade_id, entry.seq, entry.kind, entry.obligation, entry.directive, who(entry),
                    entry.happened_at, entry.recorded_at, told(what(entry)), entry.hash, entry.body)  # fmt: skip
