"""The page of an obligation: what, whose, by when and why, how it stands, who was told, what is below, what I may do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Response
from sqlalchemy import Connection

from engine.exchange.slip import page as slip_page
from engine.execute import Known
from engine.labels import GROUP_WORDS, TASK_WORDS
from engine.language import speaking, told
from engine.showing import figures, obligation_words, pictures, slip
from engine.showing import obligation as showing
from engine.showing.names import Names
from engine.showing.obligation import ObligationPage, Rung
from engine.showing.timeline import moments
from engine.showing.worlds import world_of
from engine.web import wordings
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.seats import Seat, seats_of
from engine.web.visit import Visit
from engine.wording import PART_WORDS, mode_words, moment_words, size_words, state_words
from storage.outbox import Message
from storage.queries import detail, kept_files
from storage.queries.detail import Detail
from storage.queries.kept_files import KeptFile
from storage.queries.lines import ObligationLine
from storage.queries.tree import Node
from workflows.calendar import Calendar, day_of
from workflows.errors import NotFound
from workflows.obligation import GROUPS, Obligation
from workflows.text import Text, say
from workflows.world import World

routes = Routes()
_CHILDREN = 50
NUMBER_MAX = 1 << 31  # no number of ours is as large, and no database takes any
_STEPS = 200
_SVG = "image/svg+xml"
# A picture brings its own fonts as attributes; opened by itself it may hold nothing that runs or that is fetched.
_OF_A_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_SHOWN_APART = {"what", "", "state", "due", "extensions", "work below", "given by"}


@dataclass(frozen=True, slots=True)
class Found:
    """An obligation that is seen, with the law's world around it."""

    known: Known
    world: World
    one: Obligation
    names: Names
    now: datetime


def find(visit: Visit, connection: Connection, cascade: str, number: int) -> Found:
    """The obligation, if this person sees it. Raises NotFound."""
    now, known = visit.now(), visit.known_rules(connection)
    if not 0 < number < NUMBER_MAX or not detail.is_seen(
        connection, visit.known.sight(known.offices.on(day_of(now))), cascade, number
    ):
        raise NotFound(say("There is no obligation {number} in {cascade}, or it belongs to offices that you do not see.",
                           number=number, cascade=cascade[:40]))  # fmt: skip
    world = world_of(connection, known, cascade, now)
    one = world.obligation(number)
    return Found(known, world, one, Names(world.offices, world, one), now)


@routes.get("/obligations/{cascade}/{number}", "look.obligation", past=True)
def obligation(visit: Visit, cascade: str, number: int, history: str = "", done: str = "") -> Page:
    """Everything about one obligation at this moment."""
    with visit.reading() as connection:
        found = find(visit, connection, cascade, number)
        sight = visit.known.sight(found.world.offices)
        whole = detail.find(connection, found.now, sight, cascade, number, _CHILDREN)
        assert whole is not None  # it is seen
        page = showing.read(connection, found.world, number, found.now)
        mine = (
            seats_of(visit.known, found.world, found.one, found.now, found.names) if visit.may("obligation.act") else []
        )
        raw = history == "raw"
        values = {
            **_head(visit, found, whole, page),
            "done": _done(found, page, done), "mine": [_offered(found, seat) for seat in mine],
            "files": [_file(one) for one in kept_files.of_obligation(connection, cascade, number)],
            "attaches": any(office in (found.one.holder, found.one.giver) for office, _ in visit.known.places)
            and visit.may("attachment.add"),
            "others": [] if mine else _others(found, page), "raw": raw,
            "moments": [] if raw else list(moments(found.world, reversed(page.entries))),
            "entries": [_raw(entry) for entry in reversed(page.entries)] if raw else [],
        }  # fmt: skip
    return Page("obligation.html", values)


def _file(kept: KeptFile) -> dict[str, Any]:
    return {"entry": kept.entry, "place": kept.place, "file": kept.file, "size": size_words(kept.file.size)}


