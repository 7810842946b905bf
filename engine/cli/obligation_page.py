"""One obligation in full: what, whose, by when and why, which clocks run, who was told, what may be done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.cli import figures_page
from engine.cli.figures_page import FiguresPage
from engine.cli.printing import data, pairs
from engine.entry_words import what, who
from engine.labels import GROUP_WORDS
from engine.wording import (
    OUTCOME_WORDS,
    PART_WORDS,
    day_words,
    mode_words,
    moment_words,
    office_words,
    rung_words,
    short,
    state_words,
    task_words,
    told_words,
)
from storage.journal import Entry
from storage.queries import entries as entry_lists
from workflows import item_dates, parties, tasks
from workflows.acting import asked_of
from workflows.commands import Act, Actor
from workflows.deadlines import rule_words, sentence
from workflows.directive import Basis, Directive, Item
from workflows.explaining import why
from workflows.facts import Fact, RungReached
from workflows.fields import show_day
from workflows.forms import Form, form_of
from workflows.ladder import Clock, clocks, comes_too_late, schedule
from workflows.obligation import Obligation, Task
from workflows.offices import Addressee
from workflows.text import Text, joined, mark, say, say_count
from workflows.words import OFFICES, POLICIES, ROLES
from workflows.world import World

_ENTRIES_MAX = 500  # of one obligation, for its ladder and its requests
_CLOCKS_MAX = 20
_PERIODS_SHOWN = 3  # where there are more than fit
Asks = Mapping[str, Mapping[str, str]]  # an action's name -> the fields it asks for, with their types
_DEEDS = (
    "Acted", "DueSet", "EventDaySet", "Acknowledged", "ExtensionRequested", "ExtensionGranted", "ExtensionRefused",
    "ExtensionCountered", "ExtensionWithdrawn", "TaskRecorded", "OfficerNamed", "Returned", "CarriedOver", "Urged",
    "Offered", "OfferAnswered", "Kept", "Repointed",
)  # fmt: skip
_DEEDS_MAX = 10
_BASES = {
    "implements": mark("implements"),
    "continues": mark("continues"),
    "reports_into": mark("reports into"),
    "urges": mark("urges"),
    "amends": mark("amends"),
    "cites": mark("cites"),
}
_TOLD_KINDS = ("ExtensionRequested", "ExtensionGranted", "ExtensionRefused")


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the ladder as it stands: when it is meant to be told, and whom it was told to, if it was."""

    number: int
    occurrence: int
    label: str
    at: datetime
    told_at: datetime | None = None
    told: tuple[Addressee, ...] = ()
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
    figures: FiguresPage
    form: Form | None = None
    more_periods: int = 0  # that will open, beside those among the clocks


def read(connection: Connection, world: World, number: int, now: datetime, by: Actor | None = None) -> ObligationPage:
    """The page; with `by`, only that seat's actions are looked for. Raises NotFound."""
    one = world.obligation(number)
    wanted = entry_lists.Wanted(world.opened.id, number)
    entries = entry_lists.listed(connection, wanted, _ENTRIES_MAX).entries
    running, more_periods = _soonest(clocks(one, world.workflow_of(one), world.calendar))
    open_now = {str(by): _open(world, one, by, now)} if by else open_to_seats(world, one, now)
    directive, item = world.directive(one.directive), world.item(one.directive, one.item)
    rungs = tuple(_rungs(world, one, entries))
    form = form_of(world, one) if one.open else None
    return ObligationPage(
        world, one, directive, item, now, entries, rungs, running, open_now, figures_page.of(world, one), form,
        more_periods,
    )  # fmt: skip


def _soonest(running: Sequence[Clock]) -> tuple[tuple[Clock, ...], int]:
    """The clocks that are shown, and how many more periods will open: of days and weeks only the next few are named, so that
    they do not hide the year end behind them."""
    later = [clock.key for clock in running if clock.kind == "period"]
    hidden = set(later[_PERIODS_SHOWN:]) if len(later) > _CLOCKS_MAX else set[str]()
    return tuple(clock for clock in running if clock.key not in hidden)[:_CLOCKS_MAX], len(hidden)


