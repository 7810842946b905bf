"""One obligation in full: what, whose, by when and why, which clocks run, who was told, what may be done."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.cli.entry_words import what, who
from engine.cli.printing import data, pairs
from engine.cli.wording import (
    GROUP_WORDS,
    PART_WORDS,
    day_words,
    mode_words,
    moment_words,
    office_words,
    rung_words,
    short,
    state_words,
    told_words,
)
from storage.journal import Entry
from storage.queries import entries as entry_lists
from workflows import parties
from workflows.acting import asked_of
from workflows.commands import Act, Actor
from workflows.deadlines import sentence
from workflows.directive import Basis, Directive, Item
from workflows.facts import Fact, RungReached
from workflows.fields import show_day
from workflows.forms import Form, form_of
from workflows.ladder import Clock, clocks, comes_too_late, schedule
from workflows.obligation import Obligation
from workflows.text import say, say_count
from workflows.words import OFFICES, POLICIES, ROLES
from workflows.world import World

_ENTRIES_MAX = 500  # of one obligation, for its ladder and its requests
_CLOCKS_MAX = 20
Asks = Mapping[str, Mapping[str, str]]  # an action's name -> the fields it asks for, with their types
_DEEDS = (
    "Acted",
    "DueSet",
    "Acknowledged",
    "ExtensionRequested",
    "ExtensionGranted",
    "ExtensionRefused",
    "Returned",
    "CarriedOver",
)
_DEEDS_MAX = 10
_TOLD_KINDS = ("ExtensionRequested", "ExtensionGranted", "ExtensionRefused")


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder as it stands: when it is meant to be told, and whom it was told to, if it was."""

    number: int
    occurrence: int
    label: str
    at: datetime
    told_at: datetime | None = None
    told: tuple[str, ...] = ()
    passed_over: bool = False


@dataclass(frozen=True, slots=True)
class ObligationPage:
    """Everything that is shown of an obligation at one moment. `open_to` names the actions of each seat."""

    world: World
    obligation: Obligation
    directive: Directive
    item: Item
    now: datetime
    entries: tuple[Entry, ...]
    rungs: tuple[Rung, ...]
    clocks: tuple[Clock, ...]
    open_to: Mapping[str, Asks]
    form: Form | None = None


def read(connection: Connection, world: World, number: int, now: datetime, by: Actor | None = None) -> ObligationPage:
    """The page; with `by`, only that seat's actions are looked for. Raises NotFound."""
    one = world.obligation(number)
    wanted = entry_lists.Wanted(world.opened.id, number)
    entries = entry_lists.listed(connection, wanted, _ENTRIES_MAX).entries
    running = tuple(clocks(one, world.workflow_of(one), world.calendar)[:_CLOCKS_MAX])
    open_now = {str(by): _open(world, one, by)} if by else open_to_seats(world, one)
    directive, item = world.directive(one.directive), world.item(one.directive, one.item)
    rungs = tuple(_rungs(world, one, entries))
    form = form_of(world, one) if one.open else None
    return ObligationPage(world, one, directive, item, now, entries, rungs, running, open_now, form)


def open_to_seats(world: World, one: Obligation) -> dict[str, Asks]:
    """Every seat that could do something now, and what."""
    offices = dict.fromkeys(office for word in OFFICES if (office := parties.office_of(world, word, one)))
    found = {}
    for office in offices:
        if world.office(office).outside:
            continue
        for role in ROLES:
            actions = _open(world, one, Actor(office, role))
            if actions:
                found[f"{office}/{role}"] = actions
    return found


def _open(world: World, one: Obligation, by: Actor) -> Asks:
    return asked_of(world, Act("", by, world.opened.id, one.number, ""))


def _rungs(world: World, one: Obligation, entries: tuple[Entry, ...]) -> Iterator[Rung]:
    """The rungs of the present date, each with what became of it."""
    if one.due_at is None:
        return
    definition = world.workflow_of(one).definition
    facts = [(entry, fact) for entry in entries if (fact := _fact(entry))]
    since = max((entry.seq for entry in entries if entry.kind in ("DueSet", "Assigned")), default=0)
    told = {fact.key: (entry, fact) for entry, fact in facts if isinstance(fact, RungReached) and entry.seq > since}
    passed = {key for _, fact in told.values() for key in fact.skipped}
    for clock in schedule(world.workflow_of(one), world.calendar, one.due_at):
        label = rung_words(definition, clock.rung)
        entry, fact = told.get(clock.key, (None, None))
        if entry and fact:
            seats = tuple(map(str, fact.told))
            yield Rung(clock.rung, clock.occurrence, label, clock.at, entry.recorded_at, seats)
        else:
            before = comes_too_late(one, world.workflow_of(one), clock)
            yield Rung(clock.rung, clock.occurrence, label, clock.at, passed_over=before or clock.key in passed)


def _fact(entry: Entry) -> Fact | None:
    try:
        return entry.fact
    except (KeyError, ValueError, TypeError, AttributeError):  # an altered entry; `journal verify` names it
        return None


