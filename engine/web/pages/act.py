"""An action on an obligation: its form with the consequence in words, and the act itself."""

from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from engine.access.rules import check
from engine.showing.consequences import consequences, foreseen
from engine.web import asking, attaching
from engine.web.attaching import NOTHING, Brought, hint
from engine.web.pages.obligation import Found, find, lines_of, state_tone
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.seats import Seat, named, seats_of, with_action
from engine.web.visit import Visit
from engine.wording import state_words
from workflows.attachments import BESIDE
from workflows.commands import Act, Actor
from workflows.errors import Incomplete, NotFound, NotOpen, Refused
from workflows.text import Text, say

routes = Routes()
_LATE_ONLY = ("report", "take_offer")


@routes.get("/obligations/{cascade}/{number}/do/{action}", "obligation.act")
def act(visit: Visit, cascade: str, number: int, action: str, seat: str = "") -> Page:
    """The form of an action, as one of my seats."""
    with visit.reading() as connection:
        found = find(visit, connection, cascade, number)
        seats = with_action(seats_of(visit.known, found.world, found.one, found.now, found.names), action)
        chosen = seats.get(seat) or next(iter(seats.values()), None)
        if chosen is None:
            return _closed(visit, connection, found, action, seat)
        return _form(visit, connection, found, action, chosen, list(seats.values()))


@routes.post("/obligations/{cascade}/{number}/do/{action}", "obligation.act", uploads=True)
def do_act(visit: Visit, cascade: str, number: int, action: str) -> Page | Response:
    """Take the action. The same form sent again is answered as before."""
    key = visit.typed("seat")
    actor = named(visit.known, key, action)
    check(visit.known, "obligation.act", actor.office)
    with visit.reading() as connection:
        find(visit, connection, cascade, number)
    fields, came = asking.all_typed(visit), attaching.brought(visit, _with_files(visit))
    asked = Act(asking.command_id(visit), actor, cascade, number, action, fields, came.files)
    if came.errors:
        return _refused(visit, asked, key, Incomplete(say("attach a file"), next(iter(came.errors.values()))), came)
    try:
        [answer] = visit.site.runtime.executor.execute([asked])
    except Refused as refused:
        return _refused(visit, asked, key, refused, came)
    attaching.named(visit, came.files)
    return go(f"{visit.way('obligation', cascade=cascade, number=number)}?done={answer.first_seq}")


def _with_files(visit: Visit) -> list[str]:
    """The fields for which files came with the form."""
    prefixes = (attaching.CHOSEN, attaching.KEPT)
    named = [name.removeprefix(prefix) for name in visit.form for prefix in prefixes if name.startswith(prefix)]
    return list(dict.fromkeys(named))


def _refused(visit: Visit, asked: Act, key: str, refused: Refused, came: Brought) -> Page:
    """The form again, with what is wrong beside its field; or, where the action is closed by now, who was first."""
    with visit.reading() as connection:
        found = find(visit, connection, asked.cascade, asked.obligation)
        seats = with_action(seats_of(visit.known, found.world, found.one, found.now, found.names), asked.action)
        chosen = seats.get(key)
        if chosen is None:
            return _closed(visit, connection, found, asked.action, key, None if came.errors else refused)
        return _form(visit, connection, found, asked.action, chosen, list(seats.values()), refused, came)


def _form(
    visit: Visit, connection: Connection, found: Found, action: str, seat: Seat, seats: list[Seat],
    refused: Refused | None = None, came: Brought = NOTHING,
) -> Page:  # fmt: skip
    asks = dict(seat.asks[action])
    taken = found.world.workflow_of(found.one).rules_at(found.one.level).actions.get(action)
    optional = {name: kind for name, kind in (taken.ask_if_late if taken else {}).items() if name not in asks}
    if action == "record_task" and any(task.kind == "letter" for task in found.one.tasks):
        optional["document"] = "document"
    if asks:
        optional.setdefault(BESIDE, "attachment")
    typed = asking.all_typed(visit)
    errors, problem = asking.by_field(refused, [*asks, *optional], found.names) if refused else ({}, "")
    stands = refused is not None and not errors and not came.errors  # what was filled in is not to blame
    told: list[str] = []
    if not asks:
        told, stands_in_the_way = foreseen(found.world, _tried(found, seat.actor, action), found.now, found.names)
        if stands_in_the_way and not refused:
            problem = asking.sentence(found.names.of(stands_in_the_way.because))
    values = {
        **_about(visit, found, action), "seat": seat, "seats": seats,
        "fields": asking.form_fields(found.world, found.one, asks, optional, found.names, typed, errors,
                                     asking.today_of(visit), came, hint(visit)),
        "takes_files": bool(asks),
        "consequences": list(consequences(found.world, found.one, action, found.names)), "foreseen": told,
        "problem": problem, "command": asking.command_id(visit),
        "seen": asking.last_seq(connection, found.world.opened.id, found.one.number),
        "first": asking.since(connection, found.world, found.one, visit.typed("seen")) if stands else [],
        "danger": bool(taken and {"stop_below", "assign_again"} & set(taken.does)),
    }  # fmt: skip
    return Page("act.html", values, asking.status_of(refused) if refused else 200)


def _tried(found: Found, actor: Actor, action: str) -> Act:
    return Act("-", actor, found.world.opened.id, found.one.number, action)


def _closed(
    visit: Visit, connection: Connection, found: Found, action: str, key: str, refused: Refused | None = None
) -> Page:
    """The action is not open to this person now: why, who was first, and what is open instead."""
    if refused is None:
        refused = _why(visit, found, action, key)
    if isinstance(refused, NotFound):
        raise refused
    first = asking.since(connection, found.world, found.one, visit.typed("seen"))
    mine = seats_of(visit.known, found.world, found.one, found.now, found.names)
    typed = [(found.names.field(name), value) for name, value in asking.all_typed(visit).items()]
    values = {
        **_about(visit, found, action), "because": asking.sentence(found.names.of(refused.because)),
        "first": first, "typed": typed,
        "open": [(seat, [(name, found.names.action(name)) for name in seat.asks]) for seat in mine],
    }  # fmt: skip
    return Page("act_closed.html", values, asking.status_of(refused))


def _why(visit: Visit, found: Found, action: str, key: str) -> Refused:
    """Why the law does not let this person take the action; asked of the law itself, with the first seat there is."""
    places = visit.known.places
    if not places:
        return NotOpen(say("do that"), say("you hold no seat in any office"))
    actor = named(visit.known, key, action) if key else visit.known.actor(*places[0])
    _, refused = foreseen(found.world, _tried(found, actor, action), found.now, found.names)
    return refused or NotOpen(say("do that"), say("it is not open to you"))


def _about(visit: Visit, found: Found, action: str) -> dict[str, Any]:
    symbol, text = lines_of(found)
    label: str | Text = found.names.action(action)
    return {
        "action": action, "label": label, "symbol": symbol, "text": text, "holder": found.names.office(found.one.holder),
        "state": state_words(found.world.workflow_of(found.one).definition, found.one.state),
        "tone": state_tone(found.one), "due_at": found.one.due_at, "one": found.one,
        "back": visit.way("obligation", cascade=found.world.opened.id, number=found.one.number),
        "here": visit.way("act", cascade=found.world.opened.id, number=found.one.number, action=action),
    }  # fmt: skip
