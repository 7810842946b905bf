"""Directives issued and changed: a letter read into a draft, a draft issued, revoked, amended, linked, urged by."""

from dataclasses import asdict, replace
from typing import Any

import orjson
from sqlalchemy import Connection

from engine import registering
from engine.exchange.dispatch import from_yaml, read_dispatch, to_dict
from engine.exchange.drafts import Draft
from engine.exchange.issuing import Choices
from engine.exchange.proposals import propose
from engine.language import told
from engine.web.api import asking
from engine.web.api.door import Api, IfMatch, command_id
from engine.web.api.issuing_shapes import Amendment, Answered, Issuing, Letter, Linking, Revocation, Urged, Urging
from engine.web.api.parameters import NUMBER_MAX, Asking, CascadeId, Number
from engine.web.api.replies import Reply
from engine.web.visit import Visit
from storage.queries import links
from storage.queries.entry_filters import Wanted as Entries
from workflows.commands import Actor, Amend, Command, End, Issue, ItemChange, Link
from workflows.directive import BASIS_KINDS, Basis
from workflows.errors import Conflict, Incomplete, NotFound, Refused
from workflows.text import say

api = Api("issuing", "Documents issued, and what happens to them later.")


@api.post("/drafts", "directive.register", dict[str, Any], keyed=False)
def read_letter(visit: Visit, body: Letter) -> dict[str, Any]:
    """Read a letter into a draft

    Nothing is stored. What the reader is not sure of are `doubts`: those that are `blocking` have to be settled in the
    fields they name before the draft can be issued."""
    return to_dict(propose(read_dispatch(body.text)), told)


@api.post("/directives", "directive.issue", Answered, 201)
def issue_directive(visit: Visit, body: Issuing) -> Reply:
    """Issue a reviewed draft

    Or record a document that an outside office has issued. The same document issued twice is answered as the first time,
    and nothing is done again. Where a text names an option of the command line (`--issuer`), the field so called is meant."""
    by, executor = asking.acting(visit, "directive.issue", body.as_), visit.site.runtime.executor
    draft = _draft(body.draft)
    under = body.under or str(draft.issue.get("under") or "") or None
    cascade, parent = reference(under, "under") if under else (None, None)
    with visit.reading() as connection:
        workflow = None
        if cascade and parent:
            asking.check_obligation(visit, connection, cascade, parent)
            workflow = asking.world(visit, connection, cascade).obligation(parent).workflow
        choices = Choices(by, cascade, parent, workflow, body.workflow, body.issuer, tuple(body.to), body.number,
                          asking.day(body.issued_on, "issued_on"), asking.day(body.arrived_on, "arrived_on"),
                          command_id(visit) if body.another else None)  # fmt: skip
        known = asking.rules_of(visit, connection)
        ready = registering.ready(connection, known, draft, choices, another=body.another)
        asked, notes = ready.prepared.issue, [told(one) for one in ready.prepared.notes]
        asked = _beside(visit, connection, body, asked)
    if ready.known and not body.attach:
        first = ready.known[0]
        raise Refused(
            say("issue {symbol}", symbol=asked.symbol),
            say("{symbol} of {issuer}, {year}, is registered already: directive {key}", symbol=first.symbol,
                issuer=first.issuer, year=first.issued_on.year, key=f"{first.cascade}/{first.number}"),
            ["attach: true", "another: true"],
        )  # fmt: skip
    if ready.known:
        first = ready.known[0]
        count = registering.attached(executor, asked, first)
        return Reply(Answered(first.cascade, 0, 0, first.number, (), count == 0, count, tuple(notes)), 201)
    try:
        [answer] = executor.execute([asked])
    except Conflict:
        because = say("{issuer} has issued {symbol} of {year} already, with other content",
                      issuer=asked.issuer, symbol=asked.symbol, year=asked.issued_on.year)  # fmt: skip
        raise Conflict(say("issue {symbol}", symbol=asked.symbol), because, ["another: true"]) from None
    linked, warned = registering.link_what_is_known(executor, asked, answer)
    value = Answered(**asdict(answer), links=linked, notes=(*notes, *map(told, warned)))
    return Reply(value, 201, path=f"/api/v1/directives/{answer.cascade}/{answer.directive}")


@api.post("/directives/{cascade}/{number}/revocation", "directive.change", Answered)
def revoke_directive(
    visit: Visit, cascade: CascadeId, number: Number, body: Revocation, if_match: IfMatch = None
) -> Answered:
    """Revoke a directive

    What is open under it stops, all the way down."""
    by = _changing(visit, cascade, number, body)
    on = asking.day(body.happened_on, "happened_on")
    asked = End(command_id(visit), by, cascade, number, body.document, body.reason, body.open_work, on)
    return _changed(visit, [asked], cascade, number, if_match)