def as_data(page: ObligationPage) -> dict[str, Any]:
    """The page as one JSON object."""
    one, world, directive, item = page.obligation, page.world, page.directive, page.item
    definition = world.workflow_of(one).definition
    return {
        "cascade": world.opened.id,
        "now": page.now,
        **{
            name: value
            for name, value in asdict(one).items()
            if name not in ("because", "fired", "failures", "retry_at")
        },
        "group": one.group(page.now),
        "labels": {
            "state": {
                "vi": definition.obligation.states.get(one.state),
                "en": definition.english.states.get(one.state),
            },
            "mode": mode_words(definition, one.mode),
        },
        "directive": {
            "number": directive.number,
            "symbol": directive.symbol,
            "issued_on": directive.issued_on,
            "issuer": directive.issuer,
            "subject": directive.subject,
        },
        "item": {
            "number": item.number,
            "label": item.label,
            "text": item.text,
            "bases": [asdict(one) for one in item.bases],
        },
        "why": sentence(one.because, one.due_at),
        "because": asdict(one.because) if one.because else None,
        "ladder": [asdict(rung) for rung in page.rungs],
        "clocks": [
            {"key": clock.key, "kind": clock.kind, "at": clock.at, "says": _clock_words(page, clock)}
            for clock in page.clocks
        ],
        "extension_requests": [
            {
                "seq": entry.seq,
                "kind": entry.kind,
                "by": who(entry),
                "at": entry.recorded_at,
                "says": what(entry),
            }
            for entry in page.entries
            if entry.kind in _TOLD_KINDS
        ],
        "children": {
            "open": one.leads_open,
            "done": one.leads_done,
            "void": one.leads_void,
            "joined_at": one.joined_at,
        },
        "open_to": {seat: list(actions) for seat, actions in page.open_to.items()},
        "asks_for": {seat: dict(actions) for seat, actions in page.open_to.items()},
    }


def show(page: ObligationPage) -> None:
    """Print the page."""
    one, world, directive, item = page.obligation, page.world, page.directive, page.item
    definition = world.workflow_of(one).definition
    data(f"Obligation {one.number} of cascade {world.opened.id}: {office_words(world.offices, one.holder)}")
    pairs(
        [
            ("what", f"item {item.label} of {directive.symbol}, {show_day(directive.issued_on)}"),
            ("", short(item.text, 300)),
            ("given by", office_words(world.offices, one.giver)),
            ("part", PART_WORDS.get(one.part, one.part)),
            ("followed up", f"{mode_words(definition, one.mode)}{f', {one.period}' if one.period else ''}"),
            ("under", f"obligation {one.parent}" if one.parent else ""),
            ("belongs to", f"standing obligation {one.standing}" if one.standing else ""),
            ("data of", _data(one)),
            ("one form", _form(page)),
            ("stands until", _until(page)),
            ("last return", _returned(one)),
            ("officer", one.officer or ""),
            ("controller", office_words(world.offices, one.controller) if one.controller else ""),
            ("product to", office_words(world.offices, one.recipient) if one.recipient else ""),
            ("rests on", "\n".join(_bases(item.bases))),
            ("state", f"{state_words(definition, one.state)}: {GROUP_WORDS[one.group(page.now)]}"),
            ("due", sentence(one.because, one.due_at) if one.due_at else "no date"),
            ("first date", day_words(one.first_due_at) if one.first_due_at != one.due_at else ""),
            ("received", _receipt(one)),
            ("report", _report(one)),
            ("work below", _below(one)),
            ("extensions", "\n".join(_extensions(page))),
            ("ended", f"{moment_words(one.closed_at)}, {one.outcome}" if one.outcome else ""),
        ],
        indent="  ",
    )
    if page.rungs:
        data("\nLADDER")
        pairs(((moment_words(rung.at), _rung_words(rung, one.open)) for rung in page.rungs), indent="  ")
    if page.clocks:
        data(f"\nWHAT HAPPENS BY ITSELF if nobody does anything (calendar {world.opened.calendar})")
        pairs(((moment_words(clock.at), _clock_words(page, clock)) for clock in page.clocks), indent="  ")
    deeds = [entry for entry in page.entries if entry.kind in _DEEDS]
    if deeds:
        data("\nWHAT PEOPLE DID")
        shown = deeds[-_DEEDS_MAX:]
        pairs(((moment_words(one.recorded_at), f"{who(one)}  {what(one)}") for one in shown), indent="  ")
        if len(deeds) > len(shown):
            data(f"  {len(deeds) - len(shown)} earlier: cascade journal show --obligation {one.number}")
    data("\nOPEN NOW")
    if any(page.open_to.values()):
        pairs(((seat, _offered(actions)) for seat, actions in page.open_to.items()), indent="  ")
    else:
        said = "nothing: it has ended" if not one.open else f"nothing, to {', '.join(page.open_to) or 'anybody'}"
        data(f"  {said}")


