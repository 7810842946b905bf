"""Obligations: who owes what by when, why that date, what is open to whom; and acts on them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from engine import registering
from engine.entry_words import what, who
from engine.language import told
from engine.web.api import asking
from engine.web.api.door import Api, IfMatch, command_id
from engine.web.api.files import Namings, attachments
from engine.web.api.issuing_shapes import Answered
from engine.web.api.parameters import (
    NUMBER_MAX,
    TEXT,
    Asking,
    CascadeId,
    Cursor,
    Limit,
    Number,
    Texts,
    given_day,
    maybe,
    maybe_day,
    text,
    word,
)
from engine.web.api.replies import Listed, Reply, listed
from engine.web.attaching import named
from engine.web.visit import Visit
from storage.journal import Entry
from storage.queries import detail, history, obligations
from storage.queries.entry_filters import Wanted as Entries
from storage.queries.filters import Wanted
from storage.queries.lines import ObligationLine
from workflows.acting import asked_of
from workflows.calendar import day_of
from workflows.commands import Act, ItemDraft
from workflows.deadlines import sentence
from workflows.directive import Directive, Item
from workflows.errors import NotFound
from workflows.obligation import ExtensionRequest, Offer, Task
from workflows.text import say

api = Api("obligations", "What offices owe: to look at, and to act on.")
Group = Literal["done_on_time", "done_late", "open_in_time", "open_overdue", "no_deadline", "info", "void"]
_FIELDS_MAX, _FIELD_MAX = 200, 20_000


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the journal in words."""

    cascade: str
    seq: int
    kind: str
    obligation: int | None
    directive: int | None
    by: str
    happened_at: datetime
    recorded_at: datetime
    says: str


@dataclass(frozen=True, slots=True)
class ObligationFound:
    """An obligation at one moment. `because` says why its date is what it is; `chain` begins at the top and ends above it;
    `open` are the actions open to each of your seats, with the fields each asks for and their types; `tasks` are what persons
    are asked to do, by their ids."""

    line: ObligationLine
    directive: Directive
    item: Item
    because: str
    first_due_at: datetime | None
    request: ExtensionRequest | None
    offers: tuple[Offer, ...]
    tasks: tuple[Task, ...]
    chain: tuple[ObligationLine, ...]
    below: Mapping[str, int]
    open: Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Acted:
    """What became of an act, and how the obligation stands now; `open` is what is open next to whoever acted."""

    cascade: str
    first_seq: int
    last_seq: int
    obligations: tuple[int, ...]
    again: bool
    state: str
    due_at: datetime | None
    open: tuple[str, ...]
    entries: tuple[Happened, ...]


class Acting(Asking):
    """An action and what it asks for."""

    action: str = text("An action that is open: `open` of the obligation names them.", most=80, examples=["report"])
    files: Namings = Field([], description="Files handed in before, each for a field of the action or beside them.")
    fields: Annotated[
        dict[
            Annotated[str, Field(max_length=80, pattern=TEXT)],
            Annotated[str, Field(max_length=_FIELD_MAX, pattern=TEXT)],
        ],
        Field(max_length=_FIELDS_MAX),
    ] = Field(
        {}, description="What it asks for, each as text.", examples=[{"symbol": "15/BC-VP", "sent_on": "30/08/2023"}]
    )


class Relaying(Asking):
    """A leader's direction on the processing slip."""

    direction: str = text("The direction, as it stands on the slip.", most=20_000, examples=["VP tham mưu, báo cáo"])
    lead: Texts = Field([], description="Who leads.", examples=[["vp"]])
    support: Texts = Field([], description="Who supports.")
    info: Texts = Field([], description="Who is to know of it.")
    due: str | None = maybe_day("By when; else as the workflow says.")
    mode: str | None = maybe("How it is followed up where it has no date.", most=80)
    officer: str | None = maybe("The officer who is to do the work.", most=200)


