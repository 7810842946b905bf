"""Several obligations at once from My work: a preview of what would happen to each, then each as a command of its own."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fastapi import Response
from sqlalchemy import Connection

from engine.access.person import Person
from engine.access.rules import check, may
from engine.showing.consequences import foreseen
from engine.showing.names import Names
from engine.web.asking import sentence
from engine.web.pages.obligation import Found, find
from engine.web.replies import Page, go
from engine.web.routes import Routes
from engine.web.seats import Seat, named, seats_of, with_action
from engine.web.visit import Visit
from workflows.commands import Act
from workflows.errors import NotFound, NotYours, Refused
from workflows.text import Text, say

routes = Routes()
MOST = 100  # obligations of one batch
_CHOSEN = re.compile(r"([0-9a-z]{1,40})/([0-9]{1,9})")
_COMMAND = re.compile(r"[0-9a-f]{32}")
ACTIONS: tuple[tuple[str, Text], ...] = (("receive", say("Receive")), ("acknowledge", say("Acknowledge the reminder")))
_MEANT = {"receive": "mark_received"}


@dataclass(frozen=True, slots=True)
class Line:
    """One obligation of a batch, in words. `refused` says why nothing would be, or was, done to it."""

    key: str
    about: str
    href: str
    seat: str
    as_words: str | Text
    action: str
    says: tuple[str, ...]
    refused: str | Text
    command: str


def batches(person: Person) -> tuple[tuple[str, Text], ...]:
    """The actions that this person may take on several at once."""
    return ACTIONS if may(person, "batch.act") else ()


@routes.post("/several", "batch.act")
def preview(visit: Visit) -> Page | Response:
    """What would happen to each that was chosen; nothing is done yet."""
    action, chosen = visit.typed("action"), list(_chosen(visit))
    if action not in dict(ACTIONS) or not chosen:
        return Page(
            "batch.html", {"action": action, "label": "", "lines": [], "ready": 0, "done": False, "nothing": True}, 422
        )
    with visit.reading() as connection:
        lines = [_foreseen(visit, connection, cascade, number, action) for cascade, number in chosen]
    return _page(action, lines, done=False)


@routes.post("/several/done", "batch.act")
def carry_out(visit: Visit) -> Page | Response:
    """Each as a command of its own: one that is refused keeps no other from being done. Sent twice, each is done once."""
    action = visit.typed("action")
    if action not in dict(ACTIONS):
        return go("/work")
    lines = [_done(visit, cascade, number) for cascade, number in _chosen(visit)]
    return _page(action, lines, done=True)


def _page(action: str, lines: list[Line], *, done: bool) -> Page:
    ready = sum(not one.refused for one in lines)
    values = {"action": action, "label": dict(ACTIONS)[action], "lines": lines, "ready": ready, "done": done,
              "nothing": not lines}  # fmt: skip
    return Page("batch.html", values)


def _chosen(visit: Visit) -> Iterator[tuple[str, int]]:
    given = [str(one) for one in visit.form.getlist("chosen")][:MOST]
    for one in dict.fromkeys(given):
        if found := _CHOSEN.fullmatch(one):
            yield found[1], int(found[2])


def _foreseen(visit: Visit, connection: Connection, cascade: str, number: int, action: str) -> Line:
    try:
        found = find(visit, connection, cascade, number)
    except NotFound as missing:
        return _missing(cascade, number, missing)
    name = _name_of(found, action)
    seats = with_action(seats_of(visit.known, found.world, found.one, found.now, found.names), name)
    seat = next((one for one in seats.values() if not one.asks[name]), None)
    if seat is None:
        asked = next(iter(seats.values()), None)
        because: str | Text = _why_not(visit, found, name)
        if asked:
            fields = [found.names.field(one) for one in asked.asks[name]]
            because = say("It asks for {fields}; open it to fill them in.", fields=fields)
        return _line(visit, found, asked, name, (), because)
    command = Act("-", seat.actor, cascade, number, name)
    says, refused = foreseen(found.world, command, found.now, found.names)
    return _line(visit, found, seat, name, tuple(says), sentence(found.names.of(refused.because)) if refused else "")


def _why_not(visit: Visit, found: Found, action: str) -> str | Text:
    """Why the action is open to none of this person's seats: what stands in the way goes before whose it is."""
    said = []
    for office, role in visit.known.places:
        actor = visit.known.actor(office, role, action)
        _, refused = foreseen(
            found.world, Act("-", actor, found.world.opened.id, found.one.number, action), found.now, found.names
        )
        if refused:
            said.append(refused)
    first = next((one for one in said if not isinstance(one, NotYours)), said[0] if said else None)
    if first is None:
        return say("It is not open to you now: it is {state}.", state=found.names.state(found.one.state))
    return sentence(found.names.of(first.because))


def _name_of(found: Found, action: str) -> str:
    """What the workflow calls the action that is meant: receiving is known by what it does."""
    effect = _MEANT.get(action)
    rules = found.world.workflow_of(found.one).rules_at(found.one.level)
    return (rules.action_that(effect) if effect else None) or action


def _done(visit: Visit, cascade: str, number: int) -> Line:
    key = f"{cascade}/{number}"
    name, seat, command = (visit.typed(f"{field}-{key}") for field in ("name", "seat", "command"))
    with visit.reading() as connection:
        try:
            found = find(visit, connection, cascade, number)
        except NotFound as missing:
            return _missing(cascade, number, missing)
        names, line, receives = found.names, _line(visit, found, None, name, (), ""), _name_of(found, "receive")
    refused: str | Text = ""
    try:
        actor = named(visit.known, seat, name)
        check(visit.known, "batch.act", actor.office)
        if name not in (receives, "acknowledge") or not _COMMAND.fullmatch(command):
            raise NotFound(say("the preview of it is missing"))
        visit.site.runtime.executor.execute([Act(command, actor, cascade, number, name)])
    except Refused as error:
        refused = sentence(names.of(error.because))
    except NotFound as error:
        refused = sentence(names.of(error.text))
    return replace(line, refused=refused)


def _line(
    visit: Visit, found: Found, seat: Seat | None, action: str, says: tuple[str, ...], refused: str | Text
) -> Line:
    one, names = found.one, found.names
    item, symbol = found.world.item(one.directive, one.item), found.world.directive(one.directive).symbol
    about = say("{symbol}, item {label}: {office}", symbol=symbol, label=item.label, office=names.office(one.holder))
    return Line(
        f"{found.world.opened.id}/{one.number}", Names(found.world.offices).of(about),
        visit.way("obligation", cascade=found.world.opened.id, number=one.number), seat.key if seat else "",
        seat.says if seat else "", action, says, refused, secrets.token_hex(16),
    )  # fmt: skip


def _missing(cascade: str, number: int, missing: NotFound) -> Line:
    return Line(f"{cascade}/{number}", f"{cascade}/{number}", "", "", "", "", (), missing.text, "")