def _offered(actions: Asks) -> str:
    """`accept (document, happened_on), redo (reason)`: each action with what it asks for."""
    return ", ".join(f"{name} ({', '.join(fields)})" if fields else name for name, fields in actions.items())


def _bases(bases: tuple[Basis, ...]) -> Iterator[str]:
    for basis in bases:
        on = f" of {show_day(basis.issued_on)}" if basis.issued_on else ""
        by = f", {basis.issuer}" if basis.issuer else ""
        yield f"{basis.kind.replace('_', ' ')} {basis.symbol}{on}{by}"


def _receipt(one: Obligation) -> str:
    if one.received_at is None:
        return f"not yet; to be received by {moment_words(one.receive_by)}" if one.receive_by else "not yet"
    late = one.receive_by is not None and one.received_at > one.receive_by
    return f"{moment_words(one.received_at)}{f', late: by {moment_words(one.receive_by)}' if late else ''}"


def _report(one: Obligation) -> str:
    if one.sent_at is None:
        return ""
    late = " (late)" if one.due_at and one.sent_at > one.due_at else ""
    waits = f"; the giver answers by {moment_words(one.answer_by)}" if one.answer_by else ""
    return f"sent {moment_words(one.sent_at)}{late} by {one.sent_by}{waits}"


def _data(one: Obligation) -> str:
    """The days that a period's report covers."""
    if not (one.data_from and one.data_to) or one.mode != "periodic":
        return ""
    return say("{first} to {last}", first=show_day(one.data_from), last=show_day(one.data_to))


def _form(page: ObligationPage) -> str:
    """What the same report answers beside it, and the returns that it makes."""
    form = page.form
    if form is None:
        return ""
    others = [other.number for other in form.answers if other.number != page.obligation.number]
    said: list[str] = [say("also answers obligation {others}", others=others)] if others else []
    said += [
        say_count(
            "{field}: {count} event entered under obligation {number}",
            "{field}: {count} events entered under obligation {number}",
            len(one.events),
            field=one.field,
            number=one.obligation.number,
        )
        for one in form.returns
    ]
    return "\n".join(said)


def _until(page: ObligationPage) -> str:
    one, modes = page.obligation, page.world.workflow_of(page.obligation).definition.undated_items
    if one.until is None:
        return ""
    return say("{day}, then {then}", day=day_words(one.until), then=say(POLICIES[modes[one.mode].then]))


def _returned(one: Obligation) -> str:
    if one.returned_period is None or one.returned_events is None:
        return ""
    period = one.returned_period
    return say_count("{period}: {count} event", "{period}: {count} events", one.returned_events, period=period)


def _below(one: Obligation) -> str:
    if not (one.leads_open or one.leads_done or one.leads_void):
        return ""
    joined = f"; all done {moment_words(one.joined_at)}" if one.joined_at else ""
    return f"{one.leads_open} open, {one.leads_done} done, {one.leads_void} void{joined}"


def _extensions(page: ObligationPage) -> Iterator[str]:
    for entry in page.entries:
        if entry.kind in _TOLD_KINDS:
            yield f"{moment_words(entry.recorded_at)}  {who(entry)} {what(entry)}"
    request = page.obligation.request
    if request and request.decide_by:
        yield f"waits for an answer, by {moment_words(request.decide_by)}"


def _rung_words(rung: Rung, running: bool) -> str:
    again = f", time {rung.occurrence}" if rung.occurrence > 1 else ""
    if rung.told_at:
        said = f"told {moment_words(rung.told_at)} to {', '.join(rung.told) or 'nobody'}"
    else:
        said = "passed over" if rung.passed_over else "not yet" if running else "not needed"
    return f"{rung.number} {rung.label}{again}: {said}"


def _clock_words(page: ObligationPage, clock: Clock) -> str:
    """What happens when a clock runs out."""
    one, world = page.obligation, page.world
    definition = world.workflow_of(one).definition

    def told(names: tuple[str, ...]) -> str:
        return told_words(parties.told(world, names, one))

    match clock.kind:
        case "receive":
            return f"it is not received: {told(('holder.clerk', 'holder.leader'))} are told"
        case "period":
            return f"{clock.window.label if clock.window else 'a period'} opens as an obligation of its own"
        case "review":
            follows = one.mode == "linked"
            who = ("giver.leader", "holder.leader", "holder.officer") if follows else ("giver.leader",)
            return say("its year end is near: {told} told", told=told(who))
        case "until":
            return say("its year ends: {then}", then=say(POLICIES[definition.undated_items[one.mode].then]))
        case "decide":
            return f"the request for another date is not decided: {told(('giver.leader',))} is told"
        case "answer":
            return f"the giver has not answered: {told(('giver.leader',))} is told"
        case "due":
            return "its date has passed: it is overdue"
    rung = definition.ladder.rungs[clock.rung - 1]
    again = f", time {clock.occurrence}" if clock.occurrence > 1 else ""
    held = ", held until then" if one.held_until and clock.at == one.held_until else ""
    return f"{rung_words(definition, clock.rung)}{again}: told to {told(rung.tell)}{held}"
