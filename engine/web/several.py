"""One action on several obligations: what would happen to each, then each as a command of its own."""

import re
import secrets
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from engine.access.rules import check
from engine.showing.consequences import foreseen
from engine.showing.names import Names
from engine.web.asking import sentence
from engine.web.pages.obligation import Found, find
from engine.web.seats import Seat, named, seats_of, with_action
from engine.web.visit import Visit
from workflows.commands import Act
from workflows.errors import NotFound, NotYours, Refused
from workflows.text import Text, say

MOST = 100  # obligations of one batch
COMMAND = re.compile(r"[0-9a-f]{32}|api:[0-9a-f]{40}")
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


def foreseen_for(visit: Visit, connection: Connection, cascade: str, number: int, action: str) -> Line:
    """What would happen to one obligation, as which of this person's seats; or why nothing would."""
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


def carried_out(visit: Visit, cascade: str, number: int, name: str, seat: str, command: str) -> Line:
    """Carry one of them out, by the name of its action and the key of the seat that the preview gave."""
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
        if name not in (receives, "acknowledge") or not COMMAND.fullmatch(command):
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


def as_done(seen: Line, done: Line) -> Line:
    """The line of a preview with what became of it."""
    return replace(seen, refused=done.refused)
