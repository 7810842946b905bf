"""What happens to a document later: it is revoked, amended, or an entry of it corrected; what that touches is shown first."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Response

from engine.access.errors import Forbidden
from engine.access.rules import check
from engine.exchange.due_fields import spelled
from engine.exchange.written_dates import date_in
from engine.showing.consequences import Foreseen
from engine.showing.consequences import touched as touched_by
from engine.showing.worlds import world_of
from engine.web import drafting
from engine.web.pages.register_entry import seen
from engine.web.replies import Blanks, Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from storage import cascades, journal
from storage.queries.registers import Registered
from workflows.calendar import day_of
from workflows.commands import Actor, Amend, Correct, End, ItemChange
from workflows.correcting import OF_DIRECTIVE, OF_ITEM
from workflows.directive import Item
from workflows.errors import NotFound, Refused
from workflows.fields import parse_instant
from workflows.offices import Offices
from workflows.text import Text, say

routes = Routes()
HEADS: dict[str, Text] = {
    "revoke": say("Revoke the document"),
    "amend": say("Amend the document"),
    "correct": say("Correct an entry"),
}
FIELD_WORDS: dict[str, Text] = {
    "symbol": say("Symbol"), "type": say("Type"), "subject": say("What it is about"), "place": say("Place"),
    "signer": say("Signer"), "urgency": say("Urgency"), "issued_on": say("Date of the document"),
    "arrived_on": say("Arrived on"), "arrival_number": say("Arrival number"), "label": say("Number of the item"),
    "text": say("Words of the item"), "due_wording": say("Words of its deadline"),
}  # fmt: skip
_DEEDS = {"revoke": "directive.change", "amend": "directive.change", "correct": "entry.correct"}


@dataclass(frozen=True, slots=True)
class _Subject:
    """The document that is changed, as it is now."""

    one: Registered
    items: list[Item]
    offices: Offices


def _page_routes(what: str) -> None:
    def look(visit: Visit, cascade: str, number: str) -> Page:
        return _page(visit, what, _subject(visit, cascade, number))

    def ask(visit: Visit, cascade: str, number: str) -> Page | Response:
        return _asked(visit, what, _subject(visit, cascade, number))

    look.__name__, ask.__name__ = f"{what}_directive", f"{what}_directive_asked"
    look.__doc__ = ask.__doc__ = f"{what} a document of the register."
    path = f"/register/change/{{cascade}}/{{number}}/{what}"
    routes.get(path, _DEEDS[what])(look)
    routes.post(path, _DEEDS[what])(ask)


for _what in HEADS:
    _page_routes(_what)


def _subject(visit: Visit, cascade: str, number: str) -> _Subject:
    with visit.reading() as connection:
        offices = visit.known_rules(connection).offices.on(day_of(visit.now()))
        one = seen(visit, connection, offices, cascade, number)
        items, _ = cascades.given(connection, one.cascade, one.number)
    return _Subject(one, items, offices)


def _page(
    visit: Visit, what: str, subject: _Subject, errors: dict[str, Any] | None = None, refused: Text | str = "",
    touched: Foreseen | None = None,
) -> Page:  # fmt: skip
    one = subject.one
    fields = [(f"0.{name}", FIELD_WORDS[name]) for name in OF_DIRECTIVE]
    fields += [(f"{item.number}.{name}", say("{field} of item {label}", field=FIELD_WORDS[name], label=item.label))
               for item in subject.items[:100] for name in OF_ITEM]  # fmt: skip
    asked = {name: value for name, value in visit.form.items() if isinstance(value, str) and name not in ("csrf", "do")}
    return Page(
        "directive_change.html",
        {"what": what, "says": HEADS[what], "one": one, "items": subject.items, "errors": Blanks(errors or {}),
         "refused": refused, "touched": touched, "typed": Blanks(asked), "fields": fields,
         "command": asked.get("command") or secrets.token_hex(16),
         "outside": bool((office := subject.offices.find(one.issuer)) and office.outside),
         "open_works": [("", say("as the workflow says")), ("stop", say("stops, all the way down")),
                        ("keep", say("goes on"))],
         "name_of": lambda id_: found.name if (found := subject.offices.find(id_)) else id_},
        422 if errors or refused else 200,
    )  # fmt: skip


def _asked(visit: Visit, what: str, subject: _Subject) -> Page | Response:
    """Show what it touches, then carry it out; what is refused is said above the form, which keeps what was typed."""
    one, now, errors = subject.one, visit.now(), dict[str, Any]()
    actor = drafting.actor_for(visit.known, one.issuer, subject.offices)
    if actor is None:
        raise Forbidden(_DEEDS[what], say("change a document"), say("you hold no seat of a clerk or leader"))
    check(visit.known, _DEEDS[what], actor.office)
    command = _command(visit, what, subject, actor, errors)
    if command is None:
        return _page(visit, what, subject, errors)
    try:
        with visit.reading() as connection:
            world = world_of(connection, visit.known_rules(connection), one.cascade, now)
            touched = touched_by(world, command, now)
        if visit.typed("do") != "carry-out":
            return _page(visit, what, subject, touched=touched)
        visit.site.runtime.executor.execute([command])
    except Refused as refused:
        return _page(visit, what, subject, refused=refused.text)
    return go(visit.way("register_entry", cascade=one.cascade, number=one.number) + f"?done={what}")


def _command(
    visit: Visit, what: str, subject: _Subject, by: Actor, errors: dict[str, Any]
) -> End | Amend | Correct | None:
    one, reason, document = subject.one, visit.typed("reason"), visit.typed("document")
    command_id = visit.typed("command")[:64] or secrets.token_hex(16)
    if not reason:
        errors["reason"] = say("Say why; it is kept in the journal.")
    on = _day(visit, "happened_on", errors)
    if what != "correct" and not document:
        errors["document"] = say("Name the document that says so, by its symbol.")
    changes = _changes(visit, subject, errors) if what == "amend" else ()
    if what == "correct":
        return _correction(visit, subject, by, command_id, reason, errors)
    if errors:
        return None
    if what == "revoke":
        return End(command_id, by, one.cascade, one.number, document, reason, visit.typed("open_work") or None, on)
    return Amend(command_id, by, one.cascade, one.number, document, changes, reason, on)


def _correction(
    visit: Visit, subject: _Subject, by: Actor, command_id: str, reason: str, errors: dict[str, Any]
) -> Correct | None:
    item, _, name = visit.typed("field").partition(".")
    new = visit.typed("new")
    if not new:
        errors["new"] = say("Give the right value.")
    if not (item.isascii() and item.isdigit() and len(item) < 9 and name in (OF_ITEM if int(item) else OF_DIRECTIVE)):
        errors["field"] = say("Choose what was entered wrongly.")
    if errors:
        return None
    with visit.reading() as connection:
        entries = journal.about_directive(connection, subject.one.cascade, subject.one.number, "Issued")
    if not entries:
        raise NotFound(say("The entry of this document is not there"))
    entry = entries[-1]
    own = next(
        (place for place in visit.known.places if place[0] == entry.office and place[1] in drafting.ISSUERS), None
    )
    by = visit.known.actor(*own, "correct") if own else by
    return Correct(command_id, by, subject.one.cascade, entry.seq, name, new, reason, int(item) or None)


def _changes(visit: Visit, subject: _Subject, errors: dict[str, Any]) -> tuple[ItemChange, ...]:
    found = []
    for item in subject.items:
        due, text = visit.typed(f"due-{item.number}"), visit.typed(f"text-{item.number}")
        at = spelled(" ".join(due.split())) if due else None
        if due and (at is None or not at[:4].isdigit() or at[4:5] != "-"):
            errors[f"due-{item.number}"] = say("This is no day; write it such as 17/08/2023.")
        elif due or text:
            found.append(ItemChange(item.number, parse_instant(at) if at else None, due or None, text or None))
    if not found and not errors:
        errors["items"] = say("Nothing is changed: give a new date or new words to one item at least.")
    return tuple(found)


def _day(visit: Visit, name: str, errors: dict[str, Any]) -> date | None:
    typed = visit.typed(name)
    found = date_in(typed) if typed else None
    if typed and found is None:
        errors[name] = say("This is no day; write it such as 17/08/2023.")
    return found