def _head(visit: Visit, found: Found, whole: Detail, page: ObligationPage) -> dict[str, Any]:
    one, names, world, now = found.one, found.names, found.world, found.now
    definition, calendar = world.workflow_of(one).definition, world.calendar
    group = one.group(now)
    return {
        "one": one, "item": page.item, "directive": page.directive, "cascade": whole.cascade, "now": now,
        "holder": names.office(one.holder), "giver": names.office(one.giver),
        "chip": wordings.time_chip(group, one.due_at, one.rested_at is not None, now, calendar),
        "state": state_words(definition, one.state), "tone": state_tone(one),
        "group": GROUP_WORDS[group], "part": PART_WORDS.get(one.part, one.part), "mode": mode_words(definition, one.mode),
        "why": names.of(obligation_words.due_and_why(one, page.item)),
        "facts": [(says, names.of(text)) for says, text in obligation_words.about(page)
                  if text and str(says) not in _SHOWN_APART],
        "figures": [(label, names.of(text)) for label, text in figures.lines(page.figures)],
        "rungs": [_rung(rung, whole.messages, page, names) for rung in page.rungs],
        "clocks": [(clock.at, names.of(obligation_words.clock_words(page, clock)),
                    names.of(obligation_words.clock_why(page, clock))) for clock in page.clocks],
        "requests": [names.of(line) for line in obligation_words.requests(page)],
        "request": one.request, "tasks": [(task, task_says(task, names)) for task in one.tasks],
        "chain": [_crumb(visit, line, names) for line in whole.chain],
        "counts": whole.counts, "below": [child(visit, node, found) for node in whole.below.rows],
        "rolled": rolled(whole.counts), "more_below": whole.below.next is not None,
        "directive_way": visit.way("directive", cascade=whole.cascade, number=one.directive),
        "way": lambda name, **more: visit.way(name, cascade=whole.cascade, number=one.number, **more),
    }  # fmt: skip


def state_tone(one: Obligation | ObligationLine) -> str:
    """The colour of a work state."""
    outcome = getattr(one, "outcome", None)
    if outcome == "fulfilled":
        return "good"
    return "rest" if outcome == "void" or getattr(one, "rested_at", None) else "plain"


def task_says(task: Any, names: Names) -> str:
    """`Gọi điện, Văn thư Sở`."""
    return told(
        say("{kind}: {seat}", kind=TASK_WORDS.get(task.kind, task.kind), seat=names.seat(task.office, task.role))
    ) + (f" → {names.office(task.to)}" if task.to else "")


def rolled(node: Node) -> list[tuple[Text, int, str]]:
    """What is below, added up: each group that has any, with its colour."""
    tones = {"open_overdue": "late", "done_late": "near", "open_in_time": "good", "done_on_time": "good"}
    return [(GROUP_WORDS[one], node.below[one], tones.get(one, "plain")) for one in GROUPS if node.below.get(one)]


def child(visit: Visit, node: Node, found: Found) -> dict[str, Any]:
    """A row of what hangs under an obligation."""
    line, known = node.line, found.known
    definition = known.workflows.get(line.workflow).definition
    return {
        "line": line, "node": node, "rolled": rolled(node), "holder": found.names.office(line.holder),
        "chip": line_chip(line, found.now, found.world.calendar), "state": state_words(definition, line.state),
        "part": PART_WORDS.get(line.part, line.part),
        "href": visit.way("obligation", cascade=line.cascade, number=line.number),
    }  # fmt: skip


def line_chip(line: ObligationLine, now: datetime, calendar: Calendar) -> wordings.Chip:
    """How a line of a list stands in time."""
    answered = line.sent_at is not None and line.closed_at is None
    return wordings.time_chip(line.group, line.due_at, answered, now, calendar)


def _crumb(visit: Visit, line: ObligationLine, names: Names) -> tuple[str, str]:
    said = told(
        say("{symbol}, item {label}: {office}", symbol=line.symbol, label=line.label, office=names.office(line.holder))
    )
    return said, visit.way("obligation", cascade=line.cascade, number=line.number)


