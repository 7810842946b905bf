"""An obligation passed on by a direction on its processing slip (bút phê), without a document of its own."""

import secrets
from typing import Any

from fastapi import Response

from engine import registering
from engine.access.rules import check
from engine.exchange.due_fields import spelled, terms_of
from engine.exchange.reviewing import offices_named
from engine.foreseeing import Foreseen, foreseen
from engine.showing.worlds import world_of
from engine.web import drafting
from engine.web.drafting import Under
from engine.web.replies import Blanks, Page, go
from engine.web.routes import Routes
from engine.web.visit import Visit
from workflows.calendar import day_of
from workflows.commands import Issue, ItemDraft
from workflows.errors import NotFound, Refused
from workflows.offices import Offices
from workflows.text import Text, say

routes = Routes()
_PARTS = ("lead", "support", "info")
_NAMES = ("direction", *_PARTS, "due", "mode", "officer", "command")


@routes.get("/register/relay/{cascade}/{number}", "directive.issue")
def relay(visit: Visit, cascade: str, number: str) -> Page:
    """The form of a direction."""
    under, offices = _under(visit, cascade, number)
    return _page(visit, under, offices)


@routes.post("/register/relay/{cascade}/{number}", "directive.issue")
def relay_asked(visit: Visit, cascade: str, number: str) -> Page | Response:
    """Show what comes of it, then pass the work on."""
    under, offices = _under(visit, cascade, number)
    check(visit.known, "directive.issue", under.obligation.holder)
    errors: dict[str, Any] = {}
    try:
        asked = _asked(visit, under, offices, errors)
        if asked is None:
            return _page(visit, under, offices, errors)
        with visit.reading() as connection:
            world = world_of(connection, visit.known_rules(connection), cascade, visit.now())
            touched = foreseen(world, asked, visit.now())
        if visit.typed("do") != "carry-out":
            return _page(visit, under, offices, touched=touched)
        [answer] = visit.site.runtime.executor.execute([asked])
    except Refused as refused:
        return _page(visit, under, offices, refused=refused.text)
    return go(visit.way("register_entry", cascade=cascade, number=answer.directive) + "?done=relay")


def _under(visit: Visit, cascade: str, number: str) -> tuple[Under, Offices]:
    with visit.reading() as connection:
        known = visit.known_rules(connection)
        found = drafting.under_named(connection, known, visit.known, f"{cascade}/{number}", visit.now())
    if found is None:
        raise NotFound(say("There is no such obligation"))
    return found, known.offices.on(day_of(visit.now()))


def _asked(visit: Visit, under: Under, offices: Offices, errors: dict[str, Any]) -> Issue | None:
    typed = {name: visit.typed(name) for name in _NAMES}
    if not typed["direction"]:
        errors["direction"] = say("Write the direction as it stands on the slip.")
    parts = {part: offices_named(typed[part], offices, errors, part) for part in _PARTS}
    if not typed["lead"] and (typed["support"] or not typed["info"]):
        errors["lead"] = say("Say who leads, or, where nobody has to do anything, who is to know of it.")
    due = spelled(" ".join(typed["due"].split())) if typed["due"] else None
    if typed["due"] and due is None:
        errors["due"] = say("This is no day; write it such as 17/08/2023.")
    actor = drafting.actor_for(visit.known, under.obligation.holder, offices)
    if errors or actor is None:
        return None
    terms = terms_of(due)
    draft = ItemDraft("", typed["direction"], (typed["mode"] or None) if not due else None, terms.due, typed["due"] or None,
                      parts["lead"], parts["support"], parts["info"], officer=typed["officer"] or None, due_form=terms.form,
                      due_rule=terms.rule, due_from=terms.first)  # fmt: skip
    with visit.reading() as connection:
        world = world_of(connection, visit.known_rules(connection), under.cascade, visit.now())
        command_id = typed["command"][:64] or secrets.token_hex(16)
        return registering.relayed(world, under.obligation.number, actor, typed["direction"], day_of(visit.now()),
                                   command_id, draft)  # fmt: skip


def _page(
    visit: Visit, under: Under, offices: Offices, errors: dict[str, Any] | None = None, refused: Text | str = "",
    touched: Foreseen | None = None,
) -> Page:  # fmt: skip
    typed = {name: visit.typed(name) for name in _NAMES}
    return Page(
        "register_relay.html",
        {"under": under, "typed": typed, "errors": Blanks(errors or {}), "refused": refused, "touched": touched,
         "command": typed["command"] or secrets.token_hex(16), "below": offices.below(under.obligation.holder),
         "modes": [("", say("as the obligation above")), *drafting.MODE_WORDS.items()],
         "name_of": lambda id_: found.name if (found := offices.find(id_)) else id_},
        422 if errors or refused else 200,
    )  # fmt: skip
