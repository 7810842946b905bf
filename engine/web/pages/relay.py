"""Passing an obligation on by a direction on its processing slip (bút phê), and the letter that a task asks for."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from engine import registering
from engine.access.rules import check
from engine.exchange.due_fields import spelled, terms_of
from engine.exchange.letters import drafted
from engine.exchange.reviewing import offices_named
from engine.showing.consequences import Foreseen, touched
from engine.showing.letter import letter_task, urging_of
from engine.web import asking
from engine.web.drafting import ISSUERS
from engine.web.pages.obligation import Found, find, lines_of
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.seats import Seat, named, seats_of
from engine.web.visit import Visit
from engine.wording import PART_WORDS, mode_words
from workflows.calendar import day_of
from workflows.commands import Actor, Issue, ItemDraft
from workflows.errors import Refused
from workflows.text import Text, say

routes = Routes()
_PARTS = ("lead", "support", "info")
_FIELDS = ("direction", "due", "mode", "officer")


@routes.get("/obligations/{cascade}/{number}/relay", "obligation.act")
def relay(visit: Visit, cascade: str, number: int, seat: str = "") -> Page:
    """The form: the direction, and who leads, supports, is to know."""
    with visit.reading() as connection:
        return _form(visit, connection, find(visit, connection, cascade, number), seat)


@routes.post("/obligations/{cascade}/{number}/relay", "obligation.act")
def do_relay(visit: Visit, cascade: str, number: int) -> Page | Response:
    """Show what comes of it, or pass it on. It goes under the symbol of the document it came by."""
    key = visit.typed("seat")
    actor = named(visit.known, key, "relay")
    check(visit.known, "obligation.act", actor.office)
    with visit.reading() as connection:
        found = find(visit, connection, cascade, number)
        errors: dict[str, Text] = {}
        parts, due = _parts_typed(visit, found, errors), _due(visit, errors)
        if not visit.typed("direction"):
            errors["direction"] = say("Write the direction as it stands on the slip.")
        if not parts["lead"] and (parts["support"] or not parts["info"]):
            errors["parts"] = say("Choose at least one office that leads, or that is to know of it.")
        if errors:
            return _form(visit, connection, found, key, errors)
        asked = _issue(visit, found, actor, parts, due)
        if visit.typed("do") == "preview":
            try:
                return _form(visit, connection, found, key, touched=touched(found.world, asked, found.now))
            except Refused as refused:
                return _form(visit, connection, found, key, {}, refused)
    try:
        [answer] = visit.site.runtime.executor.execute([asked])
    except Refused as refused:
        with visit.reading() as connection:
            return _form(visit, connection, find(visit, connection, cascade, number), key, {}, refused)
    return go(f"{visit.way('obligation', cascade=cascade, number=number)}?done={answer.first_seq}")


def _issue(visit: Visit, found: Found, actor: Actor, parts: Mapping[str, tuple[str, ...]], due: str | None) -> Issue:
    terms = terms_of(due)
    draft = ItemDraft(
        "", "", (visit.typed("mode") or None) if not due else None, terms.due, visit.typed("due") or None,
        lead=parts["lead"], support=parts["support"], info=parts["info"], officer=visit.typed("officer") or None,
        due_form=terms.form, due_rule=terms.rule, due_from=terms.first,
    )  # fmt: skip
    return registering.relayed(found.world, found.one.number, actor, visit.typed("direction"), day_of(found.now),
                               asking.command_id(visit), draft)  # fmt: skip


def _parts_typed(visit: Visit, found: Found, errors: dict[str, Text]) -> dict[str, tuple[str, ...]]:
    """Which offices have which part: those that were chosen, and those whose names were written."""
    chosen = _parts_chosen(visit)
    for part in _PARTS:
        written = offices_named(visit.typed(f"also-{part}"), found.world.offices, errors, f"also-{part}")
        chosen[part] = tuple(dict.fromkeys((*chosen[part], *written)))
    return chosen


def _parts_chosen(visit: Visit) -> dict[str, tuple[str, ...]]:
    """Which offices have which part: each is chosen in a field of its own."""
    chosen: dict[str, list[str]] = {part: [] for part in _PARTS}
    for name in visit.form:
        if name.startswith("part-") and visit.typed(name) in chosen:
            chosen[visit.typed(name)].append(name.removeprefix("part-"))
    return {part: tuple(offices) for part, offices in chosen.items()}


def _due(visit: Visit, errors: dict[str, Text]) -> str | None:
    """The deadline as a draft spells it: a day, an interval, so many days after something."""
    typed = " ".join(visit.typed("due").split())
    due = spelled(typed) if typed else None
    if typed and due is None:
        errors["due"] = say("{text} is not a day; write it as 31/08/2023.", text=typed[:40])
    return due


def _form(
    visit: Visit, connection: Connection, found: Found, key: str, errors: Mapping[str, Text] | None = None,
    refused: Refused | None = None, touched: Foreseen | None = None,
) -> Page:  # fmt: skip
    one, world = found.one, found.world
    mine = seats_of(visit.known, world, one, found.now, found.names)
    open_seats = [seat for seat in mine if _relays(found, seat.asks)] or _before_receipt(visit, found)
    seat = next((each for each in open_seats if each.key == key), open_seats[0] if open_seats else None)
    symbol, text = lines_of(found)
    definition = world.workflow_of(one).definition
    modes = [("", say("as the workflow says"))] + [
        (name, mode_words(definition, name)) for name in definition.undated_items
    ]
    chosen = {office: part for part, offices in _parts_chosen(visit).items() for office in offices}
    values: dict[str, Any] = {
        "symbol": symbol, "text": text, "one": one, "seat": seat, "seats": open_seats, "modes": modes,
        "holder": found.names.office(one.holder), "due_at": one.due_at, "offices": world.offices.below(one.holder),
        "parts": [("", say("not concerned")), *((part, PART_WORDS[part]) for part in _PARTS)], "chosen": chosen,
        "typed": {name: visit.typed(name) for name in _FIELDS}, "errors": errors or {}, "touched": touched,
        "also": {part: visit.typed(f"also-{part}") for part in _PARTS}, "name_of": found.names.office,
        "by_document": f"/register/new?under={world.opened.id}/{one.number}" if visit.may("directive.issue") else "",
        "problem": asking.sentence(found.names.of(refused.because)) if refused else "", "command": asking.command_id(visit),
        "seen": asking.last_seq(connection, world.opened.id, one.number),
        "first": asking.since(connection, world, one, visit.typed("seen")) if refused else [],
        "back": visit.way("obligation", cascade=world.opened.id, number=one.number),
        "here": visit.way("relay", cascade=world.opened.id, number=one.number),
    }  # fmt: skip
    status = asking.status_of(refused) if refused else 422 if errors else 200 if seat else 409
    return Page("relay.html", values, status)


def _before_receipt(visit: Visit, found: Found) -> list[Seat]:
    """Passing on what has not been received yet receives it: the law is asked with the seats of the holder there are."""
    one, person = found.one, visit.known
    if not one.open or one.received_at is not None:
        return []
    places = [place for place in person.places if place[0] == one.holder and place[1] in ISSUERS]
    return [Seat(f"{office}/{role}", found.names.seat(office, role), person.actor(office, role, "relay"), {})
            for office, role in places]  # fmt: skip


def _relays(found: Found, asks: Mapping[str, object]) -> bool:
    """Does one of the actions that are open pass work on, whatever the workflow calls it?"""
    actions = found.world.workflow_of(found.one).rules_at(found.one.level).actions
    return any(name in actions and "issue_below" in actions[name].does for name in asks)


@routes.get("/obligations/{cascade}/{number}/letters/{task}", "look.obligation")
def print_letter(visit: Visit, cascade: str, number: int, task: str) -> Page:
    """The letter that a task asks for, drafted: to be numbered, signed and sent, then recorded."""
    with visit.reading() as connection:
        found = find(visit, connection, cascade, number)
        draft = drafted(urging_of(found.world, found.one, letter_task(found.one, task), day_of(found.now)))
    return Page("sheet.html", {"head": say("Letter, drafted"), "sheet": draft, "lang": "vi",
                               "back": visit.way("obligation", cascade=cascade, number=number)})  # fmt: skip
