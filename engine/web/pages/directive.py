"""The page of a directive: the document, its chain upward, the tree downward level by level, who blocks, who is to be urged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from sqlalchemy import Connection

from engine.entry_words import what
from engine.exchange.document_types import name_of
from engine.execute import Known
from engine.labels import GROUP_WORDS
from engine.language import in_use, told
from engine.reporting.paper import heads_words
from engine.showing import tree_picture
from engine.showing.names import Names
from engine.showing.obligation_words import bases
from engine.showing.timeline import who_words
from engine.showing.worlds import world_of
from engine.web import wordings
from engine.web.pages.obligation import NUMBER_MAX, line_chip, picture, rolled
from engine.web.pages.register_entry import deeds_on
from engine.web.replies import Page
from engine.web.routes import Routes
from engine.web.visit import Visit
from engine.wording import PART_WORDS, directive_state_words, mode_words, short, state_words
from storage.journal import Entry
from storage.queries import groups, heads, history, obligations, registers, tree, unreported
from storage.queries.paging import Page as Paged
from storage.queries.registers import Registered
from storage.queries.sight import Sight
from storage.queries.tree import Node
from workflows import tree_pictures
from workflows.calendar import day_of, last_day
from workflows.errors import NotFound
from workflows.obligation import GROUPS
from workflows.text import say
from workflows.world import World

routes = Routes()
_NODES = 50  # of one level at once
_OPEN_MAX = 40  # levels that an address opens
_ITEMS_MAX = 500
_BLOCKERS = 12
_HISTORY = 100
_CLIMB_MAX = 32
_OF_DOCUMENTS = (
    "Issued", "DirectiveMoved", "ItemAmended", "EventDaySet", "Linked", "BasisEnded", "RenewalDue", "RenewalRefused",
    "Continued", "Corrected", "Attached",
)  # fmt: skip
_BOXES = 200
_UNREPORTED = 500


@dataclass(frozen=True, slots=True)
class Looked:
    """A document that is seen, and what is needed to say what hangs under it."""

    document: Registered
    known: Known
    world: World
    sight: Sight
    names: Names


def _find(visit: Visit, connection: Connection, cascade: str, number: int) -> Looked:
    now, known = visit.now(), visit.known_rules(connection)
    sight = visit.known.sight(known.offices.on(day_of(now)))
    document = registers.find(connection, sight, cascade, number) if 0 < number < NUMBER_MAX else None
    if document is None:
        raise NotFound(say("There is no document {number} in {cascade}, or it belongs to offices that you do not see.",
                           number=number, cascade=cascade[:40]))  # fmt: skip
    world = world_of(connection, known, cascade, now)
    return Looked(document, known, world, sight, Names(world.offices, world))


@routes.get("/directives/{cascade}/{number}", "look.directive", past=True)
def directive(visit: Visit, cascade: str, number: int, open: str = "", after: str = "") -> Page:  # noqa: A002
    """The document with what hangs under it; `open` names the obligations whose next level is shown, `1.5.9`."""
    opened = [int(one) for one in open.split(".") if one.isdecimal() and len(one) < 10][:_OPEN_MAX]
    with visit.reading() as connection:
        found, now = _find(visit, connection, cascade, number), visit.now()
        page = tree.given_by(connection, now, found.sight, cascade, number, _NODES, after or None)
        items = obligations.items(connection, cascade, _ITEMS_MAX, number)
        top = [_node(visit, connection, found, one, opened, number) for one in page.rows]
        values = {
            **_about(visit, found), "items": [_item(found, item, top) for item in items],
            "chain": list(_chain(visit, connection, found)), "totals": _totals(connection, found, now),
            "next": _way(visit, found, opened, page.next), "after": after,
            "blockers": [_blocker(visit, found, one) for one in tree.blockers(
                connection, now, found.sight, cascade, None, _BLOCKERS, number)],
            "history": list(_history(connection, found)), "made_from": heads_words(heads.of(connection, cascade)),
        }  # fmt: skip
    return Page("directive.html", values)


@routes.get("/directives/{cascade}/{number}/below/{obligation}", "look.directive", past=True)
def below(visit: Visit, cascade: str, number: int, obligation: int, after: str = "") -> Page:
    """One level of the tree by itself: what the page opens in place, and what follows the first fifty."""
    with visit.reading() as connection:
        found = _find(visit, connection, cascade, number)
        under = min(abs(obligation), NUMBER_MAX - 1)
        page = tree.children(connection, visit.now(), found.sight, cascade, under, _NODES, after or None)
        nodes = [_node(visit, connection, found, one, [], number) for one in page.rows]
        more = ""
        if page.next:
            here = visit.way("below", cascade=cascade, number=number, obligation=obligation)
            more = f"{here}?{urlencode({'after': page.next})}"
        values = {**_about(visit, found), "nodes": nodes, "under": under, "more": more}
    return Page("below.html", values)


def _about(visit: Visit, found: Looked) -> dict[str, Any]:
    document, names, cascade = found.document, found.names, found.document.cascade
    directive_ = found.world.directive(document.number)
    return {
        "document": document, "directive": directive_, "type": name_of(document.type) or document.type, "cascade": cascade,
        "issuer": names.office(document.issuer), "state": directive_state_words(document.state),
        "recorded": names.of(document.recorded_by) if document.recorded_by else "",
        "workflow": document.workflow, "own_symbol": directive_.means != "endorsement",
        "here": visit.way("directive", cascade=cascade, number=document.number),
        "way": lambda name, **more: visit.way(name, cascade=cascade, number=document.number, **more),
        "is_root": document.number == 1, **deeds_on(visit, document),
    }  # fmt: skip


def _item(found: Looked, item: Any, top: list[dict[str, Any]]) -> dict[str, Any]:
    whole = found.world.item(item.directive, item.number)
    definition = found.world.workflows.get(found.document.workflow).definition
    return {
        "item": item, "mode": mode_words(definition, item.mode), "bases": [told(one) for one in bases(whole.bases)],
        "due_wording": whole.due_wording, "nodes": [one for one in top if one["line"].item == item.number],
    }  # fmt: skip


def _node(
    visit: Visit, connection: Connection, found: Looked, node: Node, opened: list[int], number: int
) -> dict[str, Any]:
    """A node in words; with the level under it where the address opens it."""
    line, now = node.line, visit.now()
    definition = found.known.workflows.get(line.workflow).definition
    is_open = line.number in opened and node.children > 0
    level: Paged[Node] | None = None
    if is_open:
        level = tree.children(connection, now, found.sight, line.cascade, line.number, _NODES)
    others = [one for one in opened if one != line.number]
    below_way = visit.way("below", cascade=line.cascade, number=number, obligation=line.number)
    return {
        "line": line, "children": node.children, "rolled": rolled(node), "holder": found.names.office(line.holder),
        "chip": line_chip(line, now, found.world.calendar), "state": state_words(definition, line.state),
        "part": PART_WORDS.get(line.part, line.part), "text": short(line.text, 160), "is_open": is_open,
        "href": visit.way("obligation", cascade=line.cascade, number=line.number),
        "toggle": _way(visit, found, others if is_open else [*opened, line.number]), "below_way": below_way,
        "nodes": [_node(visit, connection, found, one, opened, number) for one in level.rows] if level else [],
        "more": f"{below_way}?{urlencode({'after': level.next})}" if level and level.next else "",
    }  # fmt: skip


def _way(visit: Visit, found: Looked, opened: list[int], after: str | None = "") -> str:
    """The same page with other levels open."""
    if after is None:
        return ""
    here = visit.way("directive", cascade=found.document.cascade, number=found.document.number)
    asked = {"open": ".".join(map(str, opened)), "after": after}
    kept = {name: value for name, value in asked.items() if value}
    return f"{here}?{urlencode(kept)}#tree" if kept else f"{here}#tree"


def _chain(visit: Visit, connection: Connection, found: Looked) -> Iterator[tuple[str, str]]:
    """The documents above it, the first one first; the first item that carries something further leads the way."""
    way: list[tuple[str, str]] = []
    number, seen = found.document.number, {found.document.number}
    while len(way) < _CLIMB_MAX:
        items = obligations.items(connection, found.document.cascade, _ITEMS_MAX, number)
        above = next((item.above for item in items if item.above is not None), None)
        if above is None or above in seen:
            break
        number = above
        seen.add(above)
        one = found.world.directive(above)
        says = told(say("{symbol}, {office}", symbol=one.symbol, office=found.names.office(one.issuer)))
        way.insert(0, (says, visit.way("directive", cascade=found.document.cascade, number=above)))
    yield from way


def _totals(connection: Connection, found: Looked, now: Any) -> list[tuple[Any, int, str]]:
    """What this document gave itself, by group; every group that has any."""
    tones = {"open_overdue": "late", "done_late": "near", "open_in_time": "good", "done_on_time": "good"}
    counted = groups.totals(connection, now, found.document.cascade, None, found.sight, found.document.number)
    return [(GROUP_WORDS[one], counted[one], tones.get(one, "plain")) for one in GROUPS if counted[one]]


def _blocker(visit: Visit, found: Looked, one: tree.Blocker) -> dict[str, Any]:
    whose = one.line.giver if one.waits_for == "giver" else one.line.holder
    why = {"giver": say("has to answer"), "holder": say("has not reported"), "paused": say("is paused")}[one.waits_for]
    return {
        "office": found.names.office(whose), "why": why, "chip": line_chip(one.line, visit.now(), found.world.calendar),
        "href": visit.way("obligation", cascade=one.line.cascade, number=one.line.number),
        "text": short(one.line.text, 110), "due_at": one.line.due_at, "holder": found.names.office(one.line.holder),
    }  # fmt: skip


def _history(connection: Connection, found: Looked) -> Iterator[dict[str, Any]]:
    """What happened to the document itself, newest first; what happened to each obligation stands on its own page."""
    entries: list[Entry] = []
    for kind in _OF_DOCUMENTS:
        wanted = history.Wanted(chain=found.document.cascade, directive=found.document.number, kind=kind)
        entries += history.listed(connection, found.sight, wanted, _HISTORY).rows
    for entry in sorted(entries, key=lambda one: one.seq, reverse=True)[:_HISTORY]:
        said = found.names.of(what(entry))
        yield {"at": entry.recorded_at, "who": who_words(entry, found.names), "what": said[:1].upper() + said[1:],
               "seq": entry.seq}  # fmt: skip


@routes.get("/directives/{cascade}/{number}/tree.svg", "look.directive", past=True)
def tree_svg(visit: Visit, cascade: str, number: int) -> Response:
    """The whole cascade as a picture: who ordered whom, and how each document stands; as far as it is seen."""
    with visit.reading() as connection:
        found = _find(visit, connection, cascade, number)
        boxes, _ = tree_picture.read(connection, found.known.offices, visit.now(), cascade, _BOXES)
        visible = registers.listed(connection, found.sight, registers.Wanted(cascade=cascade), _BOXES).rows
        seen = {one.number for one in visible}
        kept = [box for box in boxes if box.number in seen]
        title = found.world.opened.title
    return picture(tree_pictures.tree(kept, title, tell=told, language=in_use()))


@routes.get("/directives/{cascade}/{number}/urging", "look.directive", past=True)
def urging(visit: Visit, cascade: str, number: int) -> Page:
    """Who has not reported under it, the longest overdue first: for an urging letter."""
    with visit.reading() as connection:
        found, now = _find(visit, connection, cascade, number), visit.now()
        [document] = unreported.documents(connection, cascade=cascade, number=number)
        page = unreported.listed(connection, document, _UNREPORTED)
        made_from = heads_words(heads.of(connection, cascade))
        rows = [_unreported(visit, found, cascade, one, now) for one in page.rows
                if found.sight.everything or _is_seen(found, one)]  # fmt: skip
    return Page("urging.html", {**_about(visit, found), "made_from": made_from, "rows": rows, "resting": page.resting,
                                "now": now, "cut": page.total > len(page.rows)})  # fmt: skip


def _is_seen(found: Looked, one: unreported.Unreported) -> bool:
    offices = found.sight.offices or frozenset()
    return one.holder in offices or found.document.issuer in offices


def _unreported(visit: Visit, found: Looked, cascade: str, one: unreported.Unreported, now: Any) -> dict[str, Any]:
    definition = found.world.workflows.get(one.workflow).definition
    late = one.due_at is not None and now > one.due_at
    days = found.world.calendar.between(last_day(one.due_at), day_of(now)) if late and one.due_at else 0
    return {
        "one": one, "office": found.names.office(one.holder), "days": days, "late": late,
        "officer": one.officer or found.world.offices.holder(one.holder, "officer") or "–",
        "state": state_words(definition, one.state),
        "chip": wordings.time_chip("open_overdue" if late else "open_in_time" if one.due_at else "no_deadline", one.due_at,
                                   False, now, found.world.calendar),
        "href": visit.way("obligation", cascade=cascade, number=one.number),
    }  # fmt: skip