def _rung(rung: Rung, messages: Sequence[Message], page: ObligationPage, names: Names) -> dict[str, Any]:
    """A rung with whom it was told, and what became of each message."""
    sent: list[tuple[str, Text]] = []
    if rung.told_at:
        of_it = {
            (one.office, one.role): one for one in messages
            if one.kind == "RungReached" and one.fact.rung == rung.number and one.fact.occurrence == rung.occurrence  # type: ignore[union-attr]
        }  # fmt: skip
        sent = [(names.addressee(one), _message(of_it.get((one.office, one.role)))) for one in rung.told]
    return {
        "rung": rung, "sent": sent,
        "says": say("passed over") if rung.passed_over else say("to come") if page.obligation.open else say("not needed"),
    }  # fmt: skip


def _message(message: Message | None) -> Text:
    if message is None:
        return say("told")
    if message.sent_at:
        return say("sent {moment}", moment=moment_words(message.sent_at))
    if message.dead_at:
        return say("could not be sent; the operator knows")
    return say("not sent yet; tried again") if message.error else say("waits to be sent")


def _offered(found: Found, seat: Seat) -> dict[str, Any]:
    """The actions open to a seat, each with its label."""
    rules = found.world.workflow_of(found.one).rules_at(found.one.level)
    does = {name: action.does for name, action in rules.actions.items()}
    return {
        "key": seat.key, "says": seat.says,
        "actions": sorted([
            {"name": name, "label": found.names.action(name), "page": "relay" if "issue_below" in does.get(name, ()) else "act",
             "query": urlencode({"seat": seat.key}), "fields": [found.names.field(one) for one in fields],
             "tone": "main" if "mark_reported" in does.get(name, ()) or "mark_received" in does.get(name, ()) else ""}
            for name, fields in seat.asks.items()
        ], key=lambda one: str(one["tone"]) != "main"),
    }  # fmt: skip


def _others(found: Found, page: ObligationPage) -> list[tuple[str, list[str]]]:
    """To whom something is open, where nothing is to me."""
    return [(found.names.of(seat), [found.names.action(name) for name in asks]) for seat, asks in page.open_to.items()]


def _done(found: Found, page: ObligationPage, seq: str) -> str:
    """What was just done, in the entry's own words: an address cannot put others into our mouth."""
    if not seq.isdecimal():
        return ""
    entry = next((one for one in page.entries if one.seq == int(seq)), None)
    return next((one.what for one in moments(found.world, [entry])), "") if entry else ""


def _raw(entry: Any) -> dict[str, Any]:
    try:
        body = orjson.dumps(entry.data, option=orjson.OPT_INDENT_2).decode()
    except (ValueError, TypeError):
        body = str(entry.body)
    return {"entry": entry, "body": body}


@routes.get("/obligations/{cascade}/{number}/diagram.svg", "look.obligation", past=True)
def diagram(visit: Visit, cascade: str, number: int) -> Response:
    """Its states, where it stands, and the way it took."""
    with visit.reading() as connection:
        found = find(visit, connection, cascade, number)
        live, _ = pictures.live_of(connection, cascade, found.one, _STEPS, found.world.offices)
        return picture(pictures.drawn(found.world, found.one, live, "svg"))


def picture(svg: str) -> Response:
    """A picture as an answer of its own."""
    return Response(svg, media_type=_SVG, headers={"Content-Security-Policy": _OF_A_PICTURE})


@routes.get("/obligations/{cascade}/{number}/slip", "look.obligation", past=True)
def print_slip(visit: Visit, cascade: str, number: int) -> Page:
    """The processing slip to print. It is in Vietnamese, as it is kept."""
    with visit.reading() as connection:
        found = find(visit, connection, cascade, number)
        with speaking("vi"):
            sheet = slip_page(slip.read(connection, found.world, number))
    return Page("sheet.html", {"head": say("Processing slip"), "sheet": sheet, "lang": "vi",
                               "back": visit.way("obligation", cascade=cascade, number=number)})  # fmt: skip


def lines_of(found: Found) -> Iterator[str]:
    """The first lines of a page about an obligation that is not its own page: what it is."""
    item = found.world.item(found.one.directive, found.one.item)
    symbol = found.world.directive(found.one.directive).symbol
    yield told(say("{symbol}, item {label}", symbol=symbol, label=item.label))
    yield item.text