def open_to_seats(world: World, one: Obligation, now: datetime) -> dict[str, Asks]:
    """Every seat that could do something now, and what."""
    offices = dict.fromkeys(office for word in OFFICES if (office := parties.office_of(world, word, one)))
    found = {}
    for office in offices:
        if world.office(office).outside:
            continue
        for role in ROLES:
            actions = _open(world, one, Actor(office, role), now)
            if actions:
                found[f"{office}/{role}"] = actions
    return found


def _open(world: World, one: Obligation, by: Actor, now: datetime) -> Asks:
    return asked_of(world, Act("", by, world.opened.id, one.number, ""), now)


def _rungs(world: World, one: Obligation, entries: tuple[Entry, ...]) -> Iterator[Rung]:
    """The rungs of the present date, each with what became of it."""
    by = one.due_at or one.planned_for
    if by is None:
        return
    definition = world.workflow_of(one).definition
    facts = [(entry, fact) for entry in entries if (fact := _fact(entry))]
    since = max((entry.seq for entry in entries if entry.kind in ("DueSet", "Assigned")), default=0)
    told = {
        fact.key: (entry, fact)
        for entry, fact in facts
        if isinstance(fact, RungReached) and fact.of == "holder" and entry.seq > since
    }
    passed = {key for _, fact in told.values() for key in fact.skipped}
    for clock in schedule(world.workflow_of(one), world.calendar, by):
        if one.planned_for and (clock.meant or clock.at) > one.planned_for:
            continue
        label = rung_words(definition, clock.rung)
        entry, fact = told.get(clock.key, (None, None))
        if entry and fact:
            told_at = fact.tell_at or entry.recorded_at
            yield Rung(clock.rung, clock.occurrence, label, clock.at, told_at, fact.told)
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
                "vi": definition.state_labels.get(one.state),
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
            "due_wording": item.due_wording,
            "due_form": item.due_form,
            "due_rule": item.due_rule,
            "due_event": item.due_event,
            "event_on": item.event_on,
            "due_from": item.due_from,
            "bases": [asdict(one) for one in item.bases],
            "targets": dict(item.targets),
        },
        "numbers": figures_page.numbers_data(page.figures),
        "why": _due(one, item),
        "because": asdict(one.because) if one.because else None,
        "ladder": [{**asdict(rung), "told": [str(one) for one in rung.told]} for rung in page.rungs],
        "more_periods": page.more_periods,
        "clocks": [
            {
                "key": clock.key,
                "kind": clock.kind,
                "at": clock.at,
                "says": _clock_words(page, clock),
                "why": _clock_why(page, clock),
            }
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
    one, world = page.obligation, page.world
    holder = office_words(world.offices, one.holder)
    data(
        say(
            "Obligation {number} of cascade {cascade}: {office}",
            number=one.number,
            cascade=world.opened.id,
            office=holder,
        )
    )
    pairs(_about(page), indent="  ")
    if page.figures.numbers:
        _head(say("FIGURES (cascade obligation figures {number})", number=one.number))
        pairs(figures_page.lines(page.figures), indent="  ")
    if page.rungs:
        _head(say("LADDER"))
        pairs(((moment_words(rung.at), _rung_words(rung, one.open)) for rung in page.rungs), indent="  ")
    if one.tasks:
        _head(say("TASKS that wait for a person"))
        pairs(((moment_words(task.opened_at), _task_words(task)) for task in one.tasks), indent="  ")
    if page.clocks:
        calendar = world.opened.calendar
        _head(say("WHAT HAPPENS BY ITSELF if nobody does anything (calendar {calendar})", calendar=calendar))
        pairs(
            (
                (moment_words(clock.at), joined([_clock_words(page, clock), _clock_why(page, clock)], "\n"))
                for clock in page.clocks
            ),
            indent="  ",
        )
    deeds = [entry for entry in page.entries if entry.kind in _DEEDS]
    if deeds:
        _head(say("WHAT PEOPLE DID"))
        shown = deeds[-_DEEDS_MAX:]
        pairs(((moment_words(one.recorded_at), joined([who(one), what(one)], "  ")) for one in shown), indent="  ")
        if len(deeds) > len(shown):
            how = f"cascade journal show --obligation {one.number}"
            earlier = say_count("{count} earlier: {how}", "{count} earlier: {how}", len(deeds) - len(shown), how=how)
            data(joined(["  ", earlier], ""))
    _head(say("OPEN NOW"))
    if any(page.open_to.values()):
        pairs(((seat, _offered(actions)) for seat, actions in page.open_to.items()), indent="  ")
    elif one.open:
        data(joined(["  ", say("nothing, to {seats}", seats=list(page.open_to) or say("anybody"))], ""))
    else:
        data(joined(["  ", say("nothing: it has ended")], ""))


def _head(text: str) -> None:
    data()
    data(text)


def _about(page: ObligationPage) -> Iterator[tuple[str, str]]:
    """What is known of it, by name."""
    one, offices, directive, item = page.obligation, page.world.offices, page.directive, page.item
    definition = page.world.workflow_of(one).definition
    issued_on, mode = show_day(directive.issued_on), mode_words(definition, one.mode)
    yield say("what"), say("item {label} of {symbol}, {day}", label=item.label, symbol=directive.symbol, day=issued_on)
    yield "", short(item.text, 300)
    yield say("given by"), office_words(offices, one.giver)
    yield say("part"), PART_WORDS.get(one.part, one.part)
    yield say("followed up"), joined(filter(None, [mode, one.period]))
    yield say("under"), say("obligation {number}", number=one.parent) if one.parent else ""
    yield say("belongs to"), say("standing obligation {number}", number=one.standing) if one.standing else ""
    yield say("data of"), _data(one)
    yield say("one form"), _form(page)
    yield say("stands until"), _until(page)
    yield say("last return"), _returned(one)
    yield say("officer"), one.officer or ""
    yield say("controller"), office_words(offices, one.controller) if one.controller else ""
    yield say("product to"), office_words(offices, one.recipient) if one.recipient else ""
    yield say("rests on"), joined(_bases(item.bases), "\n")
    yield say("state"), joined([state_words(definition, one.state), GROUP_WORDS[one.group(page.now)]], ": ")
    yield say("due"), _due(one, item)
    yield say("in its words"), item.due_wording or ""
    yield say("begins"), show_day(item.due_from) if item.due_from else ""
    yield say("first date"), day_words(one.first_due_at) if one.first_due_at != one.due_at else ""
    yield say("received"), _receipt(one)
    yield say("report"), _report(one)
    yield say("work below"), _below(one)
    yield say("extensions"), joined(_extensions(page), "\n")
    outcome = OUTCOME_WORDS.get(one.outcome or "", one.outcome or "")
    yield say("ended"), joined([moment_words(one.closed_at), outcome]) if one.outcome else ""


def _due(one: Obligation, item: Item) -> Text:
    """By when, and why; or what it waits for, and what counts from there."""
    rule = item_dates.own_rule(item)
    if one.waits_for:
        waits = say("no date yet; it waits for: {event}", event=one.waits_for)
        return say("{waits} ({rule})", waits=waits, rule=rule_words(rule)) if rule and rule.count else waits
    by = one.due_at or one.planned_for
    if by is None and item.due_form == "by_reference":
        return say("no date of its own; by the document that it follows")
    return sentence(one.because, by) if by else say("no date")


def _task_words(task: Task) -> str:
    """A task with what it asks for when it is recorded."""
    given = ", ".join(name for name in tasks.recording_of(task) if name != "task")
    return say("{id}  {task} (record_task: task={id}, {given})", id=task.id, task=task_words(task), given=given)


def _offered(actions: Asks) -> str:
    """`accept (document, happened_on), redo (reason)`: each action with what it asks for."""
    return ", ".join(f"{name} ({', '.join(fields)})" if fields else name for name, fields in actions.items())


def _bases(bases: tuple[Basis, ...]) -> Iterator[str]:
    for basis in bases:
        on = say(" of {day}", day=show_day(basis.issued_on)) if basis.issued_on else ""
        kind = say(_BASES[basis.kind]) if basis.kind in _BASES else basis.kind.replace("_", " ")
        by = f", {basis.issuer}" if basis.issuer else ""
        yield say("{kind} {symbol}{on}{by}", kind=kind, symbol=basis.symbol, on=on, by=by)


def _receipt(one: Obligation) -> str:
    if one.received_at is None:
        by = moment_words(one.receive_by)
        return say("not yet; to be received by {moment}", moment=by) if one.receive_by else say("not yet")
    at = moment_words(one.received_at)
    if one.receive_by is not None and one.received_at > one.receive_by:
        return say("{moment}, late: by {limit}", moment=at, limit=moment_words(one.receive_by))
    return at


def _report(one: Obligation) -> str:
    if one.sent_at is None:
        return ""
    late = say(" (late)") if one.due_at and one.sent_at > one.due_at else ""
    waits = say("; the giver answers by {moment}", moment=moment_words(one.answer_by)) if one.answer_by else ""
    at = moment_words(one.sent_at)
    return say("sent {moment}{late} by {seat}{waits}", moment=at, late=late, seat=one.sent_by, waits=waits)


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
    done = say("; all done {moment}", moment=moment_words(one.joined_at)) if one.joined_at else ""
    counts = {"open": one.leads_open, "done": one.leads_done, "void": one.leads_void}
    return say("{open} open, {done} done, {void} void{all_done}", **counts, all_done=done)


def _extensions(page: ObligationPage) -> Iterator[str]:
    for entry in page.entries:
        if entry.kind in _TOLD_KINDS:
            yield joined([joined([moment_words(entry.recorded_at), who(entry)], "  "), what(entry)], " ")
    request = page.obligation.request
    if request and request.decide_by:
        yield say("waits for an answer, by {moment}", moment=moment_words(request.decide_by))


def _rung_words(rung: Rung, running: bool) -> str:
    again = say(", time {number}", number=rung.occurrence) if rung.occurrence > 1 else ""
    if rung.told_at:
        said = say("told {moment} to {told}", moment=moment_words(rung.told_at), told=told_words(rung.told))
    else:
        said = say("passed over") if rung.passed_over else say("not yet") if running else say("not needed")
    return say("{number} {label}{again}: {said}", number=rung.number, label=rung.label, again=again, said=said)


def _clock_why(page: ObligationPage, clock: Clock) -> Text:
    world = page.world
    return why(page.obligation, world.workflow_of(page.obligation), world.calendar, clock)


def _clock_words(page: ObligationPage, clock: Clock) -> str:
    """What happens when a clock runs out."""
    one, world = page.obligation, page.world
    definition = world.workflow_of(one).definition

    def told(*names: str) -> str:
        return told_words(parties.told(world, names, one))

    match clock.kind:
        case "receive":
            return say("it is not received: {told} are told", told=told("holder.clerk", "holder.leader"))
        case "period":
            period = clock.window.label if clock.window else say("a period")
            opens = say("{period} opens as an obligation of its own", period=period)
            last = [one for one in page.clocks if one.kind == "period"][-1:] == [clock]
            if not (last and page.more_periods):
                return opens
            more = say_count("and {count} more after it", "and {count} more after it", page.more_periods)
            return joined([opens, more])
        case "review":
            follows = one.mode == "linked"
            who = ("giver.leader", "holder.leader", "holder.officer") if follows else ("giver.leader",)
            return say("its year end is near: {told} told", told=told(*who))
        case "until":
            return say("its year ends: {then}", then=say(POLICIES[definition.undated_items[one.mode].then]))
        case "pause":
            return say("its pause is over: it goes on, with the days that were left")
        case "decide" | "answer" if definition.giver_ladder:
            return say("the giver is late with its answer, and its own ladder goes on")
        case "decide":
            return say("the request for another date is not decided: {told} is told", told=told("giver.leader"))
        case "answer":
            return say("the giver has not answered: {told} is told", told=told("giver.leader"))
        case "due":
            return say("its date has passed: it is overdue")
    rung = definition.rungs_of(clock.of)[clock.rung - 1]
    again = say(", time {number}", number=clock.occurrence) if clock.occurrence > 1 else ""
    held = say(", held until then") if one.held_until and clock.at == one.held_until else ""
    label, hears = rung_words(definition, clock.rung, clock.of), told_words(parties.hears(world, rung, one))
    return say("{label}{again}: told to {told}{held}", label=label, again=again, told=hears, held=held)
