"""One form for all that an office owes for a period under one directive, and the returns it makes for what is silent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from workflows.calendar import last_day
from workflows.definition import Action, UndatedMode
from workflows.errors import Unmet
from workflows.facts import Acted, Fact, Returned
from workflows.fields import show_day
from workflows.light import replace
from workflows.obligation import Obligation
from workflows.standing import stands
from workflows.text import Text, say, say_count
from workflows.world import World

_NO_ANSWER = {"stop_below", "assign_again", "end_standing"}  # a giver's acts on one obligation, not on its report
_DIGITS_MAX = 10  # of a number of events; more is wrong anyhow


@dataclass(frozen=True, slots=True)
class Return:
    """What a form has to say of a silent obligation: how many events there were. `events` are those entered so far."""

    obligation: Obligation
    events: tuple[Obligation, ...]

    @property
    def field(self) -> str:
        return f"events_{self.obligation.item}"


@dataclass(frozen=True, slots=True)
class Form:
    """What one report of an office answers: everything periodic that a directive gave it for one period, and a return for
    everything silent. The days are the first and last that it reports on."""

    period: str
    data_from: date
    data_to: date
    answers: tuple[Obligation, ...]
    returns: tuple[Return, ...]


def form_of(world: World, obligation: Obligation) -> Form | None:
    """The form that answers a period's obligation; None for any other. Alone in it, where each item is reported by itself."""
    first, last, period = obligation.data_from, obligation.data_to, obligation.period
    answers = _answered_together(world, obligation)
    if not (answers and first and last and period):
        return None
    modes = world.workflow_of(obligation).definition.undated_items
    if not modes[obligation.mode].one_report_per_office:
        return Form(period, first, last, answers, ())
    first = min([first, *(one.data_from for one in answers if one.data_from)])
    held = world.held(obligation.directive, obligation.holder)
    silent = [one for one in held if _returned_in(obligation.mode, one, modes) and _was_there(one, first, last)]
    returns = tuple(Return(one, tuple(_events(world, one, first, last))) for one in silent)
    return Form(period, first, last, answers, returns)


def _answered_together(world: World, obligation: Obligation) -> tuple[Obligation, ...]:
    """A period's obligation, and what its holder owes for the same period under the same directive. None of another kind."""
    if obligation.mode != "periodic" or obligation.standing is None:
        return ()
    if not world.workflow_of(obligation).definition.undated_items[obligation.mode].one_report_per_office:
        return (obligation,)
    held = world.held(obligation.directive, obligation.holder)
    alike = (one for one in held if one.standing and (one.mode, one.period) == (obligation.mode, obligation.period))
    return tuple(one for one in alike if one.outcome != "void")


def _returned_in(mode: str, silent: Obligation, modes: Mapping[str, UndatedMode]) -> bool:
    return stands(silent) and silent.mode in modes and modes[silent.mode].nil_return_in == mode


def _was_there(silent: Obligation, first: date, last: date) -> bool:
    """Did it stand on any day that the form reports on? One that was stopped or given away is answered for by nobody."""
    gone = silent.outcome == "void" or (silent.closed_at is not None and last_day(silent.closed_at) < first)
    return not gone and last_day(silent.assigned_at) <= last


def _events(world: World, silent: Obligation, first: date, last: date) -> Iterator[Obligation]:
    """The events that took place in the days of a form. One that was stopped was entered by mistake."""
    for one in world.standing_under(silent.number):
        if one.outcome != "void" and one.data_from and first <= one.data_from <= last:
            yield one


def asked(world: World, obligation: Obligation, action: Action | None) -> dict[str, str]:
    """What a report asks for beside its action's own fields: what its follow-up mode wants shown, and each return."""
    if action is None or "mark_reported" not in action.does:
        return {}
    mode = world.workflow_of(obligation).definition.undated_items.get(obligation.mode)
    shown = dict(mode.ask) if mode and (obligation.standing or obligation.mode == "once") else {}
    form = form_of(world, obligation)
    return shown | {one.field: "number" for one in form.returns} if form else shown


def with_it(world: World, obligation: Obligation, action: Action, party: str) -> list[Obligation]:
    """What else an act on a period's obligation is taken on: a report on all of its form that are in the same state, the
    giver's answer on all that the same report has answered."""
    reports, does = "mark_reported" in action.does, set(action.does)
    waits = (
        world.workflow_of(obligation).rules_at(obligation.level).awaits_giver(obligation.state)
        and obligation.reported_with
    )
    answers = waits and party.startswith("giver.") and not does & _NO_ANSWER
    return [
        one
        for one in (_answered_together(world, obligation) if reports or answers else ())
        if one.number != obligation.number and one.state == obligation.state
        if reports or one.reported_with == obligation.reported_with
    ]


def in_one_form(facts: Iterable[Fact], obligation: Obligation, one: Obligation) -> Iterator[Fact]:
    """The facts of an act on `one` of those that the act on `obligation` is taken on: a report remembers what it was made
    on, and it is one message, not one for each item."""
    is_form = obligation.mode == "periodic" and obligation.standing is not None
    for fact in facts:
        if is_form and isinstance(fact, Acted):
            told = fact.told if one is obligation else ()
            reports = fact.sent_at is not None and not fact.outcome
            yield replace(fact, told=told, reported_with=obligation.number if reports else None)
        else:
            yield fact


def returned(
    world: World, obligation: Obligation, action: Action, given: Mapping[str, str], what: str, sent_at: datetime
) -> Iterator[Returned]:
    """The returns that a report makes. Raises Unmet naming each number that is not that of the events entered."""
    form = form_of(world, obligation) if "mark_reported" in action.does else None
    if form is None:
        return
    said = {one.field: given[one.field].lstrip("0")[:_DIGITS_MAX] or "0" for one in form.returns}
    wrong = [_not_as_entered(world, form, one, said[one.field]) for one in form.returns
             if said[one.field] != str(len(one.events))]  # fmt: skip
    if wrong:
        because = wrong[0]
        for then in wrong[1:]:
            because = say("{first}; {then}", first=because, then=then)
        raise Unmet(what, because)
    symbol = next((given[name] for name, kind in action.ask.items() if kind == "document"), "")
    for one in form.returns:
        yield Returned(one.obligation.number, form.period, len(one.events), symbol, sent_at)


def _not_as_entered(world: World, form: Form, one: Return, said: str) -> Text:
    silent = one.obligation
    entered = say_count(
        "{field} says {said}, and {count} event is entered under obligation {number} (item {item}) from {first} to {last}",
        "{field} says {said}, and {count} events are entered under obligation {number} (item {item}) from {first} to {last}",
        len(one.events),
        field=one.field,
        said=said,
        number=silent.number,
        item=world.item(silent.directive, silent.item).label,
        first=show_day(form.data_from),
        last=show_day(form.data_to),
    )
    if int(said) < len(one.events):
        days = [show_day(event.data_from) for event in one.events if event.data_from]
        return say("{entered}: {days}", entered=entered, days=days)
    if silent.closed_at:
        ended = show_day(last_day(silent.closed_at))
        return say("{entered}; it ended on {day}, so no more can be entered", entered=entered, day=ended)
    return say(
        "{entered}; enter each that is missing: cascade obligation do open_event {number} --ask event_on=… --ask note=…",
        entered=entered,
        number=silent.number,
    )