@api.post("/directives/{cascade}/{number}/amendments", "directive.change", Answered)
def amend_directive(
    visit: Visit, cascade: CascadeId, number: Number, body: Amendment, if_match: IfMatch = None
) -> Answered:
    """Change items by a later document

    The work under it goes on. Dates below that would pass a new date are held to it, and who gave them is told."""
    by = _changing(visit, cascade, number, body)
    changes = tuple(
        ItemChange(item, asking.instant(one.due, "due"), one.due, one.text)
        for one in body.changes
        for item in _items(visit, cascade, number, one.item)[:1]
    )
    on = asking.day(body.happened_on, "happened_on")
    asked = Amend(command_id(visit), by, cascade, number, body.document, changes, body.reason, on)
    return _changed(visit, [asked], cascade, number, if_match)


@api.post("/directives/{cascade}/{number}/links", "directive.change", Answered)
def link_directive(
    visit: Visit, cascade: CascadeId, number: Number, body: Linking, if_match: IfMatch = None
) -> Answered:
    """Let items rest on a further document

    Or say which obligation a document they name is about. A report that is accepted then offers itself there."""
    by = _changing(visit, cascade, number, body)
    assert body.kind in BASIS_KINDS  # the schema asks for it
    basis = Basis(body.kind, body.symbol, asking.day(body.issued_on, "issued_on"))
    if body.to:
        to, obligation = reference(body.to, "to")
        with visit.reading() as connection:
            asking.check_obligation(visit, connection, to, obligation)
        basis = replace(basis, cascade=to, obligation=obligation)
    asked: list[Command] = [
        Link(command_id(visit, str(item)), by, cascade, number, item, basis)
        for item in _items(visit, cascade, number, body.item)
    ]
    return _changed(visit, asked, cascade, number, if_match)


@api.post("/directives/{cascade}/{number}/urgings", "obligation.act", Urged)
def urge_directive(visit: Visit, cascade: CascadeId, number: Number, body: Urging) -> Urged:
    """Urge what is not reported

    An urging letter is attached to every open obligation under the directive that is not reported. Nothing new is owed."""
    by = asking.acting(visit, "obligation.act", body.as_, "urge")
    with visit.reading() as connection:
        asking.check_directive(visit, connection, cascade, number)
    executor, on = visit.site.runtime.executor, asking.day(body.happened_on, "happened_on")
    acts = list(registering.urged(executor, by, cascade, number, body.symbol, on))
    if acts:
        executor.execute(acts)
    return Urged(body.symbol, tuple(one.obligation for one in acts))


def reference(given: str, field: str) -> tuple[str, int]:
    """CASCADE/N. Raises Incomplete."""
    cascade, _, number = given.strip().partition("/")
    if not (cascade.isascii() and cascade.isalnum() and number.isascii() and number.isdigit() and len(number) < 10):
        said = say("{text!r} is not CASCADE/N", text=given)
        raise Incomplete(say("read {field}", field=field), said, fields={field: said})
    return cascade.lower(), min(int(number), NUMBER_MAX)


def _draft(given: dict[str, Any] | str) -> Draft:
    """The draft, read as its YAML is read: JSON is YAML too. Raises UnreadableDocument."""
    return from_yaml(given if isinstance(given, str) else orjson.dumps(given).decode(), "draft")


def _beside(visit: Visit, connection: Connection, body: Issuing, asked: Issue) -> Issue:
    """What is said beside the draft of other documents: the one it replaces, the cascade it continues."""
    if body.replaces:
        cascade, number = reference(body.replaces, "replaces")
        asking.check_directive(visit, connection, cascade, number)
        if asked.cascade not in (None, cascade):
            said = say("{text} lies in another cascade than the obligation it comes under", text=repr(body.replaces))
            raise Incomplete(say("issue {symbol}", symbol=asked.symbol), said, fields={"replaces": said})
        asked = replace(asked, cascade=cascade, replaces=number, open_work=body.open_work)
    if body.continues:
        asking.check_cascade(visit, connection, body.continues)
        asked = replace(asked, continues=body.continues)
    return asked


def _changing(visit: Visit, cascade: str, number: int, body: Asking) -> Actor:
    with visit.reading() as connection:
        asking.check_directive(visit, connection, cascade, number)
    return asking.acting(visit, "directive.change", body.as_)


def _items(visit: Visit, cascade: str, number: int, label: str | None) -> list[int]:
    """The items with this label; all of them where none is given. Raises NotFound."""
    with visit.reading() as connection:
        known = links.labels(connection, cascade, number)
    chosen = [item for item, of_item in known.items() if label in (None, of_item)]
    if not chosen:
        raise NotFound(say("No item {label}; there are {labels}", label=repr(label), labels=tuple(known.values())))
    return chosen


def _changed(visit: Visit, asked: list[Command], cascade: str, number: int, if_match: str | None) -> Answered:
    about = Entries(cascade, directive=number)
    answers = asking.execute(visit, asked, about, if_match, say("change directive {number}", number=number))
    first, last = answers[0], answers[-1]
    again = all(one.again for one in answers)
    return Answered(cascade, first.first_seq, last.last_seq, number, last.obligations, again)