@api.get("/obligations", "look.obligation", Listed[ObligationLine], past=True)
def list_obligations(
    visit: Visit,
    cascade: Annotated[str | None, word("Only of this cascade.")] = None,
    directive: Annotated[int | None, Query(ge=1, le=NUMBER_MAX, description="Only under this directive of it.")] = None,
    office: Annotated[str | None, word("Only what this office owes.", "vp")] = None,
    below: Annotated[bool, Query(description="And the offices below it.")] = False,
    group: Annotated[list[Group], Query(max_length=7, description="How it stands in time; may be repeated.")] = [],  # noqa: B006
    state: Annotated[str | None, word("Only in this state.", "working")] = None,
    level: Annotated[str | None, word("Only of this level.")] = None,
    part: Annotated[Literal["lead", "support", "info"] | None, Query(description="Only with this part.")] = None,
    officer: Annotated[str | None, word("Only what was given to this person.")] = None,
    due_from: Annotated[str | None, given_day("Due after this day.")] = None,
    due_to: Annotated[str | None, given_day("Due by the end of this day.")] = None,
    changed_since: Annotated[str | None, given_day("Changed after this day.")] = None,
    text: Annotated[str, word("Words of the item or its document, accents or not.")] = "",
    sort: Annotated[Literal["due", "holder", "changed", "number"], Query(description="In which order.")] = "due",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[ObligationLine]:
    """Who owes what by when

    Of the offices that are seen. By `due` those without a date come last; by `changed` the newest change comes first."""
    wanted = Wanted(
        cascade, directive, office, below, tuple(group), state, level, part, officer,
        asking.instant(due_from, "due_from"), asking.instant(due_to, "due_to"),
        asking.instant(changed_since, "changed_since"), text,
    )  # fmt: skip
    with visit.reading() as connection:
        sight = asking.sight_of(visit, connection)
        return listed(obligations.listed(connection, visit.now(), sight, wanted, sort, limit, cursor))


@api.get("/obligations/{cascade}/{number}", "look.obligation", ObligationFound, etag=True, past=True)
def show_obligation(visit: Visit, cascade: CascadeId, number: Number) -> Reply:
    """One obligation in full

    Whose it is, by when and why, what is above and below it, and what is open to your seats with the fields it asks for."""
    with visit.reading() as connection:
        found = detail.find(connection, visit.now(), asking.sight_of(visit, connection), cascade, number, 1)
        if found is None:
            raise NotFound(say("No obligation {number} in cascade {cascade}", number=number, cascade=cascade))
        world, etag = asking.world(visit, connection, cascade), asking.etag_of(connection, Entries(cascade, number))
        open_now = {}
        for office, role in () if visit.then else visit.known.places:  # nobody acts in the past
            act = Act("", visit.known.actor(office, role), cascade, number, "")
            open_now[f"{office}/{role}"] = asked_of(world, act, visit.now())
    one = found.obligation
    value = ObligationFound(
        found.line, found.directive, found.item, told(sentence(one.because, one.due_at)), one.first_due_at, one.request,
        one.offers, one.tasks, found.chain, found.counts.below, {seat: given for seat, given in open_now.items() if given},
    )  # fmt: skip
    return Reply(value, etag=etag)


@api.get("/obligations/{cascade}/{number}/history", "look.obligation", Listed[Happened], past=True)
def list_history(
    visit: Visit, cascade: CascadeId, number: Number, limit: Limit = 50, cursor: Cursor = None
) -> Listed[Happened]:
    """What happened to it

    The newest first, in words."""
    with visit.reading() as connection:
        asking.check_obligation(visit, connection, cascade, number)
        page = history.listed(connection, asking.sight_of(visit, connection), Entries(cascade, number), limit, cursor)
    return Listed(tuple(happened(one) for one in page.rows), page.next)


@api.post("/obligations/{cascade}/{number}/acts", "obligation.act", Acted, etag=True)
def act_on_obligation(
    visit: Visit, cascade: CascadeId, number: Number, body: Acting, if_match: IfMatch = None
) -> Reply:
    """Act on an obligation

    Receive, report, accept, ask for another date, grant it, record a task, take an offer: whatever `open` names for the
    seat. Without If-Match the law decides by how it stands at that moment, and a refusal says who changed it last."""
    by = asking.acting(visit, "obligation.act", body.as_, body.action)
    with visit.reading() as connection:
        asking.check_obligation(visit, connection, cascade, number)
    given = attachments(visit, body.files)
    asked = Act(command_id(visit), by, cascade, number, body.action, body.fields, given)
    about = Entries(cascade, number)
    called = say("{action} obligation {number}", action=repr(body.action), number=number)
    [answer] = asking.execute(visit, [asked], about, if_match, called)
    named(visit, given)
    with visit.reading() as connection:
        world = asking.world(visit, connection, cascade)
        one, etag = world.obligation(number), asking.etag_of(connection, about)
        open_now = tuple(asked_of(world, asked, visit.now()))
        page = history.listed(connection, asking.sight_of(visit, connection), Entries(cascade), 50, None)
    written = tuple(happened(each) for each in reversed(page.rows) if answer.first_seq <= each.seq <= answer.last_seq)
    value = Acted(cascade, answer.first_seq, answer.last_seq, answer.obligations, answer.again, one.state, one.due_at,
                  open_now, written)  # fmt: skip
    return Reply(value, etag=etag)


@api.post("/obligations/{cascade}/{number}/relays", "directive.issue", Answered, 201)
def relay_obligation(
    visit: Visit, cascade: CascadeId, number: Number, body: Relaying, if_match: IfMatch = None
) -> Answered:
    """Pass it on by a direction on its slip

    Without a document of one's own: it goes under the symbol of the document it came by."""
    by = asking.acting(visit, "directive.issue", body.as_)
    due = asking.instant(body.due, "due")
    draft = ItemDraft("", "", body.mode, due, body.due, tuple(body.lead), tuple(body.support), tuple(body.info),
                      officer=body.officer)  # fmt: skip
    with visit.reading() as connection:
        asking.check_obligation(visit, connection, cascade, number)
        world = asking.world(visit, connection, cascade)
        asked = registering.relayed(world, number, by, body.direction, day_of(visit.now()), command_id(visit), draft)
    called = say("pass obligation {number} on", number=number)
    [answer] = asking.execute(visit, [asked], Entries(cascade, number), if_match, called)
    return Answered(**asdict(answer))


def happened(entry: Entry) -> Happened:
    return Happened(entry.cascade_id, entry.seq, entry.kind, entry.obligation, entry.directive, who(entry),
                    entry.happened_at, entry.recorded_at, told(what(entry)))  # fmt: skip
